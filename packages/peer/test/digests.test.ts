import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type RandomSource, type Signer, SimulatedClock, seal, signerFromSeed } from '@stimnet/protocol'
import type { Alert } from '../src/events.ts'
import { createEvents } from '../src/events.ts'
import { type Digest, type DigestFacts, DIGEST_LIFETIME_MS, sealDigest, SEQUENCE_STEP } from '../src/digests/digest.ts'
import { Spread } from '../src/digests/spread.ts'
import { DigestStore } from '../src/digests/store.ts'

const START_MS = 1_800_000_000_000
const HOUR_MS = 3_600_000
const CHARTER = 'c'.repeat(64)

const signerAt = (at: number): Promise<Signer> => signerFromSeed(new Uint8Array(32).fill(at))
const [ada, bob, carol, dan] = (await Promise.all([1, 2, 3, 4].map(signerAt))) as [Signer, Signer, Signer, Signer]

const aboutOf = (nodeId: string) => ({
  ...{ nodeId, institution: `Institution ${nodeId}`, version: '1', catalogs: ['demo'] },
  ...{ sandbox: 'none', sandboxEngine: 'none', sandboxGrade: 'none', languages: [] }
})

const factsOf = (nodeId: string, changes: Partial<DigestFacts> = {}): DigestFacts => ({
  ...{ sequence: START_MS, about: aboutOf(nodeId), addresses: ['/ip4/127.0.0.1/tcp/1'] },
  ...{ catalogsHash: 'h', charter: CHARTER, open: false, ...changes }
})

const sealedBy = (signer: Signer, clock: SimulatedClock, changes: Partial<DigestFacts> = {}): Promise<Digest> =>
  sealDigest(factsOf(signer.id.slice(-4), changes), { signer, clock })

/** The store of a peer in a federation of everybody except the peers in `strangers`. */
function storeOf(
  clock: SimulatedClock,
  self: string,
  { strangers = [] as string[], charter = CHARTER } = {}
): DigestStore {
  const isMember = (peerId: string) => !strangers.includes(peerId)
  return new DigestStore(clock, { self, permits: isMember, charter, isMember })
}

