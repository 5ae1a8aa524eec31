import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  both,
  type DisclosureRules,
  effectiveSettings,
  explain,
  laxerThan,
  PRESET_SOURCES,
  PRESETS,
  type PresetName,
  type PrivacySettings,
  policyHash,
  RULES
} from '@stimnet/privacy'
import { type Measure, SubjectSet } from '@stimnet/protocol'
import { ask, measure, people, planOf, type Row, ref, SUBJECTS, tableOf } from './fixtures.ts'

const NAMES = Object.keys(PRESETS) as PresetName[]
const UNIVERSE = 400

const settingsOf = (preset: PresetName, changes: Partial<DisclosureRules> = {}): PrivacySettings => ({
  ...effectiveSettings({ preset }),
  ...changes
})

/** The rows of an answer as lists of values; empty if the answer was refused as a whole. */
function answer(settings: PrivacySettings, rows: readonly Row[], measures: readonly Measure[], ...by: string[]) {
  const disclosed = ask(planOf(measures, ...by), UNIVERSE, rows, { settings })
  return disclosed.ok ? tableOf(disclosed).rows.map(({ values }) => values) : []
}

const share = (level: string): Measure => ({ kind: 'share', name: 'share', variable: ref('ill'), level })
/** `of` people, of whom `having` are ill. */
const ill = (having: number, of: number): Row[] => people(of, (i) => ({ ill: i < having ? 'yes' : 'no' }))
/** One person for each value. */
const valued = (...values: number[]): Row[] => people(values.length, (i) => ({ x: values[i] ?? 0 }))
const many = (count: number, value: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => value(i))

describe('each rule of each preset', () => {
  for (const preset of NAMES) {
    const settings = settingsOf(preset)
    const { k } = settings

    test(`${preset}: a group of ${k - 1} is withheld, one of ${k} is shown`, () => {
      const groups = people(3 * k + k - 1, (i) => ({ arm: i < 2 * k ? 'a' : i < 3 * k ? 'b' : 'c' }))
      const shown = answer(settings, groups, [SUBJECTS], 'arm').map(([arm]) => arm)
      // If only c were withheld, its size would be the difference to the total. So b is withheld as well.
      assert.deepEqual(shown, ['a'])
      assert.deepEqual(answer({ ...settings, k: k - 1 }, groups, [SUBJECTS], 'arm').length, 3)
      const larger = people(3 * k, (i) => ({ arm: i < 2 * k ? 'a' : 'b' }))
      assert.equal(answer(settings, larger, [SUBJECTS], 'arm').length, 2)
    })

    test(`${preset}: that everyone or nobody has something is ${settings.zerosAreDisclosive ? 'withheld' : 'shown'}`, () => {
      const everyone = ill(40, 40)
      const told = answer(settings, everyone, [SUBJECTS, share('yes')]).map(([, value]) => value)
      assert.deepEqual(told, [settings.zerosAreDisclosive ? null : 1])
      const other = { ...settings, zerosAreDisclosive: !settings.zerosAreDisclosive }
      assert.notDeepEqual(
        answer(other, everyone, [SUBJECTS, share('yes')]).map(([, value]) => value),
        told
      )
    })

    test(`${preset}: a share of fewer than ${k} people, or of all but fewer, is withheld`, () => {
      const told = (having: number) => answer(settings, ill(having, 60), [SUBJECTS, share('yes')])[0]?.[1]
      assert.deepEqual([told(k - 1), told(60 - k + 1)], [null, null])
      assert.notEqual(told(k), null)
    })

    test(`${preset}: a sum that two people nearly make up is withheld`, () => {
      const rest = many(38, (i) => 1 + (i % 12))
      const small = rest.reduce((a, b) => a + b, 0)
      const two = valued(...rest, small * 5, small * 5)
      assert.equal(answer(settings, two, [SUBJECTS, measure('sum', 'x')])[0]?.[1], null)
      const off = { ...settings, dominanceShareMax: 1, largestShareMax: 1 }
      assert.notEqual(answer(off, two, [SUBJECTS, measure('sum', 'x')])[0]?.[1], null)
    })

    test(`${preset}: a sum from which the second largest could work out the largest is withheld`, () => {
      const pair = valued(...many(38, (i) => 1 + (i % 12)), 3500, 500)
      const remainderOnly = { ...settings, dominanceShareMax: 1, largestShareMax: 1 }
      assert.equal(answer(remainderOnly, pair, [SUBJECTS, measure('sum', 'x')])[0]?.[1], null)
      const off = { ...remainderOnly, dominanceRemainderMin: 1e-6 }
      assert.notEqual(answer(off, pair, [SUBJECTS, measure('sum', 'x')])[0]?.[1], null)
    })

    test(`${preset}: a spread needs ${settings.spreadSubjectsMin} people`, () => {
      const lax = { ...settings, k: 3 }
      const spread = (count: number, rules: PrivacySettings) =>
        answer(rules, valued(...many(count, (i) => 20 + 3 * i)), [SUBJECTS, measure('sd', 'x')])[0]?.[1]
      assert.equal(
        spread(settings.spreadSubjectsMin - 1, { ...lax, zerosAreDisclosive: false, largestShareMax: 1 }),
        null
      )
      const enough = Math.max(settings.spreadSubjectsMin, 11)
      assert.notEqual(spread(enough, lax), null)
    })

    test(`${preset}: counts are ${settings.roundBase > 1 ? `multiples of ${settings.roundBase}` : 'exact'}`, () => {
      const rows = people(43, (i) => ({ arm: i < 21 ? 'a' : 'b' }))
      const counts = answer(settings, rows, [SUBJECTS], 'arm').map(([, n]) => n)
      assert.deepEqual(counts, settings.roundBase > 1 ? [20, 20] : [21, 22])
    })

    test(`${preset}: a mean has ${settings.significantDigits < 17 ? settings.significantDigits : 'all its'} digits`, () => {
      const rows = valued(...many(41, (i) => 100 + i * 3), 1000)
      const [, mean] = answer(settings, rows, [SUBJECTS, measure('mean', 'x')])[0] ?? []
      const exact = rows.reduce((sum, { x }) => sum + Number(x), 0) / 42
      assert.equal(mean, settings.significantDigits < 17 ? Number(exact.toPrecision(4)) : exact)
    })
  }

  test('ons-srs: a sum of which one person has more than 43.75 % is withheld, and others’ sums are not', () => {
    // 450 of 1,000 is more than 43.75 %. The two largest have 55 %, and the rest is at least a tenth of the largest.
    const one = valued(450, 100, ...many(45, (i) => 3 + (i % 15)))
    for (const preset of NAMES) {
      const [, sum] = answer(settingsOf(preset), one, [SUBJECTS, measure('sum', 'x')])[0] ?? []
      assert.equal(sum === null, preset === 'ons-srs', preset)
    }
    const less = valued(430, 120, ...many(45, (i) => 3 + (i % 15)))
    assert.notEqual(answer(settingsOf('ons-srs'), less, [SUBJECTS, measure('sum', 'x')])[0]?.[1], null)
  })
})

