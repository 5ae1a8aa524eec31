import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Code, LIMITS, StimnetError } from '@stimnet/protocol'
import fc from 'fast-check'
import { describe } from '../src/catalog/descriptor.ts'
import { catalogConfigSchema, parseSql } from '../src/index.ts'
import { CLINIC } from './world.ts'

const descriptor = describe(catalogConfigSchema.parse(CLINIC), {
  epoch: 'e',
  snapshotAtMs: 0,
  subjects: 100,
  cohortSizeMin: 5,
  programs: ['sql']
})
const parse = (sql: string) => parseSql(sql, descriptor)

test('a query becomes a plan: tables, rows, groups, measures', () => {
  const plan = parse(`
    -- people by sex and age
    SELECT s.sex AS gender, age, COUNT(*), COUNT(DISTINCT subject_id) AS n, COUNT(v.score), SUM(score), avg(score) mean_score,
      VARIANCE(score), VAR_SAMP(score) AS v2, STDDEV(score), STDDEV_SAMP(score) AS s2, COVAR_SAMP(age, score), CORR(age, score) AS r,
      SKEWNESS(score), KURTOSIS(age) AS tails, SHARE(visit, 'baseline'), QUANTILE(score, 0.25) AS q1, MEDIAN(score) /* of all visits */
    FROM people AS s JOIN visits v USING (subject_id)
    WHERE sex IN ('F', 'M') AND NOT (age < 40 OR visit = 'month_12') AND score IS NOT NULL
    GROUP BY sex, age
    ORDER BY gender ASC, age;`)
  assert.deepEqual(plan, {
    tables: ['people', 'visits'],
    where: {
      all: [
        { column: 'people.sex', op: 'in', values: ['F', 'M'] },
        { column: 'people.age', op: '>=', values: [40] },
        { column: 'visits.visit', op: '!=', values: ['month_12'] },
        { not: { column: 'visits.score', op: 'is null', values: [] } }
      ]
    },
    groupBy: [
      { name: 'gender', variable: 'people.sex' },
      { name: 'age', variable: 'people.age' }
    ],
    measures: [
      { kind: 'rows', name: 'count' },
      { kind: 'subjects', name: 'n' },
      { kind: 'count', name: 'count_score', variable: 'visits.score' },
      { kind: 'sum', name: 'sum_score', variable: 'visits.score' },
      { kind: 'mean', name: 'mean_score', variable: 'visits.score' },
      { kind: 'variance', name: 'variance_score', variable: 'visits.score' },
      { kind: 'variance', name: 'v2', variable: 'visits.score' },
      { kind: 'sd', name: 'stddev_score', variable: 'visits.score' },
      { kind: 'sd', name: 's2', variable: 'visits.score' },
      { kind: 'covariance', name: 'covar_age_score', variables: ['people.age', 'visits.score'] },
      { kind: 'correlation', name: 'r', variables: ['people.age', 'visits.score'] },
      { kind: 'skewness', name: 'skewness_score', variable: 'visits.score' },
      { kind: 'kurtosis', name: 'tails', variable: 'people.age' },
      { kind: 'share', name: 'share_visit', variable: 'visits.visit', level: 'baseline' },
      { kind: 'quantile', name: 'q1', variable: 'visits.score', q: 0.25 },
      { kind: 'quantile', name: 'median_score', variable: 'visits.score', q: 0.5 }
    ]
  })
})

test('the same question in other words is the same plan', () => {
  const same: readonly (readonly [string, string])[] = [
    ['select count ( * ) from people', 'SELECT COUNT(*) FROM people;'],
    ['SELECT COUNT(*) FROM People', 'SELECT COUNT(subject_id) FROM "people"'],
    ['SELECT COUNT(*) FROM people WHERE "age" > 64', 'SELECT COUNT(*) FROM people p WHERE p.age >= 65'],
    [
      'SELECT COUNT(*) FROM people WHERE age BETWEEN 40 AND 64',
      'SELECT COUNT(*) FROM people WHERE age >= 40 AND age < 65'
    ],
    [
      'SELECT COUNT(*) FROM people WHERE age NOT BETWEEN 40 AND 64',
      'SELECT COUNT(*) FROM people WHERE NOT (age >= 40 AND age <= 64)'
    ],
    ["SELECT COUNT(*) FROM people WHERE sex NOT IN ('F')", "SELECT COUNT(*) FROM people WHERE NOT NOT sex <> 'F'"],
    [
      "SELECT COUNT(*) FROM visits WHERE day >= DATE '2024-02-01'",
      "SELECT COUNT(*) FROM visits WHERE day > '2024-01-31'"
    ],
    [
      'SELECT SUM(score) FROM people JOIN visits USING (subject_id)',
      'SELECT SUM(v.SCORE) FROM people INNER JOIN visits AS v ON people.subject_id = v.subject_id'
    ],
    ['SELECT SUM(grade) FROM visits', 'SELECT SUM(Grade) AS "sum_Grade" FROM visits'],
    [
      'SELECT visit AS v, COUNT(*) FROM visits GROUP BY v',
      'SELECT COUNT(*), visit AS v FROM visits GROUP BY visits.visit ORDER BY visit'
    ]
  ]
  for (const [one, other] of same) assert.deepEqual(parse(one), parse(other), one)
})

