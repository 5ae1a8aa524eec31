import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type StandingTerms, standingTermsShape } from '@stimnet/api'
import { BOUND_TO, SimulatedClock, seededRandom } from '@stimnet/protocol'
import { notesOf } from '../src/gateway/analyses.ts'
import { createEvents } from '../src/events.ts'
import { type ApprovalParts, Approvals } from '../src/jobs/approve/approvals.ts'
import { Database } from '../src/store/database.ts'
import { type JobRecord, JobStore, type ReviewRecord, type RunTerms } from '../src/store/jobs.ts'
import { StandingApprovals } from '../src/store/standing.ts'

const START_MS = 1_750_000_000_000
const DAY_MS = 24 * 3_600_000

const RUN: RunTerms = {
  ...{ catalog: 'trial', epoch: 'e', language: 'python', codeHash: 'c', cohortHash: 'w', outputsHash: 'o' },
  ...{ filtersHash: 'f', image: 'i', parameters: { years: 1 }, issuer: 'ada' },
  ...{ purposeHash: 'p', project: 'aging', privacyHash: 'y', schemaHash: 's', uploadsHash: 'u', wallTimeMsMax: 0 }
}
const REVIEW: ReviewRecord = { needed: 2, approvals: [], expiresAtMs: START_MS + DAY_MS, image: 'i', run: RUN }
const TERMS: StandingTerms = standingTermsShape.parse({ runs: 2, days: 30 })

const jobOf = (id: string, review: ReviewRecord = REVIEW): JobRecord => ({
  ...{ id, state: 'pending', request: '', requestHash: 'h', issuer: 'ada', custody: 'requester', askedBy: 'peer' },
  ...{ catalog: 'trial', epoch: 'e', programWord: 'python', admittedAtMs: START_MS, runs: 0, warnings: [], review }
})

async function room(...waiting: JobRecord[]) {
  const clock = new SimulatedClock(START_MS)
  const database = await Database.open({ memory: true }, () => clock.now())
  const jobs = await JobStore.open(database, () => 'log')
  const standing = await StandingApprovals.open(database, seededRandom(1))
  for (const job of waiting) await database.commit((draft) => jobs.add(draft, job))
  const ran: string[] = []
  const broken = { isBroken: false }
  const cancelled: string[] = []
  const fetched: string[] = []
  /** Jobs that would be refused, each with a promise that resolves when its end is stored. */
  const refused = new Map<string, PromiseWithResolvers<void>>()
  /** Accounts that are no longer stewards, and accounts that belong to one person. */
  const locked = new Set<string>()
  const same = new Map<string, string>()
  const stewards: ApprovalParts['stewards'] = {
    isSteward: (account) => !locked.has(account),
    isSamePerson: (one, other) => (same.get(one) ?? one) === (same.get(other) ?? other)
  }
  const runner: ApprovalParts['runner'] = {
    seats: { take: () => undefined },
    cancel: async ({ id }) => cancelled.push(id) > 0,
    enqueue: (job) => void ran.push(job.id),
    endPending: async (job, ending, before) => {
      await database.commit((draft) => {
        before?.(draft)
        if (broken.isBroken) throw new Error('the disk is full')
        jobs.change(draft, job, ending.state)
      })
    },
    objectionTo: async ({ id }) => (refused.has(id) ? 'few people distinguish the cohort' : undefined),
    refusePending: async (job) => {
      await refused.get(job.id)?.promise
      await database.commit((draft) => jobs.change(draft, job, 'blocked'))
    }
  }
  const parts: ApprovalParts = {
    ...{ clock, database, jobs, standing, runner, stewards, sandbox: undefined, needed: 2, expireMs: DAY_MS },
    events: createEvents({ level: 'silent', nodeId: 'test' }),
    files: { fetch: async (job) => void fetched.push(job.id) }
  }
  const approvals = await Approvals.open(parts)
  return { approvals, clock, database, jobs, parts, ran, standing, broken, cancelled, fetched, locked, same, refused }
}

/** A change whose preparation lasts until `end`. */
function heldIn(database: Database) {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  void database.commit(() => {
    begun.resolve()
    return ended.promise
  })
  return { begun: begun.promise, end: ended.resolve }
}

