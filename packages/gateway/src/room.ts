/** The state that routes share: the peer, the settings, and counters across requests. */
import type { Clock } from '@stimnet/protocol'
import type { Tokens } from './auth/auth.ts'
import type { Buckets, Places, Turnstile } from './http/limits.ts'
import type { GatewayPeer } from './peer.ts'
import type { SingleSignOn } from './auth/sign-on.ts'

/** Everything that a route can use. */
export interface Room {
  readonly peer: GatewayPeer
  readonly clock: Clock
  readonly requireAuth: boolean
  readonly tokens: Tokens
  readonly loginRates: {
    readonly perCaller: Buckets
    readonly perAddress: Buckets
    readonly perName: Buckets
    readonly signOns: Buckets
  }
  readonly logins: Turnstile
  readonly streams: Places
  /** Event streams by address, whatever the account. */
  readonly streamAddresses: Places
  /** Streams of the node's events, each of which receives every event. */
  readonly eventStreams: Places
  readonly uploading: Places
  readonly signOn: SingleSignOn
}
