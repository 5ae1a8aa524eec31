/** Texts for people: numbers, times, cards, filters, errors. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DisclosureCard, StimnetError } from '@stimnet/protocol'
import { ApiError } from '@stimnet/sdk'
import { cardSentences } from '../src/words/card.ts'
import { filterInWords } from '../src/words/question/filter.ts'
import { cell, measured, plural, written } from '../src/words/number.ts'
import { tell } from '../src/words/problem.ts'
import { promisedInWords } from '../src/words/question/promised.ts'
import { hasEnded, isState } from '../src/words/state.ts'
import { questionName } from '../src/words/question/question.ts'
import { ruleInWords } from '../src/words/rule.ts'
import { ahead, fromNow, span } from '../src/words/time.ts'
import { unitInWords } from '../src/words/variable.ts'
import { nearestWhole, wholeIn } from '../src/words/whole.ts'
import { CARD } from './outputs.ts'

it('numbers have as many digits as a table can use', () => {
  const told = [0, 1234567, -7.8187, 0.65461, 12345.678, 0.00001234, Number.NaN].map(measured)
  assert.deepEqual(told, ['0', '1,234,567', '−7.819', '0.6546', '12,346', '1.234e−5', 'NaN'])
  assert.deepEqual(
    [written(-1090.62, 1), written(0.1234567, 5), written(1234567.8)],
    ['−1,090.6', '0.12346', '1.235e+6']
  )
  assert.equal(cell(null), 'withheld')
  assert.equal(plural(1, 'institution'), '1 institution')
  assert.equal(plural(0, 'institution'), '0 institutions')
})

it('times are told from now, in both directions', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  assert.equal(fromNow('2026-11-25T11:58:00Z', now), '2 min ago')
  assert.equal(fromNow('2026-11-28T12:00:00Z', now), 'in 3 d')
  assert.equal(fromNow('2026-11-25T12:00:02Z', now), 'just now')
  assert.deepEqual([59, 60, 3_600, 200_000].map(span), ['59 s', '1 min', '1 h', '2 d'])
})

it('what lies ahead is said in whole words', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  assert.equal(ahead('2026-12-01T13:00:00Z', now), 'in 6 days')
  assert.equal(ahead('2026-11-25T13:00:00Z', now), 'in 1 hour')
  assert.equal(ahead('2026-11-25T11:00:00Z', now), 'now')
})

it('a whole number is typed freely, and held to its bounds afterwards', () => {
  const bounds = { least: 1, most: 1_000 }
  assert.deepEqual(
    ['', '0', '7', '1000', '1001', '-3', '2.5', 'x'].map((text) => wholeIn(text, bounds)),
    [undefined, undefined, 7, 1_000, undefined, undefined, undefined, undefined]
  )
  assert.deepEqual(
    ['', '0', '5000', '-3', '2,6', 'x'].map((text) => nearestWhole(text, bounds)),
    [undefined, 1, 1_000, 1, 3, undefined]
  )
})

it('rules and units have names that people use', () => {
  assert.equal(ruleInWords('zerosAreDisclosive'), 'Shares of nobody and of everybody withheld')
  assert.equal(ruleInWords('somethingNewer'), 'somethingNewer')
  assert.deepEqual(['a', 'mm[Hg]', ''].map(unitInWords), ['years', 'mm[Hg]', ''])
})

it('a question without a title is called by what it asks', () => {
  const call = (name: string, variables: string[], by: string[] = []) => ({ name, variables, by })
  const named = (script_type: string, statistic: ReturnType<typeof call> | null, title = '') =>
    questionName({ title, number: 42, script_type, statistic })
  assert.equal(
    named('statistic', call('mean', ['outcomes.UPDRS_change'], ['subjects.sex'])),
    'mean UPDRS_change by sex'
  )
  assert.equal(named('statistic', call('chi_squared', ['s.sex', 's.arm'])), 'chi squared of sex, arm')
  assert.equal(named('statistic', call('count', [])), 'count')
  assert.equal(named('sql', null), 'SQL query 42')
  assert.equal(named('cobol', null), 'Question 42')
  assert.equal(named('sql', null, 'By sex'), 'By sex')
})

describe('a disclosure card in plain words', () => {
  const say = (more: Partial<DisclosureCard>) => cardSentences({ ...CARD, ...more }).join(' ')

  it('begins with the claim that the institution signed, as it is', () => {
    assert.equal(cardSentences(CARD)[0], CARD.claim)
  })

  it('says what was withheld, rounded and counted together', () => {
    assert.match(
      say({}),
      /5 subjects\. Counts of people are not rounded; .* to anybody\. Nothing was withheld\. Groups of people without a value do not count.* 150 subjects here/
    )
    assert.match(say({ suppressed_cells: 1, round_base: 10 }), /multiples of 10\. .* 1 cell was withheld/)
    assert.match(say({ scope: 'project' }), /released to the same project\. What others received is not counted/)
    assert.doesNotMatch(say({ subjects: null }), /here\./)
  })

  it('says of a script how many read it and how much it let out', () => {
    const read = say({ level: 'P0', reviewers: 2, bits: 12 })
    assert.match(read, /saw at least 5 subjects.* 2 stewards read exactly this script.* at most 12 bits/)
    // The rules for numbers that a node computes, and its release ledger, do not apply to the outputs of a script.
    assert.doesNotMatch(read, /smallest group|rounded|released from this catalog/)
    assert.doesNotMatch(say({ level: 'unreviewed' }), /stewards/)
  })

  it('says of noise its charge and its size, and nothing of small groups, which are not what protects', () => {
    const dp: DisclosureCard['dp'] = {
      ...{ adjacency: 'add-remove-subject', mechanism: 'discrete-laplace', epsilon: 0.5, rho: null, delta: 0 },
      ...{ nano_rho: '1', numbers: 4, groups_per_subject: 1, rows_per_subject: 2, sites_per_person: 2, bounds: [] },
      columns: [{ name: 'subjects', sd: 2, error_95: 3.9, rank_error_95: null, assumes_rows: null }],
      ...{ ledger_scope: 'catalog', mode: 'sdc' }
    }
    const told = say({ level: 'P2', k: 0, dp })
    assert.match(told, /ε = 0\.5, divided among 4 numbers.* 1 group, with 2 rows .* subjects: .* at most 3\.9/)
    assert.doesNotMatch(told, /smallest group/)
  })
})

it('a filter is a sentence with its brackets in place', () => {
  const filter = {
    all: [
      { column: 'sex', op: '=' as const, values: ['female'] },
      {
        any: [
          { column: 'age', op: '>=' as const, values: [65] },
          { not: { column: 'visit', op: 'is null' as const, values: [] } }
        ]
      }
    ]
  }
  assert.equal(filterInWords(filter), 'sex is female and (age at least 65 or not (visit is missing))')
})

it('a promised output says all that it binds the script to', () => {
  const mean = { name: 'change', kind: 'mean', lower: '-199', upper: '199', unit: 'points' }
  assert.equal(promisedInWords(mean), 'change: mean, -199 to 199 points, 4 digits')
  assert.equal(promisedInWords({ name: 'arms', kind: 'table', categories: ['a', 'b'] }), 'arms: table, a, b, 4 digits')
  assert.equal(
    promisedInWords({ name: 'x', kind: 'histogram', edges: [0, 5, 9], digits: 2 }),
    'x: histogram, at 0, 5, 9, 2 digits'
  )
  assert.equal(promisedInWords({ kind: 'other' }), '{"kind":"other"}')
})

describe('a problem', () => {
  it('is told in the gateway’s own words where it gave some, field by field', () => {
    const fields = [{ field: 'targets', message: 'A list.' }]
    const error = new ApiError('BODY_INVALID', { status: 400, reason: 'Look at targets.', fields, incident: 'ab12' })
    assert.deepEqual(tell(error), {
      ...{ code: 'BODY_INVALID', sentence: 'Look at targets.', fields, retry: false, incident: 'ab12' }
    })
  })

  it('never shows what an error says inside, only what its code means', () => {
    const inner = new StimnetError('PEER_UNREACHABLE', 'asking for /secret', { cause: new Error('10.0.0.7 refused') })
    assert.match(tell(inner).sentence, /^The gateway does not answer/)
    assert.doesNotMatch(JSON.stringify(tell(new TypeError('patient 12 is null'))), /patient/)
    assert.equal(tell(undefined).code, 'INTERNAL')
  })
})

it('states are known ones, and end where the protocol says so', () => {
  assert.equal(isState('running'), true)
  assert.equal(isState('constructor'), false)
  assert.deepEqual([hasEnded('pending'), hasEnded('denied'), hasEnded('completed')], [false, true, true])
})
