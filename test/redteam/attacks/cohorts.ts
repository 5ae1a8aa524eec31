/** Attacks on the cohort: small and empty ones, and differences between cohorts that are each large enough. */
import { type Attack, mustHold, NOTHING_LEFT, observed, outcomeOf, worst } from '../attack.ts'
import { type Person, TARGET_ALONE } from '../fixture.ts'
import { K, supportMin } from '../solve.ts'
import type { World } from '../world.ts'

const COUNT = 'SELECT COUNT(DISTINCT id) AS n FROM people'
const SUMS = 'SELECT COUNT(DISTINCT id) AS n, SUM(cost) AS s, AVG(balance) AS b FROM people'
const is = (column: string, value: string | number, op = '=') => ({ column, op, values: [value] })
const ALONE = { all: [is('age', 80, '>='), is('diagnosis', 'rare'), is('postcode', 'P9')] }
const CELL = "diagnosis = 'rare' AND postcode = 'P9'"

const TELLS = {
  difference: 'refusal',
  why: 'A refusal depends on who is there: who asks both questions learns that fewer than k people stand between them, not their values. A lattice removes it.'
} as const

/** Asks the questions one after the other. The last answer is decisive. */
async function inTurn(world: World, catalog: string, questions: readonly string[]) {
  const seen = []
  for (const sql of questions) seen.push(await world.sql(catalog, sql))
  const last = seen.at(-1)
  if (!last) throw new TypeError('no question')
  return observed(last, seen)
}

