import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  contractFromMessage,
  contractToMessage,
  messages,
  type OutputDeclarationInput,
  outputContractSchema,
  STATBARN_CLASS,
  type TypedValue
} from '@stimnet/protocol'
import fc from 'fast-check'
import { bitsOfContract, numbersWithin } from '../src/script/contract-bits.ts'
import { judgeTyped } from '../src/script/contract-check.ts'
import { closeCounts } from '../src/script/contract-counts.ts'
import { judgeScript } from '../src/script/script-output.ts'
import { effectiveSettings } from '../src/rules/settings.ts'

const SETTINGS = effectiveSettings({ preset: 'default' })
const PEOPLE = 150

const COUNT: OutputDeclarationInput = { name: 'treated', kind: 'count' }
const TABLE: OutputDeclarationInput = { name: 'by arm', kind: 'table', categories: ['drug', 'placebo', 'none'] }
const HISTOGRAM: OutputDeclarationInput = { name: 'ages', kind: 'histogram', edges: [0, 40, 65, 120] }
const MEAN: OutputDeclarationInput = { name: 'mean_age', kind: 'mean', lower: '0', upper: '120', unit: 'year' }
const SD: OutputDeclarationInput = { name: 'sd_age', kind: 'sd', lower: '0', upper: '60' }
const SHARE: OutputDeclarationInput = { name: 'responders', kind: 'proportion' }
const MEDIAN: OutputDeclarationInput = { name: 'median_age', kind: 'quantile', edges: [40, 50, 60, 70] }
const MODEL: OutputDeclarationInput = { name: 'model', kind: 'coefficients', terms: ['(Intercept)', 'age'] }
const TEST: OutputDeclarationInput = { name: 'welch', kind: 'test' }
const CURVE: OutputDeclarationInput = { name: 'survival', kind: 'curve', edges: [0, 6, 12, 18] }

interface Given {
  readonly people?: number
  readonly preset?: string
  readonly bitsMax?: number
}

function judge(outputs: readonly OutputDeclarationInput[], written: unknown, given: Given = {}) {
  const text = typeof written === 'string' ? written : JSON.stringify({ stimnet_outputs: written })
  const { people = PEOPLE, preset = 'default', bitsMax } = given
  const rules = effectiveSettings({ preset })
  const settings = { ...rules, scriptBitsMax: bitsMax ?? rules.scriptBitsMax }
  return judgeTyped(text, { outputs: outputContractSchema.parse(outputs), subjects: people, settings })
}

function released(output: OutputDeclarationInput, fields: object, given: Given = {}): TypedValue | string {
  const judged = judge([output], { [output.name]: { kind: output.kind, ...fields } }, given)
  return judged.ok ? (judged.outputs[0] ?? 'nothing') : judged.why
}

const shownOf = (output: OutputDeclarationInput, value: unknown, given: Given = {}): unknown => {
  const shown = released(output, { value }, given)
  return typeof shown === 'object' && 'value' in shown ? shown.value : 'refused'
}
const countsOf = (output: OutputDeclarationInput, counts: unknown, given: Given = {}): unknown => {
  const shown = released(output, { counts }, given)
  return typeof shown === 'object' && 'counts' in shown ? shown.counts : 'refused'
}
const isRefused = (written: unknown, outputs: readonly OutputDeclarationInput[] = [MEAN], given: Given = {}) =>
  !judge(outputs, written, given).ok

