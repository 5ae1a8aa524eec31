/** Attacks on the envelope of a request (signer, audience, times, replays), sent over the mesh by another institution. */
import { jobExchange } from '@stimnet/mesh'
import {
  type Clock,
  cryptographicRandom,
  messages,
  open,
  programToMessage,
  type Signer,
  seal,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import { type Attack, mustHold, NOTHING_LEFT } from '../attack.ts'
import { TARGET_ALONE } from '../fixture.ts'
import { researcherKey, type World } from '../world.ts'

const COUNT = 'SELECT COUNT(DISTINCT id) AS n FROM people'

interface Statement {
  readonly signer?: Signer
  readonly clock?: Clock
  readonly lifetimeMs?: number
  readonly sql?: string
  readonly audience?: readonly string[]
  readonly custody?: string
  readonly carrier?: string
}

async function sealed(world: World, catalog: string, statement: Statement = {}): Promise<Uint8Array> {
  const { signer = await researcherKey(), clock = systemClock, lifetimeMs = 60_000, sql = COUNT } = statement
  return seal({
    type: 'job-request',
    body: messages.JobRequest.encode({
      custody: statement.custody ?? 'requester',
      carrier: statement.carrier ?? '',
      catalog,
      program: programToMessage({ kind: 'sql', sql })
    }),
    signer,
    clock,
    audience: [...(statement.audience ?? [world.peers.large.peerId])],
    lifetimeMs
  }).then(({ bytes }) => bytes)
}

/** The large site's decision on a request that another institution delivers. */
async function decision(world: World, through: 'small' | 'tiny', request: Uint8Array) {
  const signal = AbortSignal.timeout(60_000)
  const { large } = world.peers
  const answer = await world.peers[through].mesh.ask(jobExchange, large.peerId, { request }, { signal })
  const opened = await open(answer.decision, { type: 'decision', issuer: large.peerId, clock: systemClock })
  const { allowed, code, reason } = messages.Decision.decode(opened.body)
  return { allowed, code, reason }
}

const shifted = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms })

export const REPLAY_ATTACKS: readonly Attack[] = [
  {
    ...NOTHING_LEFT,
    id: 'R67',
    attack:
      'A signed request again: by another carrier, from the past, from the future, for too long, for somebody else',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const request = await sealed(world, catalog)
      const first = await decision(world, 'small', request)
      mustHold(first.allowed, `the first was refused: ${first.code}`)
      const seen = [
        await decision(world, 'tiny', request),
        await decision(world, 'small', await sealed(world, catalog, { clock: shifted(-3_600_000) })),
        await decision(world, 'small', await sealed(world, catalog, { clock: shifted(3_600_000) })),
        await decision(world, 'small', await sealed(world, catalog, { lifetimeMs: 3_600_000 })),
        await decision(world, 'small', await sealed(world, catalog, { audience: [] })),
        await decision(world, 'small', await sealed(world, catalog, { audience: [world.peers.small.peerId] }))
      ]
      const found = seen.findIndex(({ allowed }) => allowed)
      mustHold(found < 0, `attempt ${found + 1} was admitted`)
      return { outcome: 'REFUSE', seen }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'R67b',
    attack: 'A key that nobody listed; the same key, said to be an account of a listed gateway that is not the carrier',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      // The same key in both worlds, so that the refusals are comparable.
      const signer = await signerFromSeed(new Uint8Array(32).fill(66))
      const seen = [
        await decision(world, 'small', await sealed(world, catalog, { signer })),
        await decision(world, 'small', await sealed(world, catalog, { signer, sql: `${COUNT} WHERE ${TARGET_ALONE}` })),
        await decision(world, 'small', await sealed(world, 'c_not_there', { signer }))
      ]
      mustHold(
        seen.every(({ code }) => code === 'REQUESTER_NOT_PERMITTED'),
        'a stranger learns more than that he is one'
      )
      return { outcome: 'REFUSE', seen }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'R67c',
    attack: 'A request changed on its way: other SQL under the same signature, another signature, cut short',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const [header, body, signature] = new TextDecoder().decode(await sealed(world, catalog)).split('.')
      const other = new TextDecoder().decode(await sealed(world, catalog, { sql: `${COUNT} WHERE ${TARGET_ALONE}` }))
      const [, otherBody] = other.split('.')
      const forged = [
        `${header}.${otherBody}.${signature}`,
        `${header}.${body}.${Buffer.from(cryptographicRandom.bytes(64)).toString('base64url')}`,
        `${header}.${body}.`,
        `${header}.${body?.slice(0, -8)}.${signature}`
      ]
      const seen = []
      for (const text of forged) seen.push(await decision(world, 'small', new TextEncoder().encode(text)))
      const found = seen.findIndex(({ allowed }) => allowed)
      mustHold(found < 0, `forgery ${found + 1} was admitted`)
      return { outcome: 'REFUSE', seen }
    }
  },
  {
    ...NOTHING_LEFT,
    id: 'R67e',
    attack:
      'One of two institutions asked brings the request to the other first; so does one where it names no carrier',
    expected: 'REFUSE',
    run: async (world, catalog) => {
      const { large, small, tiny } = world.peers
      const audience = [large.peerId, tiny.peerId]
      const request = await sealed(world, catalog, { audience, carrier: small.peerId })
      const seen = [
        await decision(world, 'tiny', request),
        await decision(world, 'tiny', await sealed(world, catalog, { audience }))
      ]
      mustHold(
        seen.every(({ code }) => code === 'CARRIER_MISMATCH'),
        'a co-target was heard'
      )
      const own = await decision(world, 'small', request)
      mustHold(own.allowed, `its own carrier was refused: ${own.code}`)
      return { outcome: 'REFUSE', seen }
    }
  }
]
