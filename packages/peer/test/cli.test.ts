import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pairsOf } from '../src/cli/session.ts'
import { cellOf, printable, tableOf } from '../src/cli/table.ts'
import { whereOf } from '../src/cli/where.ts'

describe('tables in a terminal', () => {
  test('numbers stand to the right, words to the left, what was withheld is a dot', () => {
    const table = tableOf(
      ['sex', 'n'],
      [
        ['female', 78],
        ['male', null]
      ]
    )
    assert.equal(table, 'sex      n\n──────  ──\nfemale  78\nmale     ·\n')
  })

  test('long fractions are cut for reading', () => assert.equal(cellOf(1 / 3), '0.333333'))

  test('text from another institution cannot steer the terminal', () => {
    assert.equal(printable('\u001b[2Jgone\u202e'), '\uFFFD[2Jgone\uFFFD')
    assert.ok(!/\p{Cc}/u.test(tableOf(['x'], [['\u001b]0;owned\u0007']]).replaceAll('\n', '')))
  })
})

describe('--where', () => {
  test('reads a comparison as one writes it', () => {
    assert.deepEqual(whereOf(['sex=female']), { column: 'sex', op: '=', values: ['female'] })
    assert.deepEqual(whereOf(['outcomes.visit = baseline,month_6']), {
      column: 'outcomes.visit',
      op: 'in',
      values: ['baseline', 'month_6']
    })
  })

  test('joins several by and, and reads numbers as numbers', () => {
    assert.deepEqual(whereOf(['age>=65', 'sex!="male"']), {
      all: [
        { column: 'age', op: '>=', values: [65] },
        { column: 'sex', op: '!=', values: ['male'] }
      ]
    })
    assert.equal(whereOf([]), undefined)
  })

  test('what is no comparison is refused with an example', () => {
    for (const text of ['female', '=female', 'age>', '1; DROP TABLE x']) {
      assert.throws(() => whereOf([text]), { code: 'FILTER_INVALID' })
    }
  })
})

test('--param takes JSON where it is JSON, and text elsewhere', () => {
  assert.deepEqual(pairsOf('param', ['a=1', 'b=[1,2]', 'c=hello=you']), { a: 1, b: [1, 2], c: 'hello=you' })
  assert.throws(() => pairsOf('param', ['novalue']), { code: 'PARAMETER_INVALID' })
})
