/** Attacks on differential privacy: averaging, splitting, using others' budgets, parameters out of range, mixed modes. */
import { type Attack, mustHold, type Observation, outcomeOf, worst } from '../attack.ts'
import { epochConfirms } from '../epoch.ts'
import { TARGET_ALONE } from '../fixture.ts'
import type { Answer } from '../observe.ts'
import type { World } from '../world.ts'

const PROMISE = { mode: 'dp', lattice: 'none', budget: { lifetime_rho: '0.5', project_rho: '0.5' } } as const
/** A catalog that is queried through the mesh, since the attackers use the gateway of the large site. */
const DP = { site: 'small', catalog: PROMISE } as const
const LARGE = { catalog: PROMISE } as const
const COUNT = 'SELECT COUNT(DISTINCT id) AS n FROM people'
const p2 = (epsilon: string, more = {}) => ({ privacy: { level: 'P2', epsilon, ...more } })

/** The form of the answers without the noise: noisy numbers are replaced by "number". */
function forms(answers: readonly Answer[]): unknown[] {
  return answers.map(({ status, code, reason, withheld, result, warnings }) => ({
    status,
    code,
    reason,
    withheld,
    warnings,
    result: formOf(result)
  }))
}

function formOf(value: unknown): unknown {
  if (typeof value === 'number') return 'number'
  if (Array.isArray(value)) return value.map(formOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, formOf(inner)]))
}

function drawn(answers: readonly Answer[]): Observation {
  return { outcome: worst(answers).outcome, seen: forms(answers) }
}

const text = (answer: Answer) => JSON.stringify(answer.result)

async function eachRefused(answers: readonly Answer[], names: readonly string[]): Promise<Observation> {
  const found = answers.findIndex((answer) => outcomeOf(answer) !== 'REFUSE')
  mustHold(found < 0, `answered: ${names[found]}`)
  return worst(answers)
}

