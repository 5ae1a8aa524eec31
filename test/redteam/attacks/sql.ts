/** Attacks through SQL: functions and tables that show rows, errors that depend on data, and solving for withheld cells. */
import { type Attack, mustHold, NOTHING_LEFT, observed, outcomeOf, worst } from '../attack.ts'
import { TARGET, TARGET_ALONE } from '../fixture.ts'
import type { Answer } from '../observe.ts'
import { K } from '../solve.ts'
import type { World } from '../world.ts'

/** Sends texts that must all be refused before any data are read. */
async function each(world: World, catalog: string, texts: readonly string[]) {
  const answers = []
  for (const text of texts) answers.push(await world.sql(catalog, text))
  const found = answers.findIndex((answer) => outcomeOf(answer) !== 'REFUSE')
  mustHold(found < 0, `answered: ${texts[found]}`)
  return worst(answers)
}

const WITHHELD_DIFFERS = {
  difference: 'withheld',
  why: 'Which cells are withheld depends on who is there: a withheld cell holds from 1 to k − 1 people, or protects one that does.'
} as const

type Row = Readonly<Record<string, string | number | null>>

function rowsOf(answer: Answer): readonly Row[] {
  return (answer.result as { rows?: readonly Row[] } | null)?.rows ?? []
}

const OLD = 'age >= 80'

