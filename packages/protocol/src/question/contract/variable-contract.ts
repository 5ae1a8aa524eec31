/** The schema terms of a request: its definitions of variables, and the mappings of sites' variables to them. */
import { z } from 'zod'
import { StimnetError } from '../../errors.ts'
import type { ReadonlyDeep } from '../../readonly.ts'
import type { Encodable, wire } from '../../wire/wire.ts'

/** Maximum number of variables in a contract. A script's contract can contain a whole catalog. */
export const CONTRACT_VARIABLES_MAX = 512
const MAPPINGS_MAX = 4096
const refSchema = z.string().regex(/^[^.\s]{1,64}\.[^.\s]{1,64}$/, 'table.variable')

/** The requester's definition of one variable, which is compared with each site: name, type, unit, ordered levels and breakpoints. */
export const variableContractSchema = z.strictObject({
  variable: refSchema,
  type: z.string().min(1).max(16),
  unit: z.string().max(200).default(''),
  levels: z.array(z.string().min(1).max(128)).max(256).default([]),
  breakpoints: z.array(z.number()).max(256).default([])
})
/** One variable's definition, parsed. */
export type VariableContract = ReadonlyDeep<z.output<typeof variableContractSchema>>

/** The mapping of one site's variable to a variable of the request. */
export const variableMappingSchema = z.strictObject({
  /** The PeerId of the site. */
  peer: z.string().min(1).max(128),
  /** The variable's name in the request. */
  variable: refSchema,
  /** The variable's name at that site. */
  local: refSchema,
  /** For a category: pairs of the site's level and the request's level. */
  levels: z
    .array(z.strictObject({ local: z.string().min(1).max(128), level: z.string().min(1).max(128) }))
    .max(256)
    .default([]),
  /** For a number: the factor from the site's unit to the request's unit. Empty: the units are equal. */
  scale: z
    .string()
    .regex(/^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,9})?$/, 'A decimal number above zero, such as 0.001.')
    .or(z.literal(''))
    .default('')
})
/** One mapping, parsed. */
export type VariableMapping = ReadonlyDeep<z.output<typeof variableMappingSchema>>
/** One mapping as input, before defaults. */
export type VariableMappingInput = ReadonlyDeep<z.input<typeof variableMappingSchema>>
/** One variable's definition as input, before defaults. */
export type VariableContractInput = ReadonlyDeep<z.input<typeof variableContractSchema>>

/** All definitions of a request, at most one per variable. */
export const contractListSchema = z
  .array(variableContractSchema)
  .max(CONTRACT_VARIABLES_MAX)
  .refine((list) => new Set(list.map(({ variable }) => variable)).size === list.length, 'A variable is listed twice.')

/** All mappings of a request, at most one per peer and variable. */
export const mappingListSchema = z
  .array(variableMappingSchema)
  .max(MAPPINGS_MAX)
  .refine(
    (list) => new Set(list.map(({ peer, variable }) => `${peer} ${variable}`)).size === list.length,
    'A variable is mapped twice at one peer.'
  )

/** The definitions and mappings of a request. */
export interface SchemaTerms {
  readonly contract: readonly VariableContract[]
  readonly mappings: readonly VariableMapping[]
}

/** Encodes schema terms for the wire. Throws PARAMETER_INVALID. */
export function schemaTermsToMessage(terms: {
  readonly contract: readonly VariableContractInput[]
  readonly mappings: readonly VariableMappingInput[]
}): {
  contract: Encodable<wire.VariableContract>[]
  mappings: Encodable<wire.VariableMapping>[]
} {
  const { contract, mappings } = schemaTermsFromMessage(terms)
  return {
    contract: contract.map((one) => ({ ...one, levels: [...one.levels], breakpoints: [...one.breakpoints] })),
    mappings: mappings.map((one) => ({ ...one, levels: one.levels.map((pair) => ({ ...pair })) }))
  }
}

/** Decodes schema terms from the wire. Throws PARAMETER_INVALID. */
export function schemaTermsFromMessage(message: {
  contract: readonly unknown[]
  mappings: readonly unknown[]
}): SchemaTerms {
  const contract = contractListSchema.safeParse(message.contract)
  const mappings = mappingListSchema.safeParse(message.mappings)
  if (contract.success && mappings.success) return { contract: contract.data, mappings: mappings.data }
  const reason = 'The schema contract or a mapping in the request is not well formed.'
  throw StimnetError.told('PARAMETER_INVALID', reason, contract.error ?? mappings.error)
}
