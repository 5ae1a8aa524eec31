/** Errors of a database as a code and a sentence. The server's own messages are left out, since they can contain patients' values. */
import { printable, StimnetError } from '@stimnet/protocol'

/** Maximum number of characters of a name from the server in a message. */
const NAME_CHARACTERS_MAX = 64

/** A name from the server in a form that is safe for messages: an unauthenticated server can send anything as a name. */
export function nameShown(name: string): string {
  const shown = printable(name.slice(0, NAME_CHARACTERS_MAX))
  return name.length > NAME_CHARACTERS_MAX ? `${shown}…` : shown
}

/**
 * A fault of a server that has not proved its identity, neither by TLS nor by a local socket nor by knowing the password. The fault may
 * have been caused by an impostor, so it does not stop a catalog that was served before.
 */
export class UnprovenFault extends StimnetError {}

/** Marks a SOURCE_INVALID error as a fault of a server that has not proved its identity. Returns other errors unchanged. */
export function unproven(error: unknown): unknown {
  if (!(error instanceof StimnetError) || error.code !== 'SOURCE_INVALID') return error
  return new UnprovenFault(error.code, error.message, { cause: error })
}

/** An error for a database that cannot be reached or that closed the connection. A served catalog stays in service. */
export function unavailable(place: string, why: string): StimnetError {
  return new StimnetError('SOURCE_UNAVAILABLE', `${place}: ${why}`)
}

/** An error for a database that does not fit the catalog. */
export function unfit(place: string, why: string): StimnetError {
  return new StimnetError('SOURCE_INVALID', `${place}: ${why}`)
}

const NOT_LET_IN =
  'the server does not let this role in from here: pg_hba.conf has no line for it, or has one for TLS alone (tls: verify)'

/** Errors while connecting, by SQLSTATE or by Node's error code. */
const CONNECTING: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong, or there is no such role',
  '28000': NOT_LET_IN,
  '3D000': 'there is no database of that name',
  '53300': 'the server has too many connections',
  '57P03': 'the server starts or stops',
  ECONNREFUSED: 'nobody listens there: does the server run, and on this port?',
  ENOENT: 'there is no such socket: does the server run?',
  EACCES: 'this user may not use the socket',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the server ended the connection',
  EPIPE: 'the server ended the connection',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the host of the URL',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority that is not trusted here: name it in ca_file',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: name it in ca_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an authority that is not trusted here: name it in ca_file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an authority that is not trusted here: name it in ca_file'
}

/** Errors of a statement that may succeed if it is repeated. */
const PASSING: Readonly<Record<string, string>> = {
  '57014': 'reading took longer than minutes_max, or somebody cancelled it',
  '55P03': 'somebody holds a lock on it',
  '40001':
    'the server, a standby of another, cancelled the query: read from the primary, or let the standby wait longer',
  '53300': 'the server has too many connections'
}

/** Errors of a statement that will occur again. */
const LASTING: Readonly<Record<string, string>> = {
  '42P01': 'there is no such table or view, or it has gone',
  '3F000': 'there is no such schema',
  '42703': 'a column that it names does not exist',
  '42702': 'a name in it is ambiguous: name each column of the query once',
  '42501': 'the role may not read it: GRANT SELECT',
  '42601': 'the query is no single SELECT; it ends without a semicolon',
  '42883': 'a function or operator in it does not exist',
  '25006': 'it would write, and nothing here may',
  '0A000': 'the server does not support what it asks for'
}

/** The error for a failed connection. `hasTls` is whether TLS was requested. */
export function connectionFault(error: unknown, place: string, hasTls: boolean): StimnetError {
  const code = codeOf(error)
  const known = said(CONNECTING, code)
  if (known !== undefined) return unavailable(place, known)
  if (code !== '') return unavailable(place, `no connection (${code})`)
  return unavailable(
    place,
    hasTls
      ? 'no connection with TLS: the server does not offer it, or ended the connection'
      : (CONNECTING.ECONNRESET ?? '')
  )
}

/** The error for a failed statement. `what` describes what was read, such as a relation. */
export function statementFault(error: unknown, place: string, what: string): StimnetError {
  if (error instanceof StimnetError) return error
  const code = codeOf(error)
  const about = `${place}, ${what}`
  const [passing, lasting] = [said(PASSING, code), said(LASTING, code)]
  if (passing !== undefined) return unavailable(about, passing)
  if (lasting !== undefined) return unfit(about, lasting)
  // Classes 22 and 23: a value that an expression of the query or view does not accept, such as a text that is not a number.
  if (/^2[23][0-9A-Z]{3}$/.test(code)) return unfit(about, `an expression of it fails on a value (SQLSTATE ${code})`)
  // Classes 08, 53, 57, 58 and XX: connection, resources, operator intervention, system error, and corruption.
  if (/^(08|53|57|58|XX)[0-9A-Z]{3}$/.test(code)) return unavailable(about, `the server gave it up (SQLSTATE ${code})`)
  if (/^[0-9A-Z]{5}$/.test(code)) return unfit(about, `the server refuses it (SQLSTATE ${code})`)
  return unavailable(about, 'the connection broke off while it was being read')
}

function said(words: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined
}

/** The SQLSTATE or Node's error code; empty for an error without a code. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