const yes = (by: string, terms?: StandingTerms) => ({
  ...{ by, approve: true, notes: '' },
  ...(terms === undefined ? {} : { standing: terms })
})
const no = (by: string) => ({ by, approve: false, notes: 'No.' })
const outcomes = async (words: Promise<unknown>[]) =>
  (await Promise.allSettled(words)).map((one) => (one.status === 'fulfilled' ? 'ok' : one.reason.code))

describe('a request that waits for stewards', () => {
  test('runs once when two agree in the same moment, and not for one who agrees twice', async () => {
    const { approvals, ran } = await room(jobOf('a'), jobOf('b'))
    assert.deepEqual(await outcomes(['sue', 'tom', 'kim'].map((by) => approvals.decide('a', yes(by)))), [
      'ok',
      'ok',
      'JOB_ENDED'
    ])
    assert.deepEqual(await outcomes(['sue', 'sue'].map((by) => approvals.decide('b', yes(by)))), [
      'ok',
      'PARAMETER_INVALID'
    ])
    assert.deepEqual(ran, ['a'])
    assert.deepEqual(approvals.seats.of('ada', 'peer'), { total: 1, ofRequester: 1, ofPeer: 1 })
  })

  test('is not ended by a no without a reason', async () => {
    const { approvals, jobs } = await room(jobOf('a'))
    await assert.rejects(approvals.decide('a', { by: 'sue', approve: false, notes: ' \n' }), {
      code: 'PARAMETER_INVALID',
      reason: /A denial needs a reason/
    })
    assert.equal((await jobs.get('a'))?.state, 'pending')
  })

  test('keeps what each steward wrote: an empty note does not replace another’s', () => {
    const word = (by: string, notes: string) => ({ by, notes, atMs: 0 })
    assert.equal(notesOf({ approvals: [word('sue', 'Fine for aggregates.'), word('tom', '')] }), 'Fine for aggregates.')
    assert.equal(
      notesOf({ approvals: [word('sue', 'Fine.'), word('tom', 'Twice\nkim: no')] }),
      'sue: Fine.\ntom: Twice kim: no',
      'nobody writes a line in another’s name'
    )
    assert.equal(
      notesOf({ approvals: [word('sue', 'Fine.')], denial: word('tom', 'Too few.') }),
      'sue: Fine.\ntom: Too few.'
    )
    assert.equal(notesOf({ approvals: [word('sue', '')] }), undefined)
    assert.equal(notesOf(undefined), undefined)
  })

  test('is ended by a no that comes in the same moment as the last yes, or runs, and never both', async () => {
    for (const words of [
      [yes('sue'), yes('tom'), no('kim')],
      [no('kim'), yes('sue'), yes('tom')],
      [yes('sue'), no('kim'), yes('tom')]
    ]) {
      const { approvals, ran, jobs } = await room(jobOf('a'))
      await outcomes(words.map((word) => approvals.decide('a', word)))
      const job = await jobs.get('a')
      assert.equal(job?.state, ran.length > 0 ? 'queued' : 'denied')
      assert.deepEqual(approvals.seats.of('ada', 'peer').total, 0)
    }
  })

  test('has its no and its end written together: a no that ended nothing could be overruled after a crash', async () => {
    const { approvals, jobs, broken, database, parts } = await room(jobOf('a'))
    broken.isBroken = true
    await assert.rejects(approvals.decide('a', no('sue')))
    assert.equal((await jobs.get('a'))?.review?.denial, undefined)
    assert.deepEqual(await database.auditLog.read({ limit: 10 }), [])
    // The request is still waiting, here and after a restart.
    assert.equal(approvals.waiting().length, 1)
    assert.equal((await Approvals.open(parts)).seats.of('ada', 'peer').total, 1)
    broken.isBroken = false
    await approvals.decide('a', no('sue'))
    assert.equal((await jobs.get('a'))?.state, 'denied')
    assert.deepEqual((await Approvals.open(parts)).waiting(), [])
  })

  test('does not count a steward who is one no more, when the last yes comes or when it is about to run', async () => {
    const { approvals, ran, locked, parts } = await room(jobOf('a'))
    await approvals.decide('a', yes('sue'))
    locked.add('sue')
    const job = await approvals.decide('a', yes('tom'))
    assert.deepEqual([job.state, job.review?.approvals.map(({ by }) => by)], ['pending', ['tom']])
    await approvals.decide('a', yes('kim'))
    assert.deepEqual([ran, approvals.stillAgreed('h')], [['a'], true])
    locked.add('kim')
    assert.equal(approvals.stillAgreed('h'), false)
    const again = await Approvals.open(parts)
    assert.equal(again.stillAgreed('h'), false)
    locked.delete('kim')
    assert.deepEqual([approvals.stillAgreed('h'), again.stillAgreed('h')], [true, true])
    assert.equal(again.stillAgreed('another'), false)
  })

  test('counts a person once, under whatever account, also where that came out later', async () => {
    const { approvals, ran, same } = await room(jobOf('a'))
    same.set('clinic:sue', 'sue')
    await approvals.decide('a', yes('sue'))
    await assert.rejects(approvals.decide('a', yes('clinic:sue')), { code: 'PARAMETER_INVALID' })
    await approvals.decide('a', yes('tom'))
    assert.deepEqual([ran, approvals.stillAgreed('h')], [['a'], true])
    same.set('tom', 'sue')
    assert.equal(approvals.stillAgreed('h'), false)
  })

  test('ends when nobody spoke in time, and cannot be agreed to afterwards', async () => {
    const { approvals, clock, jobs, ran } = await room(jobOf('a'))
    await approvals.decide('a', yes('sue'))
    await clock.advance(DAY_MS + 1)
    await assert.rejects(approvals.decide('a', yes('tom')), { code: 'APPROVAL_LAPSED' })
    await approvals.sweep()
    assert.equal((await jobs.get('a'))?.state, 'expired')
    await assert.rejects(approvals.decide('a', yes('tom')), { code: 'JOB_ENDED' })
    assert.deepEqual(ran, [])
  })

  test('that would be refused is ended before a steward can agree to it, and waits again where its end was not stored', async () => {
    const { approvals, database, jobs, ran, refused } = await room()
    for (const id of ['a', 'b', 'c']) await database.commit((draft) => jobs.add(draft, jobOf(id)))
    const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    refused.set('a', a).set('b', b)
    for (const id of ['a', 'b', 'c']) {
      approvals.seats.take('ada', 'peer')
      approvals.add(jobOf(id), {} as never)
    }
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(
      approvals.waiting().map(({ id }) => id),
      ['c']
    )
    await assert.rejects(approvals.decide('a', yes('sue')), { code: 'JOB_ENDED' })
    a.resolve()
    b.reject(new Error('the disk is full'))
    for (let turn = 0; turn < 1_000 && (await jobs.get('a'))?.state === 'pending'; turn++)
      await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([(await jobs.get('a'))?.state, (await jobs.get('b'))?.state], ['blocked', 'pending'])
    assert.deepEqual(
      approvals.waiting().map(({ id }) => id),
      ['c', 'b']
    )
    assert.equal(approvals.seats.of('ada', 'peer').total, 2)
    assert.deepEqual(ran, [])
  })

  test('is given up by its asker also in the moment of the last yes', async () => {
    const { approvals, database, jobs, ran, cancelled } = await room(jobOf('a'), jobOf('b'))
    await approvals.decide('a', yes('sue'))
    const job = await jobs.get('a')
    assert.ok(job)
    // In the writer's turn the request is removed from the waiting requests, but is not on disk while other changes of the
    // batch are being prepared.
    const before = heldIn(database)
    await before.begun
    const last = approvals.decide('a', yes('tom'))
    await jobs.get('a')
    const after = heldIn(database)
    before.end()
    await after.begun
    const given = approvals.cancel(job)
    await new Promise((resolve) => setImmediate(resolve))
    after.end()
    assert.equal(await given, true)
    await last
    assert.deepEqual([ran, cancelled], [['a'], ['a']])

    const b = await jobs.get('b')
    assert.ok(b)
    assert.deepEqual(await Promise.all([approvals.cancel(b), approvals.cancel(b)]), [true, false])
    assert.equal((await jobs.get('b'))?.state, 'cancelled')
    assert.equal(approvals.seats.of('ada', 'peer').total, 0)
  })

  test('keeps what was said over a restart', async () => {
    const { approvals, parts, ran } = await room(jobOf('a'))
    await approvals.decide('a', yes('sue'))
    const again = await Approvals.open(parts)
    await assert.rejects(again.decide('a', yes('sue')), { code: 'PARAMETER_INVALID' })
    await again.decide('a', yes('tom'))
    assert.deepEqual(ran, ['a'])
  })
})

