import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Account } from '@stimnet/gateway'
import {
  cryptographicRandom,
  messages,
  programToMessage,
  SimulatedClock,
  seal,
  seededRandom,
  signerFromSeed
} from '@stimnet/protocol'
import { type AnalysisParts, analysisMethods } from '../src/gateway/analyses.ts'
import { createEvents } from '../src/events.ts'
import { Approvals } from '../src/jobs/approve/approvals.ts'
import { toText } from '../src/store/base64.ts'
import { Database } from '../src/store/database.ts'
import { type JobRecord, JobStore, type RunTerms } from '../src/store/jobs.ts'
import { StandingApprovals } from '../src/store/standing.ts'

const START_MS = 1_750_000_000_000
const clock = new SimulatedClock(START_MS)
const signer = await signerFromSeed(cryptographicRandom.bytes(32))
const SELF = signer.id

async function jobOf(id: string, changes: Partial<JobRecord> = {}, request: object = {}): Promise<JobRecord> {
  const program = programToMessage({ kind: 'sql', sql: 'SELECT 1' })
  const body = messages.JobRequest.encode({ catalog: 'trial', program, custody: 'gateway', ...request })
  const { bytes: sealed } = await seal({
    type: 'job-request',
    body,
    signer,
    clock,
    audience: [SELF],
    lifetimeMs: 60_000
  })
  const review = { needed: 2, approvals: [], expiresAtMs: START_MS * 2, image: 'i', run: {} as RunTerms }
  return {
    ...{ id, state: 'pending', request: toText(sealed), requestHash: 'h', issuer: SELF, custody: 'gateway' },
    ...{ askedBy: SELF, catalog: 'trial', epoch: 'e', programWord: 'sql', admittedAtMs: START_MS, runs: 0 },
    ...{ warnings: [], review, ...changes }
  }
}

async function room(...stored: JobRecord[]) {
  const database = await Database.open({ memory: true }, () => clock.now())
  const jobs = await JobStore.open(database, () => 'log')
  const standing = await StandingApprovals.open(database, seededRandom(1))
  for (const job of stored) await database.commit((draft) => jobs.add(draft, job))
  const isSamePerson = (one: string, other: string) => one.replace('clinic:', '') === other.replace('clinic:', '')
  const stewards = { isSteward: () => true, isSamePerson }
  const approvals = await Approvals.open({
    ...{ clock, database, jobs, standing, stewards, sandbox: undefined, needed: 2, expireMs: 1_000 },
    events: createEvents({ level: 'silent', nodeId: 'test' }),
    files: { fetch: async () => undefined },
    runner: {
      seats: { take: () => undefined },
      enqueue: () => undefined,
      cancel: () => Promise.resolve(true),
      endPending: () => Promise.resolve(),
      objectionTo: () => Promise.resolve(undefined),
      refusePending: () => Promise.resolve()
    }
  })
  const signedAs = async (hash: string) => (hash === 'signed by sue' ? { owner: 'sue' } : undefined)
  const requests = { list: async () => [], deleted: async () => undefined, signedAs }
  const directory = { get: () => ({ institution: 'North' }) }
  const parts = {
    clock,
    self: SELF,
    nodeId: 'here',
    database,
    jobs,
    approvals,
    standing,
    stewards,
    requests,
    directory
  }
  return analysisMethods({ ...parts, catalogs: new Map() } as unknown as AnalysisParts)
}

const account = (name: string, ...roles: string[]) => ({ name, roles }) as unknown as Account
const sue = account('sue', 'steward')
const yes = { status: 'approved' } as const
const A = `${'a'.repeat(12)}${'1'.repeat(20)}`
const B = `${'a'.repeat(12)}${'2'.repeat(20)}`
const NUMBER = String(Number.parseInt('a'.repeat(12), 16))