export const DP_ATTACKS: readonly Attack[] = [
  {
    ...LARGE,
    id: 'R25',
    attack: 'The same question twelve times, under other titles, projects and accounts, to average the noise away',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const first = await world.sql(catalog, COUNT, p2('0.5'))
      const again: Answer[] = []
      for (let i = 0; i < 10; i++)
        again.push(await world.sql(catalog, COUNT, { ...p2('0.5'), title: `${i}`, project: `${i}` }))
      const submission = {
        target_node_id: 'large',
        data_catalog_name: catalog,
        script_type: 'sql',
        script_content: COUNT
      }
      again.push(await world.ask(world.clients.mallory, { ...submission, ...p2('0.5') }))
      mustHold(outcomeOf(first) === 'RELEASE', 'the first was not answered')
      mustHold(
        again.every((answer) => text(answer) === text(first)),
        'the same question got other noise, or no answer'
      )
      return drawn([first])
    }
  },
  {
    ...LARGE,
    id: 'R26',
    attack: 'The same question in other words: each is charged, and the cap ends it',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const answers = []
      // ε = 0.5 costs ρ = 0.125, so a budget of 0.5 allows four answers.
      for (const where of [
        "sex = 'female'",
        "sex != 'male'",
        "NOT (sex = 'male')",
        "sex IN ('female')",
        "sex = 'female' AND sex = 'female'",
        "sex = 'female' OR sex IN ('female')"
      ])
        answers.push(await world.sql(catalog, `${COUNT} WHERE ${where}`, p2('0.5')))
      // Questions that are the same in the catalog's own terms have the same answer and are charged once.
      const answered = new Set(answers.filter((answer) => outcomeOf(answer) === 'RELEASE').map(text)).size
      mustHold(answered <= 4, `${answered} different answers were given for a budget of four`)
      mustHold(
        answers.some(({ code }) => code === 'BUDGET_EXCEEDED'),
        'the cap does not hold'
      )
      return { outcome: 'RELEASE', seen: answers.map(({ code }) => code) }
    }
  },
  {
    ...LARGE,
    id: 'R26b',
    attack: 'Twenty charges at once, for a budget of four',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          world.sql(catalog, `SELECT COUNT(DISTINCT id) AS n${i} FROM people`, p2('0.5'))
        )
      )
      const given = answers.filter((answer) => outcomeOf(answer) === 'RELEASE').length
      mustHold(given <= 4, `${given} answers were given for a budget of four`)
      return { outcome: 'RELEASE', seen: [given] }
    }
  },
  {
    ...LARGE,
    id: 'R25b',
    attack: 'The same question twelve times at once, before the first has its answer',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => world.sql(catalog, COUNT, p2('0.5'))))
      mustHold(new Set(answers.map(text)).size === 1, 'the same question got different noise')
      return drawn(answers.slice(0, 1))
    }
  },
  {
    ...DP,
    id: 'R30',
    attack: 'ε of 1e308, −0, NaN, 0, with a sign, as a number; bounds reversed, of nobody’s, too wide; huge L0',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const epsilons: unknown[] = [
        '1e308',
        '-0',
        'NaN',
        '0',
        '0.0',
        '+1',
        ' 1',
        'Infinity',
        '',
        '١',
        1,
        -1,
        null,
        '9999999999'
      ]
      const bounds = (lower: string, upper: string, variable = 'cost') => ({ bounds: [{ variable, lower, upper }] })
      const asks: object[] = [
        ...epsilons.map((epsilon) => ({ level: 'P2', epsilon })),
        { level: 'P2' },
        { level: 'P2', epsilon: '0.1', rho: '0.1' },
        { level: 'P1', epsilon: '0.1' },
        { level: 'P3', epsilon: '0.1' },
        { level: 'P2', epsilon: '0.1', ...bounds('5', '5') },
        { level: 'P2', epsilon: '0.1', ...bounds('9', '1') },
        { level: 'P2', epsilon: '0.1', ...bounds('0', '1', 'age') },
        { level: 'P2', epsilon: '0.1', ...bounds('NaN', '1e9') },
        { level: 'P2', epsilon: '0.1', ...bounds('0', '999999999999999999') },
        { level: 'P2', epsilon: '0.1', groups_per_subject: 1e9 },
        { level: 'P2', epsilon: '0.1', groups_per_subject: 0 },
        { level: 'P2', epsilon: '0.1', rows_per_subject: -1 },
        { level: 'P2', epsilon: '0.1', delta: 1 },
        { level: 'P2', epsilon: '999999999' }
      ]
      const answers = []
      for (const privacy of asks)
        answers.push(await world.sql(catalog, 'SELECT SUM(cost) AS s FROM people', { privacy }))
      return eachRefused(
        answers,
        asks.map((ask) => JSON.stringify(ask))
      )
    }
  },
  {
    ...LARGE,
    id: 'R32',
    attack: 'Sums whose order or size could move them: whole numbers, so that they are what they are',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const answer = await world.sql(catalog, 'SELECT SUM(cost) AS s FROM people', {
        privacy: { level: 'P2', epsilon: '0.5', bounds: [{ variable: 'cost', lower: '0', upper: '1000' }] }
      })
      const { rows } = (answer.result ?? {}) as { rows?: { s: number }[] }
      const [row] = rows ?? []
      mustHold(row !== undefined && Number.isInteger(row.s), 'a sum of whole numbers with whole noise is not whole')
      const truth = world.data.large.people.reduce((sum, { cost }) => sum + Math.min(1000, cost), 0)
      mustHold(Math.abs((row?.s ?? 0) - truth) < 200_000, 'the noise is not of the size that was paid for')
      return drawn([answer])
    }
  },
  {
    ...DP,
    id: 'R63',
    attack: 'Somebody at two sites, asked about at both in one broadcast',
    expected: 'RELEASE',
    site: 'all',
    run: async (world, catalog) => {
      const answer = await world.broadcast(catalog, COUNT, p2('0.2'))
      const { parts } = answer.result as { parts: { output: { disclosure: { dp: Record<string, number> } } | null }[] }
      const cards = parts.flatMap(({ output }) => (output ? [output.disclosure.dp] : []))
      mustHold(
        cards.length === 3 && cards.every((dp) => dp?.sites_per_person === 2 && dp.epsilon === 0.1),
        `each site takes its part of ε: ${JSON.stringify(cards)}`
      )
      return drawn([answer])
    }
  },
  {
    ...DP,
    id: 'R64',
    attack: 'Exact numbers, scripts and kurtoses of a catalog that promises noise',
    expected: 'REFUSE',
    site: 'small',
    catalog: { ...PROMISE, synthetic: true, scripts: 'auto', timing: 'padded' },
    run: async (world, catalog) => {
      const names = ['P1', 'P1 by default', 'a script', 'a kurtosis', 'a script for P2']
      return eachRefused(
        [
          await world.sql(catalog, COUNT, { privacy: { level: 'P1' } }),
          await world.sql(catalog, COUNT),
          await world.python(catalog, 'result = {"n": 1000}'),
          await world.sql(catalog, 'SELECT KURTOSIS(age) AS k FROM people', p2('0.1')),
          await world.python(catalog, 'result = {"n": 1000}', p2('0.1'))
        ],
        names
      )
    }
  },
  {
    ...DP,
    id: 'D01',
    attack: 'The target alone, under noise: nothing but noise tells one from nobody',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const answer = await world.sql(catalog, `${COUNT} WHERE ${TARGET_ALONE}`, p2('0.5'))
      return drawn([answer])
    }
  },
  {
    ...DP,
    id: 'D02',
    attack: 'Groups that nobody, or the target alone, is in: every declared group is answered for',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const sql =
        'SELECT diagnosis, postcode, COUNT(DISTINCT id) AS n FROM people WHERE age >= 80 GROUP BY diagnosis, postcode'
      return drawn([await world.sql(catalog, sql, p2('0.5'))])
    }
  },
  {
    ...DP,
    id: 'D03',
    attack: 'Accounts one after the other, each with a cap of its own, to spend more than the catalog’s life holds',
    expected: 'REFUSE',
    catalog: { ...PROMISE, budget: { lifetime_rho: '0.25', project_rho: '0.125' } },
    run: async (world, catalog) => {
      const first = await world.sql(catalog, COUNT, p2('0.5'))
      mustHold(outcomeOf(first) === 'RELEASE', 'the first was not answered')
      const submission = { target_node_id: 'small', data_catalog_name: catalog, script_type: 'sql', ...p2('0.5') }
      const about = (sex: string) => ({ ...submission, script_content: `${COUNT} WHERE sex = '${sex}'` })
      const { eve, mallory, abroad } = world.clients
      const own = [
        await world.ask(eve, about('female')),
        await world.ask(eve, { ...about('female'), project: 'another' })
      ]
      const other = await world.ask(mallory, about('female'))
      mustHold(outcomeOf(other) === 'RELEASE', 'one account used up what another counts on')
      return eachRefused(
        [...own, await world.ask(mallory, about('male')), await world.ask(abroad, about('male'))],
        ['the first account again', 'another project', 'the second account again', 'another gateway']
      )
    }
  },
  {
    ...DP,
    id: 'D04',
    attack: 'Cancelling after the charge, to be given other noise at the next asking',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const { eve } = world.clients
      const submission = {
        target_node_id: 'small',
        data_catalog_name: catalog,
        script_type: 'sql',
        script_content: COUNT,
        ...p2('0.5')
      }
      for (let i = 0; i < 4; i++) {
        const { job_id } = await eve.submitJob(submission as never)
        await eve.cancelJob(job_id).catch(() => undefined)
      }
      const answers = [await world.ask(eve, submission), await world.ask(eve, submission)]
      mustHold(
        answers.every((answer) => outcomeOf(answer) === 'RELEASE'),
        'what was paid once is charged again'
      )
      mustHold(new Set(answers.map(text)).size === 1, 'the same question got other noise')
      return drawn(answers)
    }
  },
  {
    ...LARGE,
    id: 'D05',
    attack: 'What the description of a catalog that promises noise tells exactly: how many subjects',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const { id: _, epoch: __, last_updated: ___, ...rest } = await world.clients.eve.catalog(catalog)
      return { outcome: 'RELEASE', seen: [rest] }
    }
  },
  {
    ...LARGE,
    id: 'D07',
    attack: 'The name of the epoch of such a catalog, as in A18',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      mustHold(!(await epochConfirms(world, catalog)), 'the epoch confirms a guess of the target’s row')
      return { outcome: 'REFUSE', seen: [] }
    }
  },
  {
    ...DP,
    id: 'D06',
    attack: 'The price asked before, over and over: it is told of the request alone, and costs nothing',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const prices = []
      for (const sql of [COUNT, `${COUNT} WHERE ${TARGET_ALONE}`]) prices.push(await priceOf(world, catalog, sql))
      return { outcome: 'RELEASE', seen: prices }
    }
  }
]

async function priceOf(world: World, catalog: string, sql: string): Promise<unknown> {
  const { gatewayUrl } = world.peers.large
  const token = await world.clients.eve.authenticate('eve', 'correct horse battery')
  const answer = await fetch(`${gatewayUrl}/api/v1/privacy/cost`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ data_catalog_name: catalog, script_type: 'sql', script_content: sql, ...p2('0.1') })
  })
  const body = JSON.stringify(await answer.json())
  return [answer.status, body.replace(/"epoch":"[0-9a-f]+"/g, '')]
}
