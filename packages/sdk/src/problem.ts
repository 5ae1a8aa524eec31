/** Converts a gateway's problem (RFC 9457) to an error. */
import type { Problem } from '@stimnet/api'
import { type Code, isCode, printableLines, StimnetError } from '@stimnet/protocol'

/** An error with the `code` and `reason` of the gateway, and details of the HTTP response. */
export class ApiError extends StimnetError {
  /** The HTTP status. */
  readonly status: number
  /** Invalid fields of the request, with messages. */
  readonly fields: NonNullable<Problem['errors']>
  /** Id under which the node's operator finds the cause. */
  readonly incident: string | undefined

  constructor(
    code: Code,
    more: { status: number; reason?: string; fields?: ApiError['fields']; incident?: string | undefined }
  ) {
    const { reason } = more
    super(code, reason ?? `the gateway answered ${more.status}`, reason === undefined ? {} : { reason })
    this.status = more.status
    this.fields = more.fields ?? []
    this.incident = more.incident
  }
}

// For responses that are not problems of a gateway, such as a proxy's page.
const CODE_OF_STATUS: Readonly<Record<number, Code>> = {
  401: 'UNAUTHENTICATED',
  403: 'NOT_PERMITTED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
  429: 'RATE_LIMITED',
  502: 'INTERRUPTED',
  503: 'BUSY',
  504: 'DEADLINE'
}

/** The error for a response. Never throws, whatever the text is. */
export function errorOf(status: number, text: string): ApiError {
  const problem = parseObject(text)
  const said = typeof problem.code === 'string' && isCode(problem.code) ? problem.code : undefined
  const code = said ?? CODE_OF_STATUS[status] ?? 'INTERNAL'
  return new ApiError(code, {
    status,
    ...(typeof problem.detail === 'string' ? { reason: printableLines(problem.detail.slice(0, 2_000)) } : {}),
    fields: fieldsOf(problem.errors),
    incident: typeof problem.incident === 'string' ? problem.incident.slice(0, 64) : undefined
  })
}

function fieldsOf(errors: unknown): ApiError['fields'] {
  if (!Array.isArray(errors)) return []
  return errors.slice(0, 20).flatMap((error: unknown) => {
    const { field, message } = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {}
    return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : []
  })
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