describe('the digests that a peer keeps', () => {
  it('are the newest of each member, until they expire', async () => {
    const clock = new SimulatedClock(START_MS)
    const store = storeOf(clock, ada.id)
    const first = await sealedBy(bob, clock)
    assert.equal((await store.offer(first.sealed)).kind, 'kept')
    assert.equal((await store.offer(first.sealed)).kind, 'ignored', 'it is known')
    clock.advance(SEQUENCE_STEP)
    const second = await sealedBy(bob, clock, { sequence: START_MS + SEQUENCE_STEP })
    assert.equal((await store.offer(second.sealed)).kind, 'kept')
    assert.equal(store.get(bob.id)?.sequence, START_MS + SEQUENCE_STEP)
    assert.equal((await store.offer(first.sealed)).kind, 'ignored', 'it is stale')
    const hasty = await sealedBy(bob, clock, { sequence: START_MS + SEQUENCE_STEP + 1 })
    assert.equal((await store.offer(hasty.sealed)).kind, 'ignored', 'one peer has news only every ten seconds')
    clock.advance(DIGEST_LIFETIME_MS + 1)
    assert.deepEqual([store.get(bob.id), store.all()], [undefined, []])
  })

  it('are news where they say something that was not known, and not where they only last longer', async () => {
    const clock = new SimulatedClock(START_MS)
    const store = storeOf(clock, ada.id)
    const isNews = async (after: number, changes: Partial<DigestFacts> = {}) => {
      const digest = await sealedBy(bob, clock, { sequence: START_MS + after * SEQUENCE_STEP, ...changes })
      const verdict = await store.offer(digest.sealed)
      return verdict.kind === 'kept' ? verdict.isNews : verdict.kind
    }
    assert.equal(await isNews(0), true, 'nobody has heard of it')
    assert.equal(await isNews(1), false)
    assert.equal(await isNews(2, { addresses: ['/ip4/127.0.0.1/tcp/2'] }), true)
    assert.equal(await isNews(3, { addresses: ['/ip4/127.0.0.1/tcp/2'], catalogsHash: 'other' }), true)
    clock.advance(DIGEST_LIFETIME_MS + 1)
    const after = Math.ceil((DIGEST_LIFETIME_MS + 1) / SEQUENCE_STEP)
    assert.equal(
      await isNews(after, { addresses: ['/ip4/127.0.0.1/tcp/2'], catalogsHash: 'other' }),
      true,
      'it was forgotten'
    )
  })

  it('are found by their marks, whatever came and went', async () => {
    const clock = new SimulatedClock(START_MS)
    const store = storeOf(clock, ada.id)
    const signers = await Promise.all(Array.from({ length: 30 }, (_, at) => signerAt(at + 10)))
    const first = await Promise.all(signers.map((signer) => sealedBy(signer, clock)))
    for (const { sealed } of first) await store.offer(sealed)
    const renewed = await Promise.all(
      signers.slice(0, 20).map((signer) => sealedBy(signer, clock, { sequence: START_MS + SEQUENCE_STEP }))
    )
    for (const { sealed } of renewed) await store.offer(sealed)
    const marks = store.all().map(({ mark }) => mark)
    assert.deepEqual(marks, [...renewed, ...first.slice(20)].map(({ mark }) => mark).sort())
    assert.ok(marks.every((mark) => store.has(mark)))
    assert.ok(first.slice(0, 20).every(({ mark }) => !store.has(mark)))
  })

  it('are wanted of another peer where they are not known, in whatever order it names them', async () => {
    const clock = new SimulatedClock(START_MS)
    const store = storeOf(clock, ada.id, { strangers: [dan.id] })
    const signers = await Promise.all(Array.from({ length: 20 }, (_, at) => signerAt(at + 10)))
    const digests = await Promise.all([...signers, dan].map((signer) => sealedBy(signer, clock)))
    // Every third one is not known. That of a stranger is ignored, and not asked for again.
    const known = digests.filter((_, at) => at % 3 > 0 || at === 20)
    for (const { sealed } of known) await store.offer(sealed)
    const marks = digests.map(({ mark }) => mark).sort()
    for (const named of [marks, marks.toReversed(), [...marks.slice(7), ...marks.slice(0, 7)], [...marks, ...marks]]) {
      const expected = named.filter((mark) => !known.some((digest) => digest.mark === mark))
      assert.deepEqual(store.unknown(named), expected)
    }
  })

  it('are judged one by one: to learn of one more peer costs no look at all others', async () => {
    const clock = new SimulatedClock(START_MS)
    let looks = 0
    const permits = () => {
      looks += 1
      return true
    }
    const store = new DigestStore(clock, { self: ada.id, permits, charter: CHARTER, isMember: () => true })
    const signers = await Promise.all(Array.from({ length: 60 }, (_, at) => signerAt(at + 10)))
    for (const signer of signers) await store.offer((await sealedBy(signer, clock)).sealed)
    assert.equal(store.all().length, 60)
    assert.ok(looks <= 60 * 3, `${looks} looks at 60 peers`)
  })

  it('are no more than there are places, those of revoked and silent peers not counted', async () => {
    const clock = new SimulatedClock(START_MS)
    const revoked = new Set<string>()
    const isMember = (peerId: string) => !revoked.has(peerId)
    const store = new DigestStore(clock, { self: ada.id, permits: isMember, charter: CHARTER, isMember }, { most: 2 })
    const [first, second, third] = await Promise.all([bob, carol, dan].map((signer) => sealedBy(signer, clock)))
    const kinds = async () => (await store.offer(third?.sealed ?? new Uint8Array())).kind
    await store.offer(first?.sealed ?? new Uint8Array())
    await store.offer(second?.sealed ?? new Uint8Array())
    assert.equal(await kinds(), 'ignored')
    revoked.add(bob.id)
    store.reconsider()
    assert.equal(await kinds(), 'kept')
  })

  it('are refused with a code if they are forged, too long, too large, or of another type', async () => {
    const clock = new SimulatedClock(START_MS)
    const store = storeOf(clock, ada.id)
    const codeOf = async (sealed: Uint8Array) => {
      const verdict = await store.offer(sealed)
      return verdict.kind === 'refused' ? verdict.code : verdict.kind
    }
    const { sealed } = await sealedBy(bob, clock)
    const text = new TextDecoder().decode(sealed)
    const [header, payload, signature = ''] = text.split('.')
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    assert.equal(await codeOf(new TextEncoder().encode(forged)), 'SIGNATURE_INVALID')
    assert.equal(await codeOf(new Uint8Array(9_000)), 'TOO_LARGE')
    assert.equal(await codeOf(Uint8Array.of(1, 2, 3)), 'MALFORMED')
    const ahead = await sealedBy(bob, clock, { sequence: START_MS + HOUR_MS })
    assert.equal(await codeOf(ahead.sealed), 'NOT_YET_VALID', 'its number would outlive every honest one')
    const hello = await seal({ type: 'hello', body: new Uint8Array(), signer: bob, clock, lifetimeMs: 1_000 })
    assert.equal(await codeOf(hello.bytes), 'TYPE_MISMATCH')
    const lasting = await seal({ type: 'digest', body: new Uint8Array(), signer: bob, clock, lifetimeMs: 48 * HOUR_MS })
    assert.equal(await codeOf(lasting.bytes), 'LIFETIME_TOO_LONG')
    assert.deepEqual(store.all(), [])
  })

  it('two of one peer with the same number are a conflict, reported once, and the first stays', async () => {
    const clock = new SimulatedClock(START_MS)
    const store = storeOf(clock, ada.id)
    const [one, other, third] = (await Promise.all(
      ['one', 'other', 'third'].map((catalogsHash) => sealedBy(bob, clock, { catalogsHash }))
    )) as [Digest, Digest, Digest]
    await store.offer(one.sealed)
    assert.deepEqual(await store.offer(other.sealed), { kind: 'conflict', peerId: bob.id })
    assert.equal((await store.offer(other.sealed)).kind, 'ignored')
    assert.equal((await store.offer(third.sealed)).kind, 'ignored')
    assert.equal(store.get(bob.id)?.catalogsHash, 'one')
  })

  it('of a stranger are not kept, and those of a revoked member are gone at once', async () => {
    const clock = new SimulatedClock(START_MS)
    const strangers = [dan.id]
    const store = storeOf(clock, ada.id, { strangers })
    await store.offer((await sealedBy(bob, clock)).sealed)
    const stranger = await sealedBy(dan, clock)
    assert.equal((await store.offer(stranger.sealed)).kind, 'ignored')
    strangers.push(bob.id)
    assert.deepEqual([store.get(bob.id), store.all(), store.for(carol.id)], [undefined, [], []])
    strangers.splice(0)
    assert.equal((await store.offer(stranger.sealed)).kind, 'ignored', 'it is not looked at again')
    store.reconsider()
    assert.equal((await store.offer(stranger.sealed)).kind, 'kept', 'it was admitted meanwhile')
  })

  it('are passed on only to whom their own peer would tell the same', async () => {
    const clock = new SimulatedClock(START_MS)
    const toWhom = async (changes: Partial<DigestFacts>, options: Parameters<typeof storeOf>[2] = {}) => {
      const store = storeOf(clock, ada.id, options)
      await store.offer((await sealedBy(bob, clock, changes)).sealed)
      return [bob, carol, dan].filter(({ id }) => store.for(id).length > 0).map(({ id }) => id)
    }
    assert.deepEqual(await toWhom({}), [bob.id, carol.id, dan.id], 'members of the same federation')
    assert.deepEqual(await toWhom({}, { strangers: [dan.id] }), [bob.id, carol.id], 'not who left it')
    assert.deepEqual(await toWhom({ charter: 'd'.repeat(64) }), [bob.id], 'not another federation’s')
    assert.deepEqual(await toWhom({}, { charter: '' }), [bob.id], 'not where there is no federation')
    assert.deepEqual(await toWhom({ charter: '' }), [bob.id], 'nobody knows whom its list permits')
    assert.deepEqual(await toWhom({ charter: '', open: true }, { charter: '' }), [bob.id, carol.id, dan.id])
  })
})