describe('a standing approval', () => {
  const wide = standingTermsShape.parse({ runs: 10_000, days: 365, cohort: 'any', requester: 'any' })

  test('is given by all who must agree, on the same terms, and by nobody alone', async () => {
    const { approvals, standing, ran } = await room(jobOf('a'), jobOf('b'), jobOf('c'))
    await approvals.decide('a', yes('sue'))
    await assert.rejects(approvals.decide('a', yes('tom', wide)), { code: 'PARAMETER_INVALID' })
    await approvals.decide('a', yes('tom'))
    await approvals.decide('b', yes('sue', TERMS))
    await assert.rejects(approvals.decide('b', yes('tom', wide)), { code: 'PARAMETER_INVALID' })
    await approvals.decide('b', yes('tom'))
    assert.deepEqual(standing.list(), [])
    for (const by of ['sue', 'tom']) await approvals.decide('c', yes(by, TERMS))
    assert.deepEqual(
      standing.list().map(({ terms }) => terms),
      [TERMS]
    )
    assert.deepEqual(ran, ['a', 'b', 'c'])
  })

  async function granted(terms: StandingTerms, run: RunTerms = RUN) {
    const here = await room(jobOf('a', { ...REVIEW, run }))
    for (const by of ['sue', 'tom']) await here.approvals.decide('a', yes(by, terms))
    return {
      ...here,
      matches: (asked: RunTerms) => here.standing.match(asked, here.clock.now(), () => true) !== undefined
    }
  }

  const OTHERS: Record<keyof RunTerms, RunTerms[keyof RunTerms]> = {
    ...{ catalog: 'x', epoch: 'x', language: 'r', codeHash: 'x', cohortHash: 'x', outputsHash: 'x', filtersHash: 'x' },
    ...{ image: 'x', parameters: { years: 2 }, issuer: 'eve', purposeHash: 'x', project: 'x', privacyHash: 'x' },
    ...{ schemaHash: 'x', uploadsHash: 'x', wallTimeMsMax: 1, permit: 'x' }
  }
  for (const [name, value] of Object.entries(OTHERS)) {
    test(`does not cover another ${name}`, async () => {
      const { matches } = await granted(TERMS)
      assert.ok(matches(RUN))
      assert.equal(matches({ ...RUN, [name]: value }), false)
    })
  }

  test('under a permit covers no run without it', async () => {
    const { matches } = await granted(wide, { ...RUN, permit: 'FD-2026-1' })
    assert.ok(matches({ ...RUN, permit: 'FD-2026-1' }))
    assert.equal(matches(RUN), false)
  })

  test('covers nothing that it does not speak of, as one of an earlier version', async () => {
    const { purposeHash: _, ...older } = RUN
    const { matches } = await granted(wide, older as RunTerms)
    assert.equal(matches(RUN), false)
  })

  test('for any cohort and any requester covers these, and nothing else', async () => {
    const { matches } = await granted(wide)
    assert.ok(matches({ ...RUN, cohortHash: 'x', issuer: 'eve' }))
    for (const name of Object.keys(OTHERS).filter((one) => !['cohortHash', 'issuer'].includes(one))) {
      assert.equal(matches({ ...RUN, [name]: OTHERS[name as keyof RunTerms] }), false, name)
    }
  })

  test('lets a parameter be what was approved or within its bounds', async () => {
    const bounds = { years: { minimum: 1, maximum: 5 }, arm: { one_of: ['a', 'b', 1] } }
    const terms = standingTermsShape.parse({ runs: 2, days: 30, parameters: bounds })
    const approved = { years: 1, arm: 'a', fixed: { deep: [1] } }
    const { matches } = await granted(terms, { ...RUN, parameters: approved })
    const fits = (changes: object) => matches({ ...RUN, parameters: { ...approved, ...changes } })
    for (const good of [{}, { years: 5 }, { years: 2.5, arm: 'b' }, { arm: 1 }]) assert.ok(fits(good))
    for (const bad of [
      ...[{ years: 0 }, { years: 5.01 }, { years: '1' }, { years: null }, { years: Number.NaN }, { years: [1] }],
      ...[{ arm: 'c' }, { arm: '1' }, { arm: ['a'] }, { fixed: { deep: [2] } }, { fixed: undefined }, { more: 1 }]
    ]) {
      assert.equal(fits(bad), false, JSON.stringify(bad))
    }
    const { fixed: _, ...less } = approved
    assert.equal(matches({ ...RUN, parameters: less }), false)
    assert.equal(matches({ ...RUN, parameters: JSON.parse('{"years":1,"arm":"a","__proto__":{}}') }), false)
  })

  test('holds while those who granted it are stewards', async () => {
    const { approvals, locked } = await granted(TERMS)
    const plan = {
      ...{ catalog: { descriptor: { name: 'trial' }, epoch: 'e' }, program: { kind: 'sql', sql: '' }, schema: null },
      ...{ cohort: null, outputs: [], filters: {}, parameters: {}, project: '', privacy: null, uploads: [] }
    }
    const checked = { opened: { issuer: 'ada' }, request: { purpose: [], wallTimeMsMax: 0 } }
    const { run } = await approvals.factsOf(checked as never, plan as never)
    const own = await room(jobOf('b', { ...REVIEW, run }))
    for (const by of ['sue', 'tom']) await own.approvals.decide('b', yes(by, TERMS))
    assert.ok((await own.approvals.factsOf(checked as never, plan as never)).standing)
    own.locked.add('tom')
    assert.equal((await own.approvals.factsOf(checked as never, plan as never)).standing, undefined)
    assert.equal(locked.size, 0)
  })

  test('has as many runs as it has, however many ask in the same moment', async () => {
    const { approvals, database, standing } = await granted(TERMS)
    const id = standing.list()[0]?.id ?? ''
    const uses = [1, 2, 3].map(() => database.commit((draft) => approvals.use(draft, id)))
    assert.deepEqual(await outcomes(uses), ['ok', 'ok', 'APPROVAL_LAPSED'])
    assert.equal(
      standing.match(RUN, START_MS, () => true),
      undefined
    )
  })

  test('gets a run back where the job that took it was not stored', async () => {
    const { approvals, database, standing } = await granted(TERMS)
    const id = standing.list()[0]?.id ?? ''
    const failing = database.commit((draft) => {
      approvals.use(draft, id)
      throw new Error('not stored')
    })
    await assert.rejects(failing)
    assert.equal(standing.list()[0]?.runsLeft, 2)
  })

  test('that was taken back in the same moment lets nothing run, now and after a restart', async () => {
    const { approvals, database, standing } = await granted(TERMS)
    const id = standing.list()[0]?.id ?? ''
    const revoked = database.commit((draft) => standing.revoke(draft, id, 'sue'))
    const used = database.commit((draft) => approvals.use(draft, id))
    assert.deepEqual(await outcomes([revoked, used]), ['ok', 'APPROVAL_LAPSED'])
    assert.deepEqual((await StandingApprovals.open(database, seededRandom(2))).list(), [])
  })

  test('ends by its time', async () => {
    const { clock, matches } = await granted(TERMS)
    await clock.advance(30 * DAY_MS - 1)
    assert.ok(matches(RUN))
    await clock.advance(1)
    assert.equal(matches(RUN), false)
  })
})

test('what an approval is bound to is what the API says it is, so that a page can show all of it', async () => {
  const { approvals } = await room()
  const plan = {
    ...{ catalog: { descriptor: { name: 'trial' }, epoch: 'e' }, program: { kind: 'sql', sql: 'SELECT 1' } },
    ...{ outputs: [], filters: {}, parameters: {}, privacy: {}, schema: {}, uploads: [], project: '' }
  }
  const checked = { opened: { issuer: 'ada' }, request: { purpose: [], permit: 'FD-2026-1', wallTimeMsMax: 0 } }
  const { run } = await approvals.factsOf(checked as never, plan as never)
  assert.deepEqual(Object.keys(run).sort(), Object.keys(BOUND_TO).sort())
})
