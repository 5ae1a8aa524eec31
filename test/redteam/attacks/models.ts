/** Attacks by models: cohorts that differ by one person, a model beside a mean, levels and terms of few people. */
import { type Attack, observed, worst } from '../attack.ts'
import type { World } from '../world.ts'

const is = (column: string, value: string | number, op = '=') => ({ column, op, values: [value] })
const ALONE = { all: [is('age', 80, '>='), is('diagnosis', 'rare'), is('postcode', 'P9')] }
const GROUP = is('postcode', 'P9')
const WITHOUT = { all: [GROUP, { not: ALONE }] }
/** Models are of exact numbers alone. */
const EXACT = { privacy: { precision: 'exact', refusal_bits_max: 10_000 } }

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
  }
]
