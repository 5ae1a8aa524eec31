/** The shape of what may leave: a table of the node's own numbers, or the checked values of a script; with its card. */
import { z } from 'zod'
import { pooledTypedSchema, typedValueSchema } from './question/typed-output.ts'
import type { ReadonlyDeep } from './readonly.ts'

/** Which claim a result carries; see docs/disclosure.md. */
const ASSURANCE_LEVELS = ['unreviewed', 'P0', 'P1', 'P2'] as const

/** What a differentially private release promises and what it was paid with; all of it from the request, none of it from data. */
const dpCardSchema = z.object({
  /** Two data sets are neighbours when one has all rows of one subject more. */
  adjacency: z.literal('add-remove-subject'),
  mechanism: z.enum(['discrete-laplace', 'discrete-gaussian']),
  /** Of this release at this institution: pure differential privacy, or zero-concentrated. One of both. */
  epsilon: z.number().nullable(),
  rho: z.number().nullable(),
  /** Of this release alone. */
  delta: z.number(),
  /** What was taken from the ledger, in billionths of ρ. */
  nano_rho: z.string(),
  /** Numbers among which the charge was divided, in equal parts. */
  numbers: z.number(),
  groups_per_subject: z.number(),
  rows_per_subject: z.number(),
  /** Somebody at that many institutions of one broadcast pays what was asked, and no more. */
  sites_per_person: z.number(),
  bounds: z.array(z.object({ variable: z.string(), lower: z.number(), upper: z.number() })),
  /** What the noise is expected to do to each column; `assumes_rows`: for a group of that many rows, at worst. */
  columns: z.array(
    z.object({
      name: z.string(),
      sd: z.number().nullable(),
      error_95: z.number().nullable(),
      rank_error_95: z.number().nullable(),
      assumes_rows: z.number().nullable()
    })
  ),
  /** Whose spending the project's cap is held against: everybody's at this catalog, or this requester's. */
  ledger_scope: z.enum(['catalog', 'requester']),
  /** `dp`: nothing exact ever leaves this catalog. `sdc`: exact releases are outside of the promise. */
  mode: z.enum(['sdc', 'dp'])
})
/** The differential-privacy part of a card, as read. */
export type DpCard = ReadonlyDeep<z.output<typeof dpCardSchema>>

/** What was done to the numbers before they left, and which claim they carry. */
export const disclosureCardSchema = z.object({
  /** `unreviewed`: nobody read this code, no disclosure claim is made. */
  level: z.enum(ASSURANCE_LEVELS),
  /** The claim in one sentence. */
  claim: z.string(),
  preset: z.string(),
  policy_hash: z.string(),
  /** Smallest number of subjects behind a released number. */
  k: z.number(),
  round_base: z.number(),
  /** Whose releases were counted together with this one: everybody's, or one project's. Absent in older results: everybody's. */
  scope: z.string().optional(),
  epoch: z.string(),
  cohort_hash: z.string(),
  /** Subjects in the cohort, where that number may be shown. */
  subjects: z.number().nullable(),
  suppressed_cells: z.number(),
  /** Bits metered out by a script. */
  bits: z.number().nullable(),
  /** `exact`: every digit. `statistical`: to a tenth of the standard error. Absent in older results: exact but for the preset's digits. */
  precision: z.enum(['exact', 'statistical']).optional(),
  /** Of each variable that it is about: bits that were told of a value before and with it, on average, and how many may be. */
  information: z.array(z.object({ variable: z.string(), told: z.number(), max: z.number() })).optional(),
  /** Stewards who read and approved the program with exactly these parameters, cohort and outputs; absent for none. */
  reviewers: z.number().optional(),
  code_hash: z.string(),
  image: z.string(),
  /** With P2 alone. */
  dp: dpCardSchema.optional()
})
/** A disclosure card as read. */
export type DisclosureCard = ReadonlyDeep<z.output<typeof disclosureCardSchema>>

/** Half of the step that each moment was rounded to: what is told lies within it of what it would be exactly. */
const accuracySchema = z.object({
  /** Of n, where that is told to the nearest few. */
  n: z.number().optional(),
  sum: z.number().optional(),
  deviations: z.number().optional(),
  third: z.number().optional(),
  fourth: z.number().optional(),
  second: z.object({ sum: z.number(), deviations: z.number(), cross: z.number() }).optional()
})

/** A sum to its last digit, where a double cannot hold it: by doubles alone the variance of numbers far from zero loses digits. */
const exactSumSchema = z
  .string()
  .regex(/^-?\d{1,40}(\.\d{1,9})?$/, 'A decimal number.')
  .optional()

/**
 * What lets a released cell be pooled exactly: n, sum and, but for a mean, the sum of squared deviations from the mean,
 * for skewness and kurtosis of their third and fourth powers; and with a second variable its own and the cross term.
 */