describe('opensafely', () => {
  const settings = settingsOf('opensafely')

  test('rounds after it redacts: seven do not become five, or ten', () => {
    const rows = people(47, (i) => ({ arm: i < 20 ? 'a' : i < 40 ? 'b' : 'c' }))
    assert.ok(answer(settings, rows, [SUBJECTS], 'arm').every(([arm]) => arm !== 'c'))
  })

  test('makes shares of rounded counts', () => {
    assert.equal(answer(settings, ill(12, 43), [SUBJECTS, share('yes')])[0]?.[1], 10 / 45)
  })

  test('makes a total of the rounded counts: rounded by itself it would tell which way they went', () => {
    const groups = people(36, (i) => ({ arm: i < 12 ? 'a' : i < 24 ? 'b' : 'c' }))
    const plan = planOf([SUBJECTS], 'arm')
    const cohort = SubjectSet.of(
      UNIVERSE,
      groups.map(({ subject }) => subject)
    )
    const total = (rules: PrivacySettings) =>
      tableOf(ask(plan, UNIVERSE, groups, { settings: rules, cohort })).disclosure.subjects
    assert.deepEqual([total(settings), total({ ...settings, roundBase: 1 })], [30, 36])
  })

  test('rounds a total by itself where groups share people', () => {
    const shared = people(40, () => ({ arm: 'b' })).slice(18)
    const rows: Row[] = people(30, () => ({ arm: 'a' })).concat(shared)
    const cohort = SubjectSet.of(
      UNIVERSE,
      rows.map(({ subject }) => subject)
    )
    const disclosed = ask(planOf([SUBJECTS], 'arm'), UNIVERSE, rows, { settings, cohort })
    assert.equal(tableOf(disclosed).disclosure.subjects, 40)
  })

  test('has no smallest or largest value to give: no measure is one', () => {
    // @ts-expect-error there is no such measure
    const largest: Measure = { kind: 'max', name: 'max', variable: ref('x') }
    assert.throws(() => answer(settings, valued(...many(40, (i) => i)), [largest]))
  })
})

