/** The price of noise before it is paid: the charge, the remaining budget, and whether the answer would be usable. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PrivacyCost } from '@stimnet/sdk'
import { readEpsilon } from '../src/ask/draft/epsilon.ts'
import { budgetSentence, coarseIn, refusalsIn } from '../src/ask/price/noise.ts'
import { rough } from '../src/words/number.ts'

const column = (name: string, error: number | null, range: number | null) => ({
  ...{ name, kind: 'mean', sd: null, error_95: error, rank_error_95: null, assumes_rows: null, range }
})

function peer(institution: string, options: { rho: number; left?: string; columns?: ReturnType<typeof column>[] }) {
  const { rho, left, columns = [] } = options
  return {
    ...{ peer_id: institution, node_id: institution, institution, code: null, reason: null, information: null },
    cost: {
      ...{ mechanism: 'discrete-laplace', epsilon: 0.5, rho, nano_rho: '1', epsilon_at_delta: 1, delta: 0 },
      ...{ numbers: 1, groups: 1, groups_per_subject: 1, rows_per_subject: 1, sites_per_person: 1, columns }
    },
    left: left === undefined ? null : { project_rho: left, lifetime_rho: '5' }
  }
}

const costOf = (...peers: PrivacyCost['peers'][number][]): PrivacyCost => ({
  ...{ data_catalog_name: 'trial', peers, pooled: [] }
})

describe('what an answer with noise takes', () => {
  const said = (rho: number, left: string) => budgetSentence(costOf(peer('North', { rho, left })), '0.5')

  it('is said beside what is left here, and how often that is enough', () => {
    assert.equal(
      said(0.01042, '0.0244'),
      'ε = 0.5 costs ρ = 0.0104; 0.0244 is left at this institution: enough for two questions like this.'
    )
    assert.match(said(0.01, '0.015') ?? '', /: enough for one question like this\.$/)
    assert.match(said(0.000001, '1') ?? '', /: enough for more than 1,000 questions like this\.$/)
    assert.match(said(0.03, '0.0244') ?? '', /: not enough\.$/)
  })

  it('is not said where nobody tells what is left', () => {
    assert.equal(budgetSentence(costOf(peer('South', { rho: 0.01 })), '0.5'), undefined)
  })

  it('more than is left is a refusal that is known before anything is sent', () => {
    const cost = costOf(peer('North', { rho: 0.03, left: '0.0244' }), peer('South', { rho: 0.03 }))
    assert.deepEqual(refusalsIn(cost), ['North will refuse: too little of the budget is left.'])
    assert.deepEqual(refusalsIn(costOf(peer('North', { rho: 0.0244, left: '0.0244' }))), [])
  })
})

describe('an error that leaves nothing to read', () => {
  const coarse = (...columns: ReturnType<typeof column>[]) => coarseIn(costOf(peer('North', { rho: 1, columns })))

  it('is held against the range in which answers can lie', () => {
    assert.deepEqual(coarse(column('mean_age', 38.57, 82)), [
      'mean_age: the error is up to ±38.6, while the whole range is 82: too coarse to use. Ask with a larger ε, or about more people.'
    ])
    assert.deepEqual(coarse(column('mean_age', 8.1, 82), column('subjects', 500, null), column('untold', null, 1)), [])
  })

  it('names those institutions where it is so', () => {
    const at = (name: string, error: number) => peer(name, { rho: 1, columns: [column('mean_age', error, 82)] })
    assert.match(coarseIn(costOf(at('North', 2), at('South', 40))).join(), /^mean_age at South: /)
  })
})

it('a charge is read with a point or a comma, and in digits alone', () => {
  const read = (text: string) => {
    const epsilon = readEpsilon(text)
    return epsilon.ok ? epsilon.epsilon : undefined
  }
  assert.deepEqual(['0,5', '.5', ' 0.5 ', '12', ',25'].map(read), ['0.5', '0.5', '0.5', '12', '0.25'])
  for (const text of ['', '1e3', '0x10', 'Infinity', '-1', '0', '0,0', '1.2.3', '5.', 'half', '1234567890']) {
    assert.equal(read(text), undefined, text)
  }
})

it('rough numbers have three digits and no powers', () => {
  assert.deepEqual([0, 38.57, 0.01042, 0.0000125, 1_234, 62_500_000_000, -1_234_567, 1e20].map(rough), [
    ...['0', '38.6', '0.0104', '0.0000125', '1,230', '62.5 billion', '−1.23 million', 'over 1,000 trillion']
  ])
})