export const momentsSchema = z.object({
  n: z.number(),
  sum: z.number(),
  sum_exact: exactSumSchema,
  deviations: z.number().optional(),
  third: z.number().optional(),
  fourth: z.number().optional(),
  second: z
    .object({ sum: z.number(), sum_exact: exactSumSchema, deviations: z.number(), cross: z.number() })
    .optional(),
  /** Absent where nothing was rounded. */
  accuracy: accuracySchema.optional()
})
/** Moments as read. */
export type MomentsPart = ReadonlyDeep<z.output<typeof momentsSchema>>

const noisySum = z.object({ sum: z.number(), sd: z.number() })

/** One variable of noisy moments. */
const noisyVariableSchema = z.object({
  /** The middle of the bounds between which values count, and how far each bound is from it. */
  centre: z.number(),
  width: z.number(),
  /** What the noise of `first` comes in multiples of; that of `squares` in multiples of its square. */
  step: z.number(),
  /** Sums of the distances from the centre, of their squares and cubes. */
  first: noisySum,
  squares: noisySum.optional(),
  cubes: noisySum.optional()
})

/**
 * What pools a mean, spread, skewness, covariance or correlation under P2: sums with noise as it was drawn, so that a count
 * or a sum of squares may be below zero. `sd`: of the noise. `variables`: one, or two over the rows that have both.
 */
const noisyMomentsSchema = z.object({
  rows: noisySum,
  variables: z.array(noisyVariableSchema).min(1).max(2),
  /** Sum of the products of both distances. */
  products: noisySum.optional()
})
/** Noisy moments as read. */
export type NoisyMoments = ReadonlyDeep<z.output<typeof noisyMomentsSchema>>

/** How a column of the answer pools: by adding counts or sums, from moments, from a share's cells, from bins, or not at all. */
const outputColumnSchema = z.object({
  name: z.string(),
  role: z.enum(['key', 'measure']),
  kind: z.string(),
  variables: z.array(z.string()).default([]),
  unit: z.string().optional(),
  argument: z.union([z.string(), z.number()]).optional()
})
/** A column as read. */
export type OutputColumn = ReadonlyDeep<z.output<typeof outputColumnSchema>>

/** One row: values in the order of the columns (null: withheld), and by column name what pools it. */
const outputRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  parts: z.record(
    z.string(),
    z.union([
      // With P2 alone: `sd` of the noise, in multiples of `step` (1 unless given). Such a count may be below zero.
      z.object({
        add: z.number(),
        sd: z.number().optional(),
        step: z.number().optional(),
        // Half of the step that it was rounded to.
        accuracy: z.number().optional()
      }),
      z.object({ moments: momentsSchema }),
      z.object({ noisy: noisyMomentsSchema }),
      // `sd_each`: with P2 alone, of the noise in each of the counts; then they may be below zero.
      z.object({ share: z.object({ having: z.number(), of: z.number() }), sd_each: z.number().optional() }),
      // Of results made before counts with noise were pooled.
      z.object({ choice: z.number() }),
      z.object({
        bins: z.array(z.object({ from: z.number(), to: z.number(), rows: z.number() })),
        sd_each: z.number().optional()
      })
    ])
  )
})
/** A row as read. */
export type OutputRow = ReadonlyDeep<z.output<typeof outputRowSchema>>
/** What pools one cell of a row. */
export type OutputPart = OutputRow['parts'][string]

/** Tests that are made of an answer's own columns. */
const TEST_KINDS = ['welch', 'anova', 'chi_squared', 'meta'] as const

/** How the effects of the sites were combined, and how they differ. Numbers are null where it could not be made. */
const metaSchema = z.object({
  effect: z.enum(['mean', 'difference', 'proportion', 'odds_ratio', 'correlation']),
  /** How the variance between sites is estimated; `fixed`: there is none. */
  method: z.enum(['reml', 'dl', 'pm', 'fixed']),
  interval: z.enum(['hartung_knapp', 'wald']),
  /** Variance between the sites' effects: of log odds, of log odds ratios, of Fisher's z where these are combined. */
  tau2: z.number().nullable(),
  /** Share of the variability that is between sites, 0 to 1. */
  i2: z.number().nullable(),
  /** Cochran's Q, its degrees of freedom and p. */
  q: z.object({ statistic: z.number(), df: z.number(), p: z.number() }).nullable(),
  /** Where the effect of a further site lies, 19 times of 20. */
  prediction: z.array(z.number()).nullable(),
  /** The effect of each site with its own 95 % interval, and its share in the combined one. */
  sites: z.array(
    z.object({ site: z.string(), estimate: z.number(), interval: z.array(z.number()), weight: z.number().nullable() })
  )
})

/**
 * A test over released numbers: `of` the column that it is about, `by` the columns that make its groups. Numbers are null
 * where a group is missing or withheld, and `note` says so.
 */