test('what a request declared leaves in its own names, units and order, with n and class from the node', () => {
  const written = {
    mean_age: { kind: 'mean', value: 61.23456 },
    'by arm': { kind: 'table', counts: { none: 50, placebo: 48, drug: 52 } }
  }
  const judged = judge([MEAN, TABLE], written)
  assert.ok(judged.ok)
  const [frequencies, linear] = [STATBARN_CLASS.table, STATBARN_CLASS.mean]
  assert.match(frequencies, /statbarnsdc#Frequencies$/)
  assert.deepEqual(judged.outputs, [
    { name: 'mean_age', unit: 'year', class: linear, n: 150, kind: 'mean', value: 61.23 },
    {
      ...{ name: 'by arm', unit: '', class: frequencies, n: 150, kind: 'table' },
      ...{ categories: ['drug', 'placebo', 'none'], counts: [52, 48, 50] }
    }
  ])
  assert.equal(judged.withheld, 0)
})

test('R34: no number of people comes from the script', () => {
  const shown = released(MEAN, { value: 61.2 }, { people: 60 })
  assert.ok(typeof shown === 'object' && shown.n === 60)
  assert.ok(isRefused({ mean_age: { kind: 'mean', value: 61.2, n: 1000 } }))
})

test('whatever departs from the declared form refuses all of it', () => {
  const fine = { kind: 'mean', value: 61.2 }
  assert.ok(!isRefused({ mean_age: fine }))
  const departures: unknown[] = [
    {},
    { mean_age: fine, extra: fine },
    { other: fine },
    { mean_age: { ...fine, kind: 'sum' } },
    { mean_age: { value: 61.2 } },
    { mean_age: { ...fine, note: 'x' } },
    { mean_age: { kind: 'mean', value: '61.2' } },
    { mean_age: { kind: 'mean', value: null } },
    { mean_age: { kind: 'mean', value: [61.2] } },
    { mean_age: { kind: 'mean', value: true } },
    { mean_age: 61.2 },
    [fine]
  ]
  for (const written of departures) assert.ok(isRefused(written), JSON.stringify(written))
  const texts = [
    '{"mean_age": {"kind": "mean", "value": 61.2}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": 61.2}}, "more": 1}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": 61.2, "value": 61.3}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": 61.2}, "mean_age": {"kind": "mean", "value": 61.2}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "__proto__": 61.2}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": NaN}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": Infinity}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": -0.0}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": 1e999}}}',
    '{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": 61.2}}} trailing',
    '\ufeff{"stimnet_outputs": {"mean_age": {"kind": "mean", "value": 61.2}}}',
    ''
  ]
  for (const text of texts) assert.ok(isRefused(text), text)
})

test('outputs in another order than declared are refused, and so are missing ones', () => {
  const mean = { kind: 'mean', value: 61.2 }
  const share = { kind: 'proportion', value: 0.5 }
  assert.ok(!isRefused({ mean_age: mean, responders: share }, [MEAN, SHARE]))
  assert.ok(isRefused({ responders: share, mean_age: mean }, [MEAN, SHARE]))
  assert.ok(isRefused({ mean_age: mean }, [MEAN, SHARE]))
})

test('R35: a row of data in base64 is no output, whatever it stands for', () => {
  const row = Buffer.from('P-017,F,71,PD').toString('base64')
  assert.ok(isRefused({ mean_age: { kind: 'mean', value: row } }))
  assert.ok(isRefused({ [row]: { kind: 'mean', value: 1 } }))
  assert.ok(isRefused({ mean_age: { kind: row, value: 1 } }))
  assert.equal(countsOf(TABLE, { drug: 50, placebo: 50, [row]: 50 }), 'refused')
  assert.match(String(released(MODEL, { terms: { '(Intercept)': {}, [row]: {} } })), /declared/)
})

test('R37: what is hidden in the last digits is rounded away', () => {
  const secrets = [0, 1, 2, 3, 4].map((secret) => shownOf(MEAN, 61.23 + secret * 1e-9))
  assert.deepEqual(new Set(secrets), new Set([61.23]))
  assert.equal(shownOf({ ...MEAN, digits: 2 }, 61.23), 61)
  assert.equal(shownOf({ ...MEAN, digits: 6 }, 61.234567, { preset: 'opensafely' }), 61.23, 'never more than the rules')
})

test('R39: a count is of people, and there are no more of them than in the cohort', () => {
  for (const count of [-1, 1.5, 151, 2 ** 53, 1e300]) assert.equal(shownOf(COUNT, count), 'refused', String(count))
  assert.equal(shownOf(COUNT, 60), 60)
  assert.equal(countsOf(TABLE, { drug: 60, placebo: 60, none: 60 }), 'refused', 'more in the parts than in the whole')
  assert.ok(isRefused('{"stimnet_outputs": {"treated": {"kind": "count", "value": 9007199254740993}}}', [COUNT]))
})

test('R40: names that look like declared ones are others, in result and in contract', () => {
  const alike = ['mеan_age', 'mean_age\u200b', '\u202emean_age', 'me\u0301an_age', 'Mean_age', 'mean_age ']
  for (const name of alike) {
    assert.ok(isRefused({ [name]: { kind: 'mean', value: 61.2 } }), name)
    if (name !== 'Mean_age') assert.ok(!outputContractSchema.safeParse([{ ...MEAN, name }]).success, name)
  }
  for (const name of ['__proto__', 'withheld', 'disclosure', '']) {
    assert.ok(!outputContractSchema.safeParse([{ ...MEAN, name }]).success, name)
  }
  assert.ok(!outputContractSchema.safeParse([{ ...TABLE, categories: ['drug', 'drug\u200b'] }]).success)
})

test('R41: neither the length of a list nor the number of categories can say anything', () => {
  const lists = [[], [50], [50, 50], [50, 50, 50, 0], Array.from({ length: 5000 }, () => 0)]
  for (const counts of lists) assert.equal(countsOf(HISTOGRAM, counts), 'refused', String(counts.length))
  assert.deepEqual(countsOf(HISTOGRAM, [50, 50, 50]), [50, 50, 50])
  assert.equal(countsOf(TABLE, { drug: 50, placebo: 50 }), 'refused')
  assert.equal(countsOf(TABLE, { drug: 50, placebo: 50, none: 25, other: 25 }), 'refused')
})

test('R43: images, notebooks and pickles are no outputs', () => {
  const files = [
    'iVBORw0KGgoAAAANSUhEUgAA',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '%PDF-1.7',
    '\u0080\u0004\u0095pickle',
    { cells: [{ cell_type: 'code', outputs: [{ data: { 'image/png': 'iVBORw0' } }] }] }
  ]
  for (const file of files) {
    assert.ok(isRefused(typeof file === 'string' ? file : JSON.stringify(file)))
    assert.ok(isRefused({ mean_age: { kind: 'mean', value: file } }))
  }
})

test('R46: residuals and fitted values have no kind, and do not pass for another', () => {
  const residuals = Array.from({ length: 40 }, (_, i) => (i - 20) / 7)
  assert.ok(!outputContractSchema.safeParse([{ name: 'residuals', kind: 'values' }]).success)
  const long: OutputDeclarationInput = { name: 'residuals', kind: 'curve', edges: residuals.map((_, i) => i) }
  assert.match(String(released(long, { values: residuals }, { bitsMax: 1e6 })), /curve/)
  assert.ok(isRefused({ model: { kind: 'coefficients', terms: {}, residuals } }, [MODEL]))
})

test('R47: a model that fits single people is refused', () => {
  const terms = Array.from({ length: 50 }, (_, i) => `patient_${i}`)
  const saturated: OutputDeclarationInput = { name: 'model', kind: 'coefficients', terms }
  const written = { terms: Object.fromEntries(terms.map((term) => [term, { estimate: 1, se: 1 }])) }
  assert.match(String(released(saturated, written, { people: 149, bitsMax: 1e6 })), /terms/)
  assert.equal(typeof released(saturated, written, { people: 150, bitsMax: 1e6 }), 'object')
  const small = { terms: { '(Intercept)': { estimate: 1, se: 1 }, age: { estimate: 1, se: 1 } } }
  assert.match(String(released(MODEL, small, { people: 11 })), /freedom/)
  assert.equal(typeof released(MODEL, small, { people: 12 }), 'object')
})

test('coefficients leave with fewer digits of their errors, and none that was estimated without error', () => {
  const written = { terms: { age: { se: 0.123456, estimate: -1.234567 }, '(Intercept)': { estimate: 5, se: 0 } } }
  const shown = released(MODEL, written)
  assert.ok(typeof shown === 'object' && shown.kind === 'coefficients')
  assert.deepEqual(shown.terms, [
    { term: '(Intercept)', estimate: null, se: null },
    { term: 'age', estimate: -1.235, se: 0.123 }
  ])
  const wrong = (estimate: number, se: number) =>
    typeof released(MODEL, { terms: { '(Intercept)': { estimate, se }, age: { estimate: 1, se: 1 } } }) === 'string'
  assert.ok(wrong(1, -1) && wrong(1e12, 1) && wrong(1, 1e15) && !wrong(1e11, 1))
})

test('a small count, and a count of nearly everybody, is withheld in its place', () => {
  assert.deepEqual(
    [0, 1, 4, 5, 145, 146, 149, 150].map((count) => shownOf(COUNT, count)),
    [0, null, null, 5, 145, null, null, 150]
  )
  const judged = judge([COUNT, MEAN], { treated: { kind: 'count', value: 3 }, mean_age: { kind: 'mean', value: 61 } })
  assert.ok(judged.ok && judged.withheld === 1 && judged.outputs.length === 2)
})

test('a withheld cell cannot be had from a total', () => {
  assert.deepEqual(countsOf(TABLE, { drug: 97, placebo: 50, none: 3 }), [97, null, null])
  assert.deepEqual(countsOf(TABLE, { drug: 60, placebo: 50, none: 40 }), [60, 50, 40])
  assert.deepEqual(countsOf(TABLE, { drug: 60, placebo: 50, none: 37 }), [60, 50, null], 'three people are in no cell')
  assert.deepEqual(countsOf(TABLE, { drug: 144, placebo: 3, none: 3 }), [144, null, null], 'six are withheld together')
  assert.deepEqual(countsOf(TABLE, { drug: 150, placebo: 0, none: 0 }), [150, 0, 0])
  assert.deepEqual(countsOf(TABLE, { drug: 3, placebo: 0, none: 0 }), [null, 0, 0])
  const judged = judge([COUNT, TABLE], {
    treated: { kind: 'count', value: 100 },
    'by arm': { kind: 'table', counts: { drug: 57, placebo: 40, none: 3 } }
  })
  assert.ok(judged.ok)
  const [, table] = judged.outputs
  assert.deepEqual(table && 'counts' in table && table.counts, [57, null, null], 'the count beside it is its total')
  const both = judge([HISTOGRAM, TABLE], {
    ages: { kind: 'histogram', counts: [50, 50, 0] },
    'by arm': { kind: 'table', counts: { drug: 57, placebo: 40, none: 3 } }
  })
  assert.ok(both.ok)
  const [whole, other] = both.outputs
  assert.deepEqual(whole && 'counts' in whole && whole.counts, [50, 50, 0])
  assert.deepEqual(other && 'counts' in other && other.counts, [57, null, null], 'so is a table that is shown whole')
})

test('whatever the counts, nobody can work out fewer than k people in a table and its totals', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(counts, counts, fc.nat({ max: 60 }), fc.integer({ min: 2, max: 12 }), (a, b, rest, k) => {
      const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((x, y) => x + (y ?? 0), 0)
      // The cohort gate accepts no cohort below k.
      const subjects = Math.max(k, Math.max(sum(a), sum(b)) + rest)
      const common = { unit: '', class: '', n: subjects, kind: 'table' as const }
      const tables = [a, b].map((list, i) => ({
        ...{ ...common, name: String(i), counts: list },
        categories: list.map(String)
      }))
      const count = { unit: '', class: '', n: subjects, kind: 'count' as const, name: 'c', value: sum(a) }
      const [first, second, third] = closeCounts([...tables, count], { subjects, k })
      const shown = [first, second].map((value) => (value && 'counts' in value ? value.counts : []))
      const total = third && 'value' in third ? third.value : null
      const isFew = (number: number) => number > 0 && number < k
      for (const [i, list] of shown.entries()) {
        assert.ok(list.every((cell) => cell === null || !isFew(cell)))
        assert.ok(!isFew(subjects - sum(list)))
        assert.ok(
          list.every((cell, j) => cell === null || cell === [a, b][i]?.[j]),
          'nothing is made up'
        )
        if (total !== null && list.includes(null)) assert.ok(!isFew(total - sum(list)))
      }
    }),
    { numRuns: 2000 }
  )
})

