/** The privacy part of a request: the requested assurance level and the budget that it may spend. It does not depend on data. */
import { z } from 'zod'
import { StimnetError } from '../errors.ts'
import type { ReadonlyDeep } from '../readonly.ts'
import type { Encodable, wire } from '../wire/wire.ts'

/** A decimal number as text, with an optional sign. It is converted to an exact ratio, never to a double. */
const decimalSchema = z.string().regex(/^-?\d{1,9}(\.\d{1,18})?$/, 'A decimal number, such as 0.05.')
/** A privacy parameter: a decimal number above zero. */
const chargeSchema = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,18})?$/, 'A decimal number above zero, such as 0.05.')
  .refine((text) => /[1-9]/.test(text), 'Above zero.')

/** Maximum bound on one subject's contributions. With a larger one, the noise would be too large for any use. */
const CONTRIBUTIONS_MAX = 1000

/** The privacy part as REST, command line and SDK take it. */
export const privacyAskSchema = z
  .strictObject({
    /** `P1`: exact numbers under disclosure control. `P2`: differentially private numbers. */
    level: z.enum(['P1', 'P2']),
    /** ε of pure differential privacy for the whole answer, as decimal text. The noise is discrete Laplace. */
    epsilon: chargeSchema.optional(),
    /** ρ of zero-concentrated differential privacy for the whole answer, as decimal text. The noise is discrete Gaussian. */
    rho: chargeSchema.optional(),
    /** Maximum number of groups in which one subject counts. */
    groups_per_subject: z.int().min(1).max(CONTRIBUTIONS_MAX).default(1),
    /** Maximum number of rows of one subject that count in one group. */
    rows_per_subject: z.int().min(1).max(CONTRIBUTIONS_MAX).default(1),
    /** Narrower bounds than the minimum and maximum in the catalog. */
    bounds: z
      .array(z.strictObject({ variable: z.string().min(1).max(129), lower: decimalSchema, upper: decimalSchema }))
      .max(16)
      .default([])
  })
  .refine((ask) => ask.level === 'P1' || (ask.epsilon === undefined) !== (ask.rho === undefined), {
    error: 'P2 needs either epsilon or rho.'
  })
  .refine((ask) => ask.level === 'P2' || (ask.epsilon ?? ask.rho) === undefined, { error: 'P1 spends nothing.' })

/** The privacy part, parsed. */
export type PrivacyAsk = ReadonlyDeep<z.output<typeof privacyAskSchema>>
/** The privacy part as input, before defaults. */
export type PrivacyAskInput = ReadonlyDeep<z.input<typeof privacyAskSchema>>

/** The privacy part of a request that does not give one. */
export const P1_ASK: PrivacyAsk = { level: 'P1', groups_per_subject: 1, rows_per_subject: 1, bounds: [] }

/** Encodes the privacy part for the wire. Throws PARAMETER_INVALID. */
export function privacyAskToMessage(ask: PrivacyAskInput): Encodable<wire.PrivacyAsk> {
  const { level, epsilon, rho, groups_per_subject, rows_per_subject, bounds } = parse(ask)
  return {
    level,
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(rho === undefined ? {} : { rho }),
    groupsPerSubject: groups_per_subject,
    rowsPerSubject: rows_per_subject,
    bounds
  }
}

/** Decodes the privacy part from the wire; an absent part means P1. Throws PARAMETER_INVALID. */
export function privacyAskFromMessage(message: wire.PrivacyAsk | null): PrivacyAsk {
  if (message === null) return P1_ASK
  return parse({
    level: message.level === '' ? 'P1' : (message.level as 'P1'),
    ...(message.epsilon === '' ? {} : { epsilon: message.epsilon }),
    ...(message.rho === '' ? {} : { rho: message.rho }),
    groups_per_subject: message.groupsPerSubject || 1,
    rows_per_subject: message.rowsPerSubject || 1,
    bounds: message.bounds.map(({ variable, lower, upper }) => ({ variable, lower, upper }))
  })
}

function parse(ask: PrivacyAskInput): PrivacyAsk {
  const parsed = privacyAskSchema.safeParse(ask)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const reason = `privacy${issue?.path.map((key) => `.${String(key)}`).join('') ?? ''}: ${issue?.message ?? 'not well formed'}`
  throw StimnetError.told('PARAMETER_INVALID', reason, parsed.error)
}
