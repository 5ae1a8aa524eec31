/** The interface of the mesh to the rest of a peer: its settings, its dependencies and its functions. */
import type { Clock, Code, Encodable, RandomSource, wire } from '@stimnet/protocol'
import type { AbstractLevel } from 'abstract-level'
import type { Exchange } from './exchanges/exchange.ts'

/** The message that opens a follow stream and states what the follower already has: `messages.FollowAsk` before encoding. */
export type FollowAsk = Encodable<wire.FollowAsk>
/** One change of one job: `messages.FollowEvent` before encoding. */
export type FollowEvent = Encodable<wire.FollowEvent>

/** The store for known members, addresses and provider records: a sublevel of the peer's database. */
export type MeshStore = AbstractLevel<string | Buffer | Uint8Array, string, Uint8Array>

/** Intervals and waits. The defaults suit a federation of institutions. */
export interface MeshTiming {
  /** Interval at which provider records are stored again, ms. Default 45 min, well within their validity. */
  readonly announceEveryMs: number
  /** Validity of a provider record, ms. Default 2 h: after that time, a peer that left is forgotten. */
  readonly providerValidityMs: number
  /** First wait before dialling a lost peer again, ms. It doubles up to `redialMsMax`. Default 250. */
  readonly redialMs: number
  /** Maximum wait before dialling again, ms. Default 15 s: after an interruption, peers reconnect within about this time. */
  readonly redialMsMax: number
  /** First wait between two searches for members, ms. It doubles up to `discoverMsMax`. Default 500. */
  readonly discoverMs: number
  /** Maximum wait between two searches for members, ms. Default 5 min. */
  readonly discoverMsMax: number
  /** Interval of heartbeats on a follow stream without events, ms. Default 5 s. */
  readonly heartbeatMs: number
  /** Silence after which a follow stream is considered broken, ms. Default 16 s: three missed heartbeats. */
  readonly silenceMsMax: number
  /** Time without use after which a connection that was opened on demand is closed, ms. Default 30 s. */
  readonly idleMs: number
  /** First wait before a follow stream is opened again, ms. It doubles up to `redialMsMax`. Default 100. */
  readonly reopenMs: number
}

/** The rule for strangers in a mesh that only answers. */
export interface AnswersOnly {
  /**
   * Whether a peer has proved that it was invited. All other peers may have few connections per address, which end after
   * seconds, and their requests are counted separately (`Exchange.unproved`), so that they take no capacity from a peer with
   * a proof.
   */
  readonly isProved: (peerId: string) => boolean
}

/** Bounds on the relaying for others by this peer. */
export interface RelayBounds {
  /** Maximum number of peers that are reached through this peer. */
  readonly reservationsMax: number
  /** Maximum number of connections that are relayed at the same time. */
  readonly circuitsMax: number
  /**
   * Maximum number of bytes of one connection, both directions together. Above it, the connection is closed, and opened
   * again when needed.
   */
  readonly circuitBytesMax: number
  /** Maximum duration of one connection, ms. */
  readonly circuitMsMax: number
}

/** The ways in which others can reach a peer. */
export interface Reach {
  /**
   * The announced addresses, or else the configured listen addresses, and whether a connection has arrived there since the
   * start.
   */
  readonly direct: {
    readonly addresses: readonly string[]
    readonly isReached: boolean
  }
  /** The relays of this peer, in the configured order. */
  readonly relays: readonly RelayState[]
  /** Current relaying for others by this peer; null if it does not relay. */
  readonly relaying: {
    readonly reservations: number
    readonly circuits: number
  } | null
}

/** The state of the reservation at one relay. */
export interface RelayState {
  readonly peerId: string
  /** The address as configured. */
  readonly address: string
  /** Time at which the reservation began, Unix ms; null while there is none. */
  readonly sinceMs: number | null
  /** The reason why there is no reservation, in words; empty while there is one, and before the first attempt has ended. */
  readonly why: string
}

/** An HTTP proxy that opens connections for this peer (CONNECT). */
export interface MeshProxy {
  /** http://HOST:PORT or https://HOST:PORT. */
  readonly url: string
  /** Value of the Proxy-Authorization header, if the proxy wants one. */
  readonly authorization?: string
}