const testResultSchema = z.object({
  kind: z.enum(TEST_KINDS),
  of: z.string(),
  by: z.array(z.string()),
  /** Those compared, in order; none for `chi_squared`, nor for a `meta` without groups. */
  groups: z.array(
    z.object({ name: z.string(), n: z.number().nullable(), mean: z.number().nullable(), sd: z.number().nullable() })
  ),
  /** Of `welch`: first mean less the second. Of `meta`: the combined effect. */
  difference: z.number().nullable(),
  /** The 95 % confidence interval of that, low and high. */
  interval: z.array(z.number()).nullable(),
  /** t, F, χ² or, with no degrees of freedom, z. */
  statistic: z.number().nullable(),
  df: z.array(z.number()),
  p: z.number().nullable(),
  /** What a reader must know; empty for nothing. */
  note: z.string(),
  /** Of `meta`. */
  meta: metaSchema.optional(),
  /** Of a pooled test: PeerIds of those who gave every part of it, and no others are in it. */
  sites: z.array(z.string()).optional(),
  /** The table with several rows per subject whose column makes the groups: they can hold the same people, and no test is made. */
  repeated: z.string().optional(),
  /** `site`: people are compared within their institution alone, so that what divides institutions does not enter. */
  adjusted_for: z.literal('site').optional()
})
/** A test as read. */
export type TestResult = ReadonlyDeep<z.output<typeof testResultSchema>>

/** An answer of the node's own numbers. */
const tableOutputSchema = z.object({
  kind: z.literal('table'),
  columns: z.array(outputColumnSchema),
  rows: z.array(outputRowSchema),
  /** Cells and whole groups that were withheld; groups are not named. */
  withheld: z.object({ groups: z.number(), cells: z.number() }),
  /** Who is not in it, in words that tell no group. */
  left_out: z.array(z.string()).optional(),
  /** Made of the rows above; over several sites they are made again of the pooled rows. */
  tests: z.array(testResultSchema).optional(),
  disclosure: disclosureCardSchema
})
/** A table as read. */
export type TableOutput = ReadonlyDeep<z.output<typeof tableOutputSchema>>

/** The checked values of a script. */
const valuesOutputSchema = z.object({
  kind: z.literal('values'),
  /** A JSON value: numbers rounded to 4 significant digits, words only from the script or the request. */
  values: z.unknown(),
  withheld: z.object({ leaves: z.number() }),
  disclosure: disclosureCardSchema
})
/** Values as read. */
export type ValuesOutput = ReadonlyDeep<z.output<typeof valuesOutputSchema>>

/** What a script released under the contract that its request declared. */
const typedOutputSchema = z.object({
  kind: z.literal('typed'),
  /** In the order of the contract. */
  outputs: z.array(typedValueSchema),
  withheld: z.object({ values: z.number() }),
  disclosure: disclosureCardSchema
})
/** Typed outputs as read. */
export type TypedOutput = ReadonlyDeep<z.output<typeof typedOutputSchema>>

/** One of the kinds, told apart by `kind`. */
export const outputSchema = z.discriminatedUnion('kind', [tableOutputSchema, valuesOutputSchema, typedOutputSchema])
/** A safe output as it is read by whoever received it. */
export type Output = ReadonlyDeep<z.output<typeof outputSchema>>

/** One row of a pooled table: values over the sites named in `sites`; null where the column does not pool. */
const pooledRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  /** PeerIds behind any number of the row. A site that withheld all of them is missing here. */
  sites: z.array(z.string()),
  /** Only where the columns have different sites behind them: PeerIds by column, null for a key. */
  column_sites: z.array(z.array(z.string()).nullable()).optional(),
  /** By column the standard deviation of the noise in it, where every part has some and it is known; with P2 alone. */
  noise: z.array(z.number().nullable()).optional(),
  /** By column how far the noise puts it off, nineteen times of twenty at most. */
  error_95: z.array(z.number().nullable()).optional(),
  /** By column how far at most rounding puts it off, where parts were rounded and it is known. */
  within: z.array(z.number().nullable()).optional()
})

/** What one request to many peers gives when their parts are put together. */
export const pooledOutputSchema = z.object({
  columns: z.array(outputColumnSchema.extend({ pools: z.boolean() })),
  rows: z.array(pooledRowSchema),
  /** Over the pooled rows. */
  tests: z.array(testResultSchema).optional(),
  /** Of scripts with a declared contract. */
  outputs: z.array(pooledTypedSchema).optional(),
  /** PeerIds whose output went in, and those that gave none, with the code. */
  sites: z.array(z.string()),
  missing: z.array(z.object({ site: z.string(), code: z.string() })),
  /** What a reader must know: sites missing or suppressed, columns that only show their parts. */
  notes: z.array(z.string())
})
/** A pooled answer as read. */
export type PooledOutput = ReadonlyDeep<z.output<typeof pooledOutputSchema>>