test('counts are rounded after they were judged, and so is n', () => {
  const given = { preset: 'opensafely', people: 152 }
  assert.deepEqual(countsOf(TABLE, { drug: 60, placebo: 54, none: 38 }, given), [60, 55, 40])
  assert.equal(shownOf(COUNT, 7, given), null, 'seven would be shown as five')
  const shown = released(MEAN, { value: 61 }, given)
  assert.ok(typeof shown === 'object' && shown.n === 150)
  // 53 of 152 is released as 55 of 150: its exact digits would disclose the 53.
  assert.equal(shownOf(SHARE, 53 / 152, given), 0.3667)
  const curve = released(CURVE, { values: [1, 99 / 152, 53 / 152, 53 / 152] }, given)
  assert.deepEqual(typeof curve === 'object' && curve.kind === 'curve' && curve.values, [1, 0.6667, 0.3667, 0.3667])
})

test('a share is two cells, and nobody and everybody say something about each one', () => {
  assert.deepEqual(
    [0, 0.02, 4 / 150, 5 / 150, 0.5, 145 / 150, 146 / 150, 1].map((share) => shownOf(SHARE, share)),
    [null, null, null, 0.03333, 0.5, 0.9667, null, null]
  )
  assert.equal(shownOf(SHARE, 0, { preset: 'cms' }), 0, 'where zeros may be shown')
  for (const share of [-0.1, 1.1]) assert.equal(shownOf(SHARE, share), 'refused')
})

