import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PrivacyCost } from '@stimnet/sdk'
import { costText } from '../src/answer/cost-text.ts'
import { privacyOf } from '../src/ask/privacy-options.ts'
import { agreesToSpend, spendsText } from '../src/ask/spend.ts'
import { recordingIo } from '../../../test/recording-io.ts'

const COLUMN = {
  ...{ name: 'n', kind: 'subjects', sd: 28.3, error_95: 59.9, rank_error_95: null, assumes_rows: null, range: null }
}

/** The cost at three institutions that charge the same. */
function costAt(sites: number, column: typeof COLUMN | object = COLUMN): PrivacyCost {
  const price = {
    ...{ mechanism: 'discrete-laplace', epsilon: 0.05, rho: 0.00125, nano_rho: '1250000', epsilon_at_delta: 0.2 },
    ...{ delta: 1e-6, numbers: 1, groups: 1, groups_per_subject: 1, rows_per_subject: 1, sites_per_person: sites },
    columns: [column as typeof COLUMN]
  }
  const peers = ['North', 'South', 'Coast'].map((institution) => ({
    ...{ peer_id: `12D3Koo${institution}`, node_id: '', institution, code: null, reason: null, cost: price },
    ...{ information: null, left: null }
  }))
  return { data_catalog_name: 'trial', peers, pooled: [{ name: 'n', sd: 49, error_95: 97 }] }
}

const values = (more: object) => more as Parameters<typeof privacyOf>[0]
const invalid = { code: 'PARAMETER_INVALID' }

test('a question for more bits than may be released says so, by variable', () => {
  const priced = (bits: number) => {
    const cost = costAt(1)
    const information = [{ variable: 'visits.score', numbers: 54, bits, bits_max: 0.5 }]
    return costText({ ...cost, peers: cost.peers.map((peer) => ({ ...peer, cost: null, information })) })
  }
  assert.match(priced(0.9), /^This is more than may be released about visits\.score: an institution joins/m)
  assert.doesNotMatch(priced(0.5), /More than may be released/)
})

test('options that ask for noise become one ask, and none of them asks for none', () => {
  assert.equal(privacyOf(values({})), undefined)
  const options = {
    epsilon: '0.5',
    'groups-per-subject': '3',
    'rows-per-subject': '2',
    bounds: ['age=18:90', 't.x=-1.5:2']
  }
  assert.deepEqual(privacyOf(values(options)), {
    level: 'P2',
    epsilon: '0.5',
    groups_per_subject: 3,
    rows_per_subject: 2,
    bounds: [
      { variable: 'age', lower: '18', upper: '90' },
      { variable: 't.x', lower: '-1.5', upper: '2' }
    ]
  })
})

test('options that make no sense say what to write', () => {
  for (const options of [
    { epsilon: '1e308' },
    { epsilon: '-0' },
    { epsilon: '0.1', rho: '0.1' },
    { bounds: ['age=18:90'] },
    { epsilon: '0.1', bounds: ['age 18 90'] },
    { epsilon: '0.1', bounds: ['age=1.2.3:9'] },
    { epsilon: '0.1', 'groups-per-subject': '-1' },
    { epsilon: '0.1', 'rows-per-subject': '1e9' }
  ]) {
    assert.throws(() => privacyOf(values(options)), invalid, JSON.stringify(options))
  }
})

