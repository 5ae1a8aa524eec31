/** What a client sends to have something analysed, and how it reads as one submission. */
import {
  checkFilter,
  contractListSchema,
  type Filter,
  filterSchema,
  isKeyId,
  LIMITS,
  mappingListSchema,
  type OutputDeclarationInput,
  outputContractSchema,
  P1_ASK,
  type PrivacyAskInput,
  type Program,
  parseJsonObject,
  plainLine,
  privacyAskSchema,
  programText,
  type ReadonlyDeep,
  SCRIPT_LANGUAGES,
  StimnetError,
  statisticSchema,
  type VariableContractInput,
  type VariableMappingInput
} from '@stimnet/protocol'
import { z } from 'zod'
import type { AskedView, Submission } from '../peer.ts'
import { fieldsOf, InvalidInput } from '../http/problem.ts'
import { input } from './named.ts'
import { uploadedFileIds, uploadsAsked } from './upload.ts'

/** What can be submitted; `statistic` is new beside the documented four. */
export const SCRIPT_TYPES = ['python', 'r', 'sql', 'jupyter', 'statistic'] as const

/** A PeerId or a node's name. */
export const target = z.string().min(1).max(128)
/** Whom a question goes to. */
export const targets = z.union([z.literal('*'), z.array(target).min(1).max(256)], {
  error: 'A list of node ids or PeerIds, or "*".'
})
const parameterObject = z.record(z.string().max(129), z.unknown()).nullish()

const filterShape = input('Filter', filterSchema)

/** What is asked, in every form of a submission. */
export const asked = {
  data_catalog_name: z.string().min(1).max(64),
  script_type: z.enum(SCRIPT_TYPES),
  script_content: z
    .string()
    .min(1)
    .max(LIMITS.scriptBytesMax)
    .refine((text) => new TextEncoder().encode(text).length <= LIMITS.scriptBytesMax, {
      error: `At most ${LIMITS.scriptBytesMax / 1024} KiB.`
    })
    .describe('The query or script; for a statistic its JSON: { name, table?, variables?, by?, arguments? }'),
  parameters: parameterObject.describe('What a script finds as its parameters'),
  filters: parameterObject.describe('The cohort: column to value or list of values, all of which must hold'),
  where: filterShape.nullish().describe('The cohort in the full filter language; joined to `filters` by and'),
  purpose: z.array(plainLine(64).min(1)).max(16).nullish().describe('GA4GH DUO terms'),
  project: plainLine(128).nullish(),
  privacy: privacyAskSchema.nullish().describe('Which claim is asked for; P1 unless given'),
  outputs: outputContractSchema
    .nullish()
    .describe('Typed outputs that a script promises; the default contract unless given'),
  contract: contractListSchema.nullish().describe('What each variable is taken to be'),
  mappings: mappingListSchema.nullish().describe('How a site’s own variables read in the request’s'),
  title: plainLine(200).nullish()
}

/** What POST /api/v1/jobs takes. */
export const jobSubmissionShape = input(
  'JobSubmission',
  z.strictObject({
    target_node_id: target.describe('A node id, a PeerId, or "*" for every peer that offers the catalog'),
    ...asked,
    uploaded_file_ids: uploadedFileIds
  })
)

/** What POST /api/v1/broadcasts takes where the asking peer signs. */
export const custodialBroadcastShape = input(
  'BroadcastSubmission',
  z.strictObject({ targets: targets.default('*'), ...asked, uploaded_file_ids: uploadedFileIds })
)

/** What POST /api/v1/privacy/cost takes: the same, and nothing is submitted. */
export const costQuestionShape = input(
  'CostQuestion',
  z.strictObject({
    targets: targets.default('*'),
    ...asked,
    key: z
      .string()
      .refine(isKeyId, { error: 'A key id (12D3Koo…).' })
      .nullish()
      .describe(
        'The key that would sign it: what is left is told for that key; for the accounts of the peer unless given'
      )
  })
)

const signedBroadcastShape = input(
  'SignedBroadcastSubmission',
  z.strictObject({
    targets,
    envelope: z
      .string()
      .min(1)
      .max(2 * LIMITS.envelopeBytesMax)
      .regex(/^[A-Za-z0-9_.-]+$/, 'A compact JWS, or its base64url text.')
      .describe('The sealed JobRequest, whose audience names every target')
  })
)

/** Signed by the researcher where there is an `envelope`; else the asking peer signs with the account's key. */
export const broadcastSubmissionShape = z.union([signedBroadcastShape, custodialBroadcastShape])

type Asked = Omit<z.output<typeof custodialBroadcastShape>, 'targets'>

/** Throws BODY_INVALID or FILTER_INVALID. */
export function submissionOf(
  body: Asked,
  options: { targets: readonly string[] | '*'; idempotencyKey: string | undefined }
): Submission {
  const where = body.where === null || body.where === undefined ? undefined : checkFilter(body.where as Filter)
  return {
    targets: options.targets,
    catalog: body.data_catalog_name,
    program: programOf(body.script_type, body.script_content),
    parameters: body.parameters ?? {},
    filters: body.filters ?? {},
    ...(where === undefined ? {} : { where }),
    purpose: body.purpose ?? [],
    project: body.project ?? '',
    privacy: body.privacy ?? P1_ASK,
    outputs: body.outputs ?? [],
    contract: body.contract ?? [],
    mappings: body.mappings ?? [],
    title: body.title ?? '',
    ...uploadsAsked(body),
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey })
  }
}

/** The submission again as a client would send it: what `submissionOf` reads. */
export function bodyOf(asked: AskedView): ReadonlyDeep<z.input<typeof custodialBroadcastShape>> {
  const { targets, catalog, program, parameters, filters, where, purpose, project, privacy, outputs, contract } = asked
  return {
    targets: targets === '*' ? '*' : [...targets],
    data_catalog_name: catalog,
    ...{ script_type: typeOf(program), script_content: programText(program) },
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(Object.keys(filters).length > 0 ? { filters } : {}),
    ...(where === undefined ? {} : { where }),
    ...(purpose.length > 0 ? { purpose: [...purpose] } : {}),
    ...(project === '' ? {} : { project }),
    ...{ privacy: { ...privacy } as PrivacyAskInput },
    ...(outputs.length > 0 ? { outputs: outputs.map((output) => ({ ...output })) as OutputDeclarationInput[] } : {}),
    ...(contract.length > 0 ? { contract: contract.map((one) => ({ ...one })) as VariableContractInput[] } : {}),
    ...(asked.mappings.length > 0
      ? { mappings: asked.mappings.map((one) => ({ ...one })) as VariableMappingInput[] }
      : {}),
    ...(asked.title === '' ? {} : { title: asked.title })
  }
}

function typeOf(program: Program): (typeof SCRIPT_TYPES)[number] {
  return program.kind === 'script' ? program.language : program.kind
}

function programOf(type: (typeof SCRIPT_TYPES)[number], content: string): Program {
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

/** A compact JWS as it is, or base64url around it. */
export function envelopeBytesOf(text: string): Uint8Array {
  return text.includes('.') ? new TextEncoder().encode(text) : Uint8Array.from(Buffer.from(text, 'base64url'))
}

/** Printable ASCII, as the header can carry; throws PARAMETER_INVALID. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,128}$/.test(header)) return header
  const message = 'From 1 to 128 printable characters without spaces.'
  throw new InvalidInput('PARAMETER_INVALID', [{ field: 'Idempotency-Key', message }])
}
