/** Error messages of commands, with advice. */
import { CODES, type Code, StimnetError } from '@stimnet/protocol'
import { ApiError, GatewayUnreachable } from '@stimnet/sdk'
import { EXIT, exitOfCode, type Io } from './arguments.ts'
import { printable, printableLines } from './table.ts'

/** Prints an error: an expected error with its code and reason, an unexpected one with its stack. Returns the exit code. */
export function tell(error: unknown, io: Pick<Io, 'err'>): number {
  const system = systemErrorText(error)
  if (system !== undefined) {
    io.err(`stimnet: ${system}\n`)
    return EXIT.failed
  }
  if (!(error instanceof StimnetError)) {
    io.err(
      `stimnet: unexpected: ${printableLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`
    )
    return EXIT.failed
  }
  const { code } = error
  const hint = HINTS[code] === undefined ? '' : ` ${HINTS[code]}`
  // A reason that a command gives itself contains more than the text for the code.
  const isOwn = !(error instanceof ApiError) && error.reason !== CODES[code].meaning
  const text = (isOwn ? undefined : inTerminal(error)) ?? printableLines(error.reason)
  io.err(`stimnet: ${code}: ${text}${hint}\n${detailsOf(error)}`)
  return exitOfCode(code)
}

/** The operation that the operating system refused, with advice; undefined for any other error. */
function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof StimnetError) return undefined
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return undefined
  const advice = ADVICE[code]
  return `${printableLines(message)}${advice === undefined ? '' : `. ${advice}`}`
}

/** Advice on errors of the operating system, by error code. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'Files and folders of a peer belong to the user that runs it: check their owner and permissions.',
  EPERM: 'Files and folders of a peer belong to the user that runs it: check their owner and permissions.',
  EROFS: 'That file system can only be read: choose a data_dir that can be written.',
  ENOSPC: 'The disk is full: make room.',
  EDQUOT: 'The quota of this user is used up: make room.',
  EMFILE: 'Too many files are open: raise the limit of this user (ulimit -n).',
  EEXIST: 'A file stands where a folder is expected.',
  EISDIR: 'A folder stands where a file is expected.',
  ENOTDIR: 'A file stands where a folder is expected.'
}

/** Local details that the reason does not contain. Network errors have none. */
function detailsOf(error: StimnetError): string {
  if (error instanceof ApiError) {
    return error.fields.map(({ field, message }) => `  ${printable(field)}: ${printable(message)}\n`).join('')
  }
  const isTold = error.message === error.reason || CODES[error.code].fault === 'network'
  const cause = error.code === 'ADDRESS_IN_USE' ? undefined : systemCauseOf(error)
  return isTold ? '' : `${printableLines(error.message)}${cause === undefined ? '' : `: ${printableLines(cause)}`}\n`
}

/** The error of the operating system that caused this error, if any: the file or socket, and the reason. */
function systemCauseOf(error: Error): string | undefined {
  let at: unknown = error.cause
  for (let depth = 0; at instanceof Error && depth < CAUSES_MAX; depth++, at = at.cause) {
    const text = systemErrorText(at)
    if (text !== undefined) return text
  }
  return undefined
}

const CAUSES_MAX = 4

/** The terminal text for a code. If the gateway did not answer, the text contains its URL, since the user may not have named it. */
function inTerminal(error: StimnetError): string | undefined {
  const text = IN_A_TERMINAL[error.code]
  return error instanceof GatewayUnreachable ? text?.replace('gateway', `gateway at ${printable(error.url)}`) : text
}

/** Texts for codes whose own meaning is written for clients of the REST API, or is too short for a terminal. */
const IN_A_TERMINAL: Partial<Record<Code, string>> = {
  UNAUTHENTICATED: 'Log in first: stimnet login NAME.',
  PEER_UNREACHABLE:
    'The gateway cannot be reached. Is the peer running (stimnet start), and is its address that of --url or STIMNET_URL?',
  STORE_UNAVAILABLE:
    'The database is in use or cannot be written. A running peer keeps its database open: stop it first, or ask its gateway.'
}

/** Hints printed after the reason. */
const HINTS: Partial<Record<Code, string>> = {
  PEER_UNKNOWN: 'stimnet peers lists them.',
  CATALOG_UNKNOWN: 'stimnet catalogs lists them.',
  JOB_UNKNOWN: 'stimnet jobs lists yours.',
  ADDRESS_IN_USE: 'stimnet doctor says by what. Stop that, or change the port in the configuration.',
  NOT_PERMITTED: 'Ask the operator of the peer which roles your account has.'
}