/** Numbers that look random and are the same in every run. */
function randomFrom(seed: number): RandomSource {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 16
  }
  return { bytes: (count) => Uint8Array.from({ length: count }, next) }
}

/** Peers that exchange digests without a network: each calls the others directly. */
async function spreads(clock: SimulatedClock, signers: readonly Signer[]) {
  const random = randomFrom(7)
  const alerts: Alert[] = []
  const events = { ...createEvents({ level: 'silent', nodeId: 'x' }), alert: (alert: Alert) => void alerts.push(alert) }
  const ids = signers.map(({ id }) => id)
  const peers = new Map<string, { store: DigestStore; spread: Spread; asked: number }>()
  for (const signer of signers) {
    const store = storeOf(clock, signer.id)
    const spread = new Spread({
      ...{ store, clock, random, events, self: signer.id, sign: { signer, clock } },
      facts: () => factsOf(signer.id.slice(-4)),
      ask: async (peerId, question) => {
        const other = peers.get(peerId)
        if (!other) throw new Error('not there')
        other.asked += 1
        const asked = { root: '', digests: [], wanted: new Uint8Array(), ...question } as never
        return {
          root: '',
          marks: new Uint8Array(),
          digests: [],
          ...(await other.spread.answer(asked, signer.id))
        } as never
      },
      // Each peer has three neighbours, in a ring.
      connected: () =>
        [1, 2, 5]
          .map((step) => ids[(ids.indexOf(signer.id) + step) % ids.length] ?? '')
          .filter((id) => id !== signer.id && peers.has(id)),
      members: () => [],
      onKept: () => Promise.resolve()
    })
    peers.set(signer.id, { store, spread, asked: 0 })
  }
  return { peers, alerts }
}

