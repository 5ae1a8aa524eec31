/** The private channel between a gateway process and its peer: the headers, paths and limits of both sides. */
import { plainLine } from '@stimnet/protocol'
import { z } from 'zod'

/** Prefix of the headers that only gateway processes write. Headers of a client with this prefix are dropped. */
export const OWN_HEADERS = 'x-stimnet-'

/**
 * The header with the address of the caller. Every request that a gateway process carries has this header, and no other request on the
 * channel has it. So no request of a client can be mistaken for a request of the gateway process itself.
 */
export const CALLER_HEADER = `${OWN_HEADERS}caller`

/** The path of the one request that a gateway process makes for itself: it attaches, and stays attached while the answer lasts. */
export const ATTACH_PATH = '/attach'

/** Limits of the channel. Times in ms. */
export const CHANNEL_LIMITS = {
  gatewaysMax: 64,
  attachBytesMax: 4_096,
  /** Interval of the peer's heartbeats to an attached gateway process. */
  beatMs: 5_000,
  /** Silence after which a gateway process attaches anew: three missing heartbeats. */
  silenceMsMax: 16_000,
  attachAgainMs: 250,
  attachAgainMsMax: 2_000,
  connectMsMax: 5_000,
  /** Maximum time until an answer begins: a little less than the silence that a listener permits, so that the client gets an answer. */
  answerMsMax: 55_000,
  /** Attempts to connect to a peer whose list of waiting connections is full, five seconds in all, and the wait after the first of them. */
  connectTries: 9,
  connectAgainMs: 20
} as const

/** How a gateway process introduces itself. */
export const attachShape = z.strictObject({ name: plainLine(100).min(1), version: plainLine(50).min(1) })

/** How the peer answers. */
export const attachedShape = z.object({ peer_id: z.string(), institution: z.string(), version: z.string() })

/** The peer as a gateway process knows it. */
export type AttachedTo = z.output<typeof attachedShape>