describe('presets as data', () => {
  test('each names where it comes from, when that was read, and what it does otherwise', () => {
    for (const preset of NAMES) {
      const { title, source, dated } = PRESET_SOURCES[preset]
      assert.ok(title.length > 10 && source.length > 10, preset)
      assert.match(dated, /^\d{4}(-\d\d(-\d\d)?)?$/)
    }
    assert.deepEqual(Object.keys(PRESET_SOURCES), NAMES)
  })

  test('every number in a preset can be tightened and none can be loosened', () => {
    const looser: DisclosureRules = {
      k: 1,
      zerosAreDisclosive: false,
      largestShareMax: 1,
      dominanceShareMax: 1,
      dominanceRemainderMin: 1e-6,
      spreadSubjectsMin: 2,
      shapeSubjectsMin: 3,
      informationShareMax: 1,
      roundBase: 1,
      significantDigits: 17,
      scriptBitsMax: 1e6,
      scriptBitsScopeMax: 1e9
    }
    const tighter: DisclosureRules = {
      k: 50,
      zerosAreDisclosive: true,
      largestShareMax: 0.1,
      dominanceShareMax: 0.2,
      dominanceRemainderMin: 0.9,
      spreadSubjectsMin: 60,
      shapeSubjectsMin: 400,
      informationShareMax: 0.1,
      roundBase: 10,
      significantDigits: 2,
      scriptBitsMax: 1,
      scriptBitsScopeMax: 2
    }
    assert.deepEqual(Object.keys(looser), RULES, 'every rule is in this test')
    for (const preset of NAMES) {
      for (const rule of RULES) {
        const loose = effectiveSettings({ preset, overrides: { [rule]: looser[rule] } })
        assert.equal(loose[rule], effectiveSettings({ preset })[rule], `${preset}: ${rule} was loosened`)
        assert.equal(effectiveSettings({ preset, overrides: { [rule]: tighter[rule] } })[rule], tighter[rule])
      }
    }
  })

  test('a catalog’s own rules and the peer’s both hold, whichever is stricter', () => {
    const catalog = effectiveSettings({ preset: 'cms', scope: 'project', refusalBitsMax: 5 })
    const rules = both(effectiveSettings({ preset: 'opensafely' }), catalog)
    assert.deepEqual(
      [rules.preset, rules.k, rules.zerosAreDisclosive, rules.roundBase, rules.scope, rules.refusalBitsMax],
      ['cms', 11, true, 5, 'project', 5]
    )
    assert.deepEqual(laxerThan(PRESETS.opensafely, PRESETS['datashield-like']), [
      'k',
      'zerosAreDisclosive',
      'roundBase',
      'significantDigits'
    ])
  })

  test('the policy hash covers scope, refusals and precision as well: another promise is another hash', async () => {
    const hash = (choice: object) => policyHash(effectiveSettings({ preset: 'default', ...choice }))
    const hashes = [
      await hash({}),
      await hash({ scope: 'project' }),
      await hash({ refusalBitsMax: 19 }),
      await hash({ precision: 'exact' })
    ]
    assert.equal(new Set(hashes).size, 4)
  })

  test('every rule is explained in a sentence with its number, also where it is switched off', () => {
    for (const preset of NAMES) {
      const settings = effectiveSettings({ preset })
      const told = explain(settings)
      const known = new Set(told.map(({ rule }) => rule))
      for (const rule of [...RULES, 'scope', 'refusalBitsMax', 'spans', 'precision'] as const)
        assert.ok(known.has(rule), rule)
      for (const { does, stops, stopsNot } of told)
        for (const text of [does, stops, stopsNot]) assert.match(text, /^\S.*[.]$/)
      assert.match(told.find(({ rule }) => rule === 'k')?.does ?? '', new RegExp(`fewer than ${settings.k} people`))
    }
  })

  test('the card says whose releases count together, and what a narrower ledger does not promise', () => {
    const rows = people(40, (i) => ({ x: i }))
    const card = (scope: 'global' | 'project') =>
      tableOf(ask(planOf([SUBJECTS]), UNIVERSE, rows, { settings: effectiveSettings({ preset: 'default', scope }) }))
        .disclosure
    assert.deepEqual([card('global').scope, card('project').scope], ['global', 'project'])
    assert.doesNotMatch(card('global').claim, /project/)
    assert.match(card('project').claim, /releases to other projects, numbers may rest on fewer/)
  })
})
