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
    // Names that resemble those of the list but are findings.
    ...['age_at_onset', 'age_at_diagnosis', 'age_at_death', 'age_of_menarche', 'birth_weight', 'birth_defect'],
    ...['date_of_death', 'date_of_diagnosis', 'year_of_diagnosis', 'year_of_death', 'years_of_smoking']
  ])
    assert.ok(!isIdentifyingName(name), name)
})
