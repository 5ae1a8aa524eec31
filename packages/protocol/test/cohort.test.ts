import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as wire from '../src/wire/gen/messages.ts'
import {
  checkFilter,
  columnsOf,
  type Encodable,
  type Filter,
  filterFromMessage,
  filterFromPairs,
  filterSchema,
  filterToMessage,
  isComparison,
  messages
} from '../src/index.ts'
import { anyFilter, coded, received } from './fixtures.ts'

const invalid = coded('FILTER_INVALID')
const sent = (filter: Encodable<wire.Filter>) => received(wire.Filter, filter)
const nothing = { all: null, any: null, not: null, compare: null }
const ONE = { text: null, number: 1, truth: null }
const age: Filter = { column: 'age', op: '>=', values: [65] }
const nested = (depth: number): Filter => (depth === 1 ? age : { not: nested(depth - 1) })
const overWire = (filter: Filter) => {
  const { cohort } = messages.JobRequest.decode(messages.JobRequest.encode({ cohort: filterToMessage(filter) }))
  assert.ok(cohort)
  return filterFromMessage(cohort)
}

const fits = (filter: Filter): boolean => {
  try {
    return checkFilter(filter) === filter
  } catch {
    return false
  }
}

describe('a filter arrives as it was written', () => {
  test('over the wire', () => {
    fc.assert(
      fc.property(anyFilter.filter(fits), (filter) => assert.deepEqual(overWire(filter), filter)),
      { numRuns: 300 }
    )
  })

  test('as JSON', () => {
    fc.assert(
      fc.property(anyFilter.filter(fits), (filter) => {
        assert.deepEqual(filterSchema.parse(JSON.parse(JSON.stringify(filter))), filter)
      }),
      { numRuns: 300 }
    )
  })

  test('also where a value is empty, zero or false', () => {
    for (const value of ['', 0, false]) {
      const filter: Filter = { column: 'a', op: '=', values: [value] }
      assert.deepEqual(overWire(filter), filter)
    }
  })

  test('in the short form of the REST interface', () => {
    assert.equal(filterFromPairs({}), undefined)
    assert.deepEqual(filterFromPairs({ sex: 'F' }), { column: 'sex', op: '=', values: ['F'] })
    assert.deepEqual(filterFromPairs({ sex: ['F'] }), { column: 'sex', op: '=', values: ['F'] })
    assert.deepEqual(filterFromPairs({ sex: ['F', 'M'], age: 60 }), {
      all: [
        { column: 'sex', op: 'in', values: ['F', 'M'] },
        { column: 'age', op: '=', values: [60] }
      ]
    })
    for (const value of [null, undefined, {}, [], [[]], [null], Number.NaN]) {
      assert.throws(() => filterFromPairs({ sex: value }), invalid)
    }
  })

  test('names its columns, each once', () => {
    const filter: Filter = { any: [age, { not: { all: [age, { column: 'x.sex', op: 'is null', values: [] }] } }] }
    assert.deepEqual(columnsOf(filter), ['age', 'x.sex'])
    assert.equal(isComparison(filter), false)
    assert.equal(isComparison(age), true)
  })
})

describe('a filter that asks for too much is refused', () => {
  test('at four levels it passes, at five it does not', () => {
    checkFilter(nested(4))
    filterSchema.parse(nested(4))
    overWire(nested(4))
    assert.throws(() => checkFilter(nested(5)), invalid)
    assert.equal(filterSchema.safeParse(nested(5)).success, false)
    assert.throws(() => overWire(nested(5)), invalid)
  })

  test('nested a hundred thousand times it is refused, and the stack holds', () => {
    const json = `${'{"not":'.repeat(100_000)}{"column":"a","op":"=","values":[1]}${'}'.repeat(100_000)}`
    assert.equal(filterSchema.safeParse(JSON.parse(json)).success, false)
    let message: wire.Filter = received(wire.Filter, { compare: { column: 'a', op: '=', values: [{ number: 1 }] } })
    for (let i = 0; i < 100_000; i++) message = { ...nothing, not: message }
    assert.throws(() => filterFromMessage(message), invalid)
  })

  test('with more than 32 values, in one place or in all together', () => {
    const values = Array.from({ length: 33 }, (_, i) => i)
    checkFilter({ column: 'age', op: 'in', values: values.slice(1) })
    assert.throws(() => checkFilter({ column: 'age', op: 'in', values }), invalid)
    const half: Filter = { column: 'age', op: 'in', values: values.slice(17) }
    checkFilter({ all: [half, half] })
    assert.throws(() => checkFilter({ all: [half, half, age] }), invalid)
    const missing: Filter = { column: 'age', op: 'is null', values: [] }
    assert.throws(() => checkFilter({ any: Array(33).fill(missing) }), invalid)
  })

  test('with a number of values its operator does not take', () => {
    for (const [op, values] of [
      ['=', []],
      ['=', [1, 2]],
      ['<', [1, 2]],
      ['in', []],
      ['is null', [1]]
    ] as const) {
      assert.throws(() => checkFilter({ column: 'a', op, values }), invalid)
    }
  })

  test('with nothing inside all or any', () => {
    assert.throws(() => checkFilter({ all: [] }), invalid)
    assert.throws(() => checkFilter({ any: [{ all: [] }] }), invalid)
  })

  test('with a number that is none, a text past its length or not of Unicode, or a column without a name', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 'x'.repeat(257), '\ud800']) {
      assert.throws(() => checkFilter({ column: 'a', op: '=', values: [value] }), invalid)
    }
    checkFilter({ column: 'a'.repeat(129), op: '=', values: ['x'.repeat(256)] })
    for (const column of ['', 'a'.repeat(130), '\udc00']) {
      assert.throws(() => checkFilter({ column, op: '=', values: [1] }), invalid)
      assert.throws(() => filterFromMessage({ ...nothing, compare: { column, op: '=', values: [ONE] } }), invalid)
    }
  })

  test('with an operator nobody knows, or with none of the four forms', () => {
    assert.throws(
      () => filterFromMessage(sent({ compare: { column: 'a', op: 'like', values: [{ text: 'x' }] } })),
      invalid
    )
    assert.throws(() => filterFromMessage(sent({})), invalid)
    assert.throws(() => filterFromMessage(sent({ all: {} })), invalid)
    assert.throws(() => filterFromMessage(sent({ compare: {} })), invalid)
  })

  test('with a key the schema does not know', () => {
    for (const body of [{ ...age, extra: 1 }, { all: [age], any: [age] }, { none: [age] }, [], null, 'age > 1', 1]) {
      assert.equal(filterSchema.safeParse(body).success, false)
    }
  })

  test('whatever arrives is a filter within bounds or FILTER_INVALID', () => {
    const loose = fc.letrec((tie) => ({
      node: fc.record(
        {
          all: fc.record({ filters: fc.array(tie('node'), { maxLength: 3 }) }, { requiredKeys: [] }),
          any: fc.option(fc.record({ filters: fc.array(tie('node'), { maxLength: 3 }) })),
          not: fc.option(tie('node')),
          compare: fc.record(
            {
              column: fc.string(),
              op: fc.constantFrom('=', 'in', 'is null', '', 'x'),
              values: fc.array(fc.record({ text: fc.string(), number: fc.double() }, { requiredKeys: [] }))
            },
            { requiredKeys: [] }
          )
        },
        { requiredKeys: [] }
      )
    })).node
    fc.assert(
      fc.property(loose, (message) => {
        try {
          assert.ok(fits(filterFromMessage(sent(message as object))))
        } catch (error) {
          invalid(error)
        }
      }),
      { numRuns: 100 }
    )
  })
})