/** The settings that an operator or a test chooses. */
export interface MeshSettings {
  /** The 32-byte Ed25519 seed of this peer. It determines the PeerId. */
  readonly nodeSeed: Uint8Array
  /** Multiaddrs to listen on, such as /ip4/127.0.0.1/tcp/4001. If empty, the peer only dials out. */
  readonly listen: readonly string[]
  /** Multiaddrs that are announced to others instead of the listen addresses. A public address must be listed here. */
  readonly announce?: readonly string[]
  /** Multiaddrs of peers through which this peer joins the mesh, with or without /p2p/<PeerId>. */
  readonly bootstrap: readonly string[]
  /**
   * Multiaddrs of relays, each with /p2p/<PeerId>, through which others reach a peer that can only dial out. A relay must be
   * a permitted peer. It sees who talks to whom and how much, but not the content. If there are relays, the addresses of
   * `listen` are not announced to others; those of `announce` are.
   */
  readonly relays?: readonly string[]
  /** The relaying between permitted peers by this peer. Default: none. */
  readonly relaying?: RelayBounds
  /** The proxy for all connections beyond this machine. Default: they are opened directly. */
  readonly proxy?: MeshProxy
  /** PEM certificates of authorities, trusted for WebSockets in TLS and for an https proxy beside those of the system. */
  readonly tlsAuthorities?: string
  /** Addresses of proxies in front of a WebSocket listener, whose last X-Forwarded-For address is believed. */
  readonly trustedProxies?: readonly string[]
  /** Whether to search for peers by multicast on the local network. */
  readonly mdns: boolean
  /**
   * Maximum number of members to which connections are kept; others are dialled on demand. Default 24. A peer that listens
   * nowhere, or that nobody has reached for a while, keeps the connections to all known members, because nobody else could
   * connect them.
   */
  readonly neighbours?: number
  /** Maximum number of connections, whichever side opened them. Default 500. Further connections are refused. */
  readonly connectionsMax?: number
  /** Whether a peer may connect and be connected to. Called after Noise has proved the PeerId, and again at every request. */
  readonly permits: (peerId: string) => boolean
  /** Makes a mesh that answers strangers, and neither searches for peers nor dials any, whatever addresses strangers name. */
  readonly answersOnly?: AnswersOnly
  /** `memory` connects nodes of one process, for tests. Default: tcp. */
  readonly transport?: 'tcp' | 'memory'
  readonly timing?: Partial<MeshTiming>
}

/** Events of the mesh, for the log and counters. */
export interface MeshEvents {
  /** A permitted peer is connected and has identified itself. */
  peerConnected(peerId: string): void
  /** A peer connected and proved its PeerId, but is not permitted and was disconnected. */
  denied(peerId: string): void
  /** A member misbehaved: it is disconnected and may not reconnect for a while. */
  shutOut(peerId: string, why: string): void
  /** The last connection to the peer is closed. */
  peerDisconnected(peerId: string): void
  /** From now on, others can reach this peer through the relay. */
  relayReserved?(relay: string, address: string): void
  /** Others cannot reach this peer through the relay, or no longer can. The reservation is tried again. */
  relayLost?(relay: string, why: string): void
  /** A request was refused: over its quota, malformed, or refused by the handler. */
  refused(peerId: string, exchange: string, code: Code): void
  /** A request was answered or refused, as stated by `code`. */
  served(exchange: string, ms: number, code: Code | 'OK'): void
  /** An unexpected error. The asking peer, if any, received only the code INTERNAL. */
  unexpected(error: unknown, during: string): void
}

/** Parts of the peer that the mesh depends on. */
export interface MeshDeps {
  readonly store: MeshStore
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: MeshEvents
}

/** Options of `Mesh.ask` and `Mesh.connect`. The signal ends them early. */
export interface AskOptions {
  readonly signal: AbortSignal
}

/** Answers one request message. An error that the handler throws crosses the wire as a code, never as a text. */
export type Handler<Q, A> = (question: Q, from: string, signal: AbortSignal) => Promise<Encodable<A>>

/** Yields all events after the event that `ask` names, and then new events, until the signal aborts. The mesh adds heartbeats. */
export type FollowHandler = (ask: wire.FollowAsk, from: string, signal: AbortSignal) => AsyncIterable<FollowEvent>

