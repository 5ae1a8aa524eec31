/**
 * Reservations at relays. The library requests a reservation once; after a relay has restarted, or the network was down, it
 * does not repeat the request. So each relay is asked here repeatedly: soon after a failure, every few minutes after an
 * answer.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { type Clock, type RandomSource, StimnetError } from '@stimnet/protocol'
import { backOffMs } from '../connect/limits/back-off.ts'
import type { Links } from '../connect/links.ts'
import type { MeshNode } from '../connect/node.ts'
import { type Circuits, RELAY_PROTOCOL, relayOf } from '../connect/relay/circuits.ts'
import { wayOutReason } from '../connect/web/way-out.ts'
import { unlessAborted } from '../connect/unless-aborted.ts'
import type { MeshEvents, MeshTiming, RelayState } from '../mesh.ts'

/** Maximum time to connect to a relay and to get its answer, ms. */
const RESERVE_MS_MAX = 10_000
/** Interval at which a relay that has answered is asked again, ms. A reservation is valid for ten minutes. */
const RENEW_MS = 3 * 60_000
/** Maximum wait during the first minute or so without the relay, ms. Afterwards it is `redialMsMax`. */
const SOON_MS_MAX = 1_500
const SOON_TRIES = 30

/** Dependencies of `Reservations`. */
export interface ReservationsDeps {
  readonly relays: readonly string[]
  readonly circuits: Circuits
  readonly node: MeshNode
  readonly links: Links
  readonly clock: Clock
  readonly random: RandomSource
  readonly timing: Pick<MeshTiming, 'redialMs' | 'redialMsMax'>
  readonly stopping: AbortSignal
  readonly permits: (peerId: string) => boolean
  readonly events: Pick<MeshEvents, 'relayReserved' | 'relayLost'>
  /** Called when a reservation began or ended. */
  readonly changed: () => void
}

interface Relay {
  readonly peerId: string
  readonly address: string
  sinceMs: number | null
  why: string
  wake: AbortController
}

/** Keeps the reservations of a mesh at all of its relays. Others reach this peer through any of them. */
export class Reservations {
  readonly #deps: ReservationsDeps
  readonly #relays: readonly Relay[]

  constructor(deps: ReservationsDeps) {
    this.#deps = deps
    this.#relays = deps.relays.map((address) => {
      const peerId = relayOf(address).toString()
      return { peerId, address, sinceMs: null, why: '', wake: new AbortController() }
    })
    deps.circuits.onLost((peerId) => this.#lost(peerId))
  }

  states(): RelayState[] {
    return this.#relays.map(({ peerId, address, sinceMs, why }) => ({ peerId, address, sinceMs, why }))
  }

  /** Whether the peer is one of the relays to which the connection is kept. */
  isRelay(peerId: string): boolean {
    return this.#relays.some((relay) => relay.peerId === peerId)
  }

  /** Whether others reach this peer through at least one relay. */
  get isReserved(): boolean {
    return this.#relays.some(({ sinceMs }) => sinceMs !== null)
  }

  /** Keeps the reservations until the mesh stops. */
  async run(): Promise<void> {
    await Promise.all(this.#relays.map((relay) => this.#keep(relay)))
  }

  async #keep(relay: Relay): Promise<void> {
    const { clock, stopping } = this.#deps
    for (let failures = 0; !stopping.aborted; ) {
      relay.wake = new AbortController()
      const why = await this.#reserve(relay)
      if (stopping.aborted) return
      this.#note(relay, why)
      failures = why === '' ? 0 : failures + 1
      const waitMs = why === '' ? RENEW_MS : this.#waitMs(failures)
      await clock.sleep(waitMs, AbortSignal.any([stopping, relay.wake.signal])).catch(() => {})
    }
  }

  #waitMs(failures: number): number {
    const { timing, random } = this.#deps
    const msMax = failures < SOON_TRIES ? Math.min(SOON_MS_MAX, timing.redialMsMax) : timing.redialMsMax
    return backOffMs(failures, { ms: timing.redialMs, msMax }, random)
  }

  /** Empty if a place is reserved; otherwise the reason, in words for the operator. */
  async #reserve({ peerId, address }: Relay): Promise<string> {
    const { node, links, circuits, stopping, permits } = this.#deps
    if (!permits(peerId)) return 'it may not connect here: a relay has to be a member, or in mesh.peers'
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(RESERVE_MS_MAX)])
    try {
      await links.untilLive(await node.dial(multiaddr(address), { signal }), signal)
    } catch (error) {
      const isRefused = error instanceof StimnetError && error.code === 'INTERRUPTED'
      if (isRefused) return 'it does not let this peer connect'
      const reason = wayOutReason(error)
      return reason === undefined ? 'it cannot be reached' : `it cannot be reached: ${reason}`
    }
    if (!links.speaks(peerId, RELAY_PROTOCOL)) return 'it does not relay: mesh.relay is off there'
    try {
      await unlessAborted(circuits.reserve(relayOf(address)), signal)
      return ''
    } catch {
      return 'it gave no place: all are taken there, or the connection broke'
    }
  }

  #note(relay: Relay, why: string): void {
    const { clock, circuits, events, changed } = this.#deps
    const isReserved = why === '' && circuits.isReserved(relayOf(relay.address))
    if (isReserved && relay.sinceMs !== null) return
    // Each loss is reported once, and so is a relay that never answered.
    const isNews = isReserved || relay.sinceMs !== null || relay.why === ''
    relay.sinceMs = isReserved ? clock.now() : null
    relay.why = isReserved ? '' : why || 'the connection to it broke'
    if (!isNews) return
    if (isReserved) events.relayReserved?.(relay.peerId, relay.address)
    else events.relayLost?.(relay.peerId, relay.why)
    changed()
  }

  #lost(peerId: string): void {
    for (const relay of this.#relays) {
      if (relay.peerId !== peerId || relay.sinceMs === null || this.#deps.stopping.aborted) continue
      this.#note(relay, 'the connection to it broke')
      relay.wake.abort()
    }
  }
}
