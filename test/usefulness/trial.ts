/** A made-up trial: two unbalanced arms, three visits, dropout and missing values. */
import { seededRandom } from '@stimnet/protocol'
import { type Dice, diceOf, type MakeStudy, type Row, within } from './study.ts'
import { TRIAL_HOUR } from './trial-hour.ts'

const ARMS = { stimulation: 2, control: 1 }
const SEXES = { female: 42, male: 58 }
const SUBTYPES = { tremor: 45, rigid: 33, mixed: 19.5, atypical: 2.5 }
const CENTRES = { A: 34, B: 25, C: 18, D: 13, E: 10 }
const VISITS = ['baseline', 'month_3', 'month_12']
/** Share of the remaining people who leave the study before each visit. */
const DROPOUT: Readonly<Record<string, number>> = { baseline: 0, month_3: 0.04, month_12: 0.06 }
const AGE_CUTS = [40, 50, 55, 60, 65, 70, 75, 80]
const STAGE_CUTS = [2, 3, 4]

/** A person with the rows of all visits that took place. */
interface Participant {
  readonly subject: Row
  readonly visits: readonly Row[]
}

/** Generates a trial with `size` participants. */
export const trial: MakeStudy = ({ size, seed }) => {
  const dice = diceOf(seededRandom(seed))
  const people = Array.from({ length: size }, (_, i) => participant(`P${String(i + 1).padStart(4, '0')}`, dice))
  return {
    name: `trial of ${size.toLocaleString('en')}`,
    size,
    subjects: 'subjects',
    subjectKey: 'subject_id',
    tables: { subjects: people.map(({ subject }) => subject), visits: people.flatMap(({ visits }) => visits) },
    describe,
    hour: TRIAL_HOUR,
    choices: {
      measured: [
        { table: 'subjects', name: 'duration' },
        { table: 'visits', name: 'score' },
        { table: 'visits', name: 'change' },
        { table: 'visits', name: 'quality_of_life' }
      ],
      categories: ['sex', 'arm', 'diagnosis', 'centre'],
      cuts: { age: AGE_CUTS, stage: STAGE_CUTS },
      visits: VISITS.slice(1)
    }
  }
}

function participant(id: string, dice: Dice): Participant {
  const arm = dice.weighted(ARMS)
  const age = within(64 + dice.normal() * 9, 30, 88)
  const stage = within(2.4 + dice.normal() * 0.8, 1, 5)
  const duration = within(Math.exp(1.9 + dice.normal() * 0.6), 0, 40)
  const subject = {
    subject_id: id,
    age,
    sex: dice.weighted(SEXES),
    arm,
    diagnosis: dice.weighted(SUBTYPES),
    centre: dice.weighted(CENTRES),
    stage: dice.chance(0.01) ? null : stage,
    duration: dice.chance(0.03) ? null : duration,
    adverse_event: dice.chance(0.01) ? null : dice.chance(arm === 'stimulation' ? 0.08 : 0.05) ? 'yes' : 'no'
  }
  return { subject, visits: visitsOf({ id, arm, age, stage }, dice) }
}

function visitsOf(person: { id: string; arm: string; age: number; stage: number }, dice: Dice): Row[] {
  const first = within(30 + person.stage * 9 + (person.age - 64) * 0.2 + dice.normal() * 10, 4, 199)
  const benefit = (person.arm === 'stimulation' ? 12 : 4) + dice.normal() * 8
  const rows: Row[] = []
  for (const [at, visit] of VISITS.entries()) {
    if (dice.chance(DROPOUT[visit] ?? 0)) break
    const score = at === 0 ? first : within(first - benefit * (at === 1 ? 0.7 : 1) + dice.normal() * 4, 0, 199)
    const isMissing = dice.chance(0.02)
    const change = at === 0 || isMissing ? null : score - first
    rows.push({
      subject_id: person.id,
      visit,
      score: isMissing ? null : score,
      change,
      quality_of_life: dice.chance(0.05) ? null : within(80 - score * 0.5 + dice.normal() * 9, 0, 100),
      response: change === null ? null : responseOf(-change / Math.max(1, first))
    })
  }
  return rows
}

function responseOf(share: number): string {
  if (share >= 0.3) return 'responder'
  return share >= 0.1 ? 'partial' : 'none'
}

function describe(name: string, files: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    name,
    title: 'A trial of stimulation against control',
    data_type: 'clinical',
    access_level: 'restricted',
    subject_key: 'subject_id',
    synthetic: false,
    lattice: 'none',
    tables: [
      {
        name: 'subjects',
        file: files.subjects,
        one_row_per_subject: true,
        variables: [
          { name: 'age', type: 'integer', unit: 'a', breakpoints: AGE_CUTS, minimum: 18, maximum: 100 },
          { name: 'sex', type: 'category', levels: Object.keys(SEXES) },
          { name: 'arm', type: 'category', levels: Object.keys(ARMS) },
          { name: 'diagnosis', type: 'category', levels: Object.keys(SUBTYPES) },
          { name: 'centre', type: 'category', levels: Object.keys(CENTRES) },
          { name: 'stage', type: 'integer', breakpoints: STAGE_CUTS, minimum: 1, maximum: 5 },
          { name: 'duration', type: 'integer', unit: 'a', breakpoints: [5, 10, 15], minimum: 0, maximum: 60 },
          { name: 'adverse_event', type: 'category', levels: ['yes', 'no'] }
        ]
      },
      {
        name: 'visits',
        file: files.visits,
        variables: [
          { name: 'visit', type: 'category', levels: VISITS },
          { name: 'score', type: 'integer', unit: 'points', breakpoints: [30, 45, 60], minimum: 0, maximum: 199 },
          { name: 'change', type: 'integer', unit: 'points', minimum: -199, maximum: 199 },
          { name: 'quality_of_life', type: 'integer', unit: 'points', minimum: 0, maximum: 100 },
          { name: 'response', type: 'category', levels: ['responder', 'partial', 'none'] }
        ]
      }
    ]
  }
}
