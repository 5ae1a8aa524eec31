import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dataUseSchema } from '@stimnet/protocol'
import type { Finding, Review } from '@stimnet/sandbox'
import { decide, type Facts } from '../src/policy/decision.ts'
import { ADMISSION_RULES } from '../src/policy/rules.ts'

const facts = (changes: Partial<Facts> = {}): Facts => ({
  issuer: 'researcher',
  askedBy: 'peer-b',
  carrierMayConnect: true,
  vouchedBy: [],
  visas: [],
  self: 'peer-a',
  custody: 'requester',
  open: false,
  requesters: ['researcher'],
  programWord: 'sql',
  sandboxGrade: 'wasm+bwrap',
  catalog: {
    name: 'trial',
    accessLevel: 'public',
    synthetic: false,
    controlledAccess: [],
    codeHashes: [],
    scripts: 'deny',
    refuses: []
  },
  queue: { total: 0, ofRequester: 0, ofPeer: 0 },
  queueMax: { total: 10, ofRequester: 2, ofPeer: 5 },
  asksForPeople: false,
  purpose: [],
  approved: false,
  pending: { total: 0, ofRequester: 0, ofPeer: 0 },
  pendingMax: { total: 4, ofRequester: 2, ofPeer: 2 },
  ...changes
})

const codeOf = (changes: Partial<Facts>) => {
  const decision = decide(ADMISSION_RULES, facts(changes))
  return decision.allow ? 'allowed' : decision.code
}

test('a request whose carrier was put out meanwhile is refused, whoever signed it and whoever approved it', () => {
  const approved = { carrierMayConnect: false, approved: true, open: true }
  assert.equal(codeOf(approved), 'PEER_NOT_PERMITTED')
  assert.equal(codeOf({ ...approved, carrierMayConnect: true }), 'allowed')
})

describe('what a request is for', () => {
  const dataUse = dataUseSchema.parse({ permission: 'DUO:0000006', modifiers: ['DUO:0000021'] })
  const catalog = { ...facts().catalog, dataUse }
  const verdict = (...purpose: string[]) => decide(ADMISSION_RULES, facts({ catalog, purpose }))

  test('a purpose that the catalog is not for is refused, whoever approves', () => {
    const asked = { catalog, purpose: ['DUO:0000033'] }
    assert.equal(codeOf(asked), 'PURPOSE_NOT_PERMITTED')
    assert.equal(codeOf({ ...asked, approved: true }), 'PURPOSE_NOT_PERMITTED')
    assert.equal(codeOf({ catalog }), 'PURPOSE_NOT_PERMITTED', 'none stated')
  })

  test('what no rule can judge waits for people, also for SQL, and runs once they have agreed', () => {
    assert.deepEqual(verdict('DUO:0000037'), { allow: true, review: true })
    assert.equal(codeOf({ catalog, purpose: ['DUO:0000037'], approved: true }), 'allowed')
    const full = { total: 4, ofRequester: 0, ofPeer: 0 }
    assert.equal(codeOf({ catalog, purpose: ['DUO:0000037'], pending: full }), 'QUEUE_FULL')
  })

  test('a catalog that says nothing is unrestricted', () => assert.equal(codeOf({ purpose: ['anything'] }), 'allowed'))
})

test('a peer whose log is behind what others saw answers about nobody until that is reconciled', () => {
  assert.equal(codeOf({ isLogBehind: true }), 'LOG_BEHIND')
  assert.equal(codeOf({ isLogBehind: true, approved: true }), 'LOG_BEHIND')
  assert.equal(codeOf({ isLogBehind: true, catalog: { ...facts().catalog, synthetic: true } }), 'allowed')
})