test('a number beyond its declared bounds, a spread of few, a quantile off its grid are not told', () => {
  for (const mean of [-1, 120.5, 1e6]) assert.equal(shownOf(MEAN, mean), 'refused')
  assert.equal(shownOf(SD, 12.345), 12.35)
  assert.equal(shownOf(SD, 12.345, { people: 10 }), null)
  assert.equal(shownOf(SD, 12.345, { people: 11 }), 12.35)
  assert.equal(shownOf(SD, 0), null)
  assert.equal(shownOf({ ...SD, lower: '-5' }, -1), 'refused')
  assert.equal(shownOf(MEDIAN, 60), 60)
  for (const median of [61, 60.0001, 39]) assert.equal(shownOf(MEDIAN, median), 'refused')
})

test('a test has ten degrees of freedom, and its p ends where one person would move it', () => {
  const shown = (statistic: number, df: number, p: number) => {
    const value = released(TEST, { statistic, df, p })
    return typeof value === 'object' && value.kind === 'test' ? [value.statistic, value.df, value.p] : 'refused'
  }
  assert.deepEqual(shown(-10.52098627, 86.5380018, 1.2e-17), [-10.52, 86.54, 1e-4])
  assert.deepEqual(shown(1.5, 40, 0.123456), [1.5, 40, 0.123])
  assert.deepEqual(shown(1.5, 9.9, 0.2), [null, null, null])
  for (const [df, p] of [
    [151, 0.5],
    [-1, 0.5],
    [40, 1.5],
    [40, -0.1]
  ] as const) {
    assert.equal(shown(1.5, df, p), 'refused')
  }
})

