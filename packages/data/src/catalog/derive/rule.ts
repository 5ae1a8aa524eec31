/** The `derive` key of a variable: the rule by which the variable is computed from other variables when an epoch is made. */
import { z } from 'zod'
import { DECIMALS_MAX, isOnGrid } from '../decimals.ts'
import { levelSchema } from '../level.ts'

/** Maximum number of items of a sum; a long questionnaire has about a hundred. */
const ITEMS_MAX = 256
const CUTS_MAX = 255
const WORDS_MAX = 1024

/** A variable of the same table by its name, or of any table as `table.variable`. */
const inputSchema = z.string().min(1).max(129)

const constantSchema = z
  .number()
  .refine(
    (value) => decimalsOfConstant(value) !== undefined,
    `a number with at most ${DECIMALS_MAX} decimals, and not too large for them`
  )

/** The way in which several rows of a subject at one level are combined into one value. */
const takenShape = {
  /** Default: several rows are refused. `first` and `last` use `order`. */
  take: z.enum(['first', 'last', 'mean', 'minimum', 'maximum']).optional(),
  /** The number or date by which `take` orders the rows for `first` and `last`. */
  order: inputSchema.optional()
}

const HELP =
  'rule is one of change, at, first, last, mean, minimum, maximum, count, bands, recode, sum, ratio, difference, log and zscore'

/** A rule, identified by its name in `rule`. */
export const deriveSchema = z.discriminatedUnion(
  'rule',
  [
    /** The value at the level `to` of the category `by`, minus the value at `from`. */
    z.strictObject({
      rule: z.literal('change'),
      of: inputSchema,
      by: inputSchema,
      from: levelSchema,
      to: levelSchema,
      ...takenShape
    }),
    /** The value at one level of the category `by`. */
    z.strictObject({ rule: z.literal('at'), of: inputSchema, by: inputSchema, level: levelSchema, ...takenShape }),
    /** The first or last value, ordered by the levels of a category, or by a date or integer. */
    z.strictObject({ rule: z.enum(['first', 'last']), of: inputSchema, by: inputSchema, ...takenShape }),
    /** The mean, minimum, maximum or number (`count`) of all values of the subject. */
    z.strictObject({ rule: z.enum(['mean', 'minimum', 'maximum', 'count']), of: inputSchema }),
    /** Bands named by the levels of the variable in order, one more than there are cuts. A value at a cut belongs to the level above. */
    z.strictObject({ rule: z.literal('bands'), of: inputSchema, cuts: z.array(constantSchema).min(1).max(CUTS_MAX) }),
    /** The level that each level of the input becomes; null for missing. */
    z.strictObject({
      rule: z.literal('recode'),
      of: inputSchema,
      into: z
        .record(z.string().max(128), levelSchema.nullable())
        .refine((words) => Object.keys(words).length <= WORDS_MAX, `at most ${WORDS_MAX} levels`)
    }),
    /** The sum of the items that have values, if at least `complete` of them have. Default: all. */
    z.strictObject({
      rule: z.literal('sum'),
      of: z.array(inputSchema).min(2).max(ITEMS_MAX),
      complete: z.int().min(1).max(ITEMS_MAX).optional()
    }),
    /** The first input divided by the second, or minus the second. */
    z.strictObject({ rule: z.enum(['ratio', 'difference']), of: z.tuple([inputSchema, inputSchema]) }),
    z.strictObject({
      rule: z.literal('log'),
      of: inputSchema,
      base: z.union([z.literal(10), z.literal('e')], 'the base is 10 or e'),
      /** Treatment of values at or below zero, which have no logarithm. Default: such values are refused. */
      nonpositive: z.literal('missing').optional()
    }),
    /** (value − centre) / scale. */
    z.strictObject({
      rule: z.literal('zscore'),
      of: inputSchema,
      centre: constantSchema,
      scale: constantSchema.refine((scale) => scale > 0, 'the scale is above 0')
    })
  ],
  HELP
)

/** The rule of a derived variable. */
export type DeriveRule = z.output<typeof deriveSchema>
/** A rule that makes one value per subject from the rows of another table. */
export type RowsRule = Extract<DeriveRule, { rule: (typeof ROWS_RULES)[number] }>

const ROWS_RULES = ['change', 'at', 'first', 'last', 'mean', 'minimum', 'maximum', 'count'] as const

/** Whether a rule reads the rows of another table. */
export function isOfRows(rule: DeriveRule): rule is RowsRule {
  return ROWS_RULES.some((word) => word === rule.rule)
}

/** The smallest number of decimals with which a constant is exact; undefined if there is none. */
export function decimalsOfConstant(value: number): number | undefined {
  return Array.from({ length: DECIMALS_MAX + 1 }, (_, decimals) => decimals).find((decimals) =>
    isOnGrid(value, decimals)
  )
}

/** The inputs of a rule that are measured, in order. */
export function measuredNames({ of }: DeriveRule): readonly string[] {
  return typeof of === 'string' ? [of] : of
}
