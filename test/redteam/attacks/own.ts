/** Attacks beyond the list of the design: through other routes of the API, through statistics with hidden contents, by hashes. */
import { messages } from '@stimnet/protocol'
import { verifyReceipt } from '@stimnet/sdk'
import { type Attack, besidesTheCard, mustHold, NOTHING_LEFT, observed, outcomeOf, worst } from '../attack.ts'
import { epochConfirms } from '../epoch.ts'
import { TARGET_ALONE } from '../fixture.ts'
import type { Answer } from '../observe.ts'
import { answerOfError, normal } from '../observe.ts'
import type { World } from '../world.ts'

const COUNT = 'SELECT COUNT(DISTINCT id) AS n FROM people'
const SUMS = 'SELECT COUNT(DISTINCT id) AS n, SUM(cost) AS s FROM people'
const CELL = "diagnosis = 'rare' AND postcode = 'P9'"
const BUT = `${CELL} AND age < 80`

const TELLS = {
  difference: 'refusal',
  why: 'The second question is refused where the target is: see R04.'
} as const
const WITHHELD_DIFFERS = {
  difference: 'withheld',
  why: 'Which cells are withheld depends on who is there: see R13b.'
} as const

type Row = Readonly<Record<string, string | number | null>>
const rowsOf = ({ result }: Answer): readonly Row[] => (result as { rows?: readonly Row[] } | null)?.rows ?? []

const submission = (catalog: string, sql: string, more = {}) => ({
  target_node_id: 'large',
  data_catalog_name: catalog,
  script_type: 'sql',
  script_content: sql,
  ...more
})

/** The result of an API call, or its refusal. */
async function call<T>(calling: Promise<T>): Promise<unknown> {
  return calling.then(normal, answerOfError)
}