/** Lets simulated time pass in small steps, so that every wait ends in order. */
async function pass(clock: SimulatedClock, ms: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs)
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Lets simulated time pass until the claim is true. The amount of time depends on how fast this machine signs. */
async function passUntil(clock: SimulatedClock, claim: () => boolean, what: string): Promise<void> {
  for (let step = 0; step < 400; step++) {
    if (claim()) return
    await pass(clock, 250)
  }
  assert.fail(`never: ${what}`)
}

describe('the spread of digests', () => {
  it('reaches all of 24 peers over three neighbours each within seconds, and then is nearly silent', async () => {
    const clock = new SimulatedClock(START_MS)
    const signers = await Promise.all(Array.from({ length: 24 }, (_, at) => signerAt(at + 1)))
    const { peers, alerts } = await spreads(clock, signers)
    for (const { spread } of peers.values()) spread.start()
    try {
      const knowAll = () => [...peers.values()].every(({ store }) => store.all().length === 24)
      await passUntil(clock, knowAll, 'each knows all')
      await pass(clock, 60_000, 2_000)
      for (const peer of peers.values()) peer.asked = 0
      await pass(clock, 120_000, 2_000)
      const asked = [...peers.values()].reduce((sum, peer) => sum + peer.asked, 0)
      assert.ok(asked <= 24 * 8, `${asked} messages of 24 peers in two quiet minutes`)
      assert.deepEqual(alerts, [])
    } finally {
      await Promise.all([...peers.values()].map(({ spread }) => spread.stop()))
    }
  })

  it('stops in the middle of a comparison where its members are revoked meanwhile', async () => {
    const clock = new SimulatedClock(START_MS)
    const strangers: string[] = []
    const store = storeOf(clock, ada.id, { strangers })
    const signers = await Promise.all(Array.from({ length: 70 }, (_, at) => signerAt(at + 10)))
    for (const signer of signers) await store.offer((await sealedBy(signer, clock)).sealed)
    const sent: number[] = []
    const spread = new Spread({
      ...{ store, clock, random: randomFrom(7), events: createEvents({ level: 'silent', nodeId: 'x' }), self: ada.id },
      ...{ sign: { signer: ada, clock }, facts: () => factsOf('ada'), connected: () => [], members: () => [] },
      ask: async (_, { digests }) => {
        sent.push(digests?.length ?? 0)
        if (sent.length === 2) strangers.push(...signers.map(({ id }) => id))
        return { root: 'another', marks: new Uint8Array(), digests: [] } as never
      },
      onKept: () => Promise.resolve()
    })
    await spread.met(bob.id)
    assert.deepEqual(sent, [0, 64, 0])
  })

  it('goes on after a restart that forgot the last number, and after a message that is too large', async () => {
    const clock = new SimulatedClock(START_MS)
    const { peers, alerts } = await spreads(clock, [ada, bob])
    const [one, other] = [peers.get(ada.id), peers.get(bob.id)]
    assert.ok(one && other)
    // Bob knows a digest that Ada signed five seconds before her restart.
    await other.store.offer((await sealedBy(ada, clock, { sequence: START_MS + 5_000 })).sealed)
    const many = Array.from({ length: 100_000 }, () => new Uint8Array(1))
    const flood = { root: '', digests: many, wanted: new Uint8Array() }
    await assert.rejects(other.spread.answer(flood, ada.id), { code: 'MALFORMED' })
    const marks = { root: '', digests: [], wanted: new Uint8Array(8 * 100_000) }
    await assert.rejects(other.spread.answer(marks, ada.id), { code: 'MALFORMED' })
    const forged = {
      root: '',
      digests: Array.from({ length: 60 }, (_, at) => Uint8Array.of(at)),
      wanted: new Uint8Array()
    }
    await other.spread.answer(forged, ada.id)
    // There is one alert per minute, however many digests are refused.
    assert.deepEqual(
      alerts.map(({ kind, actor, detail }) => [kind, actor, detail]),
      [['digest-refused', ada.id, 'MALFORMED']]
    )
    for (const { spread } of peers.values()) spread.start()
    try {
      const isHigher = () => (other.store.get(ada.id)?.sequence ?? 0) >= START_MS + 5_000 + SEQUENCE_STEP
      await passUntil(clock, isHigher, 'Ada takes a higher number')
      assert.equal(one.store.get(bob.id)?.peerId, bob.id)
    } finally {
      await Promise.all([...peers.values()].map(({ spread }) => spread.stop()))
    }
  })
})