test('a missing value is in no comparison, whether negated or not, as SQL has it', () => {
  assert.deepEqual(parse("SELECT COUNT(*) FROM people WHERE NOT (sex = 'F' AND age IS NULL)").where, {
    any: [
      { column: 'people.sex', op: '!=', values: ['F'] },
      { not: { column: 'people.age', op: 'is null', values: [] } }
    ]
  })
})

const no = 'SQL_NOT_SUPPORTED'
const REFUSED: readonly (readonly [sql: string, code: Code, reason: RegExp])[] = [
  // Single rows and single people
  ['SELECT * FROM people', no, /Line 1, column 8: \* would be rows/],
  ['SELECT people.* FROM people', no, /\* would be rows/],
  ['SELECT age FROM people', no, /age would list single rows/],
  ['SELECT age, COUNT(*) FROM people', no, /age would list single rows/],
  ['SELECT sex, people.sex, COUNT(*) FROM people GROUP BY sex', no, /selected twice/],
  ['SELECT sex FROM people GROUP BY sex', no, /at least one aggregate/],
  ['SELECT subject_id, COUNT(*) FROM people GROUP BY subject_id', no, /subject_id identifies the person/],
  ['SELECT COUNT(*) FROM people GROUP BY subject_id', no, /subject_id identifies the person/],
  ["SELECT COUNT(*) FROM people WHERE subject_id = 'T'", no, /subject_id identifies the person/],
  ['SELECT SUM(subject_id) FROM people', no, /subject_id identifies the person/],
  ['SELECT COUNT(*) FROM people GROUP BY height', no, /height cannot be grouped/],
  ['SELECT COUNT(*) FROM people GROUP BY note', no, /note cannot be grouped/],
  ['SELECT COUNT(*) FROM people p JOIN visits v USING (subject_id) GROUP BY sex, p.age, visit, day', no, /at most 3/],
  ['SELECT DISTINCT sex, COUNT(*) FROM people GROUP BY sex', no, /DISTINCT rows/],
  ['SELECT COUNT(DISTINCT age) FROM people', no, /DISTINCT is for/],
  ['SELECT COUNT(note) FROM people', no, /free text/],
  ["SELECT COUNT(*) FROM people WHERE note = 'x'", 'FILTER_INVALID', /free text/],
  ['SELECT COUNT(*) FROM people WHERE age >= 93', 'VALUE_NOT_DECLARED', /Breakpoints of people\.age/],
  ["SELECT COUNT(*) FROM people WHERE sex = 'X'", 'VALUE_NOT_DECLARED', /Its levels: F, M/],
  ['SELECT COUNT(*) FROM people WHERE height >= 2', 'FILTER_INVALID', /no declared breakpoints/],
  [
    'SELECT COUNT(*) FROM visits WHERE score BETWEEN 0 AND 10.5',
    'VALUE_NOT_DECLARED',
    /cannot be cut just above 10\.5\. Compare with >= and < at a breakpoint/
  ],
  ['SELECT COUNT(*) FROM people WHERE age BETWEEN 41 AND 59', 'VALUE_NOT_DECLARED', /41 is no breakpoint/],
  // Functions that return single values
  ['SELECT MIN(age) FROM people', no, /MIN is not supported\. .*There are: COUNT/],
  ['SELECT MAX(age, 3) FROM people', no, /MAX is not supported\. .*Write QUANTILE\(v, 0\.05\)/],
  ['SELECT MEAN(age) FROM people', no, /Write AVG/],
  ['SELECT STDDEV_POP(age) FROM people', no, /Write VARIANCE or STDDEV/],
  ['SELECT PERCENTILE_CONT(age, 0.5) FROM people', no, /Write QUANTILE/],
  ['SELECT SKEWNESS(sex) FROM people', no, /is no number/],
  ['SELECT __proto__(age) FROM people', no, /__PROTO__ is not supported\. There are/],
  ['SELECT constructor(age) FROM people', no, /CONSTRUCTOR is not supported\. There are/],
  ['SELECT first(age) FROM people', no, /FIRST is not supported/],
  ['SELECT any_value(age) FROM people', no, /ANY_VALUE/],
  ['SELECT arg_max(age, height) FROM people', no, /ARG_MAX/],
  ['SELECT mode(age) FROM people', no, /MODE/],
  ['SELECT list(age) FROM people', no, /LIST/],
  ["SELECT string_agg(note, ',') FROM people", no, /STRING_AGG/],
  ['SELECT stats(age) FROM people', no, /STATS/],
  ['SELECT histogram(age) FROM people', no, /HISTOGRAM/],
  ['SELECT SUM(*) FROM people', no, /means nothing/],
  ['SELECT SUM(age, height) FROM people', no, /takes one column/],
  ['SELECT SUM() FROM people', no, /takes one column/],
  ['SELECT AVG(sex) FROM people', no, /is no number/],
  ['SELECT SUM(day) FROM visits', no, /is no number/],
  ["SELECT SHARE(age, '1') FROM people", no, /no category/],
  ["SELECT SHARE(sex, 'X') FROM people", no, /no level of/],
  ['SELECT SHARE(sex) FROM people', no, /a column and a level/],
  ['SELECT QUANTILE(age, 0) FROM people', no, /from 0\.05 to 0\.95/],
  ['SELECT QUANTILE(age, 0.999) FROM people', no, /from 0\.05 to 0\.95/],
  ['SELECT QUANTILE(height, 0.5) FROM people', no, /no quantiles/],
  ['SELECT QUANTILE(age) FROM people', no, /a column and a number/],
  // Expressions
  ["SELECT SUM(CASE WHEN subject_id = 'T' THEN 1 ELSE 0 END) FROM people", no, /CASE can pick out one person/],
  ['SELECT COUNT(*) FILTER (WHERE age >= 65) FROM people', no, /FILTER would count single subjects/],
  ['SELECT SUM(age * 1000000) FROM people', no, /No expressions/],
  ['SELECT SUM(-age) FROM people', no, /Expected a column/],
  ['SELECT SUM(age) / COUNT(*) FROM people', no, /No expressions/],
  ['SELECT SUM(age) + 1e-9 FROM people', no, /No expressions/],
  ['SELECT 1 FROM people', no, /A fixed value/],
  ["SELECT 'x' FROM people", no, /A fixed value/],
  ['SELECT COUNT(1) FROM people', no, /takes one column, or COUNT\(\*\)/],
  ['SELECT age::TEXT, COUNT(*) FROM people GROUP BY age', no, /No expressions/],
  ['SELECT CAST(age AS TEXT), COUNT(*) FROM people', no, /cast by the catalog/],
  ['SELECT SUM(ln(age)) FROM people', no, /No expressions/],
  ['SELECT COUNT(*) FROM people WHERE age + 1 > 65', no, /Expected a comparison/],
  ['SELECT COUNT(*) FROM people WHERE age >= 60 + 5', no, /No arithmetic/],
  ["SELECT COUNT(*) FROM people WHERE error('x')", no, /No functions in WHERE/],
  ['SELECT COUNT(*) FROM people WHERE sleep_ms(1000) = 1', no, /No functions in WHERE/],
  ["SELECT COUNT(*) FROM people WHERE sex LIKE 'F%'", no, /No text patterns/],
  ['SELECT COUNT(*) FROM people WHERE age = NULL', no, /IS NULL/],
  ['SELECT COUNT(*) FROM people WHERE 1 = 1', no, /begins with a column/],
  ['SELECT COUNT(*) FROM people WHERE TRUE', no, /begins with a column/],
  ['SELECT COUNT(*) FROM people WHERE age = height', no, /Expected a number or a text/],
  ['SELECT COUNT(*) FROM people WHERE age', no, /Expected a comparison/],
  // Clauses that this grammar does not have
  ['SELECT sex, COUNT(*) FROM people GROUP BY sex HAVING COUNT(*) = 1', no, /HAVING/],
  ['SELECT sex, COUNT(*) FROM people GROUP BY sex LIMIT 1', no, /LIMIT is not needed.*Leave it out/],
  ['SELECT sex, COUNT(*) FROM people GROUP BY sex OFFSET 1', no, /OFFSET/],
  ['SELECT sex, COUNT(*) AS n FROM people GROUP BY sex ORDER BY n', no, /order of the group columns/],
  ['SELECT sex, COUNT(*) AS n FROM people GROUP BY sex ORDER BY sex DESC', no, /rising/],
  ['SELECT sex, COUNT(*) FROM people GROUP BY 1', no, /not their positions/],
  ['SELECT sex, COUNT(*) FROM people GROUP BY ROLLUP(sex)', no, /names columns/],
  ['SELECT sex, COUNT(*) FROM people GROUP BY sex, people.sex', no, /grouped by twice/],
  ['SELECT COUNT(*) OVER () FROM people', no, /Window functions/],
  ['SELECT COUNT(*) FROM people USING SAMPLE 1', no, /sample is no cohort/],
  ['SELECT COUNT(*) FROM people TABLESAMPLE 10%', no, /sample is no cohort/],
  ['SELECT COUNT(*) FROM people UNION SELECT COUNT(*) FROM visits', no, /no UNION/],
  ['WITH x AS (SELECT 1) SELECT COUNT(*) FROM x', no, /begins with SELECT/],
  ['WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT COUNT(*) FROM x', no, /begins with SELECT/],
  ['SELECT (SELECT COUNT(*) FROM people) FROM people', no, /no sub-queries/],
  ['SELECT COUNT(*) FROM (SELECT * FROM people)', no, /no sub-queries/],
  ['SELECT COUNT(*) FROM people WHERE age IN (SELECT age FROM people)', no, /no sub-queries/],
  ['SELECT COUNT(*) FROM people WHERE EXISTS (SELECT 1)', no, /no sub-queries/],
  // Other tables, files, settings, statements
  ["SELECT COUNT(*) FROM 'people.csv'", no, /never a file/],
  ["SELECT COUNT(*) FROM read_csv('/etc/passwd')", no, /no table functions/],
  ["SELECT COUNT(*) FROM pragma_storage_info('people')", no, /no table functions/],
  ['SELECT COUNT(*) FROM duckdb_settings()', no, /no table functions/],
  ['SELECT COUNT(*) FROM information_schema.tables', no, /without schema/],
  ['SELECT COUNT(*) FROM duckdb_tables', no, /no table "duckdb_tables"\. It has: people, visits/],
  ['SELECT COUNT(*) FROM people, visits', no, /not with a comma/],
  ['SELECT COUNT(*) FROM people CROSS JOIN visits', no, /inner JOIN/],
  ['SELECT COUNT(*) FROM people LEFT JOIN visits USING (subject_id)', no, /inner JOIN/],
  ['SELECT COUNT(*) FROM people NATURAL JOIN visits', no, /inner JOIN/],
  ['SELECT COUNT(*) FROM people JOIN visits', no, /needs USING/],
  ['SELECT COUNT(*) FROM people JOIN visits USING (age)', no, /subject key alone/],
  ['SELECT COUNT(*) FROM people p JOIN visits v ON p.age = v.score', no, /subject key alone/],
  ['SELECT COUNT(*) FROM people p JOIN visits v ON p.subject_id = p.subject_id', no, /subject key alone/],
  [
    'SELECT COUNT(*) FROM people p JOIN visits v ON p.subject_id = v.subject_id AND age >= 65',
    no,
    /should end here|Expected/
  ],
  ['SELECT COUNT(*) FROM people a JOIN people b USING (subject_id)', no, /joined with itself/],
  ['SELECT COUNT(*) FROM people x JOIN visits x USING (subject_id)', no, /Two tables are called x/],
  ['SELECT COUNT(*) FROM people; DROP TABLE people', no, /One statement at a time/],
  ['SELECT COUNT(*) FROM people;;', no, /One statement at a time/],
  ['DROP TABLE people', no, /begins with SELECT/],
  ["COPY people TO '/tmp/x'", no, /begins with SELECT/],
  ["ATTACH 'x.db'", no, /begins with SELECT/],
  ['INSTALL httpfs', no, /begins with SELECT/],
  ['PRAGMA database_list', no, /begins with SELECT/],
  ["SET memory_limit = '1TB'", no, /begins with SELECT/],
  ['EXPLAIN SELECT COUNT(*) FROM people', no, /begins with SELECT/],
  ['DESCRIBE people', no, /begins with SELECT/],
  ["CALL enable_logging(storage = 'file')", no, /begins with SELECT/],
  ['SELECT COUNT(*) INTO x FROM people', no, /writes nothing/],
  ['', no, /begins with SELECT/],
  ['SELECT', no, /Expected a column, found the end/],
  ['SELECT COUNT(*)', no, /Expected FROM, found the end/],
  // Names
  ['SELECT AVG(weight) FROM people', 'VARIABLE_UNKNOWN', /It has: age, sex/],
  [
    'SELECT AVG(score) FROM people',
    'VARIABLE_UNKNOWN',
    /"score" is in visits, which the query does not read\. JOIN it: JOIN visits USING \(subject_id\)\./
  ],
  ['SELECT AVG(visits.SCORE) FROM people', 'VARIABLE_UNKNOWN', /JOIN it: JOIN visits/],
  ['SELECT COUNT(*) FROM people WHERE score >= 0', 'VARIABLE_UNKNOWN', /JOIN it: JOIN visits/],
  ['SELECT COUNT(*) FROM people GROUP BY visit', 'VARIABLE_UNKNOWN', /JOIN it: JOIN visits/],
  ['SELECT AVG(visits.nothing) FROM people', no, /No table of this query/],
  ['SELECT AVG(peple.age) FROM people', no, /called "peple\.age"\. Did you mean people\?/],
  ['SELECT AVG(agee) FROM people', 'VARIABLE_UNKNOWN', /Did you mean age\?/],
  ['SELECT AVG(x.age) FROM people', no, /No table of this query is called "x\.age"/],
  ['SELECT COUNT(*), COUNT(*) FROM people', no, /Two columns of the answer are called count/],
  ['SELECT sex AS n, COUNT(*) AS n FROM people GROUP BY sex', no, /called n/],
  ['SELECT COUNT(*) AS "a b" FROM people', no, /quoted name/],
  ['SELECT COUNT(*) AS "x""; DROP" FROM people', no, /quoted name/],
  [`SELECT COUNT(*) AS ${'n'.repeat(65)} FROM people`, no, /at most 64/],
  ['SELECT COUNT(*) AS select FROM people', no, /no sub-queries/],
  ['SELECT COUNT(*) FROM peоple', no, /U\+043E has no meaning/],
  ['SELECT COUNT(*)\u200b FROM people', no, /U\+200B/],
  // Shape
  ["SELECT COUNT(*) FROM people WHERE sex = 'F", no, /never closes/],
  ['SELECT COUNT(*) FROM people /* x', no, /comment that never ends/],
  ['SELECT COUNT(*) FROM people WHERE age >= 65abc', no, /A number with letters/],
  ['SELECT COUNT(*) FROM people WHERE age >= 1e999', no, /too large/],
  [`SELECT COUNT(*) FROM people WHERE ${'('.repeat(500)}age >= 65${')'.repeat(500)}`, no, /parentheses/],
  [`SELECT COUNT(*) FROM people WHERE ${'NOT '.repeat(500)}age >= 65`, no, /NOTs/],
  [
    `SELECT COUNT(*) FROM people WHERE age IN (${Array(40).fill(65).join()})`,
    'FILTER_INVALID',
    /number of values|at most 32/
  ],
  [`SELECT COUNT(*) FROM people WHERE ${Array(2000).fill('age >= 65').join(' AND ')}`, no, /words and signs/],
  [
    `SELECT ${Array(33)
      .fill(0)
      .map((_, i) => `SUM(age) AS a${i}`)
      .join()} FROM people`,
    no,
    /1 to 32 aggregates/
  ],
  [`SELECT ${Array(100).fill('COUNT(*)').join()} FROM people`, no, /at most 64 entries/],
  ['-'.repeat(LIMITS.scriptBytesMax + 1), 'TOO_LARGE', /at most 256 KiB/],
  ['é'.repeat(LIMITS.scriptBytesMax / 2 + 1), 'TOO_LARGE', /at most 256 KiB/]
]

