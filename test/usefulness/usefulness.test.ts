import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shortfalls } from './floors.ts'
import { judgedJob } from './judged-job.ts'
import { verdictOf } from './judge.ts'
import { measureHours } from './measure.ts'
import { randomQuestions } from './random-questions.ts'
import { trial } from './trial.ts'
import { truthOf, untruths } from './truth.ts'

describe('the measure of usefulness', () => {
  test('the same seed makes the same study and the same questions, another seed makes others', () => {
    const [a, again, other] = [1, 1, 2].map((seed) => trial({ size: 150, seed }))
    assert.ok(a && again && other)
    assert.deepEqual(a.tables, again.tables)
    assert.notDeepEqual(a.tables, other.tables)
    const questions = (seed: number) => randomQuestions(a, { count: 20, seed })
    assert.deepEqual(questions(1), questions(1))
    assert.notDeepEqual(questions(1), questions(2))
  })

  test('an answer is in full only where every number and every expected group is there', () => {
    const rows = [
      { sex: 'female', mean: 61.2 },
      { sex: 'male', mean: 63 }
    ]
    const kind = (...of: Parameters<typeof judgedJob>) => verdictOf(judgedJob(...of), 2).kind
    assert.equal(kind({ rows }), 'full')
    assert.equal(kind({ rows: rows.slice(1) }), 'part')
    assert.equal(kind({ rows: [rows[0] ?? {}, { sex: 'male', mean: null }] }), 'part')
    assert.equal(kind({ rows, suppressed: 1 }), 'part')
    assert.equal(kind({ rows, statistic: null }), 'part')
    assert.equal(kind({ rows, warnings: ['Some people were left out of mean'] }), 'full', 'every number is there')
    assert.equal(kind({ rows: rows.map(({ sex }) => ({ sex, mean: null })) }), 'refused')
    assert.equal(kind({ rows, status: 'failed' }), 'refused')
  })

  test('a mean that is not that of the people asked about is noticed, unless it says that some were left out', () => {
    const people = Array.from({ length: 40 }, (_, i) => ({ id: i, sex: i % 2 ? 'male' : 'female', score: i }))
    const truth = truthOf({ people, rows: people, key: 'id', name: 'score', group: 'sex' })
    const question = { says: 'score', type: 'sql', content: '', rows: 2, truth } as const
    const found = (male: number, warnings: readonly string[] = []) =>
      untruths(
        question,
        judgedJob({
          rows: [
            { sex: 'female', mean: 19 },
            { sex: 'male', mean: male }
          ],
          warnings
        }).job
      )
    assert.deepEqual(found(20.2), [])
    assert.deepEqual(found(24), ['score male: 24 in place of 20 (20 values)'])
    assert.deepEqual(
      found(24, ['Some people were left out of mean, so that no number rests on fewer than 5 people.']),
      []
    )
  })
})

test('ordinary questions about small and large studies are answered under the default preset', async () => {
  const hours = await measureHours({ preset: 'default', seed: 1, randomCount: 15 })
  assert.deepEqual(hours.flatMap(shortfalls), [])
})