describe('what people decide', () => {
  const catalog = { ...facts().catalog, scripts: 'review' as const }
  const verdict = (changes: Partial<Facts>) => decide(ADMISSION_RULES, facts(changes))

  test('a script on a catalog that has its programs reviewed waits for people, SQL does not', () => {
    assert.deepEqual(verdict({ catalog, programWord: 'python' }), { allow: true, review: true })
    assert.deepEqual(verdict({ catalog, programWord: 'sql' }), { allow: true })
  })

  test('so does whatever a requester wants people to look at', () => {
    assert.deepEqual(verdict({ asksForPeople: true }), { allow: true, review: true })
  })

  test('what they agreed to runs', () => {
    const asked = { catalog, programWord: 'python', asksForPeople: true }
    assert.deepEqual(verdict({ ...asked, approved: true }), { allow: true })
  })

  test('people cannot permit what the catalog does not run at all', () => {
    assert.equal(codeOf({ programWord: 'python', asksForPeople: true, approved: true }), 'PROGRAM_NOT_PERMITTED')
  })

  test('no more wait than people can look at', () => {
    const script = { catalog, programWord: 'python' }
    for (const pending of [
      { total: 4, ofRequester: 0, ofPeer: 0 },
      { total: 2, ofRequester: 2, ofPeer: 0 },
      { total: 2, ofRequester: 0, ofPeer: 2 }
    ]) {
      assert.equal(codeOf({ ...script, pending }), 'QUEUE_FULL')
      assert.equal(codeOf({ ...script, pending, approved: true }), 'allowed')
    }
  })
})

describe('a script that the steward has listed', () => {
  const catalog = { ...facts().catalog, scripts: 'review' as const, codeHashes: ['ab'] }

  test('runs without asking, and another waits', () => {
    const asked = { catalog, programWord: 'python' }
    assert.deepEqual(decide(ADMISSION_RULES, facts({ ...asked, codeHash: 'ab' })), { allow: true })
    assert.deepEqual(decide(ADMISSION_RULES, facts({ ...asked, codeHash: 'cd' })), { allow: true, review: true })
    const withFile = facts({ ...asked, codeHash: 'ab', bringsFiles: true })
    assert.deepEqual(decide(ADMISSION_RULES, withFile), { allow: true, review: true }, 'nobody has read the file')
    const denying = { ...catalog, scripts: 'deny' as const }
    assert.equal(codeOf({ ...asked, catalog: denying, codeHash: 'ab' }), 'allowed')
    assert.equal(codeOf({ ...asked, catalog: denying, codeHash: 'cd' }), 'PROGRAM_NOT_PERMITTED')
  })

  test('still goes to people where its requester wants that, and is held as strongly as any', () => {
    const asked = { catalog, programWord: 'python', codeHash: 'ab' }
    assert.deepEqual(decide(ADMISSION_RULES, facts({ ...asked, asksForPeople: true })), { allow: true, review: true })
    const strong = { ...catalog, sandboxGradeMin: 'docker' as const }
    assert.equal(codeOf({ ...asked, catalog: strong }), 'SANDBOX_TOO_WEAK')
  })

  test('runs in what the steward listed for that alone', () => {
    const narrow = { ...catalog, images: ['python@sha256:1'] }
    const asked = { catalog: narrow, programWord: 'python', codeHash: 'ab' }
    assert.equal(codeOf({ ...asked, image: 'python@sha256:1' }), 'allowed')
    assert.equal(codeOf({ ...asked, image: 'python@sha256:2' }), 'SANDBOX_TOO_WEAK')
    assert.equal(codeOf(asked), 'SANDBOX_TOO_WEAK')
    assert.equal(codeOf({ catalog: narrow }), 'allowed', 'SQL needs none')
  })
})

describe('how strongly a script is held', () => {
  const catalog = { ...facts().catalog, scripts: 'auto' as const, sandboxGradeMin: 'docker' as const }

  test('a catalog that demands Docker refuses a script where there is less, and says what there is', () => {
    const decision = decide(ADMISSION_RULES, facts({ catalog, programWord: 'python' }))
    assert.ok(!decision.allow && decision.code === 'SANDBOX_TOO_WEAK')
    assert.match(decision.reason, /docker or stronger; this peer has wasm\+bwrap/)
  })

  test('and runs it in Docker or stronger', () => {
    for (const sandboxGrade of ['docker', 'docker+gvisor'] as const) {
      assert.equal(codeOf({ catalog, programWord: 'python', sandboxGrade }), 'allowed')
    }
  })

  test('what the node computes itself needs no sandbox', () => assert.equal(codeOf({ catalog }), 'allowed'))
})

