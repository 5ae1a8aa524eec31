import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reviewOfSql } from '../src/index.ts'

test('a query is told as the tables, keys, groups, aggregates and filters that it names, each with its line', () => {
  const sql = `SELECT s.sex, COUNT(DISTINCT subject_id) AS n,
  QUANTILE(v.score, 0.5)
FROM subjects s
JOIN visits AS v USING (subject_id)
WHERE s.age BETWEEN 40 AND 60
  AND NOT (v.arm = 'placebo' OR v.arm IS NULL)
GROUP BY s.sex`
  assert.deepEqual(
    reviewOfSql(sql).map(({ kind, what, line }) => `${line} ${kind} ${what}`),
    [
      '1 aggregate COUNT(DISTINCT subject_id)',
      '2 aggregate QUANTILE(visits.score, 0.5)',
      '3 table subjects',
      '4 table visits',
      '4 key subject_id',
      '5 filter subjects.age >= 40',
      '5 filter subjects.age <= 60',
      '6 filter visits.arm != placebo',
      '6 filter visits.arm is not null',
      '7 group subjects.sex'
    ]
  )
})

test('with one table, a column is told with it', () => {
  assert.deepEqual(
    reviewOfSql('SELECT COUNT(*) FROM visits WHERE arm IN (1, 2)').map(({ what }) => what),
    ['COUNT(*)', 'visits', 'visits.arm in 1, 2']
  )
})

test('what this SQL has not is refused with line and column, as when it is run', () => {
  assert.throws(() => reviewOfSql('SELECT COUNT(*)\nFROM read_csv(1)'), { code: 'SQL_NOT_SUPPORTED', reason: /Line 2/ })
})
