/** Seeded synthetic data for the demo. None of its subjects are real people. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RandomSource, randomUnit, seededRandom } from '@stimnet/protocol'

/** One institution of the demo. `shift` makes its patients slightly different from those of the others. */
export interface DemoSite {
  readonly nodeId: string
  readonly institution: string
  readonly seed: number
  readonly shift: number
}

export const DEMO_SITES: readonly DemoSite[] = [
  { nodeId: 'node-1', institution: 'University Hospital North', seed: 11, shift: 0 },
  { nodeId: 'node-2', institution: 'Institute for Movement Disorders', seed: 22, shift: 3 },
  { nodeId: 'node-3', institution: 'Coastal Medical Centre', seed: 33, shift: -2 }
]

/** Frequencies per hundred people, as in trials of Parkinson's disease: more men than women, and few people with one subtype. */
const SEXES: readonly Weighted[] = [
  { value: 'male', of100: 61 },
  { value: 'female', of100: 39 }
]
const SUBTYPES: readonly Weighted[] = [
  { value: 'tremor-dominant', of100: 47 },
  { value: 'akinetic-rigid', of100: 35 },
  { value: 'mixed', of100: 18 }
]
/** The visits. `lost` of a hundred people leave the study before the visit. */
const VISITS = [
  { name: 'baseline', improvement: 0, lost: 0 },
  { name: 'month_6', improvement: 9, lost: 4 },
  { name: 'month_12', improvement: 14, lost: 7 }
]
/** Unanswered questionnaires, per hundred. */
const UNANSWERED = 3
const SCAN_TYPES: readonly Weighted[] = [
  { value: 'T1', of100: 52 },
  { value: 'DTI', of100: 27 },
  { value: 'fMRI', of100: 21 }
]

const SUBJECTS = 150
const SCANS = 100
const TEST_SUBJECTS = 50

/** Writes the tables of one site as CSV files into a folder. The files of a site always have the same bytes. */
export async function writeDemoData(folder: string, site: DemoSite): Promise<void> {
  const dice = diceOf(seededRandom(site.seed))
  await mkdir(folder, { recursive: true })
  const { subjects, outcomes } = clinicalTrial(site, dice)
  const tables = {
    ...{ subjects, outcomes, scan_metadata: scans(site, dice), test_data: testData(site, dice) },
    safety: safety(site, diceOf(seededRandom(SAFETY_SEED + site.seed)))
  }
  for (const [name, rows] of Object.entries(tables)) {
    await writeFile(join(folder, `${name}.csv`), `${rows.map((row) => row.join(',')).join('\n')}\n`)
  }
}

interface Weighted {
  readonly value: string
  readonly of100: number
}

interface Dice {
  /** Returns true with a probability of `of100` percent. */
  happens(of100: number): boolean
  /** Returns one of several values, each with its own probability. */
  one(of: readonly Weighted[]): string
  /** Returns an integer from `from` (inclusive) to `to` (exclusive). */
  integer(from: number, to: number): number
  /** Returns a normally distributed number with mean 0 and standard deviation 1 (Box and Muller). */
  normal(): number
}

function diceOf(source: RandomSource): Dice {
  return {
    happens: (of100) => randomUnit(source) * 100 < of100,
    one: (of) => {
      let left = randomUnit(source) * 100
      for (const { value, of100 } of of) {
        if (left < of100) return value
        left -= of100
      }
      throw new Error('the weights do not add up to a hundred')
    },
    integer: (from, to) => from + Math.floor(randomUnit(source) * (to - from)),
    normal: () => Math.sqrt(-2 * Math.log(1 - randomUnit(source))) * Math.cos(2 * Math.PI * randomUnit(source))
  }
}

type Rows = (string | number)[][]