describe('the policy', () => {
  test('a listed researcher may ask for a statistic', () => assert.equal(codeOf({}), 'allowed'))

  test('with an empty list nobody may ask', () => assert.equal(codeOf({ requesters: [] }), 'REQUESTER_NOT_PERMITTED'))

  test('somebody for whom a trusted institution vouches may ask, for whom another vouches may not', () => {
    const asked = { issuer: 'new', requesters: ['affiliation:hospital'] }
    const by = (institution: string, isMember = false) => ({ vouchedBy: [{ institution, isMember }] })
    assert.equal(codeOf({ ...asked, ...by('hospital') }), 'allowed')
    assert.equal(codeOf({ ...asked, ...by('elsewhere', true) }), 'REQUESTER_NOT_PERMITTED')
    const members = { issuer: 'new', requesters: ['affiliation:members'] }
    assert.equal(codeOf({ ...members, ...by('elsewhere', true) }), 'allowed')
    // The voucher is trusted because of another catalog's list, and is not a member.
    assert.equal(codeOf({ ...members, ...by('hospital') }), 'REQUESTER_NOT_PERMITTED')
    assert.equal(codeOf(asked), 'REQUESTER_NOT_PERMITTED')
    // A key id in the list does not name an institution that vouches.
    assert.equal(
      codeOf({ issuer: 'new', requesters: ['hospital'], ...by('hospital', true) }),
      'REQUESTER_NOT_PERMITTED'
    )
  })

  const visa = (type: string, value: string, by = type === 'AffiliationAndRole' ? 'system' : 'dac') => ({
    ...{ issuer: 'i', type, value, source: 's', by, expiresAtMs: 0 }
  })

  test('whoever has a visa for a listed role may ask, with another role or place not', () => {
    const asked = { issuer: 'new', requesters: ['visa:faculty@med.example.org', 'visa:*@lab.example.org'] }
    const with_ = (type: string, value: string) => codeOf({ ...asked, visas: [visa(type, value)] })
    assert.equal(with_('AffiliationAndRole', 'faculty@med.example.org'), 'allowed')
    assert.equal(with_('AffiliationAndRole', 'student@lab.example.org'), 'allowed')
    for (const value of [
      'student@med.example.org',
      'faculty@med.example.org.evil.org',
      '@lab.example.org',
      'x@evil.org@lab.example.org',
      'visa:faculty@med.example.org',
      '*@med.example.org'
    ]) {
      assert.equal(with_('AffiliationAndRole', value), 'REQUESTER_NOT_PERMITTED', value)
    }
    assert.equal(with_('ControlledAccessGrants', 'faculty@med.example.org'), 'REQUESTER_NOT_PERMITTED')
    for (const by of ['self', 'peer', '', 'dac']) {
      const said = visa('AffiliationAndRole', 'faculty@med.example.org', by)
      assert.equal(codeOf({ ...asked, visas: [said] }), 'REQUESTER_NOT_PERMITTED', `said by ${by}`)
    }
  })

  test('a catalog under controlled access is for whoever holds the grant, and for nobody else', () => {
    const catalog = { ...facts().catalog, controlledAccess: ['https://data.example.org/dbs'] }
    assert.equal(codeOf({ catalog }), 'REQUESTER_NOT_PERMITTED', 'being listed is not enough')
    assert.equal(codeOf({ catalog, open: true }), 'REQUESTER_NOT_PERMITTED')
    const granted = [visa('ControlledAccessGrants', 'https://data.example.org/dbs')]
    assert.equal(codeOf({ catalog, requesters: [], visas: granted }), 'allowed')
    const other = [
      visa('ControlledAccessGrants', 'https://data.example.org/other'),
      visa('X', 'https://data.example.org/dbs')
    ]
    assert.equal(codeOf({ catalog, visas: other }), 'REQUESTER_NOT_PERMITTED')
  })

  test('an open peer lets anybody ask', () => assert.equal(codeOf({ requesters: [], open: true }), 'allowed'))

  test('an account of a listed gateway may ask, but only over that gateway’s own connection', () => {
    const account = { issuer: 'custodial', custody: 'gateway', requesters: ['gateway:peer-b'] }
    assert.equal(codeOf(account), 'allowed')
    assert.equal(codeOf({ ...account, askedBy: 'peer-c' }), 'REQUESTER_NOT_PERMITTED')
  })

  test('a refusal names the ways that are open to an account, and those that are open to a key', () => {
    const reasonOf = (changed: Partial<Facts>) => {
      const decision = decide(ADMISSION_RULES, facts(changed))
      return decision.allow ? 'allowed' : decision.reason
    }
    const account = { issuer: '12D3', custody: 'gateway', requesters: ['affiliation:members'] }
    assert.match(
      reasonOf(account),
      /no credential counts for an account\. .*adds gateway:peer-b to requesters.*stimnet key/
    )
    assert.match(reasonOf({ ...account, askedBy: 'peer-a' }), /adds gateway:self to requesters/)
    assert.match(
      reasonOf({ ...account, custody: 'requester' }),
      /nobody whom it trusts vouches for it\. .*stimnet vouch KEY/
    )
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
    assert.equal(codeOf({ programWord: 'python' }), 'PROGRAM_NOT_PERMITTED')
    assert.equal(codeOf({ programWord: 'python', catalog: { ...facts().catalog, scripts: 'auto' } }), 'allowed')
  })

  test('a script that shows what the catalog refuses is not run, and is told the kinds and lines', () => {
    const catalog = { ...facts().catalog, scripts: 'auto', refuses: ['network', 'eval'] } as const
    const ask = (findings: Finding[], isCut = false) =>
      decide(ADMISSION_RULES, {
        ...facts({ programWord: 'python', catalog }),
        review: { imports: { ok: true, modules: [] }, findings, isCut }
      })
    const socket: Finding = { kind: 'network', what: 'socket', line: 3 }
    assert.deepEqual(ask([socket, { ...socket, cell: 2 }, { kind: 'file', what: 'open', line: 1 }]), {
      allow: false,
      code: 'PROGRAM_NOT_PERMITTED',
      reason:
        'The catalog trial takes no scripts that use network, eval. This one does: network in line 3; network in cell 2, line 3.'
    })
    assert.equal(ask([{ kind: 'file', what: 'open', line: 1 }]).allow, true)
    const unread = ask([], true)
    assert.match(unread.allow ? '' : unread.reason, /too long or too deep/)
    const many = ask(Array.from({ length: 20 }, (_, at) => ({ ...socket, line: at + 1 })))
    assert.match(many.allow ? '' : many.reason, /line 8; and 12 more\.$/)
  })

  test('a catalog that refuses nothing by kind takes any script, however little of it can be read', () => {
    const review: Review = { imports: { ok: true, modules: [] }, findings: [], isCut: true }
    const catalog = { ...facts().catalog, scripts: 'auto' } as const
    assert.equal(codeOf({ programWord: 'python', catalog, review }), 'allowed')
  })

  test('a full queue refuses: in total, for one requester, and for one peer with many keys', () => {
    assert.equal(codeOf({ queue: { total: 10, ofRequester: 0, ofPeer: 0 } }), 'QUEUE_FULL')
    assert.equal(codeOf({ queue: { total: 2, ofRequester: 2, ofPeer: 2 } }), 'QUEUE_FULL')
    assert.equal(codeOf({ queue: { total: 5, ofRequester: 0, ofPeer: 5 } }), 'QUEUE_FULL')
  })
})
