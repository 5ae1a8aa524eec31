/** A made-up imaging cohort: one scan per person at three scanners, volumes with decimals, a few values missing. */
import { seededRandom } from '@stimnet/protocol'
import { IMAGING_HOUR } from './imaging-hour.ts'
import { type Dice, diceOf, type MakeStudy, type Row, within } from './study.ts'

const SCANNERS = { north: 55, south: 33, mobile: 12 }
const DIAGNOSES = { control: 40, impaired: 34, dementia: 22, other: 4 }
const SEXES = { female: 54, male: 46 }
const AGE_CUTS = [50, 60, 65, 70, 75, 80]
const MOTION_CUTS = [0.1, 0.2, 0.3, 0.5]
/** Reduction of volumes relative to controls, by diagnosis. */
const ATROPHY: Readonly<Record<string, number>> = { impaired: 0.35, dementia: 0.8, other: 0.3 }

/** Generates a cohort with `size` scans. */
export const imaging: MakeStudy = ({ size, seed }) => {
  const dice = diceOf(seededRandom(seed + 2_000))
  return {
    name: `imaging cohort of ${size.toLocaleString('en')}`,
    size,
    subjects: 'scans',
    subjectKey: 'subject_id',
    tables: { scans: Array.from({ length: size }, (_, i) => scan(`I${i + 1}`, dice)) },
    describe,
    hour: IMAGING_HOUR,
    choices: {
      measured: ['brain', 'hippocampus', 'motion', 'quality'].map((name) => ({ table: 'scans', name })),
      categories: ['scanner', 'diagnosis', 'sex'],
      cuts: { age: AGE_CUTS },
      visits: []
    }
  }
}

function scan(id: string, dice: Dice): Row {
  const age = within(69 + dice.normal() * 9, 40, 95)
  const diagnosis = dice.weighted(DIAGNOSES)
  const sex = dice.weighted(SEXES)
  const motion = within(Math.exp(-1.6 + dice.normal() * 0.6), 0.01, 5, 3)
  const brain = 1_080 + (sex === 'male' ? 110 : 0) - (age - 69) * 3.5 + dice.normal() * 85
  const hippocampus = 3.7 - (ATROPHY[diagnosis] ?? 0) - (age - 69) * 0.02 + dice.normal() * 0.4
  const missing = (share: number, value: number) => (dice.chance(share) ? null : value)
  return {
    subject_id: id,
    scanner: dice.weighted(SCANNERS),
    diagnosis,
    sex,
    age,
    brain: missing(0.04, within(brain, 600, 1800, 1)),
    hippocampus: missing(0.08, within(hippocampus, 1, 6, 2)),
    motion: missing(0.02, motion),
    quality: missing(0.03, within(4.4 - motion * 3 + dice.normal() * 0.7, 1, 5)),
    lesion: dice.chance(0.15) ? 'yes' : 'no'
  }
}

function describe(name: string, files: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    name,
    title: 'Scans of people with memory complaints, and of controls',
    data_type: 'imaging',
    access_level: 'restricted',
    subject_key: 'subject_id',
    synthetic: false,
    lattice: 'none',
    tables: [
      {
        name: 'scans',
        file: files.scans,
        one_row_per_subject: true,
        variables: [
          { name: 'scanner', type: 'category', levels: Object.keys(SCANNERS) },
          { name: 'diagnosis', type: 'category', levels: Object.keys(DIAGNOSES) },
          { name: 'sex', type: 'category', levels: Object.keys(SEXES) },
          { name: 'age', type: 'integer', unit: 'a', breakpoints: AGE_CUTS, minimum: 18, maximum: 110 },
          { name: 'brain', type: 'number', unit: 'cm³', minimum: 400, maximum: 2200, decimals: 1 },
          { name: 'hippocampus', type: 'number', unit: 'cm³', minimum: 0, maximum: 8, decimals: 2 },
          {
            ...{ name: 'motion', type: 'number', unit: 'mm', breakpoints: MOTION_CUTS },
            ...{ minimum: 0, maximum: 10, decimals: 3 }
          },
          { name: 'quality', type: 'integer', breakpoints: [2, 3, 4, 5], minimum: 1, maximum: 5 },
          { name: 'lesion', type: 'category', levels: ['yes', 'no'] }
        ]
      }
    ]
  }
}
