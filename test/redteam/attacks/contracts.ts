/** Attacks through the declarations of a request: typed outputs, schema contracts and mappings. */
import { type Attack, Broken, besidesTheCard, NOTHING_LEFT, outcomeOf, worst } from '../attack.ts'
import type { World } from '../world.ts'

const RUNS = {
  site: 'small',
  shares: 'scripts',
  catalog: { synthetic: true, scripts: 'auto', timing: 'padded' }
} as const
const LOAD = 'from data_loader import load_data\nfrom stimnet import release\npeople = load_data()["people"]\n'
const T = 'any(p["diagnosis"] == "rare" and p["postcode"] == "P9" and int(p["age"]) >= 80 for p in people)'

const OUTPUTS = {
  count: { name: 'n', kind: 'count' },
  table: { name: 't', kind: 'table', categories: ['a', 'b'] },
  mean: { name: 'm', kind: 'mean', lower: '0', upper: '1000' },
  coefficients: { name: 'c', kind: 'coefficients', terms: ['x', 'y'] }
} as const

const run = (world: World, catalog: string, code: string, outputs: readonly object[]) =>
  world.python(catalog, LOAD + code, { outputs })

/** A result that a hostile script writes itself, without `release`. */
const written = (json: string) =>
  `import os\nopen(os.environ["OUTPUT_FILE"], "w").write('{"stimnet_outputs": ${json}}')\n`

async function eachRefused(world: World, catalog: string, tries: readonly (readonly [string, readonly object[]])[]) {
  const answers = await Promise.all(tries.map(([code, outputs]) => run(world, catalog, code, outputs)))
  const found = answers.findIndex((answer) => outcomeOf(answer) === 'RELEASE')
  if (found >= 0)
    throw new Broken(`released: ${tries[found]?.[0]}: ${JSON.stringify(answers[found]?.result).slice(0, 200)}`)
  return worst(answers)
}

