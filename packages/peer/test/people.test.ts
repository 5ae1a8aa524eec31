import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { Account } from '@stimnet/gateway'
import { SimulatedClock, seededRandom } from '@stimnet/protocol'
import { createEvents } from '../src/events.ts'
import { peopleMethods } from '../src/gateway/people-view.ts'
import { rolesOf } from '../src/policy/sign-on.ts'
import { AccountLog } from '../src/people/account-log.ts'
import { peopleIn, stewardsOf } from '../src/people/stewards.ts'
import { Accounts } from '../src/store/accounts/accounts.ts'
import { ApiKeys } from '../src/store/accounts/api-keys.ts'
import { Database } from '../src/store/database.ts'
import { EndedTokens } from '../src/store/accounts/ended-tokens.ts'
import { SignedOnPeople } from '../src/store/accounts/signed-on.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const DAY_MS = 24 * 3_600_000
const START_MS = 1_700_000_000_000
const ADA: Account = { name: 'ada', roles: ['researcher', 'steward'] }

async function open(t: TestContext) {
  const folder = await scratchFolder(t)
  const clock = new SimulatedClock(START_MS)
  const database = await Database.open({ memory: true }, () => clock.now())
  t.after(() => database.close())
  const accounts = await Accounts.open(join(folder, 'accounts.json'), { N: 2 ** 10, r: 8, p: 1 })
  await accounts.put({ name: 'ada', roles: ADA.roles, password: 'a long enough one' })
  const admit = [
    { claim: 'groups', value: 'stimnet', roles: ['researcher'] },
    { claim: 'groups', value: 'data-office', roles: ['steward', 'auditor'] }
  ]
  const clinic = { issuer: 'https://login.example.org', admit, people: {} as Record<string, string> }
  const loginsOf = (provider: typeof clinic) => ({
    providers: new Map([['clinic', provider]]),
    rememberMs: 30 * DAY_MS
  })
  const people = async (provider: typeof clinic = clinic) =>
    peopleMethods({
      ...{ clock, database, accounts, events: createEvents({ level: 'silent', nodeId: 'node-1' }) },
      logins: loginsOf(provider),
      apiKeys: await ApiKeys.open(database, seededRandom(1)),
      endedTokens: await EndedTokens.open(database),
      signedOn: await SignedOnPeople.open(database)
    })
  const stewards = async (provider: typeof clinic = clinic) =>
    stewardsOf({ clock, accounts, logins: loginsOf(provider), signedOn: await SignedOnPeople.open(database) })
  return { clock, database, accounts, clinic, people: await people(), reopened: people, stewards }
}