for (const [sql, code, reason] of REFUSED) {
  test(`refused with ${code}: ${sql.slice(0, 90).replaceAll(/\s+/g, ' ') || 'nothing'}`, () => {
    assert.throws(
      () => parse(sql),
      (error: unknown) => {
        assert.ok(error instanceof StimnetError, String(error))
        assert.equal(error.code, code, error.reason)
        assert.match(error.reason, reason)
        assert.ok(error.reason.length < 2000)
        return true
      }
    )
  })
}

test('a refusal says the line and column of what is wrong', () => {
  assert.throws(() => parse('SELECT COUNT(*)\nFROM people\n  LIMIT 5'), { reason: /^Line 3, column 3: LIMIT/ })
})

test('a column in two joined tables must be named with its table', () => {
  const config = catalogConfigSchema.parse({
    ...CLINIC,
    tables: CLINIC.tables.map((table) => ({
      ...table,
      variables: [{ name: 'visit', type: 'category', levels: ['a'] }]
    }))
  })
  const twice = describe(config, { epoch: 'e', snapshotAtMs: 0, subjects: 0, cohortSizeMin: 5, programs: [] })
  const from = 'FROM people JOIN visits v USING (subject_id)'
  assert.throws(() => parseSql(`SELECT COUNT(visit) ${from}`, twice), {
    code: 'VARIABLE_AMBIGUOUS',
    reason: /people\.visit, visits\.visit/
  })
  assert.equal(parseSql(`SELECT COUNT(v.visit) ${from}`, twice).measures.length, 1)
})