export const OWN_ATTACKS: readonly Attack[] = [
  {
    id: 'A01',
    attack: 'Two accounts at one gateway: the group by one, the group without the target by the other',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const { eve, mallory } = world.clients
      const first = await world.ask(eve, submission(catalog, `${SUMS} WHERE ${CELL}`))
      const second = await world.ask(mallory, submission(catalog, `${SUMS} WHERE ${BUT}`))
      return observed(second, [first, second])
    }
  },
  {
    id: 'A02',
    attack: 'Two gateways: the second question by another institution, through the mesh',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const first = await world.sql(catalog, `${SUMS} WHERE ${CELL}`)
      const second = await world.ask(world.clients.abroad, submission(catalog, `${SUMS} WHERE ${BUT}`))
      return observed(second, [first, second])
    }
  },
  {
    id: 'A03',
    attack: 'Two projects, two purposes, two titles: the ledger is one',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const first = await world.sql(catalog, `${SUMS} WHERE ${CELL}`, { project: 'one', title: 'a' })
      const second = await world.sql(catalog, `${SUMS} WHERE ${BUT}`, { project: 'two', title: 'b' })
      return observed(second, [first, second])
    }
  },
  {
    id: 'A04',
    attack: 'SQL for the group, a named statistic for the group without the target',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const first = await world.sql(catalog, `${SUMS} WHERE ${CELL}`)
      const where = {
        all: [
          { column: 'diagnosis', op: '=', values: ['rare'] },
          { column: 'postcode', op: '=', values: ['P9'] }
        ]
      }
      const younger = { all: [where, { column: 'age', op: '<', values: [80] }] }
      const second = await world.statistic(catalog, { name: 'sum', variables: ['cost'] }, { where: younger })
      return observed(second, [first, second])
    }
  },
  {
    id: 'A05',
    attack: 'A broadcast for the group, a single job for the group without the target',
    expected: 'REFUSE',
    site: 'all',
    remains: TELLS,
    run: async (world, catalog) => {
      const first = await world.broadcast(catalog, `${SUMS} WHERE ${CELL}`)
      const second = await world.ask(world.clients.eve, submission(catalog, `${SUMS} WHERE ${BUT}`))
      return observed(second, [first, second])
    }
  },
  {
    id: 'A06',
    attack: 'The target at every site at once, and the pooled answer less its parts',
    expected: 'REFUSE',
    site: 'all',
    run: async (world, catalog) => observed(await world.broadcast(catalog, `${SUMS} WHERE ${TARGET_ALONE}`))
  },
  {
    id: 'A06b',
    attack: 'A pooled answer less the parts that are shown: what is left is a part that was refused',
    expected: 'RELEASE',
    site: 'all',
    remains: { difference: 'numbers', why: 'Each part rests on at least k people of its own site.' },
    run: async (world, catalog) => {
      const answer = await world.broadcast(catalog, `${SUMS} WHERE sex = 'female'`)
      const { pooled, parts } = answer.result as {
        pooled: { rows: { values: number[] }[] }
        parts: { output: { rows: { values: number[] }[] } | null }[]
      }
      const shown = parts.map(({ output }) => output?.rows[0]?.values[0] ?? 0)
      mustHold(
        pooled.rows[0]?.values[0] === shown.reduce((sum, n) => sum + n, 0),
        'the pooled answer holds what no part shows'
      )
      return observed(answer)
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'A07',
    attack: 'A share, and the share without the target',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      worst([
        await world.sql(
          catalog,
          "SELECT SHARE(postcode, 'P9') AS s FROM people WHERE age >= 80 AND diagnosis = 'rare'"
        ),
        await world.statistic(
          catalog,
          { name: 'share', variables: ['diagnosis'], arguments: { level: 'rare' } },
          {
            where: {
              all: [
                { column: 'age', op: '>=', values: [80] },
                { column: 'postcode', op: '=', values: ['P9'] },
                { column: 'sex', op: '=', values: ['female'] }
              ]
            }
          }
        )
      ])
  },
  {
    id: 'A08',
    attack: 'A histogram in which the target has a bin alone',
    expected: 'SUPPRESS',
    remains: WITHHELD_DIFFERS,
    run: async (world, catalog) => {
      const answer = await world.sql(
        catalog,
        `SELECT age, COUNT(DISTINCT id) AS n FROM people WHERE ${CELL} GROUP BY age`
      )
      const small = rowsOf(answer).find(({ n }) => typeof n === 'number' && n > 0 && n < 5)
      mustHold(small === undefined, `a bin of ${small?.n} was shown`)
      return observed(answer)
    }
  },
  {
    id: 'A09',
    attack: 'The bins of a quantile: the target’s alone, or shown to be empty',
    expected: 'RELEASE',
    remains: WITHHELD_DIFFERS,
    run: async (world, catalog) => {
      const answer = await world.broadcast(catalog, `SELECT QUANTILE(age, 0.5) AS q FROM people WHERE ${CELL}`)
      const parts = (
        answer.result as { parts: { output: { rows: { parts: { q?: { bins?: { rows: number }[] } } }[] } | null }[] }
      ).parts
      const bins = parts.flatMap(({ output }) => output?.rows ?? []).flatMap((row) => row.parts.q?.bins ?? [])
      const small = bins.find(({ rows }) => rows > 0 && rows < 5)
      mustHold(small === undefined, `a bin of ${small?.rows} was shown`)
      return observed(answer)
    }
  },
  {
    id: 'A10',
    attack: 'How many groups were withheld: a group that has nobody, told from one that has the target',
    expected: 'SUPPRESS',
    run: async (world, catalog) => {
      const sql =
        "SELECT postcode, COUNT(DISTINCT id) AS n FROM people WHERE age >= 80 AND sex = 'female' AND diagnosis = 'rare' GROUP BY postcode"
      return besidesTheCard(await world.sql(catalog, sql))
    },
    remains: {
      difference: 'withheld',
      why: 'The answer counts the groups it withheld: one more where a group of the target alone is among them.'
    }
  },
  {
    id: 'A11',
    attack: 'Sums over the same people of many columns: products that solve for a row',
    expected: 'SUPPRESS',
    remains: WITHHELD_DIFFERS,
    run: async (world, catalog) => {
      const answer = await world.sql(
        catalog,
        `SELECT postcode, COUNT(DISTINCT id) AS n, SUM(cost) AS c, SUM(weight) AS w, COVAR_SAMP(cost, weight) AS cw, COVAR_SAMP(cost, balance) AS cb, COVAR_SAMP(weight, balance) AS wb, VARIANCE(cost) AS vc, VARIANCE(weight) AS vw FROM people WHERE age >= 80 AND diagnosis = 'rare' GROUP BY postcode`
      )
      const few = rowsOf(answer).find(
        ({ n, cw, vc }) => typeof n === 'number' && n < 10 && (cw !== null || vc !== null)
      )
      mustHold(few === undefined, `second moments of ${few?.n} people were told`)
      return observed(answer)
    }
  },
  {
    id: 'A12',
    attack: 'One key for two questions: the second under the idempotency key of the first',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const { eve } = world.clients
      const key = { idempotencyKey: `${catalog}-1` }
      const first = await eve.submitJob(submission(catalog, `${COUNT} WHERE sex = 'male'`) as never, key)
      await eve.waitForJob(first.job_id)
      const second = await eve.submitJob(submission(catalog, `${SUMS} WHERE ${TARGET_ALONE}`) as never, key).then(
        ({ job_id }) => job_id,
        (error) => answerOfError(error).code
      )
      const other = await world.clients.mallory
        .submitJob(submission(catalog, `${COUNT} WHERE sex = 'male'`) as never, key)
        .then(({ job_id }) => job_id)
      mustHold(other !== first.job_id, 'an account is given another’s job')
      await world.clients.mallory.waitForJob(other)
      return { outcome: 'REFUSE', seen: [second === first.job_id ? 'the first job' : second] }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'A13',
    attack: 'Another’s job by its id, its events, its list; an id that never was',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const { eve, mallory } = world.clients
      const { job_id } = await eve.submitJob(submission(catalog, `${COUNT} WHERE sex = 'male'`) as never)
      await eve.waitForJob(job_id)
      const nobodys = 'f'.repeat(32)
      const [others, none] = [await call(mallory.job(job_id)), await call(mallory.job(nobodys))]
      mustHold(JSON.stringify(others) === JSON.stringify(none), 'another’s job and none look different')
      const cancelled = await call(mallory.cancelJob(job_id))
      const listed = (await mallory.listJobs()).some((job) => job.job_id === job_id)
      mustHold(!listed, 'another’s job is listed')
      return { outcome: 'REFUSE', seen: [others, none, cancelled] }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'A14',
    attack: 'Every state and progress that is shown on the way to the end',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const { eve } = world.clients
      const { job_id } = await eve.submitJob(submission(catalog, `${SUMS} WHERE ${TARGET_ALONE}`) as never)
      const shown = []
      for await (const job of eve.watchJob(job_id)) shown.push(job)
      const known = shown.every(
        ({ state, progress }) =>
          ['pending', 'queued', 'running', 'blocked'].includes(state) && [0, 0.1, 1].includes(progress)
      )
      mustHold(known, 'a state or progress that depends on the run')
      const { memory_used_mb, records_processed } = shown.at(-1) ?? {}
      mustHold(memory_used_mb === null && records_processed === null, 'use is published')
      return { outcome: 'REFUSE', seen: [normal(shown.at(-1))].map(withoutDuration) }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'A15',
    attack: 'Cancelling at once, and after the end',
    expected: 'DEFAULT',
    run: async (world, catalog) => {
      const { eve } = world.clients
      const { job_id } = await eve.submitJob(submission(catalog, `${SUMS} WHERE ${TARGET_ALONE}`) as never)
      await eve.waitForJob(job_id)
      const late = await call(eve.cancelJob(job_id))
      return { outcome: 'DEFAULT', seen: [late] }
    }
  },
  {
    id: 'A16',
    attack: 'Text of one’s own in titles, projects and column names, to come back with something added',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const title = '<script>${7*7}{{people}}</script>'
      const answer = await world.sql(catalog, `SELECT COUNT(DISTINCT id) AS people FROM people WHERE sex = 'male'`, {
        title,
        project: title
      })
      mustHold(answer.rest.title === title || answer.status === 'refused', 'the title came back changed')
      return besidesTheCard(answer)
    }
  },
  {
    id: 'A17',
    attack: 'The descriptions of node and catalog: sizes, times, metrics for others, health',
    expected: 'RELEASE',
    remains: {
      difference: 'numbers',
      why: 'The number of subjects is told, rounded down to ten: one person can move it by ten. Never on a `dp` catalog.'
    },
    run: async (world, catalog) => {
      const { eve } = world.clients
      const description = await eve.catalog(catalog)
      const found = (await eve.meshCatalogs('')).filter(({ name }) => name === catalog)
      const { id: _, ...rest } = description
      return { outcome: 'RELEASE', seen: [normal(rest), normal(found)] }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'A18',
    attack: 'The name of the epoch: whoever knows all other rows tries the target’s values until the hash fits',
    expected: 'RELEASE',
    remains: {
      difference: 'withheld',
      why: 'The epoch is a hash of the files, and confirms a guess of every byte of them. P1 claims nothing against who knows all other rows; a catalog of mode dp has a secret in it (D07).'
    },
    run: async (world, catalog) => {
      const isConfirmed = await epochConfirms(world, catalog)
      return { outcome: 'RELEASE', seen: [isConfirmed ? 'the guess fits' : 'the guess does not fit'] }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'A19',
    attack: 'The audit log as a researcher; what a receipt proves of it',
    expected: 'REFUSE',
    run: async (world) => {
      const { eve } = world.clients
      const seen = [await call(eve.audit()), await call(eve.verifyAudit())]
      mustHold(
        seen.every((each) => JSON.stringify(each).includes('NOT_PERMITTED')),
        'a researcher reads the audit log'
      )
      return { outcome: 'REFUSE', seen }
    }
  },
  {
    id: 'A20',
    attack: 'The true moment of the end, out of the audit record that a receipt opens',
    expected: 'RELEASE',
    run: async (world, catalog) => {
      const { eve } = world.clients
      const offGrid: number[] = []
      let opened = 0
      for (const sex of ['male', 'male']) {
        const { job_id } = await eve.submitJob(submission(catalog, `${COUNT} WHERE sex = '${sex}'`) as never)
        const { receipt } = await eve.waitForJob(job_id)
        const { receipt: own } = await verifyReceipt(receipt ?? '', { expectedPeer: world.peers.large.peerId })
        const record = own.audit?.record
        if (record === undefined || record === null || record.length === 0) continue
        opened += 1
        const apart = own.releasedAtMs - messages.AuditRecord.decode(record).atMs
        if (apart !== 0) offGrid.push(apart)
      }
      mustHold(opened === 2, 'no record was opened: there is nothing to judge')
      mustHold(
        offGrid.length === 0,
        `the record tells when the run ended: ${offGrid.join(', ')} ms before it was shown`
      )
      return { outcome: 'RELEASE', seen: [] }
    }
  },
  {
    id: 'A21',
    attack: 'A copy of the files as another catalog: the group of one, the group without the target of the other',
    expected: 'RELEASE',
    twin: true,
    remains: {
      difference: 'refusal',
      why: 'A copied file is not known to be the same people: the two ledgers do not know of each other. The steward must not do this.'
    },
    run: async (world, catalog) => {
      const first = await world.sql(catalog, `${SUMS} WHERE ${CELL}`)
      const second = await world.ask(world.clients.eve, submission(`${catalog}_twin`, `${SUMS} WHERE ${BUT}`))
      return observed(second, [first, second])
    }
  },
  {
    id: 'A22',
    attack: 'A dominated sum by the difference of two sums that are not',
    expected: 'SUPPRESS',
    remains: {
      difference: 'numbers',
      why: 'The number of people moves. The sum of twelve people, of whom one is nearly all and the others are at the least value, is withheld as a sum over few.'
    },
    run: async (world, catalog) => {
      const all = await world.sql(catalog, SUMS)
      const but = await world.sql(catalog, `${SUMS} WHERE clinic != 'Q'`)
      return observed(but, [all, but])
    }
  },
  {
    id: 'A23',
    attack: 'A rounded count out of the digits of a mean, where the preset rounds to five',
    expected: 'RELEASE',
    site: 'tiny',
    remains: { difference: 'numbers', why: 'Rounded means move as well.' },
    run: countFromMean
  },
  {
    id: 'A24',
    catalog: { privacy: { refusal_bits_max: 5 } },
    attack: 'A question that is refused, over and over and in other words: the refusals are counted',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const answers = []
      for (let i = 0; i < 7; i++) {
        answers.push(await world.sql(catalog, `${COUNT} WHERE ${TARGET_ALONE} AND age < ${90 - 10 * (i % 2)}`))
      }
      mustHold(answers.at(-1)?.code === 'REFUSALS_EXHAUSTED', 'refusals are not counted')
      return worst(answers)
    }
  },
  {
    id: 'A25',
    attack: 'The group and the group without the target, each five times, all at once',
    expected: 'REFUSE',
    remains: TELLS,
    run: async (world, catalog) => {
      const ask = (where: string) =>
        Promise.all(Array.from({ length: 5 }, () => world.sql(catalog, `${SUMS} WHERE ${where}`)))
      const [group, but] = await Promise.all([ask(CELL), ask(BUT)])
      const isTold = (answers: readonly Answer[]) => answers.some((answer) => outcomeOf(answer) === 'RELEASE')
      mustHold(!world.target || !isTold(group) || !isTold(but), 'both were answered: they crossed on their way')
      const [first, second] = isTold(group) ? [group, but] : [but, group]
      return { ...worst(second), seen: [first[0], second[0]] }
    }
  }
]