describe('an API key', () => {
  test('opens its account with the key’s roles alone, also after a restart', async (t) => {
    const { people, accounts, reopened } = await open(t)
    const { key } = await people.createApiKey(ADA, { label: 'laptop', days: 30 })
    const generation = accounts.get('ada')?.generation
    assert.deepEqual(people.accountOfKey(key), {
      name: 'ada',
      roles: ['researcher'],
      generation,
      byKey: true,
      holderAsks: true
    })
    assert.deepEqual((await reopened()).accountOfKey(key)?.roles, ['researcher'])
  })

  test('is nothing once changed, ended, revoked, or without its account', async (t) => {
    const { people, accounts, clock } = await open(t)
    const make = () => people.createApiKey(ADA, { label: 'laptop', days: 30 })
    const { key, id } = await make()
    const last = key.endsWith('A') ? 'B' : 'A'
    for (const text of [`${key.slice(0, -1)}${last}`, `${key}A`, key.toUpperCase(), key.slice(4), '', `snk_${id}_`]) {
      assert.equal(people.accountOfKey(text), null, text)
    }
    assert.equal(await people.revokeApiKey({ name: 'eve', roles: ['operator'] }, id), false)
    assert.equal(await people.revokeApiKey(ADA, id), true)
    assert.equal(people.accountOfKey(key), null)
    const second = (await make()).key
    await accounts.setLocked('ada', true)
    assert.equal(people.accountOfKey(second), null)
    await accounts.setLocked('ada', false)
    assert.ok(people.accountOfKey(second))
    await clock.advance(30 * DAY_MS)
    assert.equal(people.accountOfKey(second), null)
  })

  test('has no role that its account has not, and loses what the account loses', async (t) => {
    const { people, accounts } = await open(t)
    await assert.rejects(people.createApiKey(ADA, { label: 'x', days: 1, roles: ['operator'] }), {
      code: 'PARAMETER_INVALID'
    })
    const { key } = await people.createApiKey(ADA, { label: 'x', days: 1, roles: ['steward', 'researcher'] })
    await accounts.put({ name: 'ada', roles: ['researcher'], password: 'a long enough one' })
    assert.deepEqual(people.accountOfKey(key)?.roles, ['researcher'])
  })

  test('with no role left is none at all', async (t) => {
    const { people, accounts } = await open(t)
    const { key } = await people.createApiKey(ADA, { label: 'x', days: 1, roles: ['steward'] })
    await accounts.put({ name: 'ada', roles: ['researcher'], password: 'a long enough one' })
    assert.equal(people.accountOfKey(key), null)
  })

  test('of a removed account opens nobody else’s of that name', async (t) => {
    const { people, accounts } = await open(t)
    const { key } = await people.createApiKey(ADA, { label: 'x', days: 300 })
    await accounts.remove('ada')
    assert.deepEqual([people.accountOfKey(key), people.account('ada')], [null, null])
    const another = { name: 'ada', roles: ['operator'], password: 'a long enough one' }
    await assert.rejects(accounts.put(another), { code: 'PARAMETER_INVALID' })
    assert.equal(people.account('ada'), null)
    assert.equal(await accounts.authenticate('ada', 'a long enough one'), null)
    // The same person returns with a password other than the one under which the key was made.
    await accounts.put({ ...another, roles: ['researcher'], again: true })
    assert.ok(people.account('ada'))
    assert.equal(people.accountOfKey(key), null)
  })

  test('is over with another password of its owner, and makes room', async (t) => {
    const { people, accounts } = await open(t)
    const account = () => people.account('ada') as Account
    const keys = []
    for (let n = 0; n < 16; n++) keys.push(await people.createApiKey(account(), { label: `${n}`, days: 9 }))
    const before = account()
    await accounts.put({ name: 'ada', roles: ADA.roles, password: 'a long enough one' })
    assert.deepEqual(account(), before, 'the same password is no change')
    await accounts.put({ name: 'ada', roles: ADA.roles, password: 'another long one' })
    assert.notEqual(account().generation, before.generation)
    for (const { key } of keys) assert.equal(people.accountOfKey(key), null)
    assert.deepEqual(people.apiKeys(account()), [])
    const { key } = await people.createApiKey(account(), { label: 'new', days: 9 })
    assert.ok(people.accountOfKey(key))
  })

  test('is one of sixteen at most; one that has ended makes room', async (t) => {
    const { people, clock } = await open(t)
    for (let n = 0; n < 16; n++) await people.createApiKey(ADA, { label: `${n}`, days: n === 0 ? 1 : 9 })
    await assert.rejects(people.createApiKey(ADA, { label: 'x', days: 1 }), { code: 'PARAMETER_INVALID' })
    await clock.advance(DAY_MS)
    await people.createApiKey(ADA, { label: 'x', days: 1 })
  })

  test('leaves no secret in the database or the log', async (t) => {
    const { people, database } = await open(t)
    const { key } = await people.createApiKey(ADA, { label: 'laptop', days: 30 })
    const secret = key.split('_')[2] ?? ''
    for await (const [name, value] of database.root.iterator()) {
      assert.ok(!String(value).includes(secret), String(name))
    }
    assert.ok((await database.auditLog.read({ limit: 10 })).some(({ kind }) => kind === 'key'))
  })
})

describe('a token', () => {
  test('that somebody signed out of stays over past a restart, and is forgotten when it would have expired', async (t) => {
    const { people, reopened, database, clock } = await open(t)
    await people.endToken(ADA, { id: 'aa', expiresAtMs: START_MS + 1_000 })
    const again = await reopened()
    assert.deepEqual(
      [people.isTokenEnded('aa'), again.isTokenEnded('aa'), again.isTokenEnded('bb')],
      [true, true, false]
    )
    assert.ok((await database.auditLog.read({ limit: 10 })).some(({ kind }) => kind === 'signed-out'))
    await clock.advance(1_000)
    await again.endToken(ADA, { id: 'bb', expiresAtMs: START_MS + 5_000 })
    assert.deepEqual([again.isTokenEnded('aa'), (await reopened()).isTokenEnded('aa')], [false, false])
  })
})

