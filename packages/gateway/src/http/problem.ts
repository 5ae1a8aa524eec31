/** Errors as RFC 9457 problems: a code and a text about the request, and nothing about the node's internals. */
import type { Problem } from '@stimnet/api'
import { CODES, type Code, StimnetError } from '@stimnet/protocol'
import type { z } from 'zod'
import { headersOf } from './answer.ts'

/** An invalid field of a request. */
export interface FieldProblem {
  /** Path such as `filters.age`; empty for the whole value. */
  readonly field: string
  readonly message: string
}

/** Invalid input, with each invalid field, at most `FIELDS_MAX`. */
export class InvalidInput extends StimnetError {
  readonly fields: readonly FieldProblem[]

  constructor(code: 'BODY_INVALID' | 'PARAMETER_INVALID', fields: readonly FieldProblem[]) {
    const [first] = fields
    const reason = first ? `${first.field === '' ? '' : `${first.field}: `}${first.message}` : CODES[code].meaning
    super(code, reason, { reason })
    this.fields = fields
  }
}

const FIELDS_MAX = 10
const TEXT_MAX = 300

/** A problem that also sets headers, such as Retry-After. */
export class Refusal extends StimnetError {
  readonly headers: Readonly<Record<string, string>>

  constructor(code: Code, reason: string | undefined, headers: Readonly<Record<string, string>>) {
    super(code, 'refusing a request', reason === undefined ? {} : { reason })
    this.headers = headers
  }
}

/** The invalid fields in a zod error, with messages for the client. */
export function fieldsOf(error: z.ZodError): FieldProblem[] {
  return error.issues
    .flatMap(likeliest)
    .slice(0, FIELDS_MAX)
    .map((issue) => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
      const field = [...issue.path, ...unknown].map(String).join('.').slice(0, TEXT_MAX)
      const message = unknown.length > 0 ? 'There is no such field.' : issue.message
      return { field, message: message.slice(0, TEXT_MAX) }
    })
}

/** The errors of the closest form, for a body that may have one of several forms. */
function likeliest(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.path.length > 0) return [issue]
  const [closest] = [...issue.errors].sort((a, b) => a.length - b.length)
  return closest ?? [issue]
}

// Codes whose status does not follow from their fault.
const STATUS: Partial<Record<Code, number>> = {
  MALFORMED: 400,
  TOO_LARGE: 413,
  SIGNATURE_INVALID: 400,
  KEY_UNSUPPORTED: 400,
  TYPE_MISMATCH: 400,
  AUDIENCE_MISMATCH: 400,
  CARRIER_MISMATCH: 400,
  EXPIRED: 400,
  NOT_YET_VALID: 400,
  LIFETIME_TOO_LONG: 400,
  REQUEST_REPLAYED: 409,
  CATALOG_UNKNOWN: 404,
  JOB_UNKNOWN: 404,
  JOB_ENDED: 409,
  RESULT_DELETED: 410,
  UPLOADS_FULL: 409,
  PEER_UNKNOWN: 404,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  UNAUTHENTICATED: 401,
  CREDENTIALS_INVALID: 401,
  LOGIN_REFUSED: 401,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  RATE_LIMITED: 429,
  QUEUE_FULL: 503,
  COHORT_NOT_RELEASABLE: 422,
  OUTPUT_NOT_RELEASABLE: 422,
  NO_PROVIDERS: 503,
  DEADLINE: 504,
  UNIMPLEMENTED: 501,
  BUSY: 503,
  PEER_UNREACHABLE: 503,
  SANDBOX_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503
}

const STATUS_OF_FAULT = { request: 422, policy: 403, program: 422, node: 500, network: 502 } as const

/** The HTTP status of a code. */
export function statusOf(code: Code): number {
  return STATUS[code] ?? STATUS_OF_FAULT[CODES[code].fault]
}

/** Details of a problem in addition to its error. */
export interface ProblemContext {
  readonly requestId: string
  /** Reports an unexpected error to the operator; returns the id of the incident. */
  report(error: unknown): string
}

/** The problem for a thrown value. A value that is not a StimnetError becomes INTERNAL without details. */
export function problemOf(error: unknown, context: ProblemContext): Problem {
  const known = error instanceof StimnetError ? error : new StimnetError('INTERNAL', 'answering a request')
  const { meaning, retry, fault } = CODES[known.code]
  return {
    type: `urn:stimnet:code:${known.code}`,
    title: meaning,
    status: statusOf(known.code),
    // Errors of the node itself are described to its operator only.
    detail: fault === 'node' ? meaning : known.reason,
    code: known.code,
    retry,
    request_id: context.requestId,
    ...(known instanceof InvalidInput ? { errors: [...known.fields] } : {}),
    ...(fault === 'node' ? { incident: context.report(error) } : {})
  }
}

/** The problem as a response with the headers that its status requires. */
export function problemAnswer(error: unknown, context: ProblemContext): Response {
  const problem = problemOf(error, context)
  const waits = problem.status === 503 || problem.status === 429 ? { 'retry-after': '5' } : {}
  const challenge = problem.status === 401 ? { 'www-authenticate': 'Bearer realm="stimnet"' } : {}
  const own = error instanceof Refusal ? error.headers : {}
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: headersOf(context.requestId, {
      'content-type': 'application/problem+json; charset=utf-8',
      ...waits,
      ...challenge,
      ...own
    })
  })
}
