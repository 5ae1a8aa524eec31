/** A made-up registry: one row per patient, skewed laboratory values, a tenth of them missing, rare categories. */
import { seededRandom } from '@stimnet/protocol'
import { REGISTRY_HOUR } from './registry-hour.ts'
import { type Dice, diceOf, type MakeStudy, type Row, within } from './study.ts'

const SEXES = { female: 51, male: 49 }
const SMOKING = { never: 48, former: 31, current: 21 }
const REGIONS = Object.fromEntries('ABCDEFGHIJKL'.split('').map((name, i) => [`R_${name}`, 0.7 ** i]))
const DIAGNOSES = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`D${i + 1}`, 1 / (i + 1) ** 1.7]))
const AGE_CUTS = [30, 40, 50, 60, 70, 80]
const CRP_CUTS = [1, 2, 3, 5, 8, 12, 20, 50]
const YEAR_CUTS = [2010, 2015, 2020]
const MISSING_SHARE = 0.1

/** Generates a registry with `size` patients. */
export const registry: MakeStudy = ({ size, seed }) => {
  const dice = diceOf(seededRandom(seed + 1_000))
  return {
    name: `registry of ${size.toLocaleString('en')}`,
    size,
    subjects: 'patients',
    subjectKey: 'patient_id',
    tables: { patients: Array.from({ length: size }, (_, i) => patient(`R${i + 1}`, dice)) },
    describe,
    hour: REGISTRY_HOUR,
    choices: {
      measured: ['crp', 'creatinine', 'ferritin', 'bmi'].map((name) => ({ table: 'patients', name })),
      categories: ['sex', 'region', 'diagnosis', 'smoking', 'diabetes'],
      cuts: { age: AGE_CUTS, year: YEAR_CUTS },
      visits: []
    }
  }
}

function patient(id: string, dice: Dice): Row {
  const age = within(58 + dice.normal() * 17, 18, 99)
  const bmi = 26.5 + dice.normal() * 4.8
  const measured = (value: number) => (dice.chance(MISSING_SHARE) ? null : value)
  return {
    patient_id: id,
    age,
    sex: dice.weighted(SEXES),
    region: dice.weighted(REGIONS),
    diagnosis: dice.weighted(DIAGNOSES),
    smoking: dice.chance(MISSING_SHARE) ? null : dice.weighted(SMOKING),
    diabetes: dice.chance(0.08 + Math.max(0, bmi - 25) * 0.02) ? 'yes' : 'no',
    died: dice.chance(0.05) ? 'yes' : 'no',
    year: dice.integer(2006, 2025),
    crp: measured(within(Math.exp(1.1 + dice.normal() * 1.1), 0.1, 400, 1)),
    creatinine: measured(within(Math.exp(4.35 + (age - 58) * 0.004 + dice.normal() * 0.3), 20, 1500)),
    ferritin: measured(within(Math.exp(4.7 + dice.normal() * 0.9), 2, 5000)),
    bmi: measured(within(bmi, 13, 70, 1))
  }
}

function describe(name: string, files: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    name,
    title: 'A registry of patients with an inflammatory disease',
    data_type: 'clinical',
    access_level: 'restricted',
    subject_key: 'patient_id',
    synthetic: false,
    lattice: 'none',
    tables: [
      {
        name: 'patients',
        file: files.patients,
        one_row_per_subject: true,
        variables: [
          { name: 'age', type: 'integer', unit: 'a', breakpoints: AGE_CUTS, minimum: 18, maximum: 110 },
          { name: 'sex', type: 'category', levels: Object.keys(SEXES) },
          { name: 'region', type: 'category', levels: Object.keys(REGIONS) },
          { name: 'diagnosis', type: 'category', levels: Object.keys(DIAGNOSES) },
          { name: 'smoking', type: 'category', levels: Object.keys(SMOKING) },
          { name: 'diabetes', type: 'category', levels: ['yes', 'no'] },
          { name: 'died', type: 'category', levels: ['yes', 'no'] },
          { name: 'year', type: 'integer', breakpoints: YEAR_CUTS, minimum: 2000, maximum: 2030 },
          {
            ...{ name: 'crp', type: 'number', unit: 'mg/l', breakpoints: CRP_CUTS },
            ...{ minimum: 0, maximum: 500, decimals: 1 }
          },
          { name: 'creatinine', type: 'integer', unit: 'µmol/l', minimum: 10, maximum: 2000 },
          { name: 'ferritin', type: 'integer', unit: 'µg/l', minimum: 0, maximum: 10_000 },
          { name: 'bmi', type: 'number', unit: 'kg/m²', minimum: 10, maximum: 80, decimals: 1 }
        ]
      }
    ]
  }
}