describe('a locked account', () => {
  test('is told so to whoever knows its password, and to nobody else', async (t) => {
    const { people, accounts } = await open(t)
    const { key } = await people.createApiKey(ADA, { label: 'laptop', days: 30 })
    const generation = accounts.get('ada')?.generation ?? ''
    assert.deepEqual([people.isLocked({ name: 'ada', generation }), people.isLocked({ key })], [false, false])
    await accounts.setLocked('ada', true)
    await assert.rejects(people.authenticate('ada', 'a long enough one'), { code: 'ACCOUNT_LOCKED' })
    assert.equal(await people.authenticate('ada', 'another long one'), null)
    assert.equal(people.account('ada'), null, 'its tokens open nothing')
    assert.ok(people.isLocked({ name: 'ada', generation }), 'as its tokens say')
    assert.ok(people.isLocked({ key }), 'as its keys say')
    for (const forged of [{ name: 'ada', generation: 'earlier' }, { name: 'eve', generation }, { key: `${key}A` }])
      assert.equal(people.isLocked(forged), false)
    await accounts.put({ name: 'ada', roles: ['operator'], password: 'another long one' })
    assert.equal(people.account('ada'), null, 'a new password is no key to the lock')
  })
})

describe('people of a login provider', () => {
  const ada = (groups: unknown) => ({ provider: 'clinic', subject: 'ada', claims: { groups, name: 'Ada' } })

  test('come in as what their claims say, and are gone when these no longer do', async (t) => {
    const { people, reopened } = await open(t)
    assert.deepEqual(await people.signOn(ada(['stimnet', 'data-office'])), {
      ...{ name: 'clinic:ada', roles: ['researcher', 'steward', 'auditor'] }
    })
    assert.deepEqual((await reopened()).account('clinic:ada')?.roles, ['researcher', 'steward', 'auditor'])
    assert.equal(await people.signOn(ada(['kitchen'])), null)
    assert.equal(people.account('clinic:ada'), null)
  })

  test('are locked out by name, also before they ever came', async (t) => {
    const { people, accounts } = await open(t)
    await people.signOn(ada('stimnet'))
    await accounts.setLockedOut('clinic:ada', true)
    assert.equal(people.account('clinic:ada'), null)
    await assert.rejects(people.signOn(ada('stimnet')), { code: 'ACCOUNT_LOCKED' })
    assert.ok(people.isLocked({ name: 'clinic:ada', generation: '' }))
    await accounts.setLockedOut('clinic:ada', false)
    assert.ok(await people.signOn(ada('stimnet')))
  })

  test('lose at once what the configuration no longer gives, and are not those of another issuer', async (t) => {
    const { people, reopened, clinic } = await open(t)
    await people.signOn(ada(['stimnet', 'data-office']))
    const fewer = await reopened({ ...clinic, admit: clinic.admit.slice(0, 1) })
    assert.deepEqual(fewer.account('clinic:ada')?.roles, ['researcher'])
    const other = await reopened({ ...clinic, issuer: 'https://elsewhere.example.org' })
    assert.equal(other.account('clinic:ada'), null)
  })

  test('are forgotten some time after their last login, and their API keys with them', async (t) => {
    const { people, clock } = await open(t)
    const account = await people.signOn(ada('stimnet'))
    assert.ok(account)
    const { key } = await people.createApiKey(account, { label: 'x', days: 365 })
    await clock.advance(29 * DAY_MS)
    assert.ok(people.accountOfKey(key))
    await clock.advance(DAY_MS)
    assert.equal(people.account('clinic:ada'), null)
    assert.equal(people.accountOfKey(key), null)
  })

  test('cannot take a local account’s name, nor that of another provider’s people', async (t) => {
    const { people } = await open(t)
    const named = async (subject: string) => (await people.signOn({ ...ada('stimnet'), subject }))?.name ?? ''
    assert.match(await named('x:ada'), /^clinic:sha256-[0-9a-f]{32}$/)
    assert.match(await named('../../ada'), /^clinic:sha256-/)
    assert.notEqual(await named('é'), await named('è'))
    const hashed = await named('x:ada')
    assert.notEqual(await named(hashed.slice('clinic:'.length)), hashed, 'nor by calling themselves a hash')
    assert.equal(await people.signOn({ ...ada('stimnet'), provider: 'elsewhere' }), null)
  })

  test('an address counts as theirs once the provider has checked it', () => {
    const rules = [{ claim: 'email', value: 'ada@med.example.org', roles: ['researcher'] }]
    assert.deepEqual(rolesOf({ email: 'ada@med.example.org', email_verified: true }, rules), ['researcher'])
    assert.deepEqual(rolesOf({ email: 'ada@med.example.org', email_verified: 'true' }, rules), [])
    assert.deepEqual(rolesOf({ email: 'ada@med.example.org' }, rules), [])
    assert.deepEqual(rolesOf({ toString: 'x' }, [{ claim: 'constructor', value: 'x', roles: ['operator'] }]), [])
  })
})