export const SQL_ATTACKS: readonly Attack[] = [
  {
    ...NOTHING_LEFT,
    id: 'R11',
    attack: 'GROUP BY the subject id, or by a value that is almost one',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(world, catalog, [
        'SELECT id, COUNT(*) AS n FROM people GROUP BY id',
        'SELECT cost, COUNT(*) AS n FROM people GROUP BY cost',
        'SELECT weight, COUNT(*) AS n FROM people GROUP BY weight',
        'SELECT age, postcode, diagnosis, clinic, COUNT(*) AS n FROM people GROUP BY age, postcode, diagnosis, clinic',
        'SELECT COUNT(DISTINCT cost) AS n FROM people',
        'SELECT COUNT(*) AS n FROM people GROUP BY age % 7',
        "SELECT COUNT(*) AS n FROM people WHERE id = 'target'",
        "SELECT COUNT(*) AS n FROM people WHERE id LIKE 'tar%'"
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R13',
    attack: 'A suppressed cell by its row and column totals, asked in the same query',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(world, catalog, [
        `SELECT diagnosis, postcode, COUNT(DISTINCT id) AS n FROM people WHERE ${OLD} GROUP BY ROLLUP (diagnosis, postcode)`,
        `SELECT diagnosis, COUNT(DISTINCT id) AS n FROM people WHERE ${OLD} GROUP BY CUBE (diagnosis)`,
        `SELECT diagnosis, COUNT(DISTINCT id) AS n FROM people GROUP BY GROUPING SETS ((diagnosis), ())`,
        `SELECT COUNT(DISTINCT id) AS n FROM people HAVING COUNT(DISTINCT id) < 5`,
        `SELECT diagnosis, COUNT(DISTINCT id) AS n FROM people GROUP BY diagnosis UNION SELECT 'all', COUNT(DISTINCT id) FROM people`
      ])
  },
  {
    id: 'R13b',
    attack: 'A suppressed cell by its row and column totals, asked in queries of their own',
    expected: 'SUPPRESS',
    remains: { ...WITHHELD_DIFFERS, difference: 'refusal' },
    run: byMargins
  },
  {
    ...NOTHING_LEFT,
    id: 'R15',
    attack: 'A share of nobody, and of everybody',
    expected: 'REFUSE',
    run: async (world, catalog) =>
      worst([
        await world.sql(catalog, "SELECT SHARE(diagnosis, 'unseen') AS s FROM people"),
        await world.sql(catalog, "SELECT SHARE(sex, 'female') AS s FROM people WHERE sex = 'female'")
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R16',
    attack: 'Functions that return a row: MIN, MAX, FIRST, ANY_VALUE, ARG_MAX, MODE, LIST, STRING_AGG, top n',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(
        world,
        catalog,
        [
          ...['MIN(cost)', 'MAX(cost)', 'MAX(cost, 3)', 'FIRST(cost)', 'LAST(cost)', 'ANY_VALUE(cost)'],
          ...['ARG_MAX(cost, age)', 'MODE(cost)', 'LIST(cost)', "STRING_AGG(sex, ',')", 'HISTOGRAM(cost)'],
          ...['QUANTILE(cost, 0.5)', 'QUANTILE(age, 0)', 'QUANTILE(age, 1)', 'QUANTILE(age, 0.999)', 'MEDIAN(weight)'],
          ...['PRODUCT(cost)', 'BIT_XOR(cost)', 'ENTROPY(cost)', 'APPROX_TOP_K(cost, 3)']
        ].map((call) => `SELECT ${call} AS v FROM people`)
      )
  },
  {
    ...NOTHING_LEFT,
    id: 'R17',
    attack: 'The engine’s own tables and functions: stats, storage, schema, settings',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(world, catalog, [
        'SELECT stats(cost) FROM people',
        "SELECT COUNT(*) FROM pragma_storage_info('people')",
        'SELECT COUNT(*) FROM duckdb_tables()',
        'SELECT COUNT(*) FROM information_schema.tables',
        'SELECT COUNT(*) FROM sqlite_master',
        "SELECT COUNT(*) FROM people WHERE current_setting('threads') = '1'",
        'DESCRIBE people',
        'SHOW TABLES',
        'PRAGMA database_size',
        'EXPLAIN SELECT COUNT(*) FROM people'
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R18',
    attack: 'Slow where the target is there: sleep, recursion, cross joins',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(world, catalog, [
        `SELECT COUNT(*) FROM people WHERE CASE WHEN ${TARGET_ALONE} THEN sleep_ms(900) ELSE 0 END = 0`,
        'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT COUNT(*) FROM t',
        'SELECT COUNT(*) FROM people, people AS other, people AS third',
        'SELECT COUNT(*) FROM people CROSS JOIN visits',
        'SELECT COUNT(*) FROM people JOIN visits ON people.age < visits.score',
        'SELECT COUNT(*) FROM people JOIN people AS other USING (id)',
        `SELECT COUNT(*) FROM people WHERE id IN (SELECT id FROM people WHERE ${TARGET_ALONE})`
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R19',
    attack: 'Errors only where the target is there: error(), CAST, ln(0), overflow',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(world, catalog, [
        `SELECT COUNT(*) FROM people WHERE CASE WHEN ${TARGET_ALONE} THEN error('there') ELSE 1 END = 1`,
        'SELECT SUM(ln(age - 85)) FROM people',
        "SELECT SUM(CAST(diagnosis AS INTEGER)) FROM people WHERE diagnosis = 'rare'",
        'SELECT SUM(cost * 1000000000000000000 * cost) FROM people',
        'SELECT SUM(cost) / COUNT(*) FROM people',
        `SELECT SUM(CASE WHEN ${TARGET_ALONE} THEN cost ELSE 0 END) FROM people`,
        `SELECT SUM(cost) FILTER (WHERE ${TARGET_ALONE}) FROM people`,
        'SELECT SUM(cost) OVER (PARTITION BY postcode) FROM people'
      ])
  },
  {
    ...NOTHING_LEFT,
    id: 'R21',
    attack: 'Files and extensions: read_csv, COPY, ATTACH, INSTALL, two statements',
    expected: 'REFUSE',
    run: (world, catalog) =>
      each(world, catalog, [
        "SELECT COUNT(*) FROM read_csv('/etc/passwd')",
        "SELECT COUNT(*) FROM '/etc/passwd'",
        "COPY people TO '/tmp/people.csv'",
        "ATTACH '/tmp/x.db'",
        'INSTALL httpfs',
        "SET memory_limit = '1GB'",
        'SELECT COUNT(*) FROM people; SELECT COUNT(*) FROM people',
        'SELECT COUNT(*) FROM people -- ; DROP TABLE people\n; DROP TABLE people',
        "INSERT INTO people VALUES ('x')"
      ])
  },
  {
    id: 'R22',
    remains: {
      difference: 'numbers',
      why: 'The card tells how many subjects the catalog has, exactly: a number about all of them.'
    },
    attack: 'A sum of which one patient is nearly all (10,000 of 10,055); a sum spread evenly passes',
    expected: 'SUPPRESS',
    run: async (world, catalog) => {
      const even = await world.sql(catalog, "SELECT SUM(cost) AS s FROM people WHERE clinic = 'S'")
      mustHold(outcomeOf(even) === 'RELEASE', 'a sum spread over sixty people is not released')
      const sql = "SELECT COUNT(DISTINCT id) AS n, SUM(cost) AS s, AVG(cost) AS a FROM people WHERE clinic = 'Q'"
      const answer = await world.sql(catalog, sql)
      const [row] = rowsOf(answer)
      mustHold(row?.n === 12 && row.s === null && row.a === null, `the dominated sum was told: ${JSON.stringify(row)}`)
      // These twelve people have a mean, a spread and a skewness that must not be shown.
      const where = { column: 'clinic', op: '=', values: ['Q'] }
      const moments = await world.statistic(catalog, { name: 'moments', variables: ['cost'] }, { where })
      const told = Object.entries(rowsOf(moments)[0] ?? {}).find(
        ([key, value]) => value !== null && !/count|subjects/.test(key)
      )
      mustHold(told === undefined, `the dominated ${told?.[0]} was told`)
      return observed(answer, [even, answer, moments])
    }
  },
  {
    id: 'R22b',
    remains: { difference: 'numbers', why: 'The sum of the other clinic, one of hundreds of people, is released.' },
    attack: 'A sum of signed values, all zero but one patient’s (−900 of −900)',
    expected: 'SUPPRESS',
    run: async (world, catalog) => {
      const sql = "SELECT clinic, SUM(balance) AS s FROM people WHERE clinic IN ('A', 'S') GROUP BY clinic"
      const answer = await world.sql(catalog, sql)
      const own = rowsOf(answer).find(({ clinic }) => clinic === 'S')
      mustHold(own?.s === null || own === undefined, `one patient’s balance was told: ${own?.s}`)
      return observed(answer)
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'R23',
    attack: 'Indicator × value: the covariance with a 0/1 column isolates whom it marks',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const where = "diagnosis = 'rare' AND postcode = 'P9' AND age >= 70 AND sex = 'female'"
      return worst([
        await world.sql(catalog, `SELECT COVAR_SAMP(flag, cost) AS c FROM people WHERE ${where}`),
        await world.sql(catalog, `SELECT AVG(flag) AS a, VARIANCE(flag) AS v FROM people WHERE ${where}`)
      ])
    }
  },
  {
    id: 'R23b',
    attack: 'Indicator × value where the indicator marks a dominated group: Σxy is the sum that R22 withholds',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const sql = "SELECT COVAR_SAMP(flag, cost) AS c FROM people WHERE clinic IN ('Q', 'S')"
      const answer = await world.broadcast(catalog, sql)
      const total = sumOfProducts(answer)
      mustHold(total === null, `the dominated sum was told: ${total}`)
      return observed(answer)
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'S01',
    attack: 'Variances and correlations of nine people',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const where = "diagnosis = 'rare' AND postcode = 'P1' AND clinic = 'A' AND age >= 70 AND sex = 'female'"
      return worst([
        await world.sql(catalog, `SELECT VARIANCE(cost) AS v FROM people WHERE ${where}`),
        await world.sql(catalog, `SELECT CORR(cost, weight) AS v FROM people WHERE ${where}`)
      ])
    }
  }
]

/** Asks for row and column totals after the table. They must leave nobody, or at least k, for the target row's withheld cells. */
async function byMargins(world: World, catalog: string) {
  const count = 'COUNT(DISTINCT id) AS n, SUM(cost) AS s'
  const table = await world.sql(
    catalog,
    `SELECT diagnosis, postcode, ${count} FROM people WHERE ${OLD} GROUP BY diagnosis, postcode`
  )
  const rows = await world.sql(catalog, `SELECT diagnosis, ${count} FROM people WHERE ${OLD} GROUP BY diagnosis`)
  const columns = await world.sql(catalog, `SELECT postcode, ${count} FROM people WHERE ${OLD} GROUP BY postcode`)
  for (const [margin, key, value] of [
    [rows, 'diagnosis', TARGET.diagnosis],
    [columns, 'postcode', TARGET.postcode]
  ] as const) {
    const total = rowsOf(margin).find((row) => row[key] === value)?.n
    if (typeof total !== 'number') continue
    const shown = rowsOf(table).filter((row) => row[key] === value && typeof row.n === 'number')
    const left = total - shown.reduce((sum, row) => sum + Number(row.n), 0)
    mustHold(left === 0 || left >= K, `${left} people are left of ${key} ${value}`)
  }
  return observed(table, [table, rows, columns])
}

/** The sum of products, computed from the moments that pool a covariance. */
function sumOfProducts({ result }: Answer): number | null {
  const parts = (result as { parts?: { output: { rows?: { parts: Record<string, unknown> }[] } | null }[] } | null)
    ?.parts
  const cell = parts?.flatMap(({ output }) => output?.rows ?? []).map((row) => row.parts.c)[0]
  const { n, sum, second } = (cell as { moments?: Moments } | undefined)?.moments ?? {}
  if (n === undefined || sum === undefined || second === undefined) return null
  return Math.round(second.cross + (sum * second.sum) / n)
}

interface Moments {
  readonly n: number
  readonly sum: number
  readonly second: { readonly sum: number; readonly cross: number }
}
