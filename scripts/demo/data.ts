/** Seeded synthetic data in the shape of the mission: nobody in it has ever lived. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RandomSource, randomUnit, seededRandom } from '@stimnet/protocol'

/** One institution of the demo. `shift` makes its patients a little different from the others'. */
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

const SEXES = ['female', 'male']
const SUBTYPES = ['tremor-dominant', 'akinetic-rigid', 'mixed']
const AGE_BANDS = [
  { from: 45, to: 65 },
  { from: 65, to: 86 }
]
const VISITS = [
  { name: 'baseline', improvement: 0 },
  { name: 'month_6', improvement: 9 },
  { name: 'month_12', improvement: 14 }
]
const SCAN_TYPES = ['T1', 'DTI', 'fMRI']

const SUBJECTS = 150
const SCANS = 100
const TEST_SUBJECTS = 50

/** Writes the tables of one site as CSV files into a folder; the same site always gives the same bytes. */
export async function writeDemoData(folder: string, site: DemoSite): Promise<void> {
  const dice = diceOf(seededRandom(site.seed))
  await mkdir(folder, { recursive: true })
  const { subjects, outcomes } = clinicalTrial(site, dice)
  const tables = { subjects, outcomes, scan_metadata: scans(site, dice), test_data: testData(site, dice) }
  for (const [name, rows] of Object.entries(tables)) {
    await writeFile(join(folder, `${name}.csv`), `${rows.map((row) => row.join(',')).join('\n')}\n`)
  }
}

interface Dice {
  /** From `from` up to, not including, `to`. */
  integer(from: number, to: number): number
  /** Normal with mean 0 and standard deviation 1 (Box and Muller). */
  normal(): number
}

function diceOf(source: RandomSource): Dice {
  return {
    integer: (from, to) => from + Math.floor(randomUnit(source) * (to - from)),
    normal: () => Math.sqrt(-2 * Math.log(1 - randomUnit(source))) * Math.cos(2 * Math.PI * randomUnit(source))
  }
}

type Rows = (string | number)[][]

/** Every cell of sex × subtype × age band gets 12 or 13 subjects, so that ordinary questions can be answered. */
function clinicalTrial(site: DemoSite, dice: Dice): { subjects: Rows; outcomes: Rows } {
  const subjects: Rows = [['subject_id', 'age', 'sex', 'diagnosis', 'visit']]
  const outcomes: Rows = [
    ['subject_id', 'visit', 'UPDRS_total', 'UPDRS_change', 'quality_of_life', 'treatment_response']
  ]
  const cells = SEXES.flatMap((sex) => SUBTYPES.flatMap((subtype) => AGE_BANDS.map((band) => ({ sex, subtype, band }))))
  for (let i = 0; i < SUBJECTS; i++) {
    const { sex, subtype, band } = cells[i % cells.length] ?? { sex: '', subtype: '', band: { from: 45, to: 65 } }
    const id = `${site.nodeId}-S${String(i + 1).padStart(3, '0')}`
    const age = dice.integer(band.from, band.to)
    subjects.push([id, age, sex, subtype, 'baseline'])
    outcomes.push(...visits(id, age, subtype, site, dice))
  }
  return { subjects, outcomes }
}

function visits(id: string, age: number, subtype: string, site: DemoSite, dice: Dice): Rows {
  const severity = 42 + site.shift + (age - 65) * 0.3 + (subtype === 'akinetic-rigid' ? 5 : 0) + dice.normal() * 9
  const baseline = Math.round(Math.max(8, severity))
  const benefit = 1 + dice.normal() * 0.3
  return VISITS.map(({ name, improvement }) => {
    const total = Math.round(Math.min(199, Math.max(2, baseline - improvement * benefit + dice.normal() * 2)))
    const updrs = name === 'baseline' ? baseline : total
    const quality = Math.round(Math.min(100, Math.max(5, 78 - updrs * 0.5 + dice.normal() * 6)))
    return [id, name, updrs, updrs - baseline, quality, responseOf(1 - updrs / baseline)]
  })
}

function responseOf(share: number): string {
  if (share >= 0.3) return 'responder'
  return share >= 0.1 ? 'partial' : 'none'
}

function scans(site: DemoSite, dice: Dice): Rows {
  const rows: Rows = [['subject_id', 'scan_type', 'scan_quality', 'motion_score', 'file_path']]
  for (let i = 0; i < SCANS; i++) {
    const type = SCAN_TYPES[i % SCAN_TYPES.length] ?? 'T1'
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
    const arm = i % 2 === 0 ? 'control' : 'treatment'
    const value = (10 + site.shift + (arm === 'treatment' ? 1.5 : 0) + dice.normal() * 2).toFixed(2)
    rows.push([`${site.nodeId}-T${String(i + 1).padStart(3, '0')}`, arm, value])
  }
  return rows
}
