/** Tests of data permits: what a permit covers, its days, and the extract of the log under it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PermitRecords, type PermitTerms, permitTermsShape } from '@stimnet/api'
import type { Account } from '@stimnet/gateway'
import { LIMITS, signCheckpoint, signerFromSeed, SimulatedClock } from '@stimnet/protocol'
import { extractText, verifyPermitFile } from '@stimnet/sdk'
import { permitMethods } from '../src/gateway/permit-view.ts'
import { permitCovers } from '../src/policy/data-permits.ts'
import type { Facts } from '../src/policy/decision.ts'
import { DataPermits, stateOf } from '../src/store/data-permits.ts'
import { Database } from '../src/store/database.ts'
import { closingGrants } from '../src/witness/grants.ts'

const HASH = 'ab'.repeat(32)
const GATEWAY = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const SUBMITTED = {
  ...{ id: 'FD-2026-17', authority: 'Data access body', purpose: ['DUO:0000037', 'MONDO:0005180'] },
  ...{ persons: [GATEWAY], data_catalog_names: ['trial'], statistics: ['mean'], code_hashes: [HASH] },
  ...{ from: '2026-01-01', until: '2026-12-31' }
}
const TERMS: PermitTerms = permitTermsShape.parse(SUBMITTED)

describe('what a permit covers', () => {
  const asked = (changes: object = {}, held: object | undefined = { terms: TERMS, state: 'in_force' }) =>
    permitCovers({
      ...{ issuer: GATEWAY, askedBy: 'peer-b', self: 'peer-a', custody: 'requester', vouchedBy: [], visas: [] },
      ...{ programWord: 'statistic', statistic: 'mean', codeHash: 'x', purpose: ['DUO:0000037'] },
      ...{ catalog: { name: 'trial', permitRequired: true }, permit: { held }, open: true, requesters: [GATEWAY] },
      ...changes
    } as unknown as Facts)
  const codeOf = (...of: Parameters<typeof asked>) => {
    const decision = asked(...of)
    return decision.allow ? 'allowed' : decision.code
  }
  const reasonOf = (...of: Parameters<typeof asked>) => {
    const decision = asked(...of)
    return decision.allow ? '' : decision.reason
  }

  test('a statistic by name, a program by its hash, some of the purposes', () => {
    assert.equal(codeOf(), 'allowed')
    assert.equal(codeOf({ statistic: 'median', codeHash: HASH }), 'allowed')
    assert.equal(codeOf({ programWord: 'python', statistic: undefined, codeHash: HASH }), 'allowed')
    assert.equal(codeOf({ purpose: ['DUO:0000037', 'MONDO:0005180'] }), 'allowed')
    const sql = { programWord: 'sql', statistic: undefined }
    assert.equal(codeOf(sql, { terms: { ...TERMS, statistics: ['sql'] }, state: 'in_force' }), 'allowed')
  })

  test('nothing that it does not name, and each refusal says what to do', () => {
    for (const [changes, words] of [
      [{ catalog: { name: 'imaging', permitRequired: false } }, /does not cover the catalog imaging. Ask about/],
      [{ statistic: 'median' }, /covers mean and programs whose hash it names/],
      [{ programWord: 'sql', statistic: undefined }, /not this program/],
      [{ programWord: 'sql', statistic: 'mean' }, /not this program/],
      [{ programWord: 'python', statistic: undefined, codeHash: 'cd'.repeat(32) }, /not this program/],
      [{ programWord: 'python', statistic: undefined, codeHash: HASH, bringsFiles: true }, /without files/],
      [{ programWord: 'python', statistic: undefined, codeHash: undefined }, /not this program/],
      [{ purpose: [] }, /is for DUO:0000037, MONDO:0005180: state one/],
      [{ purpose: ['DUO:0000037', 'DUO:0000033'] }, /and nothing else/]
    ] as const) {
      assert.equal(codeOf(changes), 'PERMIT_EXCEEDED', JSON.stringify(changes))
      assert.match(reasonOf(changes), words)
    }
  })

  test('is needed where the catalog says so, and is checked wherever it is named', () => {
    assert.equal(codeOf({ permit: undefined }), 'PERMIT_REQUIRED')
    assert.match(reasonOf({ permit: undefined }), /--permit/)
    assert.equal(codeOf({ permit: undefined, catalog: { name: 'trial', permitRequired: false } }), 'allowed')
    assert.equal(codeOf({ statistic: 'median', catalog: { name: 'trial', permitRequired: false } }), 'PERMIT_EXCEEDED')
  })

  test('one that is not there and one of somebody else read alike, whatever else is wrong, and in open mode too', () => {
    const others = { ...TERMS, persons: ['gateway:self'] }
    const unknown = asked({ permit: { held: undefined } })
    for (const state of ['in_force', 'expired', 'revoked']) {
      assert.deepEqual(asked({ statistic: 'median' }, { terms: others, state }), unknown)
    }
    assert.equal(unknown.allow, false)
    assert.equal(codeOf({ permit: { held: undefined } }), 'PERMIT_UNKNOWN')
  })

  test('names people as a list of requesters does', () => {
    const naming = (person: string, changes: object) =>
      codeOf({ issuer: 'eve', ...changes }, { terms: { ...TERMS, persons: [person] }, state: 'in_force' })
    const account = { custody: 'gateway', askedBy: 'peer-b' }
    assert.equal(naming('gateway:peer-b', account), 'allowed')
    assert.equal(naming('gateway:peer-b', { ...account, custody: 'requester' }), 'PERMIT_UNKNOWN')
    assert.equal(naming('gateway:self', account), 'PERMIT_UNKNOWN')
    const vouched = { vouchedBy: [{ institution: 'clinic', isMember: true }] }
    assert.equal(naming('affiliation:clinic', vouched), 'allowed')
    assert.equal(naming('affiliation:members', vouched), 'allowed')
    assert.equal(naming('affiliation:elsewhere', vouched), 'PERMIT_UNKNOWN')
    const visas = [{ type: 'AffiliationAndRole', value: 'faculty@med.example.org', by: 'so' }]
    assert.equal(naming('visa:faculty@med.example.org', { visas }), 'allowed')
  })

  test('says of its end what ended it', () => {
    for (const [state, words] of [
      ['not_begun', /begins on 2026-01-01/],
      ['expired', /ended with 2026-12-31/],
      ['unconfirmed', /closed here until a steward of the institution confirms it again/],
      ['revoked', /was revoked here/]
    ] as const) {
      assert.equal(codeOf({}, { terms: TERMS, state }), 'PERMIT_LAPSED')
      assert.match(reasonOf({}, { terms: TERMS, state }), words)
    }
  })

  test('holds on its days, the last one included, until it is revoked', () => {
    const permit = { terms: TERMS, grantedBy: 'sue', grantedAtMs: 0 }
    const at = (time: string) => stateOf(permit, Date.parse(time))
    assert.equal(at('2025-12-31T23:59:59.999Z'), 'not_begun')
    assert.equal(at('2026-01-01T00:00:00Z'), 'in_force')
    assert.equal(at('2026-12-31T23:59:59.999Z'), 'in_force')
    assert.equal(at('2027-01-01T00:00:00Z'), 'expired')
    assert.equal(stateOf({ ...permit, revoked: { by: 'sue', atMs: 0 } }, Date.parse('2026-06-01')), 'revoked')
  })

  test('terms without an end, without a program or out of order are not taken', () => {
    const { until: _, ...endless } = SUBMITTED
    for (const wrong of [
      endless,
      { ...SUBMITTED, statistics: [], code_hashes: [] },
      { ...SUBMITTED, until: '2025-12-31' },
      { ...SUBMITTED, until: '2026-02-30' },
      { ...SUBMITTED, persons: [] },
      { ...SUBMITTED, persons: ['everybody'] },
      { ...SUBMITTED, id: 'a/b' },
      { ...SUBMITTED, purpose: [] },
      { ...SUBMITTED, data_catalog_names: [] }
    ]) {
      assert.equal(permitTermsShape.safeParse(wrong).success, false, JSON.stringify(wrong))
    }
  })
})

const account = (name: string, ...roles: string[]) => ({ name, roles }) as unknown as Account
const sue = account('sue', 'steward')
const olga = account('olga', 'operator')
const everything = { after: 0, signal: new AbortController().signal }

async function office(t: { after(close: () => Promise<void>): void }) {
  const clock = new SimulatedClock(Date.parse('2026-06-01'))
  const database = await Database.open({ memory: true }, () => clock.now())
  t.after(() => database.close())
  const signer = await signerFromSeed(new Uint8Array(32).fill(1))
  const checkpoint = () => signCheckpoint(database.auditLog.head, signer)
  const open = async () =>
    permitMethods({
      ...{ clock, database, self: signer.id, dataPermits: await DataPermits.open(database) },
      config: { institution: 'Hospital', catalogs: [{ name: 'trial' }] } as never,
      witnesses: { checkpoint, round: async () => [] } as never
    })
  return { clock, database, signer, open, methods: await open() }
}

describe('a steward’s permits', () => {
  test('are entered once, stay after a restart, and are revoked for good', async (t) => {
    const { database, methods, open } = await office(t)
    const granted = await methods.grantPermit(TERMS, sue)
    assert.deepEqual([granted.state, granted.granted_by, granted.terms], ['in_force', 'sue', TERMS])
    await assert.rejects(methods.grantPermit(TERMS, sue), { code: 'PARAMETER_INVALID' })
    assert.equal((await methods.revokePermit('FD-2026-17', sue))?.state, 'revoked')
    await assert.rejects(methods.grantPermit(TERMS, sue), { code: 'PARAMETER_INVALID' }, 'an id is used once')
    assert.equal(await methods.revokePermit('FD-2026-18', sue), null)

    const again = await open()
    assert.deepEqual(
      again.permits(olga).map(({ state, revoked_by }) => [state, revoked_by]),
      [['revoked', 'sue']]
    )
    assert.equal((await again.revokePermit('FD-2026-17', account('tom', 'steward')))?.revoked_by, 'sue')
    const records = await database.auditLog.read({ limit: 10 })
    assert.deepEqual(
      records.map(({ kind, actor }) => `${kind} ${actor}`),
      ['permit sue', 'permit sue']
    )
  })

  test('of an older copy of the database are closed until a steward confirms each, and a revocation stays one', async (t) => {
    const { clock, database, methods, open } = await office(t)
    const [kept, revoked] = [TERMS.id, 'FD-2026-18']
    for (const id of [kept, revoked]) await methods.grantPermit({ ...TERMS, id }, sue)
    await methods.revokePermit(revoked, sue)
    const close = async (sinceMs?: number) => {
      const closing = await closingGrants(database, sinceMs)
      return database.commit(closing)
    }
    assert.equal((await close()).permits, 1)
    const again = await open()
    const states = (peer: typeof again) => peer.permits(olga).map(({ terms, state }) => [terms.id, state])
    assert.deepEqual(states(again), [
      [kept, 'unconfirmed'],
      [revoked, 'revoked']
    ])
    await assert.rejects(again.confirmPermit(kept, olga), { code: 'NOT_PERMITTED' })
    assert.equal((await again.confirmPermit(kept, sue))?.state, 'in_force')
    assert.equal((await again.confirmPermit(revoked, sue))?.state, 'revoked')
    assert.equal(await again.confirmPermit('FD-2026-19', sue), null)
    const [record] = await database.auditLog.read({ limit: 1 })
    assert.deepEqual(
      [record?.kind, record?.actor, JSON.parse(record?.detailJson ?? '')],
      [...['permit', 'sue', { permit: kept, confirmed: true }]]
    )
    assert.equal((await close(clock.now())).permits, 0, 'confirmed since')
    assert.equal((await close()).permits, 1, 'another copy')
    const third = await open()
    assert.equal((await third.revokePermit(kept, sue))?.state, 'revoked')
  })

  test('are entered by stewards alone, and read by them, auditors and operators', async (t) => {
    const { methods } = await office(t)
    for (const other of [olga, account('ada', 'researcher'), account('carl', 'auditor')]) {
      await assert.rejects(methods.grantPermit(TERMS, other), { code: 'NOT_PERMITTED' })
      await assert.rejects(methods.revokePermit(TERMS.id, other), { code: 'NOT_PERMITTED' })
    }
    assert.throws(() => methods.permits(account('ada', 'researcher')), { code: 'NOT_PERMITTED' })
    await assert.rejects(methods.permitRecords(account('ada', 'researcher'), TERMS.id, everything), {
      code: 'NOT_PERMITTED'
    })
  })

  test('name catalogs and statistics that there are', async (t) => {
    const { methods } = await office(t)
    const wrong = (changes: object) => methods.grantPermit({ ...TERMS, ...changes }, sue)
    await assert.rejects(wrong({ data_catalog_names: ['trail'] }), /Did you mean|catalog "trail"/)
    await assert.rejects(wrong({ statistics: ['meen'] }), { code: 'PARAMETER_INVALID' })
    await wrong({ statistics: ['sql', 'regression'] })
  })

  test('are not entered where the record of it is not written', async (t) => {
    const { database } = await office(t)
    const permits = await DataPermits.open(database)
    const failing = database.commit((draft) => {
      permits.grant(draft, { terms: TERMS, grantedBy: 'sue', grantedAtMs: 0 })
      throw new Error('not stored')
    })
    await assert.rejects(failing)
    assert.equal(permits.get(TERMS.id), undefined)
  })
})

describe('the extract for the authority of a permit', () => {
  async function extracted(t: { after(close: () => Promise<void>): void }) {
    const made = await office(t)
    const { database, methods, signer } = made
    await methods.grantPermit(TERMS, sue)
    await database.commit((draft) => {
      draft.audit({ kind: 'request', actor: 'ada', jobId: 'a', detail: { permit: TERMS.id } })
      draft.audit({ kind: 'request', actor: 'eve', jobId: 'b', detail: { permit: `${TERMS.id}-2` } })
      draft.audit({ kind: 'request', actor: 'eve', jobId: 'c', detail: { account: TERMS.id } })
      draft.audit({ kind: 'run', actor: signer.id, jobId: 'a', detail: { run: 1 } })
      draft.audit({ kind: 'run', actor: signer.id, jobId: 'b', detail: { run: 1 } })
      draft.audit({
        kind: 'end',
        actor: signer.id,
        jobId: 'a',
        code: 'X',
        detail: { state: 'blocked', bits: 7, why: 'two' }
      })
      draft.audit({ kind: 'alert', actor: signer.id, jobId: 'a', detail: { alert: 'disclosure' } })
      draft.audit({ kind: 'end', actor: signer.id, jobId: 'a', code: 'X', detail: { state: 'failed', bits: 7 } })
      draft.audit({ kind: 'refusal', actor: signer.id, code: 'PERMIT_UNKNOWN', detail: { permit: TERMS.id } })
      draft.audit({ kind: 'login', actor: 'sue' })
    })
    const extract = await methods.permitRecords(olga, TERMS.id, everything)
    assert.ok(extract)
    return { ...made, extract }
  }
  type Json = Record<string, never>
  const changed = (extract: object, change: (copy: { records: { shown: Json; proof: Json }[] } & Json) => void) => {
    const copy = JSON.parse(JSON.stringify(extract))
    change(copy)
    return JSON.stringify(copy)
  }

  test('has its records and those of its jobs, each proved, and no reason that depends on data', async (t) => {
    const { extract, signer } = await extracted(t)
    assert.deepEqual(
      extract.records.map(({ shown }) => `${shown.sequence} ${shown.kind}`),
      ['1 permit', '2 request', '5 run', '7 end', '9 end', '10 refusal']
    )
    assert.doesNotMatch(JSON.stringify(extract.records), /two|bits/)
    const closed = extract.records.filter(({ proof }) => proof.record === '').map(({ shown }) => shown.detail.state)
    assert.deepEqual(closed, ['blocked', 'failed'], 'what released nothing stays closed')
    const verified = await verifyPermitFile(JSON.stringify(extract), { peer: signer.id })
    assert.deepEqual([verified.areTermsProved, verified.closed, verified.extract.after], [true, 2, null])
  })

  test('goes on after a record, where the entry of the terms is in an earlier file', async (t) => {
    const { methods, signer } = await extracted(t)
    const rest = await methods.permitRecords(olga, TERMS.id, { ...everything, after: 5 })
    assert.deepEqual(
      rest?.records.map(({ shown }) => shown.sequence),
      [7, 9, 10]
    )
    const verified = await verifyPermitFile(JSON.stringify(rest), { peer: signer.id })
    assert.equal(verified.areTermsProved, false)
    assert.equal(await methods.permitRecords(olga, 'FD-2026-99', everything), null)
  })

  test('has a bounded number of records, and says where the next begin', async (t) => {
    const { database, methods } = await office(t)
    await methods.grantPermit(TERMS, sue)
    await database.commit((draft) => {
      for (let i = 0; i < 600; i++) draft.audit({ kind: 'refusal', actor: 'n', detail: { permit: TERMS.id } })
    })
    const first = await methods.permitRecords(olga, TERMS.id, everything)
    assert.deepEqual([first?.records.length, first?.after], [500, 500])
    const rest = await methods.permitRecords(olga, TERMS.id, { ...everything, after: first?.after ?? 0 })
    assert.deepEqual([rest?.records.length, rest?.after], [101, null])
    await assert.rejects(methods.permitRecords(olga, TERMS.id, { after: 0, signal: AbortSignal.abort() }), {
      name: 'AbortError'
    })
  })

  test('is never longer than the file that is verified, however long its records are, and leaves none out', async (t) => {
    const { database, methods, signer } = await office(t)
    await methods.grantPermit(TERMS, sue)
    await database.commit((draft) => {
      for (let i = 0; i < 120; i++) {
        const detail = { permit: TERMS.id, reason: `${i} ${'"é\u2028'.repeat(5_000)}` }
        draft.audit({ kind: 'refusal', actor: 'n'.repeat(300), detail })
      }
    })
    const sequences: number[] = []
    let files = 0
    for (let after: number | null = 0; after !== null; files++) {
      const extract: PermitRecords | null = await methods.permitRecords(olga, TERMS.id, { ...everything, after })
      assert.ok(extract)
      const text = extractText(extract)
      assert.ok(text.length <= LIMITS.evidenceFileCharactersMax, `${text.length} characters`)
      const verified = await verifyPermitFile(text, { peer: signer.id })
      sequences.push(...verified.extract.records.map(({ shown }) => shown.sequence))
      after = extract.after
    }
    assert.ok(files > 1, `${files} files`)
    assert.deepEqual(
      sequences,
      Array.from({ length: 121 }, (_, i) => i + 1)
    )
  })

  test('does not hold once anything in it was changed', async (t) => {
    const { extract } = await extracted(t)
    const other = await signerFromSeed(new Uint8Array(32).fill(2))
    await assert.rejects(verifyPermitFile(JSON.stringify(extract), { peer: other.id }), { code: 'SIGNATURE_INVALID' })
    await assert.rejects(verifyPermitFile('{}'), { code: 'MALFORMED' })
    for (const change of [
      (copy) => void Object.assign(copy.records[1]?.shown as never, { actor: 'eve' }),
      (copy) => void Object.assign(copy.records[1]?.shown as never, { detail: {} }),
      (copy) => void Object.assign(copy.records[1]?.shown as never, { at: '2026-06-02T00:00:00.000Z' }),
      (copy) => void Object.assign(copy.records[3]?.shown as never, { kind: 'release' }),
      (copy) => void Object.assign(copy.records[3]?.shown as never, { sequence: 6 }),
      (copy) => void Object.assign(copy.records[1]?.proof as never, { entry: 'AQID' }),
      (copy) => void Object.assign(copy.permit as never, { terms: { ...TERMS, persons: ['gateway:self'] } }),
      (copy) => void Object.assign(copy.permit as never, { terms_hash: HASH }),
      (copy) => void Object.assign(copy as never, { peer_id: other.id }),
      // Whoever passes an extract on can close a record, and must not be able to rewrite it.
      (copy) =>
        void Object.assign(copy.records[3]?.shown as never, {
          actor: 'eve',
          detail: { state: 'completed', says: 'more' }
        }),
      (copy) => void Object.assign(copy.records[3]?.shown as never, { at: '1999-01-01T00:00:00.000Z' }),
      (copy) => {
        Object.assign(copy.records[1]?.proof as never, { record: '' })
        Object.assign(copy.records[1]?.shown as never, { actor: 'mallory', detail: { permit: TERMS.id } })
      },
      (copy) => void (copy.records as unknown as object[]).unshift(copy.records[3] as never)
    ] satisfies Parameters<typeof changed>[1][]) {
      await assert.rejects(verifyPermitFile(changed(extract, change)), { code: 'SIGNATURE_INVALID' })
    }
  })
})
