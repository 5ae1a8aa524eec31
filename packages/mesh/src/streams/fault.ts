/** Translation of libp2p's errors into StimNet's codes, by the name of the error, never by its message. */
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
  // A relay refuses, or the peer has no reservation at the relay.
  InvalidMessageError: 'PEER_UNREACHABLE',
  // The only connection is through a relay, and the exchange does not use relays.
  LimitedConnectionError: 'PEER_UNREACHABLE',
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

// Errors of sockets have codes instead of names.
const BY_SYSTEM_CODE: Readonly<Record<string, Code>> = {
  ECONNREFUSED: 'PEER_UNREACHABLE',
  ECONNRESET: 'PEER_UNREACHABLE',
  EHOSTUNREACH: 'PEER_UNREACHABLE',
  ENETUNREACH: 'PEER_UNREACHABLE',
  ENOTFOUND: 'PEER_UNREACHABLE',
  ETIMEDOUT: 'PEER_UNREACHABLE',
  EPIPE: 'INTERRUPTED'
}

/** A length prefix that is too long; see `frame.ts`. */
export class EndlessLengthError extends Error {
  override readonly name = 'InvalidDataLengthLengthError'
}

/**
 * The thrown error. If a peer resets while a writer waits, libp2p rejects with a DOM event: then its inner error, or a new
 * error.
 */
export function errorOf(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const inner = (thrown as { error?: unknown } | null)?.error
  if (inner instanceof Error) return inner
  const closed = new Error('the stream closed')
  closed.name = 'StreamClosedError'
  return closed
}

/** The code for any error that asking, serving or dialling can throw; INTERNAL for an unexpected error. */
export function faultCodeOf(thrown: unknown): Code {
  const error = errorOf(thrown)
  if (error instanceof StimnetError) return error.code
  const systemCode = (error as { code?: unknown }).code
  const named = BY_NAME[error.name] ?? (typeof systemCode === 'string' ? BY_SYSTEM_CODE[systemCode] : undefined)
  if (named) return named
  // Each address of a dial failed with its own error; the first error with a specific code counts.
  if (error instanceof AggregateError) {
    const codes = error.errors.map(faultCodeOf)
    return codes.find((code) => code !== 'INTERNAL' && code !== 'PEER_UNREACHABLE') ?? codes[0] ?? 'PEER_UNREACHABLE'
  }
  return 'INTERNAL'
}

/**
 * A StimnetError is returned unchanged; any other error becomes the cause of a StimnetError with its code. `doing` is for
 * this node's operator.
 */
export function faultOf(thrown: unknown, doing: string): StimnetError {
  if (thrown instanceof StimnetError) return thrown
  return new StimnetError(faultCodeOf(thrown), doing, { cause: thrown })
}

/** The code that a peer sent. A code that this version does not know becomes NODE_ERROR. */
export function receivedCode(text: string): Code {
  return isCode(text) ? text : 'NODE_ERROR'
}
