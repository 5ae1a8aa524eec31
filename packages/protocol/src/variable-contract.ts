/** What a requester takes each variable to be, and how a site's own words read in those of the request. */
import { z } from 'zod'
import { StimnetError } from './errors.ts'
import type { stimnet } from './gen/stimnet.js'

const VARIABLES_MAX = 64
const refSchema = z.string().regex(/^[^.\s]{1,64}\.[^.\s]{1,64}$/, 'table.variable')

/** One variable as the requester understands it: compared by name, type, unit, levels and their order, breakpoints. */
export const variableContractSchema = z.strictObject({
  variable: refSchema,
  type: z.string().min(1).max(16),
  unit: z.string().max(200).default(''),
  levels: z.array(z.string().min(1).max(128)).max(256).default([]),
  breakpoints: z.array(z.number()).max(256).default([])
})
/** One variable's contract. */
export type VariableContract = z.output<typeof variableContractSchema>

/** How one site's variable reads in the words of the request. */
export const variableMappingSchema = z.strictObject({
  /** The PeerId it holds for. */
  peer: z.string().min(1).max(128),
  /** In the request. */
  variable: refSchema,
  /** At that peer. */
  local: refSchema,
  /** Of a category: the site's level to the request's. */
  levels: z
    .array(z.strictObject({ local: z.string().min(1).max(128), level: z.string().min(1).max(128) }))
    .max(256)
    .default([])
})
/** One mapping. */
export type VariableMapping = z.output<typeof variableMappingSchema>

/** What a request carries of both. */
export interface SchemaTerms {
  readonly contract: readonly VariableContract[]
  readonly mappings: readonly VariableMapping[]
}

/** To the wire. */
export function schemaTermsToMessage({ contract, mappings }: SchemaTerms): {
  contract: stimnet.VariableContract.$Properties[]
  mappings: stimnet.VariableMapping.$Properties[]
} {
  return {
    contract: contract.map((one) => ({ ...one, levels: [...one.levels], breakpoints: [...one.breakpoints] })),
    mappings: mappings.map((one) => ({ ...one, levels: one.levels.map((pair) => ({ ...pair })) }))
  }
}

/** From the wire. Throws PARAMETER_INVALID. */
export function schemaTermsFromMessage(message: {
  contract: readonly unknown[]
  mappings: readonly unknown[]
}): SchemaTerms {
  const contract = z.array(variableContractSchema).max(VARIABLES_MAX).safeParse(message.contract)
  const mappings = z
    .array(variableMappingSchema)
    .max(256 * VARIABLES_MAX)
    .safeParse(message.mappings)
  if (contract.success && mappings.success) return { contract: contract.data, mappings: mappings.data }
  const reason = 'The schema contract or a mapping in the request is not well formed.'
  throw new StimnetError('PARAMETER_INVALID', reason, { reason, cause: contract.error ?? mappings.error })
}
