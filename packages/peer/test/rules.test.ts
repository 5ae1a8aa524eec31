import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '../src/config/config.ts'
import { rulesOf, settingsOf } from '../src/jobs/admit/rules.ts'

const peer = (privacy: object) => parseConfig({ institution: 'A', privacy }).privacy
const own = (privacy: object, more: object = {}) => ({ privacy: { scope: 'global' as const, ...privacy }, ...more })

test('of peer and catalog the stricter rule holds, whichever of them says it', () => {
  const strictPeer = settingsOf(peer({ preset: 'opensafely' }), own({ preset: 'datashield-like' }))
  assert.deepEqual(
    [strictPeer.preset, strictPeer.k, strictPeer.roundBase, strictPeer.zerosAreDisclosive],
    ['datashield-like', 8, 5, true]
  )
  const strictCatalog = settingsOf(peer({}), own({ preset: 'acro-sacro', round_base: 10, script_bits_max: 64 }))
  assert.deepEqual(
    [strictCatalog.k, strictCatalog.roundBase, strictCatalog.scriptBitsMax, strictCatalog.spreadSubjectsMin],
    [10, 10, 64, 12]
  )
  assert.equal(settingsOf(peer({ round_base: 10 }), own({ round_base: 5 })).roundBase, 10)
})

test('k is the largest of preset, peer, catalog and the least that the peer allows', () => {
  const k = (privacy: object, min?: number) =>
    settingsOf(peer(privacy), min === undefined ? undefined : { min_cohort_size: min }).k
  assert.deepEqual(
    [k({}), k({ preset: 'cms' }), k({ min_cohort_size: 20 }), k({ min_cohort_size: 7, k_min: 6 }, 9)],
    [5, 11, 20, 9]
  )
  assert.equal(k({ preset: 'datashield-like', min_cohort_size: 3 }), 3)
})

test('every rule that can be written is one that holds', () => {
  const written = {
    zeros_are_disclosive: true,
    largest_share_max: 0.4,
    dominance_share_max: 0.5,
    dominance_remainder_min: 0.6,
    spread_subjects_min: 30,
    round_base: 7,
    significant_digits: 2,
    script_bits_max: 8,
    script_bits_scope_max: 9
  }
  const holds = settingsOf(peer({ preset: 'datashield-like', ...written, refusal_bits_max: 4 }))
  assert.deepEqual(
    [holds.zerosAreDisclosive, holds.largestShareMax, holds.dominanceShareMax, holds.dominanceRemainderMin],
    [true, 0.4, 0.5, 0.6]
  )
  assert.deepEqual(
    [holds.spreadSubjectsMin, holds.roundBase, holds.significantDigits, holds.scriptBitsMax, holds.scriptBitsScopeMax],
    [30, 7, 2, 8, 9]
  )
  assert.equal(holds.refusalBitsMax, 4)
})

test('bits of refusals are the catalog’s own number, else the peer’s, else two hundred', () => {
  assert.equal(settingsOf(peer({})).refusalBitsMax, 200)
  assert.equal(settingsOf(peer({ refusal_bits_max: 50 }), own({})).refusalBitsMax, 50)
  assert.equal(settingsOf(peer({ refusal_bits_max: 50 }), own({ refusal_bits_max: 2 })).refusalBitsMax, 2)
})

test('another promise has another hash', async () => {
  const hash = async (catalog?: Parameters<typeof rulesOf>[1]) => (await rulesOf(peer({}), catalog)).policyHash
  const hashes = [await hash(), await hash(own({ round_base: 5 })), await hash(own({ scope: 'project' as never }))]
  assert.equal(new Set(hashes).size, 3)
  assert.equal(await hash(own({})), hashes[0])
})

test('numbers of real people are told to a tenth of their standard error unless a steward says otherwise', () => {
  const precision = (catalog: object) => settingsOf(peer({}), catalog).precision
  assert.equal(precision({ synthetic: false }), 'statistical')
  assert.equal(precision({ synthetic: true }), 'exact')
  assert.equal(precision({ synthetic: false, privacy: { scope: 'global', precision: 'exact' } }), 'exact')
  assert.equal(precision({ synthetic: true, privacy: { scope: 'global', precision: 'statistical' } }), 'statistical')
})
