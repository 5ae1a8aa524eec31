/** The closed list of error codes, and the error class that carries one. Only the code and a static reason cross the wire. */

/** The cause of a failure: the request, the institution's policy, the program, this node, or the network between peers. */
export type Fault = 'request' | 'policy' | 'program' | 'node' | 'network'

interface CodeFacts {
  readonly fault: Fault
  /** Whether the same request, unchanged, may succeed later. */
  readonly retry: boolean
  /** The event and the advice, in words that are true wherever the code is used. */
  readonly meaning: string
}

const facts = <const T extends Record<string, CodeFacts>>(table: T): T => table

/** Every error code of StimNet. */
export const CODES = facts({
  CHECKPOINT_CONFLICT: {
    fault: 'request',
    retry: false,
    meaning:
      'The log does not continue the log that was seen before. It was restored from a copy, or there are two logs.'
  },
  // Envelopes
  MALFORMED: { fault: 'request', retry: false, meaning: 'The bytes are not a message of the expected kind.' },
  TOO_LARGE: { fault: 'request', retry: false, meaning: 'The message is larger than its limit.' },
  SIGNATURE_INVALID: { fault: 'request', retry: false, meaning: 'The signature does not match the bytes and the key.' },
  KEY_UNSUPPORTED: { fault: 'request', retry: false, meaning: 'The key id is not an Ed25519 key id (12D3Koo…).' },
  TYPE_MISMATCH: {
    fault: 'request',
    retry: false,
    meaning: 'The statement was signed as a statement of another type or domain.'
  },
  AUDIENCE_MISMATCH: { fault: 'request', retry: false, meaning: 'The statement was signed for another recipient.' },
  CARRIER_MISMATCH: {
    fault: 'request',
    retry: false,
    meaning:
      'The request does not name the peer that delivered it. Sign it for the peer whose gateway you submit it to.'
  },
  EXPIRED: { fault: 'request', retry: false, meaning: 'The statement has expired. Sign a new one.' },
  NOT_YET_VALID: {
    fault: 'request',
    retry: false,
    meaning: 'The statement is not valid yet. Check the clocks on both sides.'
  },
  CREDENTIAL_WITHDRAWN: {
    fault: 'policy',
    retry: false,
    meaning: 'The institution that vouched for this key has withdrawn its credential. Ask it for a new one.'
  },
  LIFETIME_TOO_LONG: { fault: 'request', retry: false, meaning: 'The statement is valid for longer than allowed.' },
  REQUEST_REPLAYED: { fault: 'request', retry: false, meaning: 'This signed statement was accepted before.' },
  // Contents of a request
  CATALOG_UNKNOWN: { fault: 'request', retry: false, meaning: 'This peer offers no catalog of that name.' },
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
    meaning:
      'The catalog has a lattice: it answers only for cohorts and groups that consist of base cells of the lattice.'
  },
  SQL_NOT_SUPPORTED: { fault: 'request', retry: false, meaning: 'The query uses SQL that is not supported.' },
  STATISTIC_UNKNOWN: { fault: 'request', retry: false, meaning: 'There is no statistic of that name.' },
  PARAMETER_INVALID: { fault: 'request', retry: false, meaning: 'A parameter has the wrong type or range.' },
  CONTRACT_INVALID: { fault: 'request', retry: false, meaning: 'The declared outputs are not well formed.' },
  SCHEMA_MISMATCH: {
    fault: 'request',
    retry: false,
    meaning: 'A variable differs from what the request assumes. Compare the catalogs, or give a mapping.'
  },
  CRATE_INVALID: {
    fault: 'request',
    retry: false,
    meaning: 'The file is not a Five Safes RO-Crate of a request, or its contents do not match its manifest.'
  },
  SCRIPT_INVALID: { fault: 'request', retry: false, meaning: 'The script cannot be parsed.' },
  LANGUAGE_NOT_AVAILABLE: { fault: 'request', retry: false, meaning: 'No sandbox of this peer runs that language.' },
  LIBRARY_NOT_AVAILABLE: { fault: 'request', retry: false, meaning: 'The sandbox does not have that library.' },
  // Policy
  REQUESTER_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'The requester is not permitted to ask here.' },
  CONDITION_UNMET: {
    fault: 'policy',
    retry: false,
    meaning: 'A visa is valid only under conditions that no other visa of the request meets, or that cannot be checked.'
  },
  PEER_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'This peer is not in the federation.' },
  PURPOSE_NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'The catalog may not be used for that purpose.' },
  PERMIT_REQUIRED: {
    fault: 'policy',
    retry: false,
    meaning:
      'The catalog answers only under a data permit. Ask the institution to enter the permit of your authority, and name it in the request.'
  },
  PERMIT_UNKNOWN: {
    fault: 'policy',
    retry: false,
    meaning:
      'No data permit of that id that names you is known here. Check the id, ask the institution to enter the permit, or ask without one.'
  },
  PERMIT_LAPSED: {
    fault: 'policy',
    retry: false,
    meaning: 'The data permit has not begun, has expired or was revoked. Ask its authority for one that is in force.'
  },
  PERMIT_EXCEEDED: {
    fault: 'policy',
    retry: false,
    meaning:
      'The data permit does not cover this catalog, purpose or program. Ask for what it covers, or for a wider permit.'
  },
  PROGRAM_NOT_PERMITTED: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog does not permit that kind of program.'
  },
  MODE_NOT_PERMITTED: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog releases differentially private numbers only: ask for P2.'
  },
  BUDGET_EXCEEDED: {
    fault: 'policy',
    retry: false,
    meaning: 'The request costs more than what is left of the privacy budget.'
  },
  REFUSALS_EXHAUSTED: {
    fault: 'policy',
    retry: true,
    meaning:
      'Refusals, and what answers withhold, leave out, round or join, have disclosed too much in the last thirty days. Repeat a ' +
      'question that was answered, ask later, ask about base cells of the lattice if there is one, ask for P2, or ask the steward to raise ' +
      'refusal_bits_max.'
  },
  SHARE_EXCEEDED: {
    fault: 'policy',
    retry: true,
    meaning:
      'The catalog reserves a part of the information about a variable for others, and you or your institution used your share of the ' +
      'last thirty days. Repeat a question that was answered, ask later, ask about another variable, or ask for P2.'
  },
  SANDBOX_TOO_WEAK: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog requires a stronger sandbox than this peer runs.'
  },
  CUSTODY_NOT_PERMITTED: {
    fault: 'policy',
    retry: false,
    meaning: 'The catalog requires a request that the researcher signed, not a gateway.'
  },
  QUEUE_FULL: { fault: 'policy', retry: true, meaning: 'The queue is full. Ask again later.' },
  // Disclosure control
  COHORT_NOT_RELEASABLE: {
    fault: 'policy',
    retry: false,
    meaning: 'Nothing can be released about this cohort. Ask about a larger or an already answered group.'
  },
  OUTPUT_NOT_RELEASABLE: { fault: 'policy', retry: false, meaning: 'The output does not pass disclosure control.' },
  MODEL_SEPARATED: {
    fault: 'policy',
    retry: false,
    meaning:
      'Separation: at this institution the terms determine the outcome of all or nearly all people, so the model has no finite estimates. ' +
      'Leave a term out, join levels, or ask without this institution.'
  },
  ROUND_INCOMPLETE: {
    fault: 'request',
    retry: false,
    meaning:
      'A round of a model needs exactly one signed answer of each institution of its roster to the previous round. Ask the institutions ' +
      'whose answer is missing again, or start again with a roster without them.'
  },
  ROUND_MISMATCH: {
    fault: 'request',
    retry: false,
    meaning:
      'A signed answer has another model, cohort, roster or round than the request, or the institutions did not start from the same ' +
      'answers. Give the answers to the previous round of the same fit.'
  },
  ROUND_EPOCH_CHANGED: {
    fault: 'request',
    retry: false,
    meaning: 'An institution moved to another epoch of its data between two rounds. Start again at round 0.'
  },
  LOG_BEHIND: {
    fault: 'node',
    retry: false,
    meaning:
      'Another institution has seen more of this institution’s log than exists now, or the log was restored from a backup, or ' +
      'the institution has a new key: later releases may be missing in the ledgers. ' +
      'No question about people is answered until a steward of the institution has reconciled the log.'
  },
  // Jobs
  PROGRAM_FAILED: { fault: 'program', retry: false, meaning: 'The program ended with an error.' },
  TIME_LIMIT: { fault: 'program', retry: false, meaning: 'The program ran for longer than allowed.' },
  MEMORY_LIMIT: { fault: 'program', retry: false, meaning: 'The program needed more memory than allowed.' },
  OUTPUT_LIMIT: { fault: 'program', retry: false, meaning: 'The program wrote more than allowed.' },
  SANDBOX_UNAVAILABLE: {
    fault: 'node',
    retry: true,
    meaning:
      'The sandbox of this peer does not answer. Ask again later; its operator sees in /ready and with stimnet doctor whether it runs.'
  },
  NODE_ERROR: { fault: 'node', retry: true, meaning: 'The node failed. Nothing was released.' },
  CANCELLED: { fault: 'request', retry: false, meaning: 'The job was cancelled.' },
  APPROVAL_LAPSED: {
    fault: 'policy',
    retry: false,
    meaning: 'What would run now is not what was approved, or the approval has expired. Ask again.'
  },
  DENIED: { fault: 'policy', retry: false, meaning: 'A steward denied the request.' },
  UPLOAD_UNAVAILABLE: {
    fault: 'network',
    retry: true,
    meaning: 'The asking peer did not deliver a file with exactly the bytes that the request names.'
  },
  UPLOADS_FULL: {
    fault: 'request',
    retry: true,
    meaning: 'No more files can be stored now. Delete some of your uploads, or wait until they expire.'
  },
  JOB_UNKNOWN: { fault: 'request', retry: false, meaning: 'There is no such job here.' },
  JOB_ENDED: { fault: 'request', retry: false, meaning: 'The job has already ended.' },
  RESULT_DELETED: {
    fault: 'request',
    retry: false,
    meaning: 'The result was deleted, as the retention rules of whoever kept it say. Ask the question again.'
  },
  // Network
  PEER_UNREACHABLE: { fault: 'network', retry: true, meaning: 'The peer could not be reached.' },
  PEER_UNKNOWN: { fault: 'request', retry: false, meaning: 'No peer of that name or PeerId is known.' },
  NO_PROVIDERS: { fault: 'network', retry: true, meaning: 'No peer that offers the catalog was found.' },
  DEADLINE: { fault: 'network', retry: true, meaning: 'The peer did not answer in time.' },
  INTERRUPTED: { fault: 'network', retry: true, meaning: 'The connection broke before the answer.' },
  UNIMPLEMENTED: { fault: 'network', retry: false, meaning: 'The peer does not support this exchange.' },
  FORBIDDEN: { fault: 'policy', retry: false, meaning: 'The connection is not permitted.' },
  BUSY: { fault: 'network', retry: true, meaning: 'The peer has reached a limit for now. Try again later.' },
  // The node itself
  CONFIG_INVALID: { fault: 'node', retry: false, meaning: 'The configuration is wrong at the named key.' },
  SOURCE_INVALID: { fault: 'node', retry: false, meaning: 'A data file does not fit its description.' },
  SOURCE_UNAVAILABLE: {
    fault: 'node',
    retry: true,
    meaning: 'A database that a catalog is read from cannot be reached, or broke off.'
  },
  STORE_UNAVAILABLE: { fault: 'node', retry: true, meaning: 'The database is locked or cannot be written.' },
  AUDIT_BROKEN: { fault: 'node', retry: false, meaning: 'The audit log cannot be verified.' },
  ADDRESS_IN_USE: { fault: 'node', retry: false, meaning: 'A configured port is taken.' },
  // HTTP
  UNAUTHENTICATED: { fault: 'request', retry: false, meaning: 'A token is needed: POST /api/v1/auth/token.' },
  CREDENTIALS_INVALID: { fault: 'request', retry: false, meaning: 'User name or password is wrong.' },
  ACCOUNT_LOCKED: { fault: 'policy', retry: false, meaning: 'This account is locked. Ask the operator of the peer.' },
  LOGIN_REFUSED: { fault: 'request', retry: false, meaning: 'The login was not completed. Start it again.' },
  LOGIN_PROVIDER_UNREACHABLE: { fault: 'network', retry: true, meaning: 'The login provider does not answer.' },
  NOT_PERMITTED: { fault: 'policy', retry: false, meaning: 'This account may not do that.' },
  NOT_FOUND: { fault: 'request', retry: false, meaning: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { fault: 'request', retry: false, meaning: 'This address does not support that method.' },
  BODY_INVALID: { fault: 'request', retry: false, meaning: 'The body does not fit its schema.' },
  BODY_TOO_LARGE: { fault: 'request', retry: false, meaning: 'The body is larger than its limit.' },
  MEDIA_TYPE_UNSUPPORTED: { fault: 'request', retry: false, meaning: 'The content type is not accepted here.' },
  RATE_LIMITED: { fault: 'request', retry: true, meaning: 'Too many requests. Wait and try again.' },
  INTERNAL: { fault: 'node', retry: true, meaning: 'An unexpected error occurred. The operator can find it by its id.' }
})

/** A code of the closed list. */
export type Code = keyof typeof CODES

/** Whether a text from outside is a known code. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text)
}

/**
 * An expected failure with a code. The message describes the action that failed and may contain local names; it is for this node's
 * operator and never crosses the wire. Only the code and `reason` cross the wire.
 */
export class StimnetError extends Error {
  override readonly name = 'StimnetError'
  readonly code: Code
  /**
   * The reason for the requester. It is made from the request and the catalog's public description, never from data. Default: the
   * meaning of the code.
   */
  readonly reason: string

  constructor(code: Code, message: string, options: { cause?: unknown; reason?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.reason = options.reason ?? CODES[code].meaning
  }

  /** A failure whose message is its reason: it holds nothing local, so all of it may go over the wire. */
  static told(code: Code, reason: string, cause?: unknown): StimnetError {
    return new StimnetError(code, reason, { reason, cause })
  }
}

/** The code of a thrown value; INTERNAL for anything that is not a StimnetError. */
export function codeOf(error: unknown): Code {
  return error instanceof StimnetError ? error.code : 'INTERNAL'
}