test('R50: a curve has no step of fewer than k people', () => {
  const points = (values: readonly number[], people = 100) => {
    const shown = released(CURVE, { values }, { people })
    return typeof shown === 'object' && shown.kind === 'curve' ? shown.values : 'refused'
  }
  assert.deepEqual(points([1, 0.9, 0.8, 0.6]), [1, 0.9, 0.8, 0.6])
  assert.deepEqual(points([1, 0.99, 0.98, 0.95]), [1, null, null, 0.95], 'small steps are joined')
  assert.deepEqual(points([1, 0.5, 0.04, 0]), [1, 0.5, null, 0], 'nor may fewer be left')
  assert.deepEqual(points([0, 0.1, 0.1, 0.3]), [0, 0.1, 0.1, 0.3])
  assert.equal(points([1, 0.5, 0.6, 0.4]), 'refused')
  assert.equal(points([1, 0.5, 0.4, -0.1]), 'refused')
  assert.equal(points([1, 0.5, 0.4]), 'refused')
})

test('what a contract can tell is metered by the contract, and has an end', () => {
  const bits = (outputs: readonly OutputDeclarationInput[], subjects = 150) =>
    bitsOfContract(outputContractSchema.parse(outputs), { ...SETTINGS, subjects })
  // A count has the states 0 to 150 and withheld; three bits are for the outcome.
  assert.equal(bits([COUNT]), Math.ceil(3 + Math.log2(152)))
  assert.equal(bits([COUNT], 127), 11, 'one way more than there are counts')
  assert.equal(bits([TABLE]), Math.ceil(3 + 3 * Math.log2(152)))
  assert.equal(bits([MEDIAN]), Math.ceil(3 + Math.log2(5)))
  assert.ok(bits([{ ...MEAN, digits: 6 }]) > bits([{ ...MEAN, digits: 2 }]))
  const models = Array.from({ length: 5 }, (_, i) => ({ ...MODEL, name: `model ${i}` }))
  const terms = { '(Intercept)': { estimate: 1, se: 1 }, age: { estimate: 1, se: 1 } }
  const written = Object.fromEntries(models.map(({ name }) => [name, { kind: 'coefficients', terms }]))
  assert.ok(bits(models) > 256)
  assert.ok(isRefused(written, models))
  const judged = judge(models, written, { bitsMax: 1000 })
  assert.ok(judged.ok && judged.bits === bits(models), 'and what is metered does not depend on what was written')
})