describe('a steward', () => {
  const signedOn = (subject: string, claims: object = {}) => ({
    ...{ provider: 'clinic', subject },
    claims: { groups: ['data-office'], ...claims }
  })

  test('is who may decide now: not one who is locked, gone, or has another role', async (t) => {
    const { accounts, clock, people, stewards } = await open(t)
    const password = 'a long enough one'
    await accounts.put({ name: 'sue', roles: ['steward'], password })
    await accounts.put({ name: 'olga', roles: ['operator', 'auditor'], password })
    await people.signOn(signedOn('kim'))
    const { isSteward } = await stewards()
    const names = ['sue', 'olga', 'clinic:kim', 'nobody']
    assert.deepEqual(names.filter(isSteward), ['sue', 'clinic:kim'])
    await accounts.setLocked('sue', true)
    await accounts.setLockedOut('clinic:kim', true)
    assert.deepEqual(names.filter(isSteward), [])
    await accounts.setLocked('sue', false)
    await accounts.setLockedOut('clinic:kim', false)
    await accounts.put({ name: 'sue', roles: ['auditor'], password })
    await clock.advance(31 * DAY_MS)
    assert.deepEqual(names.filter(isSteward), [])
  })

  test('is one person under every account that provider or configuration says is theirs', async (t) => {
    const { people, clinic, stewards } = await open(t)
    await people.signOn(signedOn('4711', { preferred_username: 'Sue', email: 'sue@example.org', email_verified: true }))
    await people.signOn(signedOn('4712', { email: 'tom@example.org', email_verified: false }))
    await people.signOn(signedOn('kim'))
    const { isSamePerson } = await stewards()
    for (const local of ['sue', 'SUE', 'sue@example.org', '4711']) assert.ok(isSamePerson(local, 'clinic:4711'), local)
    assert.ok(isSamePerson('clinic:kim', 'kim') && isSamePerson('kim', 'kim'))
    // An unverified address could belong to anybody; a steward who uses another name is named in the configuration.
    assert.ok(!isSamePerson('tom@example.org', 'clinic:4712') && !isSamePerson('tom', 'clinic:4712'))
    assert.ok(!isSamePerson('clinic:4711', 'clinic:4712') && !isSamePerson('sue', 'kim'))
    const told = await stewards({ ...clinic, people: { tom: '4712' } })
    assert.ok(told.isSamePerson('tom', 'clinic:4712') && !told.isSamePerson('tom', 'clinic:4711'))
  })

  test('who is the same as two others makes them one', () => {
    const pairs = [
      ['a', 'b'],
      ['b', 'c']
    ]
    const isSamePerson = (one: string, other: string) =>
      one === other || pairs.some((pair) => pair.includes(one) && pair.includes(other))
    const everybody = { isSteward: () => true, isSamePerson }
    assert.equal(peopleIn(['a', 'c'], everybody), 2)
    assert.equal(peopleIn(['a', 'c', 'b', 'd'], everybody), 2)
  })
})

test('changes of accounts are in the audit log, also those made while the peer was stopped, each once', async (t) => {
  const { accounts, database } = await open(t)
  const recorded = async () => {
    const records = await database.auditLog.read({ limit: 50 })
    return records
      .filter(({ kind }) => kind === 'account')
      .map(({ detailJson }) => Object.values(JSON.parse(detailJson)).join(' '))
      .reverse()
  }
  const log = await AccountLog.open(accounts, database)
  await log.record()
  await log.record()
  assert.deepEqual(await recorded(), ['ada added researcher steward'])
  await accounts.setLocked('ada', true)
  await accounts.setLockedOut('clinic:eve', true)
  await log.record()
  await accounts.setLocked('ada', false)
  await accounts.setLockedOut('clinic:eve', false)
  await accounts.put({ name: 'ada', roles: ['auditor'], password: 'another long one' })
  const restarted = await AccountLog.open(accounts, database)
  await restarted.record()
  await accounts.remove('ada')
  await restarted.record()
  await accounts.put({ name: 'ada', roles: ['auditor'], password: 'another long one', again: true })
  await restarted.record()
  assert.deepEqual((await recorded()).slice(1), [
    ...['ada locked', 'clinic:eve locked', 'ada roles auditor', 'ada password', 'ada unlocked', 'clinic:eve unlocked'],
    ...['ada removed', 'ada added auditor']
  ])
  const text = JSON.stringify(await database.auditLog.read({ limit: 50 }))
  for (const { password, generation } of accounts.all())
    assert.ok(!text.includes(password) && !text.includes(generation), 'nothing of a password is recorded')
})
