/** Attacks by models: cohorts that differ by one person, a model beside a mean, levels and terms of few people. */
import { type Attack, mustHold, observed, worst } from '../attack.ts'
import { researcherKey, type World } from '../world.ts'

const is = (column: string, value: string | number, op = '=') => ({ column, op, values: [value] })
const ALONE = { all: [is('age', 80, '>='), is('diagnosis', 'rare'), is('postcode', 'P9')] }
const GROUP = is('postcode', 'P9')
const WITHOUT = { all: [GROUP, { not: ALONE }] }
/** Models are of exact numbers alone. */
const EXACT = { privacy: { precision: 'exact', refusal_bits_max: 10_000 } }

const MADE_UP = { ...EXACT, synthetic: true }
const LOGISTIC = { formula: 'sex ~ weight', family: 'binomial' }
const HAZARDS = { formula: 'sex ~ weight', family: 'cox', time: 'age' }

const FIRST_IS_EXACT = {
  difference: 'numbers',
  why: 'The first answer is exact: the target is among its people.'
} as const

function model(world: World, catalog: string, formula: string, where?: object) {
  const call = { name: 'regression', arguments: { formula } }
  return world.statistic(catalog, call, where === undefined ? {} : { where })
}

export const MODEL_ATTACKS: readonly Attack[] = [
  {
    id: 'M01',
    attack: 'A regression over a group, then over the group without the target',
    expected: 'REFUSE',
    remains: FIRST_IS_EXACT,
    catalog: EXACT,
    run: async (world, catalog) => {
      const whole = await model(world, catalog, 'weight ~ sex', GROUP)
      const rest = await model(world, catalog, 'weight ~ sex', WITHOUT)
      return observed(rest, [whole, rest])
    }
  },
  {
    id: 'M02',
    attack: 'A regression over a group, then the mean of its outcome over the group without the target',
    expected: 'REFUSE',
    remains: FIRST_IS_EXACT,
    catalog: EXACT,
    run: async (world, catalog) => {
      const whole = await model(world, catalog, 'weight ~ sex', GROUP)
      const mean = await world.statistic(catalog, { name: 'mean', variables: ['weight'] }, { where: WITHOUT })
      return observed(mean, [whole, mean])
    }
  },
  {
    id: 'M03',
    attack: 'Levels chosen so that few people have two of them together, as terms and as a product',
    expected: 'REFUSE',
    catalog: EXACT,
    run: async (world, catalog) =>
      worst([
        await model(world, catalog, 'weight ~ diagnosis + postcode'),
        await model(world, catalog, 'weight ~ diagnosis * sex', is('age', 80, '>=')),
        await model(world, catalog, 'weight ~ sex', is('diagnosis', 'Z'))
      ])
  },
  {
    id: 'M04',
    attack: 'A random intercept of each person where one has fifty rows, then without that person’s level',
    expected: 'REFUSE',
    catalog: EXACT,
    run: async (world, catalog) =>
      worst([
        await model(world, catalog, 'score ~ response + (1 | subject)'),
        await model(world, catalog, 'score ~ (1 | subject)', is('visits.response', 'odd', '!='))
      ])
  },
  {
    id: 'M05',
    attack: 'A model in rounds over real people: all digits of its sums tell how many people have each value',
    expected: 'REFUSE',
    catalog: EXACT,
    run: async (world, catalog) =>
      worst([
        await world.statistic(catalog, inRounds(world, LOGISTIC)),
        await world.statistic(catalog, inRounds(world, HAZARDS))
      ])
  },
  {
    id: 'M06',
    attack: 'Chosen β: start values, a step, weights, an offset, or estimates in place of receipts',
    expected: 'REFUSE',
    catalog: MADE_UP,
    run: async (world, catalog) => {
      const chosen = { start: [0, 9], step: 2, weights: 'age', offset: 'age', estimates: ['9', '9'], round: 1 }
      const answers = []
      for (const [name, value] of Object.entries(chosen))
        for (const asked of [LOGISTIC, HAZARDS])
          answers.push(await world.statistic(catalog, inRounds(world, { ...asked, [name]: value })))
      // Refused by the question alone, whatever the data are.
      mustHold(
        answers.every(({ code }) => code === 'PARAMETER_INVALID'),
        'one of these is an argument'
      )
      return worst(answers)
    }
  },
  {
    id: 'M07',
    attack: 'Roster steering: with a key of one’s own, a member twice, or without the institution that answers',
    expected: 'REFUSE',
    catalog: MADE_UP,
    run: async (world, catalog) => {
      const { large, small } = world.peers
      const { id } = await researcherKey()
      const rosters = [[large.peerId, id].sort(), [large.peerId, large.peerId], [small.peerId]]
      const answers = []
      for (const roster of rosters)
        answers.push(await world.statistic(catalog, inRounds(world, { ...LOGISTIC, roster })))
      return worst(answers)
    }
  },
  {
    id: 'M08',
    attack: 'Replayed rounds: the receipt of another cohort, family or roster, or the same one for a later round',
    expected: 'REFUSE',
    catalog: MADE_UP,
    run: async (world, catalog) => {
      const receipt = await receiptOf(world, catalog, inRounds(world, LOGISTIC))
      const other = await receiptOf(world, catalog, inRounds(world, HAZARDS))
      if (receipt === null || other === null) throw new Error('round 0 has no receipt to replay')
      const next = { round: 1, receipts: [receipt] }
      const roster = [world.peers.large.peerId, world.peers.small.peerId].sort()
      return worst([
        await world.statistic(catalog, inRounds(world, { ...LOGISTIC, ...next }), { where: is('age', 60, '<') }),
        await world.statistic(catalog, inRounds(world, { ...HAZARDS, ...next })),
        await world.statistic(catalog, inRounds(world, { ...LOGISTIC, round: 1, receipts: [other] })),
        await world.statistic(catalog, inRounds(world, { ...LOGISTIC, ...next, roster, receipts: [receipt, receipt] })),
        await world.statistic(catalog, inRounds(world, { ...LOGISTIC, ...next, round: 2 }))
      ])
    }
  }
]

/** A model in rounds of the large site alone, unless another roster is given. */
function inRounds(world: World, given: object) {
  return { name: 'regression', arguments: { roster: [world.peers.large.peerId], ...given } }
}

async function receiptOf({ clients: { eve } }: World, catalog: string, call: object): Promise<string | null> {
  const { job_id } = await eve.submitJob({
    ...{ target_node_id: 'large', data_catalog_name: catalog, script_type: 'statistic' },
    script_content: JSON.stringify(call)
  } as never)
  const { status, receipt } = await eve.waitForJob(job_id)
  return status === 'completed' ? receipt : null
}
