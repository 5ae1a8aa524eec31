/** The interface of the mesh to the rest of a peer: its settings, its dependencies and its functions. */
import type { Clock, Code, Encodable, RandomSource, wire } from '@stimnet/protocol'
import type { AbstractLevel } from 'abstract-level'
import type { Exchange } from './exchanges/exchange.ts'

/** The question that opens a follow stream, saying what the asker already has: `messages.FollowAsk` before encoding. */
export type FollowAsk = Encodable<wire.FollowAsk>
/** One change of one job: `messages.FollowEvent` before encoding. */
export type FollowEvent = Encodable<wire.FollowEvent>

/** The store for known members, addresses and provider records: a sublevel of the peer's database. */
export type MeshStore = AbstractLevel<string | Buffer | Uint8Array, string, Uint8Array>

/** Intervals and waits. The defaults suit a federation of institutions. */
export interface MeshTiming {
  /** Interval at which provider records are put again, ms. Default 45 min, well within their validity. */
  readonly announceEveryMs: number
  /** Validity of a provider record, ms. Default 2 h: a peer that left is forgotten by then. */
  readonly providerValidityMs: number
  /** First wait before dialling a lost peer again, ms; doubles up to `redialMsMax`. Default 250. */
  readonly redialMs: number
  /** Longest wait before dialling again, ms. Default 15 s: after a cut, peers reconnect within about this time. */
  readonly redialMsMax: number
  /** First wait between two searches for members, ms; doubles up to `discoverMsMax`. Default 500. */
  readonly discoverMs: number
  /** Longest wait between two searches for members, ms. Default 5 min. */
  readonly discoverMsMax: number
  /** Interval of heartbeats on a follow stream without events, ms. Default 5 s. */
  readonly heartbeatMs: number
  /** A follow stream that is silent for this long is considered broken, ms. Default 16 s: three missed heartbeats. */
  readonly silenceMsMax: number
  /** Time without use after which a connection that was opened on demand is closed, ms. Default 30 s. */
  readonly idleMs: number
  /** First wait before a follow stream is opened again, ms; doubles up to `redialMsMax`. Default 100. */
  readonly reopenMs: number
}

/** The rule for strangers at a mesh that only answers. */
export interface AnswersOnly {
  /**
   * Whether a peer has proved that it was invited. Connections of all others are few per address and end after seconds, and their
   * questions are counted apart (`Exchange.unproved`), so that they take nothing from a peer with a proof.
   */
  readonly isProved: (peerId: string) => boolean
}

/** Bounds on what a peer relays for others. */
export interface RelayBounds {
  /** Most peers that are reached through this one. */
  readonly reservationsMax: number
  /** Most connections that are relayed at the same time. */
  readonly circuitsMax: number
  /** Most bytes of one connection, both ways together. Past it, the connection is cut, and opened anew when it is needed. */
  readonly circuitBytesMax: number
  /** Longest duration of one connection, ms. */
  readonly circuitMsMax: number
}

/** The ways by which others can reach a peer. */
export interface Reach {
  /** What it announces, or else listens on, as configured, and whether a connection has arrived there since the start. */
  readonly direct: {
    readonly addresses: readonly string[]
    readonly isReached: boolean
  }
  /** Its relays, in the configured order. */
  readonly relays: readonly RelayState[]
  /** What it relays for others; null if it does not relay. */
  readonly relaying: {
    readonly reservations: number
    readonly circuits: number
  } | null
}