/** Options of `Mesh.follow`. */
export interface FollowOptions {
  /** Called at each opening, so that a reopened stream continues where the previous one broke. */
  readonly ask: () => FollowAsk | Promise<FollowAsk>
  /** Awaited before the next event is read. If it throws, the stream is closed and opened again. */
  readonly onEvent: (event: wire.FollowEvent) => void | Promise<void>
  /** The stream is open (no code), or it broke with this code and will be opened again. */
  readonly onState?: (open: boolean, code?: Code) => void
}

/** One follow stream, kept open until closed. */
export interface Follower {
  readonly peerId: string
  isOpen(): boolean
  /** Closes the stream and opens it again, for example because a job was added that the last message did not name. */
  reopen(): void
  close(): Promise<void>
}

/** The mesh as the rest of the peer uses it. */
export interface Mesh {
  readonly peerId: string
  /**
   * Listens and begins to search for other peers. Register the handlers first: a peer that connects at once gets every
   * answer. `connected` is called for each peer that connects; `readdressed` is called when a relay address has been added
   * to or removed from `addresses()`. Throws ADDRESS_IN_USE; stop the mesh then.
   */
  start(connected?: (peerId: string) => void, readdressed?: () => void): Promise<void>
  /**
   * The multiaddrs of this peer, with its PeerId: its own addresses, and addresses through relays at which it has a
   * reservation.
   */
  addresses(): string[]
  /** The ways in which others can reach this peer now. */
  reach(): Reach
  /**
   * Stores this peer's membership and these terms (catalog names, keywords) in the DHT as provider records, and renews the
   * records before they expire. Terms that are no longer named expire. Throws PARAMETER_INVALID for more than `TERMS_MAX`
   * terms.
   */
  announce(terms: readonly string[]): void
  /** Permitted peers that the DHT names for a term. These are hints: some peers may be missing, others may have left. */
  findProviders(term: string, signal: AbortSignal): Promise<string[]>
  /**
   * Permitted peers that are or were connected, or that `learn` named. Peers that were not seen for 30 days are forgotten at
   * the next start.
   */
  members(): string[]
  /** Peers that are connected and have identified themselves. */
  connected(): string[]
  /** Time at which the peer was last connected or gave a sign of life, Unix ms; null for a peer that never did. */
  lastSeen(peerId: string): number | null
  /** Whether a connection to the peer is kept even if no requests are sent. */
  keeps(peerId: string): boolean
  /** Whether the peer is connected or, if no connection to it is kept, did not fail to be reached at the last attempt. */
  isReachable(peerId: string): boolean
  /** Adds a permitted peer that others know, with its addresses and the time of its last sign of life, Unix ms. */
  learn(peerId: string, addresses: readonly string[], seenAtMs: number): void
  /** Multiaddrs at which the peer was last known. */
  addressesOf(peerId: string): string[]
  /**
   * Sends one request and returns its answer, both of bounded size. If the connection breaks, the request is sent once more.
   * Throws the code of the answering peer, or PEER_UNREACHABLE, DEADLINE, INTERRUPTED, UNIMPLEMENTED, FORBIDDEN, TOO_LARGE,
   * BUSY, MALFORMED, KEY_UNSUPPORTED.
   */
  ask<Q, A>(exchange: Exchange<Q, A>, peerId: string, question: Encodable<Q>, options: AskOptions): Promise<A>
  serve<Q, A>(exchange: Exchange<Q, A>, handler: Handler<Q, A>): void
  /** Keeps one follow stream to a serving peer open: it is reopened with back-off, and at once when the peer reconnects. */
  follow(peerId: string, options: FollowOptions): Follower
  serveFollow(handler: FollowHandler): void
  /**
   * Connects to a multiaddr or PeerId and returns the PeerId. Throws as `ask` does; INTERRUPTED if the peer refuses the
   * connection.
   */
  connect(target: string, options: AskOptions): Promise<string>
  disconnect(peerId: string): Promise<void>
  /** Disconnects and forgets all peers that `permits` no longer permits. */
  permitsChanged(): Promise<void>
  /** Stops the mesh. Afterwards nothing runs and the store is not used. */
  stop(): Promise<void>
}
