/** What a script released under a declared contract: each output by its kind, as the node checked and rounded it. */
import { z } from 'zod'
import type { ReadonlyDeep } from '../readonly.ts'
import type { OutputKind } from './contract.ts'

const numberOrWithheld = z.number().nullable()
const countsSchema = z.array(numberOrWithheld)

const common = {
  name: z.string(),
  unit: z.string(),
  /** The class that output checkers know it by; see STATBARN_CLASS. */
  class: z.string(),
  /** Subjects of the cohort, counted and rounded by the node; never the script's own number. */
  n: z.number(),
  /** Of a pooled mean or proportion: people of all sites that it is of, as the declared counts say. */
  of: z.number().optional()
}

/** One output. null stands where a number was withheld. */
export const typedValueSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['count', 'sum', 'mean', 'proportion', 'quantile', 'sd']),
    ...common,
    value: numberOrWithheld
  }),
  z.object({ kind: z.literal('table'), ...common, categories: z.array(z.string()), counts: countsSchema }),
  z.object({ kind: z.literal('histogram'), ...common, edges: z.array(z.number()), counts: countsSchema }),
  z.object({
    kind: z.literal('coefficients'),
    ...common,
    terms: z.array(z.object({ term: z.string(), estimate: numberOrWithheld, se: numberOrWithheld }))
  }),
  z.object({
    kind: z.literal('test'),
    ...common,
    statistic: numberOrWithheld,
    df: numberOrWithheld,
    p: numberOrWithheld
  }),
  z.object({ kind: z.literal('curve'), ...common, edges: z.array(z.number()), values: countsSchema })
])
/** One output as read. */
export type TypedValue = ReadonlyDeep<z.output<typeof typedValueSchema>>

/** How the outputs of several sites became one; `none`: they do not pool, and stand beside each other alone. */
const POOLING_METHODS = ['added', 'weighted by its count', 'fixed effect, inverse variance', 'none'] as const
/** One of them. */
export type PoolingMethod = (typeof POOLING_METHODS)[number]

/** One output over several sites. */
export const pooledTypedSchema = z.object({
  output: typedValueSchema,
  method: z.enum(POOLING_METHODS),
  /** Whose numbers went in. */
  sites: z.array(z.string())
})
/** One output over several sites, as read. */
export type PooledTyped = ReadonlyDeep<z.output<typeof pooledTypedSchema>>

const STATBARN = 'https://www.w3id.org/statbarnsdc#'

/** The class of each kind in the ontology that output checkers use. */
export const STATBARN_CLASS: Readonly<Record<OutputKind, string>> = {
  count: `${STATBARN}Frequencies`,
  table: `${STATBARN}Frequencies`,
  histogram: `${STATBARN}Frequencies`,
  sum: `${STATBARN}LinearAggregations`,
  mean: `${STATBARN}LinearAggregations`,
  proportion: `${STATBARN}CalculatedRatios`,
  quantile: `${STATBARN}Position`,
  sd: `${STATBARN}Shape`,
  coefficients: `${STATBARN}CorrelationCoefficients`,
  test: `${STATBARN}StatisticalHypothesisTests`,
  curve: `${STATBARN}HazardSurvivalTables`
}
