/** Typed outputs of scripts as they are released: checked and rounded by the node, one shape per kind. */
import { z } from 'zod'
import type { ReadonlyDeep } from '../../readonly.ts'
import type { OutputKind } from './contract.ts'

const numberOrWithheld = z.number().nullable()
const countsSchema = z.array(numberOrWithheld)

const common = {
  name: z.string(),
  unit: z.string(),
  /** Its class in the ontology of output checkers; see STATBARN_CLASS. */
  class: z.string(),
  /** Number of subjects in the cohort, counted and rounded by the node, not by the script. */
  n: z.number(),
  /** For a pooled mean or proportion: its number of people at all sites, according to the declared counts. */
  of: z.number().optional()
}

/** One output. A withheld number is null. */
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

/** Methods of pooling the outputs of several sites. `none`: they do not pool and are only shown beside each other. */
const POOLING_METHODS = ['added', 'weighted by its count', 'fixed effect, inverse variance', 'none'] as const
/** One of the pooling methods. */
export type PoolingMethod = (typeof POOLING_METHODS)[number]

/** One output over several sites. */
export const pooledTypedSchema = z.object({
  output: typedValueSchema,
  method: z.enum(POOLING_METHODS),
  /** PeerIds of the sites whose numbers were pooled. */
  sites: z.array(z.string())
})
/** One output over several sites, as read. */
export type PooledTyped = ReadonlyDeep<z.output<typeof pooledTypedSchema>>

const STATBARN = 'https://www.w3id.org/statbarnsdc#'

/** The class of each kind in the ontology of output checkers. */
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