test('groups beyond what is an answer are refused by what is declared, not by what occurs', () => {
  const many = Array.from({ length: 100 }, (_, i) => `l${i}`)
  const config = catalogConfigSchema.parse({
    ...CLINIC,
    tables: [{ ...CLINIC.tables[0], variables: ['x', 'y'].map((name) => ({ name, type: 'category', levels: many })) }]
  })
  const wide = describe(config, { epoch: 'e', snapshotAtMs: 0, subjects: 0, cohortSizeMin: 5, programs: [] })
  assert.throws(() => parseSql('SELECT x, y, COUNT(*) FROM people GROUP BY x, y', wide), {
    code: no,
    reason: /10201 groups/
  })
})

const WORDS = [
  ...[
    'SELECT',
    'FROM',
    'people',
    'visits',
    'WHERE',
    'GROUP',
    'BY',
    'ORDER',
    'JOIN',
    'USING',
    '(',
    ')',
    'subject_id',
    ',',
    '*'
  ],
  ...[
    'COUNT',
    'SUM',
    'SHARE',
    'QUANTILE',
    'age',
    'sex',
    'score',
    'note',
    '=',
    '<>',
    '>=',
    'NOT',
    'AND',
    'OR',
    'IN',
    'BETWEEN'
  ],
  ...[
    'IS',
    'NULL',
    "'F'",
    "''",
    '65',
    '-1',
    '.5',
    '1e5',
    '"age"',
    'AS',
    'x',
    '.',
    ';',
    '--',
    '/*',
    '*/',
    '\n',
    'DATE',
    'CASE'
  ]
]

