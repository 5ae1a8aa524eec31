/** A run of the directory world: peers at rest, newcomers, departures, a revocation and a cut; and what it shows. */
import { withSeededPlatform } from './dice.ts'
import { DIRECTORY_FAULTS, type DirectoryFaults, DirectoryWorld } from './directory.ts'
import type { DirectoryNode } from './directory-node.ts'

const MINUTE_MS = 60_000
/** Within this time after a newcomer has come, all list it and it lists all. */
const COMPLETE_MS = 60_000
/** Waits between comparisons have their longest length by then. */
const WARM_MS = 50_000
/** Past this size, only rest and one newcomer are looked at. */
const LARGE = 2_000

export interface DirectoryRun {
  readonly seed: number
  readonly peers: number
  /** Time at rest over which messages are counted, minutes. */
  readonly minutes: number
  readonly faults?: DirectoryFaults
  readonly say?: (line: string) => void
}

export interface DirectoryFound {
  readonly messagesPerHour: number
  readonly kilobytesPerHour: number
  /** Messages per peer while a newcomer becomes known, on average. */
  readonly messagesPerJoin: number
  /** Time until each newcomer was complete, ms. */
  readonly joinsMs: readonly number[]
  readonly breaches: readonly string[]
  readonly events: number
  readonly trace: string
}

/** Runs the world. What breaks a promise is a breach. */
export function runDirectory(run: DirectoryRun): Promise<DirectoryFound> {
  return withSeededPlatform(run.seed, () => inWorld(run))
}

async function inWorld(run: DirectoryRun): Promise<DirectoryFound> {
  const { peers, minutes, faults = DIRECTORY_FAULTS, say = () => undefined } = run
  const world = await DirectoryWorld.settled(run.seed, peers, faults)
  const breaches: string[] = []
  say(`${peers} peers are settled`)
  await world.time.pass(WARM_MS)
  world.countAnew()
  await world.time.pass(minutes * MINUTE_MS)
  const perHour = 60 / minutes / peers
  const [messagesPerHour, kilobytesPerHour] = [world.messages * perHour, (world.bytes * perHour) / 1_000]
  say(`${minutes} minutes at rest: ${Math.round(messagesPerHour)} messages per peer and hour`)
  const isLarge = peers > LARGE
  const joins = []
  for (let at = 0; at < (isLarge ? 1 : 3); at++) {
    // While others leave.
    if (at > 0) for (const node of world.dice.some(world.up(), Math.ceil(peers / 100))) world.leave(node)
    joins.push(await joinOne(world, breaches))
    say(`a newcomer is complete after ${joins.at(-1)?.ms} ms`)
  }
  if (!isLarge) {
    await revokeOne(world, breaches)
    say('a revoked peer is gone')
    await cutOff(world, breaches)
    say('a cut has healed')
  }
  const [events, trace] = [world.time.events, world.trace()]
  await world.stop()
  const joinsMs = joins.map(({ ms }) => ms)
  const messagesPerJoin = joins.reduce((sum, { messages }) => sum + messages, 0) / joins.length
  breaches.push(...world.breaches)
  return { messagesPerHour, kilobytesPerHour, messagesPerJoin, joinsMs, breaches, events, trace }
}

async function joinOne(world: DirectoryWorld, breaches: string[]): Promise<{ ms: number; messages: number }> {
  const before = world.messages
  const node = await world.join()
  const ms = await world.until(() => isComplete(world, node), COMPLETE_MS)
  if (ms === undefined) {
    const lacking = world.up().filter((other) => !other.store.get(node.id)).length
    const unknown = world.up().filter(({ id }) => !node.store.get(id)).length
    breaches.push(`${COMPLETE_MS} ms after a newcomer came, ${lacking} do not list it and it does not list ${unknown}`)
  }
  return { ms: ms ?? Number.POSITIVE_INFINITY, messages: (world.messages - before) / world.up().length }
}

function isComplete(world: DirectoryWorld, node: DirectoryNode): boolean {
  return world.up().every((other) => other.store.get(node.id) !== undefined && node.store.get(other.id) !== undefined)
}

/** Wall: a peer that has heard of the revocation of another lists it no more. */
async function revokeOne(world: DirectoryWorld, breaches: string[]): Promise<void> {
  const node = world.dice.oneOf(world.up())
  world.revoke(node)
  for (let second = 0; second < 60; second++) {
    // Not after every event, of which there are more with every peer, as there are more peers to look at.
    await world.time.pass(1_000)
    const listing = world.up().filter((other) => other.revoked.has(node.id) && other.store.get(node.id))
    if (listing.length > 0 && breaches.length < 100)
      breaches.push(`${listing.length} list a peer that they know is revoked`)
  }
  const deaf = world.up().filter((other) => other !== node && !other.revoked.has(node.id)).length
  if (deaf > 0) breaches.push(`${deaf} have not heard of a revocation`)
  world.leave(node)
}

/** For a minute, half of the peers hear nothing of the others, and a newcomer comes to one half. */
async function cutOff(world: DirectoryWorld, breaches: string[]): Promise<void> {
  const half = world.dice.some(world.up(), Math.floor(world.up().length / 2))
  world.cut(half)
  const node = await world.join()
  await world.time.pass(MINUTE_MS)
  world.cut([])
  const ms = await world.until(() => isComplete(world, node), COMPLETE_MS)
  if (ms === undefined) breaches.push(`${COMPLETE_MS} ms after a cut has healed, the directory is not complete`)
}
