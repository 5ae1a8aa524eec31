/** What libp2p throws, as one of our codes: by name, never by message. */
import { type Code, isCode, StimnetError } from '@stimnet/protocol'

const BY_NAME: Readonly<Record<string, Code>> = {
  TimeoutError: 'DEADLINE',
  AbortError: 'DEADLINE',
  UnsupportedProtocolError: 'UNIMPLEMENTED',
  DialDeniedError: 'FORBIDDEN',
  ConnectionInterceptedError: 'FORBIDDEN',
  ConnectionDeniedError: 'FORBIDDEN',
  InvalidDataLengthError: 'TOO_LARGE',
  InvalidDataLengthLengthError: 'TOO_LARGE',
  StreamBufferError: 'TOO_LARGE',
  InvalidMessageLengthError: 'MALFORMED',
  NoValidAddressesError: 'PEER_UNREACHABLE',
  EncryptionFailedError: 'PEER_UNREACHABLE',
  UnexpectedPeerError: 'PEER_UNREACHABLE',
  NotFoundError: 'PEER_UNREACHABLE',
  DialError: 'PEER_UNREACHABLE',
  ConnectionFailedError: 'PEER_UNREACHABLE',
  TransportUnavailableError: 'PEER_UNREACHABLE',
  InvalidMultiaddrError: 'PARAMETER_INVALID',
  InvalidPeerIdError: 'KEY_UNSUPPORTED',
  UnexpectedEOFError: 'INTERRUPTED',
  StreamResetError: 'INTERRUPTED',
  StreamAbortedError: 'INTERRUPTED',
  StreamStateError: 'INTERRUPTED',
  StreamClosedError: 'INTERRUPTED',
  ConnectionClosedError: 'INTERRUPTED',
  ConnectionClosingError: 'INTERRUPTED',
  MuxerClosedError: 'INTERRUPTED',
  MuxerUnavailableError: 'INTERRUPTED',
  NotStartedError: 'INTERRUPTED',
  TooManyOutboundProtocolStreamsError: 'BUSY',
  QueueFullError: 'BUSY'
}

// Sockets give codes instead of names.
const BY_SYSTEM_CODE: Readonly<Record<string, Code>> = {
  ECONNREFUSED: 'PEER_UNREACHABLE',
  ECONNRESET: 'PEER_UNREACHABLE',
  EHOSTUNREACH: 'PEER_UNREACHABLE',
  ENETUNREACH: 'PEER_UNREACHABLE',
  ENOTFOUND: 'PEER_UNREACHABLE',
  ETIMEDOUT: 'PEER_UNREACHABLE',
  EPIPE: 'INTERRUPTED'
}

/** A length prefix that will not end; see `frame.ts`. */
export class EndlessLengthError extends Error {
  override readonly name = 'InvalidDataLengthLengthError'
}

/** libp2p rejects with a DOM event when a peer resets while a writer waits: the error inside it, or one of our own. */
export function errorOf(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const inner = (thrown as { error?: unknown } | null)?.error
  if (inner instanceof Error) return inner
  const closed = new Error('the stream closed')
  closed.name = 'StreamClosedError'
  return closed
}

/** The code of anything that asking, serving or dialling can throw; INTERNAL for what nobody foresaw. */
export function faultCodeOf(thrown: unknown): Code {
  const error = errorOf(thrown)
  if (error instanceof StimnetError) return error.code
  const systemCode = (error as { code?: unknown }).code
  const named = BY_NAME[error.name] ?? (typeof systemCode === 'string' ? BY_SYSTEM_CODE[systemCode] : undefined)
  if (named) return named
  // Every address of a dial failed in its own way: the most telling of them counts.
  if (error instanceof AggregateError) {
    const codes = error.errors.map(faultCodeOf)
    return codes.find((code) => code !== 'INTERNAL' && code !== 'PEER_UNREACHABLE') ?? codes[0] ?? 'PEER_UNREACHABLE'
  }
  return 'INTERNAL'
}

/** The same error if it is ours, else one of ours with a code and the cause. `doing` is for this node's operator. */
export function faultOf(thrown: unknown, doing: string): StimnetError {
  if (thrown instanceof StimnetError) return thrown
  return new StimnetError(faultCodeOf(thrown), doing, { cause: thrown })
}

/** A code that a peer sent, if we know it; a newer peer's unknown code is its own failure to us. */
export function receivedCode(text: string): Code {
  return isCode(text) ? text : 'NODE_ERROR'
}
