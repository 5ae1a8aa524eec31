/** Circuits that relays bring, until the peer at the other end has proved its PeerId: how many and how often, by the PeerId that is claimed. */
import type { Clock } from '@stimnet/protocol'
import { Quota } from '../limits/quota.ts'

/**
 * Circuits of one peer on which it has not proved its PeerId. Each ends after ten seconds at the latest. An honest peer has one or two; with
 * more, few peers could take all places of a relay.
 */
const PENDING_OF_PEER_MAX = 4
/** Twice what a relay admits (see `Hops`), so that an honest relay is refused nothing. */
const OF_PEER = { burst: 80, perSecond: 2 }
const OF_RELAY = { burst: 1_200, perSecond: 100 }

/** A relay, and the peer that is said to dial. Only the relay says so: a false claim must harm nobody outside of this relay. */
interface Claim {
  readonly relay: string
  readonly from: string
}

/**
 * Counts circuits. What is too much is refused, and nobody is blamed: a relay passes on what others ask of it, and who that was is not
 * proved.
 */
export class Arrivals {
  readonly #ofPeer: Quota
  readonly #ofRelay: Quota
  readonly #pending = new Map<string, number>()

  constructor(clock: Clock) {
    this.#ofPeer = new Quota({ perPeer: OF_PEER }, clock)
    this.#ofRelay = new Quota({ perPeer: OF_RELAY }, clock)
  }

  /** Admits a circuit, which is pending until the returned function is called; undefined if it is refused. */
  admit({ relay, from }: Claim): (() => void) | undefined {
    const key = `${relay} ${from}`
    const pending = this.#pending.get(key) ?? 0
    if (pending >= PENDING_OF_PEER_MAX || !this.#ofPeer.take(key) || !this.#ofRelay.take(relay)) return undefined
    this.#pending.set(key, pending + 1)
    return () => {
      const left = (this.#pending.get(key) ?? 1) - 1
      if (left > 0) this.#pending.set(key, left)
      else this.#pending.delete(key)
    }
  }
}
