/** The closed list of error codes, and the error class that carries one. Only the code and a static reason cross the wire. */

/** The cause of a failure: the request, the institution's policy, the program, this node, or the network between peers. */
export type Fault = 'request' | 'policy' | 'program' | 'node' | 'network'

interface CodeFacts {
  readonly fault: Fault
  /** Whether the same request, unchanged, may succeed later. */
  readonly retry: boolean
  /** What happened and what to do, in words that are true whenever the code is used. */
  readonly meaning: string
}

const facts = <const T extends Record<string, CodeFacts>>(table: T): T => table

/** Every error code of StimNet. */
export const CODES = facts({
  CHECKPOINT_CONFLICT: {
    fault: 'request',
    retry: false,
    meaning: 'The log does not go on from what was seen of it before: it was restored from a copy, or there are two.'
  },
  // Envelopes
  MALFORMED: { fault: 'request', retry: false, meaning: 'The bytes are not a message of the expected kind.' },
  TOO_LARGE: { fault: 'request', retry: false, meaning: 'The message is larger than its limit.' },
  SIGNATURE_INVALID: { fault: 'request', retry: false, meaning: 'The signature does not fit the bytes and the key.' },
  KEY_UNSUPPORTED: { fault: 'request', retry: false, meaning: 'The key id is not an Ed25519 key id (12D3Koo…).' },
  TYPE_MISMATCH: { fault: 'request', retry: false, meaning: 'The statement was signed as another type or domain.' },
  AUDIENCE_MISMATCH: { fault: 'request', retry: false, meaning: 'The statement was signed for somebody else.' },
  CARRIER_MISMATCH: {
    fault: 'request',
    retry: false,
    meaning: 'The request does not name the peer that brought it. Sign it for the peer whose gateway you submit it to.'
  },
  EXPIRED: { fault: 'request', retry: false, meaning: 'The statement is past its validity. Sign a new one.' },
  NOT_YET_VALID: { fault: 'request', retry: false, meaning: 'The statement lies in the future. Check the clocks.' },
  LIFETIME_TOO_LONG: { fault: 'request', retry: false, meaning: 'The statement is valid for longer than allowed.' },
  REQUEST_REPLAYED: { fault: 'request', retry: false, meaning: 'This signed statement was accepted before.' },
  // Contents of a request
  CATALOG_UNKNOWN: { fault: 'request', retry: false, meaning: 'No catalog of that name is offered here.' },
  VARIABLE_UNKNOWN: { fault: 'request', retry: false, meaning: 'The catalog has no such variable.' },
  VARIABLE_AMBIGUOUS: {
    fault: 'request',
    retry: false,
    meaning: 'Several tables have a variable of that name: write table.variable.'
  },
  VALUE_NOT_DECLARED: {
    fault: 'request',
    retry: false,
    meaning: 'The value is none of the declared levels or breakpoints of the variable.'
  },
  FILTER_INVALID: {
    fault: 'request',
    retry: false,
    meaning: 'The filter is too deep, too long, not well formed, or has too many conditions on what others do not know.'
  },
  FILTER_OFF_LATTICE: {
    fault: 'request',
    retry: false,
    meaning: 'The catalog has a lattice, and answers only for cohorts and groups made of its base cells.'
  },
  SQL_NOT_SUPPORTED: { fault: 'request', retry: false, meaning: 'The query goes beyond the supported grammar.' },
  STATISTIC_UNKNOWN: { fault: 'request', retry: false, meaning: 'There is no statistic of that name.' },
  PARAMETER_INVALID: { fault: 'request', retry: false, meaning: 'A parameter has the wrong type or range.' },
  CONTRACT_INVALID: { fault: 'request', retry: false, meaning: 'The declared outputs are not well formed.' },
  SCHEMA_MISMATCH: {
    fault: 'request',
    retry: false,
    meaning: 'A variable is not what the request takes it to be. Compare the catalogs, or give a mapping.'
  },
  CRATE_INVALID: {
    fault: 'request',
    retry: false,
    meaning: 'The file is no Five Safes RO-Crate of a request, or not what its manifest says.'
  },
  SCRIPT_INVALID: { fault: 'request', retry: false, meaning: 'The script cannot be parsed.' },
  LANGUAGE_NOT_AVAILABLE: { fault: 'request', retry: false, meaning: 'No sandbox here runs that language.' },
  LIBRARY_NOT_AVAILABLE: { fault: 'request', retry: false, meaning: 'The sandbox does not have that library.' },
  // Policy
  REQUESTER_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'This key may not ask here.' },
  CONDITION_UNMET: {
    fault: 'policy',
    retry: false,
    meaning: 'A visa holds under conditions that no other visa of the request meets, or that cannot be judged.'
  },
  PEER_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'This peer is not in the federation.' },
  PURPOSE_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'The catalog may not be used for that purpose.' },
  PROGRAM_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'The catalog does not run that kind of program.' },
  MODE_NOT_PERMITTED: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog releases differentially private numbers only: ask for P2.'
  },
  BUDGET_EXCEEDED: { fault: 'policy', retry: false, meaning: 'The privacy budget does not hold that much any more.' },
  REFUSALS_EXHAUSTED: {
    fault: 'policy',
    retry: true,
    meaning:
      'Refusals, withheld cells and people left out have told too much lately. Ask again what was answered, ask later, ask ' +
      'about base cells of the lattice if there is one, or for P2.'
  },
  SANDBOX_TOO_WEAK: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog demands a stronger sandbox than this peer runs.'
  },
  CUSTODY_NOT_PERMITTED: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog wants requests signed by the researcher, not by a gateway.'
  },
  QUEUE_FULL: { fault: 'policy', retry: true, meaning: 'The queue is full. Ask again later.' },
  // Disclosure control
  COHORT_NOT_RELEASABLE: {
    fault: 'policy',
    retry: false,
    meaning: 'Nothing can be released about this cohort. Ask about a larger or an already answered group.'
  },
  OUTPUT_NOT_RELEASABLE: { fault: 'policy', retry: false, meaning: 'The output does not pass disclosure control.' },
  // Jobs
  PROGRAM_FAILED: { fault: 'program', retry: false, meaning: 'The program ended with an error of its own.' },
  TIME_LIMIT: { fault: 'program', retry: false, meaning: 'The program ran past its wall time.' },
  MEMORY_LIMIT: { fault: 'program', retry: false, meaning: 'The program needed more memory than allowed.' },
  OUTPUT_LIMIT: { fault: 'program', retry: false, meaning: 'The program wrote more than allowed.' },
  SANDBOX_UNAVAILABLE: { fault: 'node', retry: true, meaning: 'No sandbox could be started.' },
  NODE_ERROR: { fault: 'node', retry: true, meaning: 'The node failed. Nothing was released.' },
  CANCELLED: { fault: 'request', retry: false, meaning: 'The job was cancelled.' },
  APPROVAL_LAPSED: {
    fault: 'policy',
    retry: false,
    meaning: 'What was approved is not what would run now, or the approval has expired. Ask again.'
  },
  DENIED: { fault: 'policy', retry: false, meaning: 'A steward denied the request.' },
  UPLOAD_UNAVAILABLE: {
    fault: 'network',
    retry: true,
    meaning: 'A file of the request could not be had from the peer that asked, byte for byte as the request names it.'
  },
  UPLOADS_FULL: {
    fault: 'request',
    retry: true,
    meaning: 'No more files can be kept now. Delete some that you uploaded, or wait until they expire.'
  },
  JOB_UNKNOWN: { fault: 'request', retry: false, meaning: 'There is no such job here.' },
  JOB_ENDED: { fault: 'request', retry: false, meaning: 'The job has already ended.' },
  // Network
  PEER_UNREACHABLE: { fault: 'network', retry: true, meaning: 'The peer could not be reached.' },
  PEER_UNKNOWN: { fault: 'request', retry: false, meaning: 'No peer of that name or PeerId is known.' },
  NO_PROVIDERS: { fault: 'network', retry: true, meaning: 'No peer that offers the catalog was found.' },
  DEADLINE: { fault: 'network', retry: true, meaning: 'The peer did not answer in time.' },
  INTERRUPTED: { fault: 'network', retry: true, meaning: 'The connection broke before the answer.' },
  UNIMPLEMENTED: { fault: 'network', retry: false, meaning: 'The peer does not speak this exchange.' },
  FORBIDDEN: { fault: 'policy', retry: false, meaning: 'The connection is not permitted.' },
  BUSY: { fault: 'network', retry: true, meaning: 'The peer is over its quota for now.' },
  // The node itself
  CONFIG_INVALID: { fault: 'node', retry: false, meaning: 'The configuration is wrong at the named key.' },
  SOURCE_INVALID: { fault: 'node', retry: false, meaning: 'A data file does not fit its description.' },
  STORE_UNAVAILABLE: { fault: 'node', retry: true, meaning: 'The database is locked or cannot be written.' },
  AUDIT_BROKEN: { fault: 'node', retry: false, meaning: 'The audit log does not verify.' },
  ADDRESS_IN_USE: { fault: 'node', retry: false, meaning: 'A configured port is taken.' },
  // HTTP
  UNAUTHENTICATED: { fault: 'request', retry: false, meaning: 'A token is needed: POST /api/v1/auth/token.' },
  CREDENTIALS_INVALID: { fault: 'request', retry: false, meaning: 'User name or password is wrong.' },
  ACCOUNT_LOCKED: { fault: 'policy', retry: false, meaning: 'This account is locked. Ask the operator of the peer.' },
  LOGIN_REFUSED: { fault: 'request', retry: false, meaning: 'The login did not come through. Begin it again.' },
  LOGIN_PROVIDER_UNREACHABLE: { fault: 'network', retry: true, meaning: 'The login provider does not answer.' },
  NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'This account may not do that.' },
  NOT_FOUND: { fault: 'request', retry: false, meaning: 'There is nothing at that address.' },
  METHOD_NOT_ALLOWED: { fault: 'request', retry: false, meaning: 'That address does not take this method.' },
  BODY_INVALID: { fault: 'request', retry: false, meaning: 'The body does not fit its schema.' },
  BODY_TOO_LARGE: { fault: 'request', retry: false, meaning: 'The body is larger than its limit.' },
  MEDIA_TYPE_UNSUPPORTED: { fault: 'request', retry: false, meaning: 'The content type is not accepted here.' },
  RATE_LIMITED: { fault: 'request', retry: true, meaning: 'Too many requests. Wait and try again.' },
  INTERNAL: { fault: 'node', retry: true, meaning: 'Something unexpected happened; the operator finds it by its id.' }
})

/** A code of the closed list. */
export type Code = keyof typeof CODES

/** Whether a text from outside is a known code. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text)
}

/**
 * An expected failure with a code. The message says what was being done and may name local things; it is for this node's
 * operator and never crosses the wire. Only the code and `reason` cross the wire.
 */
export class StimnetError extends Error {
  override readonly name = 'StimnetError'
  readonly code: Code
  /**
   * Safe to show to the requester: made from the request and the catalog's public description, never from data.
   * Default: the meaning of the code.
   */
  readonly reason: string

  constructor(code: Code, message: string, options: { cause?: unknown; reason?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.reason = options.reason ?? CODES[code].meaning
  }
}

/** The code of a thrown value; INTERNAL for anything that is not a StimnetError. */
export function codeOf(error: unknown): Code {
  return error instanceof StimnetError ? error.code : 'INTERNAL'
}