test('a price is told with what it buys, and with why somebody would refuse', () => {
  const column = {
    name: 'n',
    kind: 'subjects',
    sd: 14.14,
    error_95: 29.9,
    rank_error_95: null,
    assumes_rows: null,
    range: null
  }
  const price = {
    ...{ mechanism: 'discrete-laplace', epsilon: 0.1, rho: 0.005, nano_rho: '5000000', epsilon_at_delta: 0.43 },
    ...{ delta: 1e-6, numbers: 1, groups: 1, groups_per_subject: 1, rows_per_subject: 1, sites_per_person: 2 },
    columns: [column]
  }
  const peer = {
    peer_id: '12D3KooW',
    node_id: 'node-1',
    institution: 'North',
    code: null,
    reason: null,
    information: null
  }
  const cost: PrivacyCost = {
    data_catalog_name: 'trial',
    peers: [
      { ...peer, cost: price, left: { project_rho: '0.0194', lifetime_rho: '0.495' } },
      { ...peer, institution: 'South', code: 'PARAMETER_INVALID', reason: 'no bounds', cost: null, left: null }
    ],
    pooled: [{ name: 'n', sd: 14.14, error_95: 29 }]
  }
  const text = costText(cost)
  assert.match(text, /North +0\.1 +0\.005 +0\.43 at 0\.000001 +0\.0194 \(life 0\.495\)/)
  // A refusal is not an amount: it is printed below the table, and without amounts there is no table.
  assert.match(text, /\nRefused by South: PARAMETER_INVALID: no bounds\n/)
  const refusing = ['South', 'West'].map((institution) => {
    return { ...peer, institution, code: 'PARAMETER_INVALID', reason: 'no bounds', cost: null, left: null }
  })
  const refused = costText({ ...cost, peers: refusing, pooled: [] })
  assert.equal(refused, 'Refused by South, West: PARAMETER_INVALID: no bounds\n')
  assert.match(text, /n +14\.1 +29\.9/)
  const information = [{ variable: 'trial.visits.change', numbers: 2, bits: 0.0716, bits_max: 3 }]
  const told = { ...peer, cost: null, left: null, information }
  const underP1 = costText({ ...cost, peers: [told, { ...told, institution: 'South', information: [] }], pooled: [] })
  assert.match(underP1, /North +trial\.visits\.change +2 +0\.0716 +3/)
  assert.match(underP1, /South +no counted variable/)
  assert.match(
    underP1,
    /from public descriptions only\. Earlier releases, .* can still make an institution refuse\.\n$/
  )
  const refusals = { bits: 130, bits_max: 200, at: '2026-01-01T00:00:00.000Z' }
  assert.match(
    costText({ ...cost, peers: [{ ...told, refusals }], pooled: [] }),
    /\nRefusals and withheld numbers: 130 of 200 bits used for trial at North in thirty days\.\n/
  )
  assert.doesNotMatch(underP1, /Refusals and withheld/)
  const oneRefuses = costText({ ...cost, peers: [told, ...refusing], pooled: [] })
  assert.match(oneRefuses, /North +trial[^\n]*\nRefused by South, West: PARAMETER_INVALID: no bounds\n/)
  assert.match(costText({ ...cost, peers: [], pooled: [] }), /No peer that can be reached offers trial/)
})

test('an amount that is no number is refused once, with what to write', () => {
  const refusal = { code: 'PARAMETER_INVALID', reason: '--epsilon: must be a number above zero, such as 0.05' }
  for (const epsilon of ['abc', '0,5', '0', '', '-0.1']) assert.throws(() => privacyOf(values({ epsilon })), refusal)
  const both = { code: 'PARAMETER_INVALID', reason: 'give either --epsilon or --rho' }
  assert.throws(() => privacyOf(values({ epsilon: '0.1', rho: '0.1' })), both)
})

test('what is spent is told as a part of what was asked for, and a poor answer is warned of', () => {
  assert.match(
    costText(costAt(2)),
    /ε 0\.05 is half of the ε 0\.1 asked for, because one person may be at two of the institutions/
  )
  assert.match(costText(costAt(3)), /ε 0\.05 is 1\/3 of the ε 0\.15 asked for/)
  assert.doesNotMatch(costText(costAt(1)), /asked for/)
  const change = { ...COLUMN, name: 'change', kind: 'mean', error_95: 1250, range: 398 }
  assert.match(
    costText(costAt(2, change)),
    /WARNING: change can be off by 1250 at one institution; its whole range is 398/
  )
  assert.doesNotMatch(costText(costAt(2, { ...change, error_95: 39 })), /WARNING/)
  assert.doesNotMatch(costText(costAt(2)), /WARNING/)
})

test('before privacy is spent somebody has to say yes', async () => {
  const cost = costAt(2)
  assert.equal(spendsText(cost), 'This spends ε 0.05 at each of 3 institutions, permanently.')
  const [first] = cost.peers
  assert.ok(first?.cost)
  const dearer = { ...first, cost: { ...first.cost, epsilon: null, rho: 0.01 } }
  const uneven = { ...cost, peers: [first, first, dearer] }
  assert.equal(spendsText(uneven), 'This spends ε 0.05 at 2 institutions and ρ 0.01 at one institution, permanently.')
  const asked: string[] = []
  const answering = (answer: string) => ({
    ...recordingIo(),
    ask: async (question: string) => {
      asked.push(question)
      return answer
    }
  })
  for (const answer of ['y', 'Yes ', 'YES']) assert.equal(await agreesToSpend(cost, false, answering(answer)), true)
  for (const answer of ['', 'n', 'yesterday']) assert.equal(await agreesToSpend(cost, false, answering(answer)), false)
  assert.match(asked[0] ?? '', /permanently\. Continue\? \[y\/N\] $/)
  assert.equal(await agreesToSpend(cost, true, recordingIo()), true)
  await assert.rejects(agreesToSpend(cost, false, recordingIo()), {
    code: 'PARAMETER_INVALID',
    reason: /confirm with --yes/
  })
})
