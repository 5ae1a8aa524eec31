import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBirthDate, keyLikeness, unitGuess } from '../src/propose/names.ts'

test('a date of birth is recognised by its names in several languages, and nothing else is taken for one', () => {
  for (const header of [
    'date_of_birth',
    'DOB',
    'Geb.-Datum',
    'geb_datum',
    'Geburtstag',
    'date de naissance',
    'fecha_nacimiento',
    'nascita'
  ])
    assert.ok(isBirthDate(header), header)
  for (const header of ['gebiet', 'datum', 'dobutamine', 'Ergebnis', 'gebaeude'])
    assert.ok(!isBirthDate(header), header)
})

test('a unit in a name is surer than what is measured', () => {
  assert.equal(unitGuess('weight_lb'), '[lb_av]')
  assert.equal(unitGuess('height_in'), '[in_i]')
  assert.equal(unitGuess('weight'), 'kg')
  assert.equal(unitGuess('dose_mg'), 'mg')
})

test('a number of patients is a likely key, however its parts are ordered', () => {
  for (const header of ['no_patient', 'n°sujet', 'nr_proband', 'numero de paciente', 'patient_no'])
    assert.equal(keyLikeness(header), 2, header)
  for (const header of ['no', 'notes', 'number_of_visits']) assert.ok(keyLikeness(header) < 2, header)
})