test('whatever is written, the answer is a plan or one of our refusals', () => {
  const codes: Code[] = [
    no,
    'VARIABLE_UNKNOWN',
    'VARIABLE_AMBIGUOUS',
    'VALUE_NOT_DECLARED',
    'FILTER_INVALID',
    'TOO_LARGE'
  ]
  const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((list) => list.join(' '))
  const nearly = fc
    .array(fc.constantFrom(...WORDS), { maxLength: 25 })
    .map((list) => `SELECT COUNT(*) FROM people WHERE ${list.join(' ')}`)
  const items = fc
    .array(fc.constantFrom(...WORDS), { maxLength: 12 })
    .map((list) => `SELECT ${list.join(' ')} FROM people`)
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), words, nearly, items)
  fc.assert(
    fc.property(text, (sql) => {
      try {
        assert.ok(parse(sql).measures.length > 0)
      } catch (error) {
        assert.ok(error instanceof StimnetError && codes.includes(error.code), String(error))
      }
    }),
    { numRuns: 4000 }
  )
})

test('a hostile text of the largest size is refused quickly', () => {
  const before = process.cpuUsage()
  for (const piece of ['(', 'NOT ', '/*', "'", '"', '-- \n', 'a', '1', ' ', 'x.', '\n;']) {
    assert.throws(() => parse(piece.repeat(LIMITS.scriptBytesMax / piece.length)), { code: no })
    assert.throws(() => parse(`SELECT COUNT(*) FROM people WHERE ${piece.repeat(60_000)}`), { code: no })
  }
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 10_000_000, `${(user + system) / 1_000} ms of a processor`)
})