export const CONTRACT_ATTACKS: readonly Attack[] = [
  {
    ...RUNS,
    id: 'R39b',
    attack: 'A declared count above n, a declared mean beyond its bounds',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, [
        [`release("n", "count", value=100_000 + (1 if ${T} else 0))`, [OUTPUTS.count]],
        [`release("m", "mean", value=1001.5 + (1 if ${T} else 0))`, [OUTPUTS.mean]]
      ])
  },
  {
    ...RUNS,
    id: 'R41b',
    attack: 'A table with a category more, an output that nobody declared, one that is missing',
    expected: 'REFUSE',
    run: (world, catalog) =>
      eachRefused(world, catalog, [
        [written('{"t": {"kind": "table", "counts": {"a": 100, "b": 100, "c": 100}}}'), [OUTPUTS.table]],
        [written('{"n": {"kind": "count", "value": 100}, "x": {"kind": "count", "value": 100}}'), [OUTPUTS.count]]
      ])
  },
  {
    ...RUNS,
    id: 'R47',
    attack: 'A saturated model: a term for every second person of a small cohort',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const terms = Array.from({ length: 50 }, (_, i) => `x${i}`)
      const code = `release("c", "coefficients", terms={f"x{i}": {"estimate": 1.5, "se": 0.5} for i in range(50)})`
      const answer = await world.python(catalog, LOAD + code, {
        outputs: [{ name: 'c', kind: 'coefficients', terms }],
        filters: { sex: 'female' },
        where: { column: 'age', op: '>=', values: [60] }
      })
      return worst([answer])
    }
  },
  {
    ...RUNS,
    id: 'C01',
    attack: 'Small counts under a contract, and those that a total would give back',
    expected: 'SUPPRESS',
    run: async (world, catalog) => {
      const code = `n = ${T}
release("t", "table", counts={"a": len(people) - 3 if n else len(people) - 2, "b": 3 if n else 2})`
      return besidesTheCard(await run(world, catalog, code, [OUTPUTS.table]))
    },
    remains: { difference: 'numbers', why: 'The number of people of the cohort is told, exactly.' }
  },
  {
    ...NOTHING_LEFT,
    id: 'C02',
    attack: 'Contracts for what is no script, contradictory ones, names that look alike',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const sql = 'SELECT COUNT(DISTINCT id) AS n FROM people'
      const outputs: object[][] = [
        [OUTPUTS.count],
        [OUTPUTS.count, OUTPUTS.count],
        [{ name: 'а', kind: 'count' }],
        [{ name: 'm', kind: 'mean', lower: '5', upper: '1' }],
        [{ name: 'm', kind: 'mean' }],
        [{ name: 'x', kind: 'row' }]
      ]
      const answers = []
      for (const each of outputs) answers.push(await world.sql(catalog, sql, { outputs: each }))
      return worst(answers)
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'C04',
    attack: 'A mapping that brings cut points of the requester’s own, around the target’s value',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const { peerId } = world.peers.large
      const answers = []
      for (const [name, local, breakpoints] of [
        ['price', 'cost', [777, 778]],
        ['years', 'age', [85, 86]],
        ['years', 'age', [20, 30, 40, 50, 60, 70, 80, 85, 90]]
      ] as const) {
        const sql = `SELECT COUNT(DISTINCT id) AS n FROM people WHERE ${name} >= ${breakpoints.at(-2)} AND diagnosis != 'Z'`
        const contract = [{ variable: `people.${name}`, type: 'integer', breakpoints }]
        const mappings = [{ peer: peerId, variable: `people.${name}`, local: `people.${local}` }]
        answers.push(await world.sql(catalog, sql, { contract, mappings }))
      }
      return worst(answers)
    }
  },
  {
    id: 'C03',
    attack: 'A mapping that renames levels so that two of them, or one and the target’s, become one group',
    expected: 'REFUSE',
    run: byMapping,
    remains: { difference: 'refusal', why: 'The second question is refused where the target is: see R04.' }
  },
  {
    id: 'C05',
    attack: 'A mapping that puts a level of k − 1 people together with a large one; then the large one alone',
    expected: 'REFUSE',
    remains: { difference: 'numbers', why: 'The first answer is exact, and the target is in it.' },
    run: async (world, catalog) => {
      const { peerId } = world.peers.large
      const levels = renamed({ common: 'common', other: 'other', rare: 'few', Z: 'few', unseen: 'unseen' })
      const together = await world.sql(
        catalog,
        "SELECT COUNT(DISTINCT id) AS n, SUM(cost) AS s FROM people WHERE kind = 'few'",
        {
          contract: [{ variable: 'people.kind', type: 'category', levels: ['common', 'other', 'few', 'unseen'] }],
          mappings: [{ peer: peerId, variable: 'people.kind', local: 'people.diagnosis', levels }]
        }
      )
      const alone = await world.sql(
        catalog,
        "SELECT COUNT(DISTINCT id) AS n, SUM(cost) AS s FROM people WHERE diagnosis = 'rare'"
      )
      return { outcome: outcomeOf(alone), seen: [together, alone] }
    }
  }
]

const DIAGNOSES = { common: 'often', other: 'mostly', rare: 'seldom', Z: 'Z', unseen: 'unseen' }
const PLACES = { ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((i) => [`P${i}`, `P${i}`])), P9: 'here' }

function renamed(levels: Readonly<Record<string, string>>) {
  return Object.entries(levels).map(([local, level]) => ({ local, level }))
}

/** Asks about a group in the catalog's terms, and then about the group without the target in the terms of a mapping. */
async function byMapping(world: World, catalog: string) {
  const { peerId } = world.peers.large
  const sums = 'SELECT COUNT(DISTINCT id) AS n, SUM(cost) AS s FROM people'
  const group = await world.sql(catalog, `${sums} WHERE diagnosis = 'rare' AND postcode = 'P9'`)
  const mapped = await world.sql(catalog, `${sums} WHERE diagnosis = 'seldom' AND place = 'here' AND age < 80`, {
    contract: [
      { variable: 'people.diagnosis', type: 'category', levels: Object.values(DIAGNOSES) },
      { variable: 'people.place', type: 'category', levels: Object.values(PLACES) }
    ],
    mappings: [
      { peer: peerId, variable: 'people.diagnosis', local: 'people.diagnosis', levels: renamed(DIAGNOSES) },
      { peer: peerId, variable: 'people.place', local: 'people.postcode', levels: renamed(PLACES) }
    ]
  })
  return { outcome: outcomeOf(mapped), seen: [group, mapped] }
}