test('the numbers between two bounds are counted as if written down one by one', () => {
  fc.assert(
    fc.property(fc.integer({ min: -300, max: 300 }), fc.nat({ max: 300 }), (from, width) => {
      const [lower, upper] = [from / 10, (from + width) / 10]
      const seen = new Set<number>()
      for (let at = from; at <= from + width; at++) seen.add(Number((at / 10).toPrecision(2)))
      // Every number found lies on the grid, so the result is at least as large.
      assert.ok(numbersWithin(lower, upper, 2) >= seen.size)
    })
  )
  assert.equal(numbersWithin(10, 99, 2), 90)
  assert.equal(numbersWithin(10, 100, 2), 91)
  assert.equal(numbersWithin(-99, -10, 2), 90)
  assert.equal(numbersWithin(0, 1e-11, 1), 1 + 9 + 1)
})

test('no text at all makes the judge throw, and nothing but the declared shape comes out', () => {
  const outputs = [COUNT, TABLE, MEAN, MODEL, TEST, CURVE]
  const values = fc.oneof(fc.double(), fc.integer(), fc.constant(null), fc.string(), fc.array(fc.double()))
  const fields = fc.dictionary(fc.constantFrom('kind', 'value', 'counts', 'terms', 'df', 'p'), values)
  const documents = fc.dictionary(fc.constantFrom(...outputs.map(({ name }) => name), 'x'), fields)
  fc.assert(
    fc.property(fc.oneof(documents, fc.string()), (document) => {
      const judged = judge(outputs, document)
      if (judged.ok)
        assert.deepEqual(
          judged.outputs.map(({ name }) => name),
          outputs.map(({ name }) => name)
        )
    }),
    { numRuns: 2000 }
  )
})

test('the contract is the same after it went over the wire', () => {
  const outputs = outputContractSchema.parse([COUNT, TABLE, HISTOGRAM, MEAN, SD, SHARE, MEDIAN, MODEL, TEST, CURVE])
  const encoded = messages.JobRequest.encode({ outputs: contractToMessage(outputs) })
  assert.deepEqual(contractFromMessage(messages.JobRequest.decode(encoded).outputs), outputs)
})

test('a contract that cannot be kept is refused as it is written', () => {
  const wrong: object[] = [
    { ...TABLE, categories: [] },
    { ...COUNT, categories: ['a'] },
    { ...HISTOGRAM, edges: [0] },
    { ...HISTOGRAM, edges: [0, 0] },
    { ...HISTOGRAM, edges: [0, Number.NaN] },
    { ...MEAN, lower: '120', upper: '0' },
    { ...MEAN, lower: '1e5' },
    { name: 'mean_age', kind: 'mean' },
    { ...MODEL, terms: [] },
    { ...MODEL, terms: ['age', 'age'] },
    { ...MEAN, digits: 7 },
    { ...MEAN, more: 1 }
  ]
  for (const one of wrong) {
    const send = () => contractToMessage([one as OutputDeclarationInput])
    assert.throws(send, { code: 'CONTRACT_INVALID' }, JSON.stringify(one))
  }
  assert.throws(() => contractToMessage([MEAN, MEAN]), { code: 'CONTRACT_INVALID' })
})

test('without a contract typed releases are ordinary values under the default contract', () => {
  const text = JSON.stringify({
    stimnet_outputs: { mean_age: { kind: 'mean', value: 61.23456 }, few: { kind: 'count', value: 3 } }
  })
  const contract = { literals: new Set(['mean_age', 'few', 'mean', 'count']), k: 5, bitsMax: 256, subjects: 150 }
  const judged = judgeScript(text, contract)
  assert.ok(judged.ok)
  assert.deepEqual(judged.values, { few: { kind: 'count' }, mean_age: { kind: 'mean', value: 61.23 } })
  assert.equal(judged.withheld, 1)
  const strange = judgeScript(text, { ...contract, literals: new Set(['few']) })
  assert.ok(!strange.ok, 'a name that neither script nor request contains')
  const words = { ...contract, literals: new Set(['a', 'b', 'c', 'd', 'e']) }
  assert.ok(judgeScript('{"stimnet_outputs": {"a": {"b": {"c": {"d": 0}}}}}', words).ok)
  assert.ok(!judgeScript('{"stimnet_outputs": {"a": {"b": {"c": {"d": {"e": 0}}}}}}', words).ok, 'too deep')
  assert.ok(!judgeScript('{"a": {"b": {"c": {"d": {"e": 0}}}}}', words).ok, 'too deep without it too')
})
