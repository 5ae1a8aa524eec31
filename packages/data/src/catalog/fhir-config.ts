/** The `fhir` source of a table: a folder of bulk NDJSON, and the codes from which each person's row is made. */
import { z } from 'zod'
import { TAKEN_MAX, takenShape } from './taken.ts'

/** Maximum number of codes in one set. */
const CODES_MAX = 2_000

/** A code with its system, in FHIR's token form: `http://loinc.org|77717-7`. */
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

/** Columns that each row always has. */
export const FHIR_COLUMNS = ['patient_id', 'age_at_index', 'sex'] as const

const variableSchema = z
  .strictObject({
    ...takenShape,
    ...setShape,
    /** The UCUM code of the unit. Quantities in other units are not used. */
    unit: z.string().min(1).max(40).optional()
  })
  .refine(hasOneKind, 'a variable has one of condition and observation')
  .refine(
    ({ take, observation, unit }) =>
      !(take === 'first' || take === 'last') || (observation !== undefined && unit !== undefined),
    'a value is of an observation and in one unit'
  )

const codesShape = {
  /** The index date is the day of a person's first record with one of these codes. People without such a record are left out. */
  index: z.strictObject(setShape).refine(hasOneKind, 'the index has one of condition and observation'),
  variables: z.array(variableSchema).min(1).max(TAKEN_MAX)
}

const differ = ({ variables }: { readonly variables: readonly { readonly name: string }[] }) => {
  const names = [...FHIR_COLUMNS, ...variables.map(({ name }) => name.toLowerCase())]
  return new Set(names).size === names.length
}
const differHelp = `the names of variables differ, also from ${FHIR_COLUMNS.join(', ')}`

/** The codes alone, as in the codes file for a proposal. */
export const fhirCodesSchema = z.strictObject(codesShape).refine(differ, differHelp)

/** The FHIR source of a table: its folder and codes. */
export const fhirSchema = z
  .strictObject({ folder: z.string().min(1).max(1024), ...codesShape })
  .refine(differ, differHelp)

/** The parsed codes. */
export type FhirCodes = z.output<typeof fhirCodesSchema>
/** One variable of the parsed codes. */
export type FhirVariable = FhirCodes['variables'][number]