/** A realistic trial: groups of unequal size, visits that some subjects never reach, unanswered questionnaires. */
function clinicalTrial(site: DemoSite, dice: Dice): { subjects: Rows; outcomes: Rows } {
  const subjects: Rows = [['subject_id', 'age', 'sex', 'diagnosis', 'visit']]
  const outcomes: Rows = [
    ['subject_id', 'visit', 'UPDRS_total', 'UPDRS_change', 'quality_of_life', 'treatment_response']
  ]
  for (let i = 0; i < SUBJECTS; i++) {
    const subtype = dice.one(SUBTYPES)
    const id = `${site.nodeId}-S${String(i + 1).padStart(3, '0')}`
    const age = Math.round(Math.min(85, Math.max(45, 64 + dice.normal() * 9)))
    subjects.push([id, age, dice.one(SEXES), subtype, 'baseline'])
    outcomes.push(...visits(id, age, subtype, site, dice))
  }
  return { subjects, outcomes }
}

function visits(id: string, age: number, subtype: string, site: DemoSite, dice: Dice): Rows {
  const severity = 42 + site.shift + (age - 65) * 0.3 + (subtype === 'akinetic-rigid' ? 5 : 0) + dice.normal() * 9
  const baseline = Math.round(Math.max(8, severity))
  const benefit = 1 + dice.normal() * 0.3
  const rows: Rows = []
  for (const { name, improvement, lost } of VISITS) {
    if (dice.happens(lost)) break
    const total = Math.round(Math.min(199, Math.max(2, baseline - improvement * benefit + dice.normal() * 2)))
    const updrs = name === 'baseline' ? baseline : total
    const answered = Math.round(Math.min(100, Math.max(5, 78 - updrs * 0.5 + dice.normal() * 6)))
    const quality = dice.happens(UNANSWERED) ? '' : answered
    rows.push([id, name, updrs, updrs - baseline, quality, responseOf(1 - updrs / baseline)])
  }
  return rows
}

const SAFETY_SUBJECTS = 300
/** Duration of the safety trial, days. */
const TRIAL_DAYS = 365
/** Seed of a separate random sequence, so that the other tables do not depend on this one. */
const SAFETY_SEED = 1000

/** The first adverse event of each subject in two arms, or the last day of observation: the subject left, or the trial ended. */
function safety(site: DemoSite, dice: Dice): Rows {
  const rows: Rows = [['subject_id', 'arm', 'days', 'adverse_event']]
  for (let i = 0; i < SAFETY_SUBJECTS; i++) {
    const arm = dice.happens(50) ? 'surgery' : 'medication'
    const mean = (arm === 'surgery' ? 280 : 520) + 10 * site.shift
    const event = Math.ceil(-Math.log(1 - dice.integer(0, 10_000) / 10_000) * mean)
    const leaving = dice.happens(45) ? dice.integer(30, TRIAL_DAYS) : TRIAL_DAYS
    const id = `${site.nodeId}-E${String(i + 1).padStart(3, '0')}`
    rows.push([id, arm, Math.min(event, leaving), event <= leaving ? 'yes' : 'no'])
  }
  return rows
}

function responseOf(share: number): string {
  if (share >= 0.3) return 'responder'
  return share >= 0.1 ? 'partial' : 'none'
}

function scans(site: DemoSite, dice: Dice): Rows {
  const rows: Rows = [['subject_id', 'scan_type', 'scan_quality', 'motion_score', 'file_path']]
  for (let i = 0; i < SCANS; i++) {
    const type = dice.one(SCAN_TYPES)
    const motion = Math.abs(0.25 + dice.normal() * 0.12 + (type === 'fMRI' ? 0.1 : 0)).toFixed(2)
    const quality = Math.min(5, Math.max(1, 4.2 - Number(motion) * 1.5 + dice.normal() * 0.4)).toFixed(1)
    const id = `${site.nodeId}-I${String(i + 1).padStart(3, '0')}`
    rows.push([id, type, quality, motion, `/archive/${id}/${type}.nii.gz`])
  }
  return rows
}

function testData(site: DemoSite, dice: Dice): Rows {
  const rows: Rows = [['subject_id', 'arm', 'value']]
  for (let i = 0; i < TEST_SUBJECTS; i++) {
    const arm = dice.happens(44) ? 'control' : 'treatment'
    const value = (10 + site.shift + (arm === 'treatment' ? 1.5 : 0) + dice.normal() * 2).toFixed(2)
    rows.push([`${site.nodeId}-T${String(i + 1).padStart(3, '0')}`, arm, value])
  }
  return rows
}
