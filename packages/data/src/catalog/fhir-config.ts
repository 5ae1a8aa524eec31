/** The `fhir` source of a table: a folder of bulk NDJSON, and the codes of which each person's row is made. */
import { z } from 'zod'
import { TAKEN_MAX, takenShape } from './taken.ts'

/** Most codes of a set. */
const CODES_MAX = 2_000

/** A code with its system, as FHIR writes tokens: `http://loinc.org|77717-7`. */
const codesSchema = z
  .array(
    z
      .string()
      .max(300)
      .regex(/^[^|\s]+\|[^|]+$/, 'a code is SYSTEM|CODE, as http://loinc.org|77717-7')
  )
  .min(1)
  .max(CODES_MAX)
const setShape = { condition: codesSchema.optional(), observation: codesSchema.optional() }

type Set = Readonly<{ condition?: readonly string[] | undefined; observation?: readonly string[] | undefined }>
const hasOneKind = ({ condition, observation }: Set) => (condition === undefined) !== (observation === undefined)

/** Columns that each row has without being asked. */
export const FHIR_COLUMNS = ['patient_id', 'age_at_index', 'sex'] as const

const variableSchema = z
  .strictObject({
    ...takenShape,
    ...setShape,
    /** The UCUM code of the quantities that count. */
    unit: z.string().min(1).max(40).optional()
  })
  .refine(hasOneKind, 'a variable has one of condition and observation')
  .refine(
    ({ take, observation, unit }) =>
      !(take === 'first' || take === 'last') || (observation !== undefined && unit !== undefined),
    'a value is of an observation and in one unit'
  )

const codesShape = {
  /** The index date is the day of the first record of these; who has none is left out. */
  index: z.strictObject(setShape).refine(hasOneKind, 'the index has one of condition and observation'),
  variables: z.array(variableSchema).min(1).max(TAKEN_MAX)
}

const differ = ({ variables }: { readonly variables: readonly { readonly name: string }[] }) => {
  const names = [...FHIR_COLUMNS, ...variables.map(({ name }) => name.toLowerCase())]
  return new Set(names).size === names.length
}
const differHelp = `the names of variables differ, also from ${FHIR_COLUMNS.join(', ')}`

/** The codes alone, as a file for a proposal has them. */
export const fhirCodesSchema = z.strictObject(codesShape).refine(differ, differHelp)

/** The source of a table. */
export const fhirSchema = z
  .strictObject({ folder: z.string().min(1).max(1024), ...codesShape })
  .refine(differ, differHelp)

/** Parsed codes. */
export type FhirCodes = z.output<typeof fhirCodesSchema>
/** One variable of them. */
export type FhirVariable = FhirCodes['variables'][number]