function withoutDuration(seen: unknown): unknown {
  const { execution_time: _, receipt: __, ...rest } = seen as Record<string, unknown>
  return rest
}

/** Tries all counts within the rounding. If only one of them fits the mean, the exact count is disclosed. */
async function countFromMean(world: World, catalog: string) {
  const answers = []
  for (const sex of ['female', 'male'] as const) {
    const answer = await world.sql(
      catalog,
      `SELECT COUNT(DISTINCT id) AS n, AVG(age) AS a, AVG(balance) AS b FROM people WHERE sex = '${sex}'`
    )
    answers.push(answer)
    const [row] = rowsOf(answer)
    const { n, a, b } = row ?? {}
    if (typeof n !== 'number' || typeof a !== 'number' || typeof b !== 'number') continue
    // A reader knows the precision of the mean: at most four digits, and the rule by which it was rounded.
    const digit = (mean: number) => 10 ** (Math.floor(Math.log10(Math.abs(mean))) - 3)
    const within = (mean: number) => Math.max(digit(mean), 10 ** Math.ceil(Math.log10(1 / (n - 5)))) / 2 + 1e-9
    const isMean = (mean: number, size: number) => Math.abs(Math.round(mean * size) / size - mean) <= within(mean)
    const sizes = Array.from({ length: 5 }, (_, i) => n - 2 + i)
    const fits = sizes.filter((size) => isMean(a, size) && isMean(b, size))
    const truth = world.data.tiny.people.filter((person) => person.sex === sex).length
    mustHold(
      fits.length > 1 || fits[0] !== truth,
      `the ${truth} behind the rounded ${n} are known from the means ${a} and ${b}`
    )
  }
  return worst(answers)
}