/** The state of the reservation at one relay. */
export interface RelayState {
  readonly peerId: string
  /** As configured. */
  readonly address: string
  /** Time since which the reservation lasts, Unix ms; null while there is none. */
  readonly sinceMs: number | null
  /** Why there is none, in words; empty while there is one, and before the first attempt has ended. */
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
  /** Multiaddrs to listen on, such as /ip4/127.0.0.1/tcp/4001. Empty: the peer only dials out. */
  readonly listen: readonly string[]
  /** Multiaddrs that are announced to others instead of the listen addresses. A public address must be listed here. */
  readonly announce?: readonly string[]
  /** Multiaddrs of peers through which this peer joins the mesh, with or without /p2p/<PeerId>. */
  readonly bootstrap: readonly string[]
  /**
   * Multiaddrs of relays, each with /p2p/<PeerId>, through which others reach a peer that can only dial out. A relay has to be a
   * permitted peer. It sees who talks to whom and how much, but nothing that is said. Where there are relays, the addresses of
   * `listen` are not told to others; those of `announce` are.
   */
  readonly relays?: readonly string[]
  /** What this peer relays between permitted peers. Default: nothing. */
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
   * Members to which connections are kept, at most; others are dialled on demand. Default 24. A peer that listens nowhere, or that
   * nobody has reached for a while, keeps all that it knows, because nobody else could connect them.
   */
  readonly neighbours?: number
  /** Most connections, whoever opened them. Default 500. Past it, further ones are refused. */
  readonly connectionsMax?: number
  /** Whether a peer may connect and be connected to. Called after Noise has proved the PeerId, and again at every question. */
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
  /** Others can reach this peer through the relay from now on. */
  relayReserved?(relay: string, address: string): void
  /** Others cannot, or no longer, reach this peer through the relay. It is tried again. */
  relayLost?(relay: string, why: string): void
  /** A question was refused: over its quota, malformed, or refused by the handler. */
  refused(peerId: string, exchange: string, code: Code): void
  /** A question was answered or refused; `code` says which. */
  served(exchange: string, ms: number, code: Code | 'OK'): void
  /** An unexpected error. The asker, if any, received only the code INTERNAL. */
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

/** Answers one question. An error that it throws crosses the wire as a code, never as a text. */
export type Handler<Q, A> = (question: Q, from: string, signal: AbortSignal) => Promise<Encodable<A>>

/** Yields all events after the one that `ask` names, and then new ones, until the signal. The mesh adds heartbeats. */
export type FollowHandler = (ask: wire.FollowAsk, from: string, signal: AbortSignal) => AsyncIterable<FollowEvent>

/** Options of `Mesh.follow`. */
export interface FollowOptions {
  /** Called at each opening, so that a reopened stream continues where the last one broke. */
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
  /** Closes the stream and opens it again, for example because a job was added that the last question did not name. */
  reopen(): void
  close(): Promise<void>
}

/** The mesh as the rest of the peer uses it. */
export interface Mesh {
  readonly peerId: string
  /**
   * Listens and begins to search for other peers. Register the handlers before: a peer that connects at once gets every
   * answer. `connected` is told of each peer that connects; `readdressed` is called when a relay has been added to `addresses()`, or
   * has gone. Throws ADDRESS_IN_USE; stop the mesh then.
   */
  start(connected?: (peerId: string) => void, readdressed?: () => void): Promise<void>
  /** The multiaddrs of this peer, with its PeerId: its own, and those through relays at which it has a reservation. */
  addresses(): string[]
  /** The ways by which others can reach this peer now. */
  reach(): Reach
  /**
   * Puts this peer's membership and these terms (catalog names, keywords) into the DHT as provider records, and renews them
   * before they expire. Terms that are no longer named expire. Throws PARAMETER_INVALID for more than `TERMS_MAX` terms.
   */
  announce(terms: readonly string[]): void
  /** Permitted peers that the DHT names for a term. These are hints: some peers may be missing, others may have left. */
  findProviders(term: string, signal: AbortSignal): Promise<string[]>
  /**
   * Permitted peers that are or were connected, or that `learn` named. Peers that were not seen for 30 days are forgotten at the next
   * start.
   */
  members(): string[]
  /** Peers that are connected and have identified themselves. */
  connected(): string[]
  /** Time at which the peer was last connected or gave a sign of life, Unix ms; null for a peer that never did. */
  lastSeen(peerId: string): number | null
  /** Whether a connection to the peer is kept, also while nothing is asked. */
  keeps(peerId: string): boolean
  /** Whether the peer is connected or, where no connection to it is kept, was not missed at the last attempt to reach it. */
  isReachable(peerId: string): boolean
  /** Adds a permitted peer that others know, with its addresses and the time of its last sign of life, Unix ms. */
  learn(peerId: string, addresses: readonly string[], seenAtMs: number): void
  /** Multiaddrs under which the peer was last known. */
  addressesOf(peerId: string): string[]
  /**
   * Asks one question and returns its answer, both of bounded size. If the connection breaks, the question is asked once more.
   * Throws the answering peer's code, or PEER_UNREACHABLE, DEADLINE, INTERRUPTED, UNIMPLEMENTED, FORBIDDEN, TOO_LARGE, BUSY,
   * MALFORMED, KEY_UNSUPPORTED.
   */
  ask<Q, A>(exchange: Exchange<Q, A>, peerId: string, question: Encodable<Q>, options: AskOptions): Promise<A>
  serve<Q, A>(exchange: Exchange<Q, A>, handler: Handler<Q, A>): void
  /** Keeps one follow stream to a serving peer open: reopened with back-off, and at once when the peer reconnects. */
  follow(peerId: string, options: FollowOptions): Follower
  serveFollow(handler: FollowHandler): void
  /** Connects to a multiaddr or PeerId and returns the PeerId. Throws as `ask` does; INTERRUPTED if the peer refuses us. */
  connect(target: string, options: AskOptions): Promise<string>
  disconnect(peerId: string): Promise<void>
  /** Disconnects and forgets all peers that `permits` no longer permits. */
  permitsChanged(): Promise<void>
  /** Stops the mesh. Afterwards nothing runs and the store is not used. */
  stop(): Promise<void>
}
