/** Errors of a command, as a line that says what to do. */
import { CODES, type Code, StimnetError } from '@stimnet/protocol'
import { ApiError } from '@stimnet/sdk'
import { EXIT, exitOfCode, type Io } from './arguments.ts'
import { printable } from './table.ts'

/** Prints an error: expected ones with code and reason, unexpected ones with their stack. Returns the exit code. */
export function tell(error: unknown, io: Pick<Io, 'err'>): number {
  if (!(error instanceof StimnetError)) {
    io.err(`stimnet: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return EXIT.failed
  }
  const { code } = error
  const hint = HINTS[code] === undefined ? '' : ` ${HINTS[code]}`
  io.err(`stimnet: ${code}: ${IN_A_TERMINAL[code] ?? lines(error.reason)}${hint}\n${detailsOf(error)}`)
  return exitOfCode(code)
}

/** Local details that the reason leaves out. Network errors have none. */
function detailsOf(error: StimnetError): string {
  if (error instanceof ApiError) {
    return error.fields.map(({ field, message }) => `  ${printable(field)}: ${printable(message)}\n`).join('')
  }
  const isTold = error.message === error.reason || CODES[error.code].fault === 'network'
  return isTold ? '' : `${lines(error.message)}\n`
}

/** Text of a gateway, made safe for the terminal line by line. */
function lines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** Texts in place of a code's own meaning, where that is written for clients of the REST API or says too little at a terminal. */
const IN_A_TERMINAL: Partial<Record<Code, string>> = {
  UNAUTHENTICATED: 'Log in first: stimnet login NAME.',
  PEER_UNREACHABLE:
    'The gateway cannot be reached. Is the peer running (stimnet start), and is its address that of --url or STIMNET_URL?',
  STORE_UNAVAILABLE:
    'The database is in use or cannot be written. A running peer keeps its database open: stop it first, or ask its gateway.'
}

/** Hints that follow the reason. */
const HINTS: Partial<Record<Code, string>> = {
  PEER_UNKNOWN: 'stimnet peers lists them.',
  CATALOG_UNKNOWN: 'stimnet catalogs lists them.',
  JOB_UNKNOWN: 'stimnet jobs lists yours.',
  NOT_PERMITTED: 'The operator of the peer can tell you which roles your account has.'
}
