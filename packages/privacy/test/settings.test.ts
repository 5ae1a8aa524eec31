import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveSettings, gateCohort, isPreset, PRESETS, policyHash } from '@stimnet/privacy'
import { LIMITS } from '@stimnet/protocol'
import fc from 'fast-check'

test('the presets are those of the design', () => {
  assert.deepEqual(
    Object.entries(PRESETS).map(([name, rules]) => [name, rules.k, rules.roundBase]),
    [
      ['default', 5, 1],
      ['opensafely', 8, 5],
      ['datashield-like', 3, 1],
      ['cms', 11, 1],
      ['nhs-hes', 8, 5],
      ['ons-srs', 10, 5],
      ['acro-sacro', 10, 5]
    ]
  )
  assert.ok(isPreset('cms') && !isPreset('constructor') && !isPreset(''))
})

test('an override can tighten and never loosen', () => {
  const overrides = fc.record(
    {
      k: fc.integer({ min: 1, max: 100 }),
      zerosAreDisclosive: fc.boolean(),
      dominanceShareMax: fc.double({ min: 0.01, max: 1, noNaN: true }),
      dominanceRemainderMin: fc.double({ min: 0.01, max: 1, noNaN: true }),
      spreadSubjectsMin: fc.integer({ min: 2, max: 50 }),
      roundBase: fc.integer({ min: 1, max: 20 }),
      significantDigits: fc.integer({ min: 1, max: 17 }),
      scriptBitsMax: fc.integer({ min: 0, max: 1000 })
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(overrides, fc.constantFrom(...Object.keys(PRESETS)), fc.nat(20), (file, preset, kMin) => {
      assert.ok(isPreset(preset))
      const base = PRESETS[preset]
      const settings = effectiveSettings({ preset, overrides: file, kMin })
      assert.equal(settings.k, Math.max(base.k, file.k ?? 0, kMin, LIMITS.cohortSizeFloor))
      assert.ok(settings.zerosAreDisclosive || !base.zerosAreDisclosive)
      assert.ok(settings.dominanceShareMax <= base.dominanceShareMax)
      assert.ok(settings.dominanceRemainderMin >= base.dominanceRemainderMin)
      assert.ok(settings.spreadSubjectsMin >= base.spreadSubjectsMin)
      assert.ok(settings.roundBase >= base.roundBase)
      assert.ok(settings.significantDigits <= base.significantDigits)
      assert.ok(settings.scriptBitsMax <= base.scriptBitsMax)
    })
  )
})

test('an unknown preset or a number out of its range is refused by its key', () => {
  const wrong = (choice: Parameters<typeof effectiveSettings>[0], key: RegExp) =>
    assert.throws(() => effectiveSettings(choice), { code: 'CONFIG_INVALID', message: key })
  wrong({ preset: 'lax' }, /privacy\.preset/)
  wrong({ preset: '__proto__' }, /privacy\.preset/)
  wrong({ preset: 'default', overrides: { k: Number.NaN } }, /privacy\.k/)
  wrong({ preset: 'default', overrides: { k: 4.5 } }, /privacy\.k/)
  wrong({ preset: 'default', overrides: { dominanceShareMax: 0 } }, /privacy\.dominanceShareMax/)
  wrong({ preset: 'default', overrides: { roundBase: 0 } }, /privacy\.roundBase/)
})

test('the policy hash names the rules in force: equal for equal rules, another for any other', async () => {
  const hash = (k: number) => policyHash(effectiveSettings({ preset: 'default', overrides: { k } }))
  assert.match(await hash(5), /^[0-9a-f]{64}$/)
  assert.equal(await hash(5), await policyHash(effectiveSettings({ preset: 'default' })))
  assert.notEqual(await hash(5), await hash(6))
  assert.notEqual(await hash(5), await policyHash(effectiveSettings({ preset: 'acro-sacro' })))
})

test('the cohort gate counts people and treats none like too few', () => {
  const settings = effectiveSettings({ preset: 'default' })
  for (const size of [0, 1, 4, -5, Number.NaN, 5.5]) assert.deepEqual(gateCohort(size, settings), { ok: false })
  assert.deepEqual(gateCohort(5, settings), { ok: true })
  assert.equal(effectiveSettings({ preset: 'datashield-like', kMin: 1 }).k, 3)
})

test('rules in force cannot be changed afterwards', () => {
  const settings = effectiveSettings({ preset: 'default' })
  assert.throws(() => Object.assign(settings, { k: 1 }), TypeError)
})
