/**
 * Circuits that relays open to this peer, until the peer at the other end has proved its PeerId: limits on their number and
 * rate, by the claimed PeerId.
 */
import type { Clock } from '@stimnet/protocol'
import { Quota } from '../limits/quota.ts'

/**
 * Maximum number of circuits of one peer on which it has not yet proved its PeerId. Each of them ends after ten seconds at
 * the latest. An honest peer has one or two; with a higher limit, few peers could take all places of a relay.
 */
const PENDING_OF_PEER_MAX = 4
/** Twice what a relay admits (see `Hops`), so that nothing is refused to an honest relay. */
const OF_PEER = { burst: 80, perSecond: 2 }
const OF_RELAY = { burst: 1_200, perSecond: 100 }

/**
 * A relay, and the peer that the relay claims is dialling. Only the relay claims it: a false claim must harm nobody outside
 * this relay.
 */
interface Claim {
  readonly relay: string
  readonly from: string
}

/**
 * Counts circuits. Excess circuits are refused without blaming anybody: a relay passes on the requests of others, and their
 * PeerIds are not yet proved.
 */
export class Arrivals {
  readonly #ofPeer: Quota
  readonly #ofRelay: Quota
  readonly #pending = new Map<string, number>()

  constructor(clock: Clock) {
    this.#ofPeer = new Quota({ perPeer: OF_PEER }, clock)
    this.#ofRelay = new Quota({ perPeer: OF_RELAY }, clock)
  }

  /** Admits a circuit, which is pending until the returned function is called; undefined if the circuit is refused. */
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
