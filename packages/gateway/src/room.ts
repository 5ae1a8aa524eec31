/** What the routes share: the peer, the settings and what is counted across requests. */
import type { Clock } from '@stimnet/protocol'
import type { Tokens } from './auth/auth.ts'
import type { Buckets, Places, Turnstile } from './http/limits.ts'
import type { GatewayPeer } from './peer.ts'
import type { SingleSignOn } from './auth/sign-on.ts'

/** Everything a route can reach. */
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
  /** The same by address, whoever logged in there. */
  readonly streamAddresses: Places
  /** Of the node's events: each is told of everything that happens. */
  readonly eventStreams: Places
  readonly uploading: Places
  readonly signOn: SingleSignOn
}