describe('what stewards decide', () => {
  test('is named by its number only while one request has it: who asks could make a second one', async () => {
    const alone = await room(await jobOf(A))
    assert.equal((await alone.analysis(NUMBER, sue))?.request_id, A)
    const both = await room(await jobOf(A), await jobOf(B))
    await assert.rejects(both.analysis(NUMBER, sue), { code: 'PARAMETER_INVALID' })
    await assert.rejects(both.decideAnalysis(NUMBER, yes, sue), { code: 'PARAMETER_INVALID' })
    assert.equal((await both.decideAnalysis(A, yes, sue))?.approvals, 1)
    assert.equal((await both.analysis(B, sue))?.approvals, 0)
  })

  test('is never their own request', async () => {
    const own = await room(await jobOf(A, {}, { account: 'sue' }))
    for (const one of [sue, account('clinic:sue', 'steward')]) {
      await assert.rejects(own.decideAnalysis(A, yes, one), { code: 'NOT_PERMITTED' }, 'under no account of theirs')
    }
    assert.equal((await own.decideAnalysis(A, yes, account('tom', 'steward')))?.approvals, 1)
    // An account with the same name at another peer is a different person.
    const elsewhere = await room(await jobOf(A, { askedBy: 'another peer' }, { account: 'sue' }))
    assert.equal((await elsewhere.decideAnalysis(A, yes, sue))?.approvals, 1)
  })

  test('is never their own request, also where they signed it with a key of their own', async () => {
    const signed = { custody: 'requester', requestHash: 'signed by sue' }
    const own = await room(await jobOf(A, signed, { custody: 'requester' }))
    await assert.rejects(own.decideAnalysis(A, yes, sue), { code: 'NOT_PERMITTED' })
    assert.equal((await own.decideAnalysis(A, yes, account('tom', 'steward')))?.approvals, 1)
    const others = await room(await jobOf(A, { ...signed, requestHash: 'by somebody' }, { custody: 'requester' }))
    assert.equal((await others.decideAnalysis(A, yes, sue))?.approvals, 1)
  })

  test('is not for an operator to decide, who may read it', async () => {
    const here = await room(await jobOf(A))
    const olga = account('olga', 'operator', 'auditor', 'researcher')
    for (const status of ['approved', 'denied'] as const) {
      await assert.rejects(here.decideAnalysis(A, { status }, olga), { code: 'NOT_PERMITTED' })
    }
    assert.equal((await here.analysis(A, olga))?.approvals, 0)
  })

  test('is not pushed out of the list by what came after it and has ended', async () => {
    const ended = Array.from({ length: 12 }, (_, i) =>
      jobOf(`b${i}`, { state: 'denied', admittedAtMs: START_MS + 1 + i })
    )
    const { analyses } = await room(await jobOf(A), ...(await Promise.all(ended)))
    const seen = await analyses(sue, { limit: 5, status: 'pending' })
    assert.deepEqual(
      seen.map(({ request_id: id }) => id),
      [A]
    )
    assert.equal((await analyses(sue, { limit: 5, status: 'denied' })).length, 5)
    assert.deepEqual(await analyses(sue, { limit: 5, status: 'expired' }), [])
  })

  test('can be read though one of the requests tells of its requester what nobody can read', async () => {
    const about = { requesterName: '', requesterEmail: 'no address' }
    const { analyses } = await room(await jobOf(A, {}, { about }), await jobOf(B))
    assert.equal((await analyses(sue, { limit: 5 })).length, 2)
  })

  test('shows what it is for and how it reads variables: people are asked about that as well', async () => {
    const mapping = { peer: SELF, variable: 'subjects.age', local: 'subjects.years', levels: [], scale: '' }
    const request = { purpose: ['DUO:0000037', 'other'], project: 'aging', mappings: [mapping] }
    const seen = await (await room(await jobOf(A, {}, request))).analysis(A, sue)
    assert.deepEqual([seen?.purpose, seen?.project, seen?.privacy?.level], [request.purpose, 'aging', 'P1'])
    assert.match(JSON.stringify(seen?.mappings), /"local":"subjects.years"/)
  })

  test('is looked into where it is read, and not for each line of a list', async () => {
    const program = programToMessage({ kind: 'script', language: 'python', code: 'open("x")' })
    const here = await room(await jobOf(A, {}, { program }))
    assert.deepEqual(
      (await here.analyses(sue, { limit: 5 })).map(({ review }) => review),
      [null]
    )
    assert.equal((await here.analysis(A, sue))?.review?.[0]?.kind, 'file')
  })

  test('is seen and decided by stewards alone', async () => {
    const here = await room(await jobOf(A))
    const eve = account('eve', 'researcher', 'auditor')
    assert.deepEqual(await here.analyses(eve, { limit: 5 }), [])
    assert.equal(await here.analysis(A, eve), null)
    await assert.rejects(here.decideAnalysis(A, yes, eve), { code: 'NOT_PERMITTED' })
    await assert.rejects(async () => here.standingApprovals(eve), { code: 'NOT_PERMITTED' })
    await assert.rejects(here.revokeStanding('x', eve), { code: 'NOT_PERMITTED' })
  })
})

describe('the list of what waits', () => {
  test('is read in pages that leave nothing out and tell nothing twice, also of one moment', async () => {
    const ids = Array.from({ length: 7 }, (_, at) => `${(at * 5) % 7}`.repeat(32))
    const stored = await Promise.all(ids.map((id, at) => jobOf(id, { admittedAtMs: START_MS + Math.floor(at / 3) })))
    const methods = await room(...stored)
    const all = await methods.analyses(sue, { limit: 100, status: 'pending' })
    assert.equal(all.length, 7)
    for (const status of ['pending', undefined] as const) {
      for (const limit of [1, 2, 3]) {
        const seen: string[] = []
        for (let last: (typeof all)[number] | undefined; ; ) {
          const options = { limit, ...(status ? { status } : {}), ...(last ? { before: last } : {}) }
          const page = await methods.analyses(sue, options)
          if (page.length === 0) break
          seen.push(...page.map(({ request_id: id }) => id))
          last = page.at(-1)
        }
        assert.deepEqual(
          seen,
          all.map(({ request_id: id }) => id),
          `${status} ${limit}`
        )
      }
    }
  })
})
