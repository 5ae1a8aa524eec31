/** Typed outputs of scripts as they are released: checked and rounded by the node, with one shape per kind. */
import { z } from 'zod'
import type { ReadonlyDeep } from '../../readonly.ts'
import type { OutputKind } from './contract.ts'

const numberOrWithheld = z.number().nullable()
const countsSchema = z.array(numberOrWithheld)

const common = {
  name: z.string(),
  unit: z.string(),
  /** Class in the vocabulary of output checkers; see STATBARN_CLASS. */
  class: z.string(),
  /** Number of subjects in the cohort, counted and rounded by the node, not by the script. */
  n: z.number(),
  /** Only for a pooled mean or proportion: number of people at all sites, from the declared counts. */
  of: z.number().optional()
}

/** One typed output. A withheld number is null. */
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
/** One typed output, parsed. */
export type TypedValue = ReadonlyDeep<z.output<typeof typedValueSchema>>

/** Methods of pooling the outputs of several sites. `none`: the outputs are not pooled, only shown side by side. */
const POOLING_METHODS = ['added', 'weighted by its count', 'fixed effect, inverse variance', 'none'] as const
/** One of the pooling methods. */
export type PoolingMethod = (typeof POOLING_METHODS)[number]

/** One typed output over several sites. */
export const pooledTypedSchema = z.object({
  output: typedValueSchema,
  method: z.enum(POOLING_METHODS),
  /** PeerIds of the sites whose numbers were pooled. */
  sites: z.array(z.string())
})
/** One typed output over several sites, parsed. */
export type PooledTyped = ReadonlyDeep<z.output<typeof pooledTypedSchema>>

const STATBARN = 'https://www.w3id.org/statbarnsdc#'

/** The class of each kind of output in the vocabulary of output checkers. */
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