export const COHORT_ATTACKS: readonly Attack[] = [
  {
    ...NOTHING_LEFT,
    id: 'R01',
    attack: 'A cohort of k − 1 people',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      worst([
        await world.sql(catalog, COUNT, { filters: { diagnosis: 'Z' } }),
        await world.sql(catalog, `${COUNT} WHERE diagnosis = 'Z'`),
        await world.statistic(catalog, { name: 'mean', variables: ['cost'] }, { where: is('diagnosis', 'Z') })
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R02',
    attack: 'A cohort of nobody: to be told from one of k − 1',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const [few, nobody] = [
        await world.sql(catalog, COUNT, { filters: { diagnosis: 'Z' } }),
        await world.sql(catalog, COUNT, { filters: { diagnosis: 'unseen' } })
      ]
      mustHold(JSON.stringify(few) === JSON.stringify(nobody), 'an empty and a small cohort look different')
      return worst([few, nobody])
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'R02b',
    attack: 'The target alone, by cohort filter, SQL and statistic',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      worst([
        await world.sql(catalog, COUNT, { where: ALONE }),
        await world.sql(catalog, `${SUMS} WHERE ${TARGET_ALONE}`),
        await world.statistic(catalog, { name: 'moments', variables: ['cost'] }, { where: ALONE })
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R02c',
    attack: 'The target alone, one condition in each of filters, where and SQL',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      observed(
        await world.sql(catalog, `${SUMS} WHERE age >= 80`, {
          filters: { postcode: 'P9' },
          where: is('diagnosis', 'rare')
        })
      )
  },
  {
    ...NOTHING_LEFT,
    id: 'R03',
    attack: 'Fifty rows, all of one person',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      worst([
        await world.sql(catalog, "SELECT COUNT(*) AS n, AVG(score) AS a FROM visits WHERE response = 'odd'"),
        await world.sql(catalog, 'SELECT COUNT(*) AS n FROM visits', { filters: { response: 'odd' } })
      ])
  },
  {
    id: 'R03b',
    attack: 'All rows, then the rows of each response but one person’s: what is left is that person',
    expected: 'REFUSE',
    remains: { difference: 'numbers', why: 'The first answers are exact: the target’s rows are among them.' },
    run: async (world, catalog) => {
      const rows = 'SELECT COUNT(*) AS n, SUM(score) AS s FROM visits'
      return inTurn(world, catalog, [rows, `${rows} WHERE response = 'yes'`, `${rows} WHERE response = 'no'`])
    }
  },
  {
    id: 'R04',
    attack: 'A group, then the group without the target',
    expected: 'REFUSE',
    remains: TELLS,
    run: (world, catalog) => inTurn(world, catalog, [`${SUMS} WHERE ${CELL}`, `${SUMS} WHERE ${CELL} AND age < 80`])
  },
  {
    id: 'R04b',
    attack: 'The same in a small catalog: off its lattice',
    expected: 'REFUSE',
    site: 'small',
    run: (world, catalog) => inTurn(world, catalog, [`${SUMS} WHERE ${CELL}`, `${SUMS} WHERE ${CELL} AND age < 80`])
  },
  {
    id: 'R04c',
    attack: 'A group, then the group without the target in other words (NOT, OR, ranges)',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const first = await world.sql(catalog, `${SUMS} WHERE ${CELL}`)
      const others = []
      for (const where of [
        `${CELL} AND NOT (age >= 80)`,
        `(${CELL} AND age >= 20 AND age < 80) OR (${CELL} AND age < 20)`,
        `diagnosis = 'rare' AND NOT (postcode != 'P9' OR age >= 80)`
      ])
        others.push(await world.sql(catalog, `${SUMS} WHERE ${where}`))
      return { ...worst(others), seen: [first, ...others] }
    }
  },
  {
    id: 'R06',
    attack: 'Everybody, then everybody but the target',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const all = await world.sql(catalog, SUMS)
      const but = await world.sql(catalog, SUMS, { where: { not: ALONE } })
      return observed(but, [all, but])
    }
  },
  {
    id: 'R07',
    attack: 'A general tracker over six questions: no combination of the answers rests on fewer than k',
    expected: 'RELEASE',
    remains: TELLS,
    run: tracker
  },
  {
    id: 'R07b',
    attack: 'Three groups, pairwise far apart, whose combination is the target',
    expected: 'RELEASE',
    remains: TELLS,
    run: threeSets
  }
]

interface Question {
  readonly where: string
  readonly holds: (person: Person) => boolean
}

async function combined(world: World, catalog: string, questions: readonly Question[]) {
  const answers = []
  const released: ReadonlySet<string>[] = []
  for (const { where, holds } of questions) {
    const answer = await world.sql(catalog, `${SUMS} WHERE ${where}`)
    answers.push(answer)
    // If people were left out, the answer is about other people than the question, and it is not disclosed about whom.
    if (outcomeOf(answer) === 'RELEASE')
      released.push(new Set(world.data.large.people.filter(holds).map(({ id }) => id)))
  }
  // With fewer than two answers there is nothing to combine.
  if (released.length < 2) throw new Error(`only ${released.length} of ${questions.length} questions were answered`)
  const least = supportMin(released)
  mustHold(least === 0 || least >= K, `a combination of the answers rests on ${least} people`)
  return worst(answers)
}

/** Denning's general tracker: q(C) = q(C or G) + q(C or not G) − q(all). */
function tracker(world: World, catalog: string) {
  const isTarget = (p: Person) => p.age >= 80 && p.diagnosis === 'rare' && p.postcode === 'P9'
  const female = (p: Person) => p.sex === 'female'
  return combined(world, catalog, [
    { where: `(${TARGET_ALONE}) OR sex = 'female'`, holds: (p) => isTarget(p) || female(p) },
    { where: `(${TARGET_ALONE}) OR sex = 'male'`, holds: (p) => isTarget(p) || !female(p) },
    { where: "sex = 'female'", holds: female },
    { where: "sex = 'male'", holds: (p) => !female(p) },
    { where: "sex = 'female' OR sex = 'male'", holds: () => true },
    { where: `NOT (${TARGET_ALONE})`, holds: (p) => !isTarget(p) }
  ])
}

/** Combination of three sets: with R1 = T ∪ P, R2 = P ∪ Q, R3 = Q, and disjoint P and Q, R1 − R2 + R3 = T. */
function threeSets(world: World, catalog: string) {
  const isTarget = (p: Person) => p.age >= 80 && p.diagnosis === 'rare' && p.postcode === 'P9'
  const inP = (p: Person) => p.diagnosis === 'common' && p.postcode === 'P1' && p.age >= 70
  const inQ = (p: Person) => p.diagnosis === 'common' && p.postcode === 'P2' && p.age >= 70
  const P = "(diagnosis = 'common' AND postcode = 'P1' AND age >= 70)"
  const Q = "(diagnosis = 'common' AND postcode = 'P2' AND age >= 70)"
  return combined(world, catalog, [
    { where: `(${TARGET_ALONE}) OR ${P}`, holds: (p) => isTarget(p) || inP(p) },
    { where: `${P} OR ${Q}`, holds: (p) => inP(p) || inQ(p) },
    { where: Q, holds: inQ }
  ])
}
