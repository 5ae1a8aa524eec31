/** Seats in the queue. A seat is taken when a request is admitted, and becomes free when its job's end is shown. */
import type { Seats } from '../admit/sign-off.ts'

/** Counts the jobs that wait, run or are being admitted: in total, per requester and per carrying peer. */
export class SeatCount {
  readonly #byRequester = new Map<string, number>()
  readonly #byPeer = new Map<string, number>()
  #total = 0

  take(issuer: string, askedBy: string): void {
    this.#total += 1
    add(this.#byRequester, issuer, 1)
    add(this.#byPeer, askedBy, 1)
  }

  leave(issuer: string, askedBy: string): void {
    this.#total -= 1
    add(this.#byRequester, issuer, -1)
    add(this.#byPeer, askedBy, -1)
  }

  of(issuer: string, askedBy: string): Seats {
    return {
      total: this.#total,
      ofRequester: this.#byRequester.get(issuer) ?? 0,
      ofPeer: this.#byPeer.get(askedBy) ?? 0
    }
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
