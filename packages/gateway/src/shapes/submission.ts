/** Converts a submission from the REST API to the peer's format. */
import type { BroadcastSubmission, custodialBroadcastShape } from '@stimnet/api'
import {
  checkFilter,
  P1_ASK,
  type Program,
  parseJsonObject,
  SCRIPT_LANGUAGES,
  StimnetError,
  statisticSchema
} from '@stimnet/protocol'
import type { z } from 'zod'
import { fieldsOf, InvalidInput } from '../http/problem.ts'
import type { Submission } from '../peer.ts'

type Asked = Omit<z.output<typeof custodialBroadcastShape>, 'targets'>

/** Converts a submission. Throws BODY_INVALID or FILTER_INVALID. */
export function submissionOf(
  body: Asked,
  options: { targets: readonly string[] | '*'; idempotencyKey: string | undefined }
): Submission {
  const where = body.where === null || body.where === undefined ? undefined : checkFilter(body.where)
  return {
    targets: options.targets,
    catalog: body.data_catalog_name,
    program: programOf(body.script_type, body.script_content),
    parameters: body.parameters ?? {},
    filters: body.filters ?? {},
    ...(where === undefined ? {} : { where }),
    ...(body.set ? { set: body.set } : {}),
    purpose: body.purpose ?? [],
    project: body.project ?? '',
    ...(body.permit ? { permit: body.permit } : {}),
    privacy: body.privacy ?? P1_ASK,
    outputs: body.outputs ?? [],
    contract: body.contract ?? [],
    mappings: body.mappings ?? [],
    title: body.title ?? '',
    ...(body.uploaded_file_ids?.length ? { uploads: body.uploaded_file_ids.map(String) } : {}),
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey })
  }
}

function programOf(type: BroadcastSubmission['script_type'], content: string): Program {
  if (type === 'sql') return { kind: 'sql', sql: content }
  if (type === 'statistic') return { kind: 'statistic', statistic: statisticOf(content) }
  const language = SCRIPT_LANGUAGES.find((known) => known === type)
  if (!language) throw new StimnetError('LANGUAGE_NOT_AVAILABLE', 'reading a submission')
  return { kind: 'script', language, code: content }
}

function statisticOf(content: string) {
  let call: unknown
  try {
    call = parseJsonObject(content)
  } catch {
    throw new InvalidInput('BODY_INVALID', [{ field: 'script_content', message: 'A statistic is a JSON object.' }])
  }
  const parsed = statisticSchema.safeParse(call)
  if (parsed.success) return parsed.data
  const fields = fieldsOf(parsed.error).map(({ field, message }) => ({ field: `script_content.${field}`, message }))
  throw new InvalidInput('BODY_INVALID', fields)
}

/** The bytes of a compact JWS, given as it is or in base64url. */
export function envelopeBytesOf(text: string): Uint8Array {
  return text.includes('.') ? new TextEncoder().encode(text) : Uint8Array.from(Buffer.from(text, 'base64url'))
}

/** Checks an Idempotency-Key: printable ASCII, as a header can contain it. Throws PARAMETER_INVALID. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,128}$/.test(header)) return header
  const message = 'From 1 to 128 printable characters without spaces.'
  throw new InvalidInput('PARAMETER_INVALID', [{ field: 'Idempotency-Key', message }])
}
