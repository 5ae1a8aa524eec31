/** The output contract of a script: an ordered list of typed outputs, declared before any data are read. */
import { z } from 'zod'
import { StimnetError } from '../../errors.ts'
import type { ReadonlyDeep } from '../../readonly.ts'
import type { Encodable, wire } from '../../wire/wire.ts'

/** The kinds of typed outputs. */
const OUTPUT_KINDS = [
  'count',
  'table',
  'histogram',
  'sum',
  'mean',
  'proportion',
  'quantile',
  'sd',
  'coefficients',
  'test',
  'curve'
] as const
/** One of OUTPUT_KINDS. */
export type OutputKind = (typeof OUTPUT_KINDS)[number]

const OUTPUTS_MAX = 32
const ENTRIES_MAX = 64
const DIGITS_DEFAULT = 4
const RESERVED: readonly string[] = ['withheld', 'disclosure']

/** A name or label in the contract. Only printable ASCII is allowed, so that different names look different. */
const wordSchema = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => /^[\x20-\x7e]+$/.test(text) && text === text.trim(), 'Printable ASCII without outer spaces.')
  .refine((text) => text !== '__proto__', 'This name changes objects.')
const decimalSchema = z.string().regex(/^-?\d{1,9}(\.\d{1,9})?$/, 'A decimal number, such as 0.5.')

/** The declaration of one typed output, as REST, command line and SDK take it. */
export const outputDeclarationSchema = z
  .strictObject({
    /** `withheld` and `disclosure` are refused because they are fields beside the outputs. */
    name: wordSchema.refine((text) => !RESERVED.includes(text), 'This name is taken.'),
    kind: z.enum(OUTPUT_KINDS),
    /** The categories of a table, in order. */
    categories: z.array(wordSchema).max(ENTRIES_MAX).default([]),
    /** The edges of a histogram, or the breakpoints of a quantile or curve, in ascending order. */
    edges: z.array(z.number()).max(ENTRIES_MAX).default([]),
    /** Bounds of a sum, mean or sd. */
    lower: decimalSchema.optional(),
    upper: decimalSchema.optional(),
    /** The terms of coefficients, in order. */
    terms: z.array(wordSchema).max(ENTRIES_MAX).default([]),
    /** Significant digits that may be released. */
    digits: z.int().min(1).max(6).default(DIGITS_DEFAULT),
    unit: z.string().max(64).default(''),
    /**
     * For a mean or proportion: name of the `count` or `table` in this contract that counts its people. Without it, the output does not
     * pool.
     */
    of: wordSchema.optional(),
    /** If `of` names a table: the category whose count is used. */
    category: wordSchema.optional()
  })
  .superRefine((output, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    if ((output.kind === 'table') !== output.categories.length > 0)
      refuse('categories', 'Only a table has categories, and it must name them.')
    const needsEdges = ['histogram', 'quantile', 'curve'].includes(output.kind)
    if (needsEdges !== output.edges.length > 1)
      refuse('edges', 'Only a histogram, quantile or curve has a grid, and it must name two points or more.')
    if (output.edges.some((edge, i) => i > 0 && edge <= (output.edges[i - 1] ?? edge)))
      refuse('edges', 'The grid rises.')
    if ((output.kind === 'coefficients') !== output.terms.length > 0)
      refuse('terms', 'Only coefficients have terms, and they must name them.')
    const bounded = ['sum', 'mean', 'sd'].includes(output.kind)
    if (bounded && (output.lower === undefined || output.upper === undefined))
      refuse('lower', `A ${output.kind} declares lower and upper.`)
    if (!bounded && (output.lower ?? output.upper) !== undefined) refuse('lower', `A ${output.kind} has no bounds.`)
    if (bounded && Number(output.lower) >= Number(output.upper)) refuse('lower', 'lower is below upper.')
    if (new Set(output.categories).size < output.categories.length) refuse('categories', 'A category is named twice.')
    if (new Set(output.terms).size < output.terms.length) refuse('terms', 'A term is named twice.')
    if (output.of !== undefined && output.kind !== 'mean' && output.kind !== 'proportion')
      refuse('of', 'Only a mean or proportion refers to a count, and it must name one.')
    if (output.category !== undefined && output.of === undefined)
      refuse('category', 'A category is one of a table in `of`.')
  })

/** The contract of one script: all of its outputs. */
export const outputContractSchema = z
  .array(outputDeclarationSchema)
  .max(OUTPUTS_MAX)
  .refine((outputs) => new Set(outputs.map(({ name }) => name)).size === outputs.length, 'A name is declared twice.')
  .superRefine((outputs, context) => {
    for (const [at, output] of outputs.entries()) {
      if (output.of === undefined || countDeclared(outputs, output)) continue
      const message = 'Name a count of this contract, or a table and one of its categories.'
      context.addIssue({ code: 'custom', path: [at, 'of'], message })
    }
  })

/**
 * The declared number of people for a mean or proportion: the index of the output and, for a table, the index of the category.
 * Undefined if none is declared.
 */
export function countDeclared(
  outputs: readonly OutputDeclaration[],
  { of, category }: Pick<OutputDeclaration, 'of' | 'category'>
): { readonly output: number; readonly entry: number | undefined } | undefined {
  const output = outputs.findIndex(({ name }) => name === of)
  const declared = outputs[output]
  if (declared?.kind === 'count' && category === undefined) return { output, entry: undefined }
  const entry = declared?.kind === 'table' && category !== undefined ? declared.categories.indexOf(category) : -1
  return entry < 0 ? undefined : { output, entry }
}

/** One declaration, parsed. */
export type OutputDeclaration = ReadonlyDeep<z.output<typeof outputDeclarationSchema>>
/** One declaration as input, before defaults. */
export type OutputDeclarationInput = ReadonlyDeep<z.input<typeof outputDeclarationSchema>>

/** Encodes an output contract for the wire. Throws CONTRACT_INVALID. */
export function contractToMessage(outputs: readonly OutputDeclarationInput[]): Encodable<wire.OutputDeclaration>[] {
  return parse(outputs).map(({ lower, upper, of, category, ...rest }) => ({
    ...rest,
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    ...(of === undefined ? {} : { of }),
    ...(category === undefined ? {} : { category })
  }))
}

/** Decodes an output contract from the wire. Throws CONTRACT_INVALID. */
export function contractFromMessage(messages: readonly wire.OutputDeclaration[]): OutputDeclaration[] {
  return parse(
    messages.map(({ name, kind, categories, edges, lower, upper, terms, digits, unit, of, category }) => ({
      name,
      kind: kind as OutputKind,
      categories: [...categories],
      edges: [...edges],
      terms: [...terms],
      unit,
      ...(lower === '' ? {} : { lower }),
      ...(upper === '' ? {} : { upper }),
      ...(of === '' ? {} : { of }),
      ...(category === '' ? {} : { category }),
      digits: digits || DIGITS_DEFAULT
    }))
  )
}

function parse(outputs: readonly OutputDeclarationInput[]): OutputDeclaration[] {
  const parsed = outputContractSchema.safeParse(outputs)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const reason = `outputs${issue?.path.map((key) => `.${String(key)}`).join('') ?? ''}: ${issue?.message ?? 'not well formed'}`
  throw StimnetError.told('CONTRACT_INVALID', reason, parsed.error)
}
