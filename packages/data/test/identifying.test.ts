import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isIdentifyingName } from '../src/catalog/identifying.ts'

test('who somebody is, where and when they were seen, and by what, others are taken to know', () => {
  for (const name of [
    ...[
      'sex',
      'Gender',
      'age',
      'age_group',
      'age-years',
      'age_at_baseline',
      'age_at_scan',
      'birth_year',
      'year_of_birth'
    ],
    ...['birth_date', 'date', 'date_of_visit', 'year', 'ethnicity', 'arm', 'study_arm', 'treatment'],
    ...['site', 'centre', 'hospital_id', 'visit', 'visit_number', 'time_point', 'timepoint', 'scanner', 'scanner_model']
  ])
    assert.ok(isIdentifyingName(name), name)
})

test('what was found of them they are not', () => {
  for (const name of [
    ...['response', 'diagnosis', 'score', 'hiv', 'weight', 'agent', 'ageing_score', 'stage', 'arms', 'sexual_activity'],
    // Names that resemble identifying names but mean findings.
    ...['age_at_onset', 'age_at_diagnosis', 'age_at_death', 'age_of_menarche', 'birth_weight', 'birth_defect'],
    ...['date_of_death', 'date_of_diagnosis', 'year_of_diagnosis', 'year_of_death', 'years_of_smoking']
  ])
    assert.ok(!isIdentifyingName(name), name)
})

test('the same in German, French, Spanish, Italian and Dutch, as far as the word cannot be a finding', () => {
  for (const name of [
    ...[
      'Geschlecht',
      'Alter',
      'Alter_Jahre',
      'Altersgruppe',
      'Alter_bei_Einschluss',
      'Studienarm',
      'Gruppe',
      'Behandlungsgruppe'
    ],
    ...[
      'Zentrum',
      'Studienzentrum',
      'Krankenhaus',
      'Visite',
      'Visitennummer',
      'Besuch',
      'Messzeitpunkt',
      'Randomisierung'
    ],
    ...[
      'sexe',
      'genre',
      'age',
      'age_ans',
      'tranche_d_age',
      'bras',
      'groupe_de_traitement',
      'centre',
      'hopital',
      'numero_visite'
    ],
    ...['sexo', 'genero', 'edad', 'edad_anos', 'grupo_de_edad', 'brazo', 'grupo', 'centro', 'hospital', 'visita'],
    ...[
      'sesso',
      'genere',
      'eta',
      'eta_anni',
      'fascia_di_eta',
      'braccio',
      'gruppo',
      'centro',
      'ospedale',
      'numero_visita'
    ],
    ...[
      'geslacht',
      'leeftijd',
      'leeftijd_in_jaren',
      'leeftijdsgroep',
      'studiearm',
      'groep',
      'behandelgroep',
      'centrum'
    ],
    ...['ziekenhuis', 'bezoek', 'bezoeknummer']
  ])
    assert.ok(isIdentifyingName(name), name)
  for (const name of [
    ...[
      'Alter_bei_Diagnose',
      'Alter_bei_Erkrankungsbeginn',
      'Alter_bei_Tod',
      'Altersdemenz',
      'Geschlechtskrankheit',
      'Diagnosegruppe'
    ],
    ...[
      'Klinik',
      'Visitengrund',
      'Befund',
      'Zeitpunkt',
      'Todeszeitpunkt',
      'Ereigniszeitpunkt',
      'Armschmerz',
      'Blutgruppe',
      'Risikogruppe'
    ],
    ...[
      'age_au_diagnostic',
      'groupe_sanguin',
      'groupe_a_risque',
      'genre_de_tumeur',
      'edad_al_diagnostico',
      'grupo_sanguineo',
      'sitio'
    ],
    ...[
      'eta_alla_diagnosi',
      'gruppo_sanguigno',
      'sede',
      'leeftijd_bij_diagnose',
      'bloedgroep',
      'risicogroep',
      'locatie',
      'beta'
    ]
  ])
    assert.ok(!isIdentifyingName(name), name)
})
