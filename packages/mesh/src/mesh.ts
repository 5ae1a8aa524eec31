/** What the rest of a peer sees of the mesh: settings in, a few promises out. */
import type { Clock, Code, Encodable, RandomSource, wire } from '@stimnet/protocol'
import type { AbstractLevel } from 'abstract-level'
import type { Exchange } from './streams/exchange.ts'

/** What the asker of a follow stream already has; `messages.FollowAsk` as it is encoded. */
export type FollowAsk = Encodable<wire.FollowAsk>
/** One change of one job; `messages.FollowEvent` as it is encoded. */
export type FollowEvent = Encodable<wire.FollowEvent>

/** Where the mesh keeps known members, addresses and provider records: a sublevel of its own. */
export type MeshStore = AbstractLevel<string | Buffer | Uint8Array, string, Uint8Array>

/** How often and how long; defaults suit a federation of institutions. */
export interface MeshTiming {
  /** Provider records are put again this often, ms. Default 45 min, well inside their validity. */
  readonly announceEveryMs: number
  /** How long a provider record stands, ms. Default 2 h: a peer that left is forgotten by then. */
  readonly providerValidityMs: number
  /** First wait before dialling a lost peer again, ms; doubles up to `redialMsMax`. Default 250. */
  readonly redialMs: number
  /** Default 15 s: after a cut, no peer waits longer than about this for the other. */
  readonly redialMsMax: number
  /** First wait between two looks for members, ms; doubles up to `discoverMsMax`. Default 500. */
  readonly discoverMs: number
  /** Default 60 s. */
  readonly discoverMsMax: number
  /** A follow stream with nothing to say gives a sign of life this often, ms. Default 5 s. */
  readonly heartbeatMs: number
  /** A follow stream without any sign for this long is taken for dead, ms. Default 16 s: three signs missed. */
  readonly silenceMsMax: number
  /** First wait before a follow stream is opened again, ms; doubles up to `redialMsMax`. Default 100. */
  readonly reopenMs: number
}

/** What a steward or a test decides. */
export interface MeshSettings {
  /** The 32-byte Ed25519 seed of this peer: the PeerId follows from it. */
  readonly nodeSeed: Uint8Array
  /** Multiaddrs, e.g. /ip4/127.0.0.1/tcp/4001; none: only dials out. */
  readonly listen: readonly string[]
  /** Told to others instead of what was listened on. A public address must be named here to be told at all. */
  readonly announce?: readonly string[]
  /** Multiaddrs of peers to join by, with or without /p2p/<PeerId>. */
  readonly bootstrap: readonly string[]
  /** Looks for peers by multicast on the local network. Off unless a steward wants it. */
  readonly mdns: boolean
  /** Who may connect and be connected to. Asked after Noise has proved the PeerId, and again at every question. */
  readonly permits: (peerId: string) => boolean
  /** Memory joins nodes of one process, for tests. Default tcp. */
  readonly transport?: 'tcp' | 'memory'
  readonly timing?: Partial<MeshTiming>
}

/** Things worth telling; for the log and counters. */
export interface MeshEvents {
  /** A permitted peer is connected and has said who it is. */
  peerConnected(peerId: string): void
  /** Somebody who may not connect did, proved who they are, and was turned away. */
  denied(peerId: string): void
  /** A member that misbehaved is disconnected, and may not come back for a while. */
  shutOut(peerId: string, why: string): void
  /** Its last connection is gone. */
  peerDisconnected(peerId: string): void
  /** A question was not answered, or not with an answer: quota, bad bytes, or the handler's own refusal. */
  refused(peerId: string, exchange: string, code: Code): void
  /** A question was answered. */
  served(exchange: string, ms: number, code: Code | 'OK'): void
  /** Something nobody foresaw; the asker was told INTERNAL alone. */
  unexpected(error: unknown, during: string): void
}

/** What the mesh is given of the rest of the peer. */
export interface MeshDeps {
  readonly store: MeshStore
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: MeshEvents
}

/** How an ask may end early. */
export interface AskOptions {
  readonly signal: AbortSignal
}

/** Answers one question. What it throws goes over the wire as a code, never as a text. */
export type Handler<Q, A> = (question: Q, from: string, signal: AbortSignal) => Promise<Encodable<A>>

/** Gives everything after what `ask` names, then what comes; ends with the signal. Signs of life are added by the mesh. */
export type FollowHandler = (ask: wire.FollowAsk, from: string, signal: AbortSignal) => AsyncIterable<FollowEvent>

/** What follows a serving peer’s feed. */
export interface FollowOptions {
  /** Asked at each opening, so that a reopened stream goes on where the last one broke. */
  readonly ask: () => FollowAsk | Promise<FollowAsk>
  /** Awaited before the next event is read. A throw closes the stream, and it is opened again. */
  readonly onEvent: (event: wire.FollowEvent) => void | Promise<void>
  /** The stream stands (no code), or broke with this code and will be opened again. */
  readonly onState?: (open: boolean, code?: Code) => void
}

/** One follow stream, kept open until closed. */
export interface Follower {
  readonly peerId: string
  isOpen(): boolean
  /** Closes the stream and asks anew at once, e.g. because a job was added that the last ask did not name. */
  reopen(): void
  close(): Promise<void>
}

/** This peer's place among the others. */
export interface Mesh {
  readonly peerId: string
  /** Where this peer listens, with its PeerId. */
  addresses(): string[]
  /**
   * Puts membership and these terms (catalog names, keywords) into the DHT as provider records, and again before they
   * lapse; terms no longer named lapse. Throws PARAMETER_INVALID past `TERMS_MAX`.
   */
  announce(terms: readonly string[]): void
  /** Permitted peers that the DHT names for a term. Hints: it may miss some, and name some that have left. */
  findProviders(term: string, signal: AbortSignal): Promise<string[]>
  /** Peers that were connected once, are permitted and were seen lately; the connected ones among them. */
  members(): string[]
  connected(): string[]
  /** Unix time, ms; null for a peer never met. */
  lastSeen(peerId: string): number | null
  /** Multiaddrs under which the peer was last known. */
  addressesOf(peerId: string): string[]
  /**
   * One bounded question, one bounded answer; asked once more when the connection broke. Throws the answering peer's
   * code, or PEER_UNREACHABLE, DEADLINE, INTERRUPTED, UNIMPLEMENTED, FORBIDDEN, TOO_LARGE, BUSY, MALFORMED, KEY_UNSUPPORTED.
   */
  ask<Q, A>(exchange: Exchange<Q, A>, peerId: string, question: Encodable<Q>, options: AskOptions): Promise<A>
  serve<Q, A>(exchange: Exchange<Q, A>, handler: Handler<Q, A>): void
  /** One follow stream to a serving peer, opened and reopened with back-off, at once when the peer comes back. */
  follow(peerId: string, options: FollowOptions): Follower
  serveFollow(handler: FollowHandler): void
  /** Connects to a multiaddr or PeerId and gives the PeerId. Throws as `ask`; a peer that refuses us is INTERRUPTED. */
  connect(target: string, options: AskOptions): Promise<string>
  disconnect(peerId: string): Promise<void>
  /** Hangs up on everybody whom `permits` no longer permits. */
  permitsChanged(): Promise<void>
  /** Closes everything; nothing runs afterwards, and the store is no longer touched. */
  stop(): Promise<void>
}
