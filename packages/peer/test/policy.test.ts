import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide, type Facts } from '../src/policy/decision.ts'
import { ADMISSION_RULES } from '../src/policy/rules.ts'

const facts = (changes: Partial<Facts> = {}): Facts => ({
  issuer: 'researcher',
  askedBy: 'peer-b',
  self: 'peer-a',
  custody: 'requester',
  open: false,
  requesters: ['researcher'],
  programWord: 'sql',
  catalog: { name: 'trial', accessLevel: 'public', synthetic: false, scripts: 'deny' },
  queue: { total: 0, ofRequester: 0, ofPeer: 0 },
  queueMax: { total: 10, ofRequester: 2, ofPeer: 5 },
  ...changes
})

const codeOf = (changes: Partial<Facts>) => {
  const decision = decide(ADMISSION_RULES, facts(changes))
  return decision.allow ? 'allowed' : decision.code
}

describe('the policy', () => {
  test('a listed researcher may ask for a statistic', () => assert.equal(codeOf({}), 'allowed'))

  test('with an empty list nobody may ask', () => assert.equal(codeOf({ requesters: [] }), 'REQUESTER_NOT_PERMITTED'))

  test('an open peer lets anybody ask', () => assert.equal(codeOf({ requesters: [], open: true }), 'allowed'))

  test('an account of a listed gateway may ask, but only over that gateway’s own connection', () => {
    const account = { issuer: 'custodial', custody: 'gateway', requesters: ['gateway:peer-b'] }
    assert.equal(codeOf(account), 'allowed')
    assert.equal(codeOf({ ...account, askedBy: 'peer-c' }), 'REQUESTER_NOT_PERMITTED')
  })

  test('a request that does not say it is in custody gets nothing from the gateway’s listing', () => {
    assert.equal(codeOf({ issuer: 'custodial', requesters: ['gateway:peer-b'] }), 'REQUESTER_NOT_PERMITTED')
  })

  test('gateway:self is this peer and nobody else', () => {
    const account = { issuer: 'custodial', custody: 'gateway', requesters: ['gateway:self'] }
    assert.equal(codeOf({ ...account, askedBy: 'peer-a' }), 'allowed')
    assert.equal(codeOf({ ...account, askedBy: 'peer-b' }), 'REQUESTER_NOT_PERMITTED')
  })

  test('a private catalog does not exist for others', () => {
    const catalog = { ...facts().catalog, accessLevel: 'private' }
    assert.equal(codeOf({ catalog }), 'CATALOG_UNKNOWN')
    assert.equal(codeOf({ catalog, askedBy: 'peer-a' }), 'allowed')
  })

  test('a stranger’s script runs only where the steward lets it', () => {
    for (const scripts of ['deny', 'review'] as const) {
      assert.equal(codeOf({ programWord: 'python', catalog: { ...facts().catalog, scripts } }), 'PROGRAM_NOT_PERMITTED')
    }
    assert.equal(codeOf({ programWord: 'python', catalog: { ...facts().catalog, scripts: 'auto' } }), 'allowed')
  })

  test('a full queue refuses: in total, for one requester, and for one peer with many keys', () => {
    assert.equal(codeOf({ queue: { total: 10, ofRequester: 0, ofPeer: 0 } }), 'QUEUE_FULL')
    assert.equal(codeOf({ queue: { total: 2, ofRequester: 2, ofPeer: 2 } }), 'QUEUE_FULL')
    assert.equal(codeOf({ queue: { total: 5, ofRequester: 0, ofPeer: 5 } }), 'QUEUE_FULL')
  })
})
