/** The shapes of a safe output: a table that the node computed, or the checked values of a script, with a disclosure card. */
import { z } from 'zod'
import { MODEL_ROUNDS_MAX, ROSTER_MAX, SITE_EFFECTS } from './question/plan.ts'
import { pooledTypedSchema, typedValueSchema } from './question/contract/typed-output.ts'
import type { ReadonlyDeep } from './readonly.ts'

/** The assurance levels of a result; see docs/disclosure.md. */
const ASSURANCE_LEVELS = ['unreviewed', 'P0', 'P1', 'P2'] as const

/** The guarantee and the price of a differentially private release. It follows from request and catalog, never from data. */
const dpCardSchema = z.object({
  /** Two data sets are neighbours if they differ by all rows of one subject. */
  adjacency: z.literal('add-remove-subject'),
  mechanism: z.enum(['discrete-laplace', 'discrete-gaussian']),
  /** Charge of this release at this institution: ε for pure, ρ for zero-concentrated differential privacy. One of them is null. */
  epsilon: z.number().nullable(),
  rho: z.number().nullable(),
  /** δ of this release alone. */
  delta: z.number(),
  /** Amount taken from the ledger, in billionths of ρ. */
  nano_rho: z.string(),
  /** How many numbers share the charge, in equal parts. */
  numbers: z.number(),
  groups_per_subject: z.number(),
  rows_per_subject: z.number(),
  /** A person with data at up to that many institutions of one broadcast is charged no more than the request asked for. */
  sites_per_person: z.number(),
  bounds: z.array(z.object({ variable: z.string(), lower: z.number(), upper: z.number() })),
  /** Expected error of each column. `assumes_rows`: rows of a group for which it holds; null if it holds for any group. */
  columns: z.array(
    z.object({
      name: z.string(),
      sd: z.number().nullable(),
      error_95: z.number().nullable(),
      rank_error_95: z.number().nullable(),
      assumes_rows: z.number().nullable()
    })
  ),
  /** Whose spending counts towards the project's cap: everybody's at this catalog, or this requester's. */
  ledger_scope: z.enum(['catalog', 'requester']),
  /** `dp`: this catalog never releases exact numbers. `sdc`: it does, and the guarantee does not cover these. */
  mode: z.enum(['sdc', 'dp'])
})
/** The differential-privacy part of a card, as read. */
export type DpCard = ReadonlyDeep<z.output<typeof dpCardSchema>>

/** The disclosure card: which rules were applied to a result before its release, and which claim it carries. */
export const disclosureCardSchema = z.object({
  /** `unreviewed`: nobody read the code, so no claim is made. */
  level: z.enum(ASSURANCE_LEVELS),
  /** The claim in one sentence. */
  claim: z.string(),
  preset: z.string(),
  policy_hash: z.string(),
  /** Smallest number of subjects that a released number may rest on. */
  k: z.number(),
  round_base: z.number(),
  /** Whose earlier releases this one was judged with: everybody's, or one project's. Absent in older results: everybody's. */
  scope: z.string().optional(),
  epoch: z.string(),
  cohort_hash: z.string(),
  /** The analysis set that the cohort was restricted to, and its definition there; absent if none. `where` as JSON text. */
  analysis_set: z
    .object({ name: z.string(), complete_on: z.array(z.string()), where: z.string().optional() })
    .optional(),
  /** Number of subjects in the cohort; null if it may not be shown. */
  subjects: z.number().nullable(),
  suppressed_cells: z.number(),
  /** Bits that the script was charged; null for other programs. */
  bits: z.number().nullable(),
  /**
   * `exact`: every digit. `statistical`: rounded to a tenth of the standard error. Absent in older results: exact, up to the
   * digits that the preset allows.
   */
  precision: z.enum(['exact', 'statistical']).optional(),
  /** For each charged variable: average bits disclosed per value so far, this result included, and the most allowed. */
  information: z.array(z.object({ variable: z.string(), told: z.number(), max: z.number() })).optional(),
  /** How many stewards read and approved the program with exactly these parameters, cohort and outputs; absent if none. */
  reviewers: z.number().optional(),
  code_hash: z.string(),
  image: z.string(),
  /** Only at level P2. */
  dp: dpCardSchema.optional()
})
/** A disclosure card as read. */
export type DisclosureCard = ReadonlyDeep<z.output<typeof disclosureCardSchema>>

/**
 * How far each released moment is at most from the exact one. What is not there was not rounded. All but `n` hold for n as it
 * stands beside them: `sum` is at most this far from n times the exact mean, `deviations` from n - 1 times the exact variance.
 * So an error of n is counted once, in `n`.
 */
const accuracySchema = z.object({
  n: z.number().optional(),
  sum: z.number().optional(),
  deviations: z.number().optional(),
  third: z.number().optional(),
  fourth: z.number().optional(),
  second: z.object({ sum: z.number(), deviations: z.number(), cross: z.number() }).optional()
})

/** An exact sum as decimal text, for sums that no double holds. With doubles alone, variances far from zero lose digits. */
const exactSumSchema = z
  .string()
  .regex(/^-?\d{1,40}(\.\d{1,9})?$/, 'A decimal number.')
  .optional()

/**
 * The moments from which a released cell is pooled exactly: n and sum; except for a mean, the sum of squared deviations from
 * the mean; for skewness and kurtosis, the sums of third and fourth powers; for a second variable, its own moments and the
 * cross term.
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
  /** Absent if nothing was rounded. */
  accuracy: accuracySchema.optional()
})
/** Moments as read. */
export type MomentsPart = ReadonlyDeep<z.output<typeof momentsSchema>>

const noisySum = z.object({ sum: z.number(), sd: z.number() })

/** One variable of noisy moments. */
const noisyVariableSchema = z.object({
  /** The middle of the bounds to which values are clamped, and the distance of each bound from it. */
  centre: z.number(),
  width: z.number(),
  /** The noise of `first` is a multiple of this; the noise of `squares` is a multiple of its square. */
  step: z.number(),
  /** Sums of the distances from the centre, of their squares, and of their cubes. */
  first: noisySum,
  squares: noisySum.optional(),
  cubes: noisySum.optional()
})

/**
 * The noisy sums from which a mean, spread, skewness, covariance or correlation is pooled under P2. The noise is not cut off,
 * so a count or a sum of squares may be below zero. `sd`: standard deviation of the noise. `variables`: one variable, or two
 * over the rows that have values of both.
 */
const noisyMomentsSchema = z.object({
  rows: noisySum,
  variables: z.array(noisyVariableSchema).min(1).max(2),
  /** Sum of the products of the two variables' distances from their centres. */
  products: noisySum.optional()
})
/** Noisy moments as read. */
export type NoisyMoments = ReadonlyDeep<z.output<typeof noisyMomentsSchema>>

/** A number with 16 significant digits, in the one form that all institutions write. */
const decimalSchema = z.string().regex(/^-?\d\.\d{15}e[+-]\d{1,2}$/, 'A decimal number with an exponent.')

/** What one site released in one round of a model that is fitted in rounds. */
const modelRoundSchema = z.object({
  /** Hash of catalog, cohort, model and roster. */
  fit: z.string().regex(/^[0-9a-f]{64}$/),
  /** PeerIds of all sites of the fit, sorted. */
  roster: z.array(z.string().max(64)).min(1).max(ROSTER_MAX),
  round: z.number().int().min(0).max(MODEL_ROUNDS_MAX),
  /** Hash over the answers to the round before, and the epoch of each; empty in round 0. */
  answers: z.string().regex(/^([0-9a-f]{64})?$/),
  epochs: z.array(z.string().max(128)).max(ROSTER_MAX),
  /** In round 0 the site's own estimates, else those that follow from the round before. What is below holds at them. */
  estimates: z.array(decimalSchema).min(1).max(24),
  /** The gradient of the log-likelihood; zeros in round 0. */
  score: z.array(decimalSchema).min(1).max(24),
  /** The upper triangle of the information matrix, row by row. */
  information: z.array(decimalSchema).min(1).max(300),
  deviance: decimalSchema,
  /** People with the event, or the sum of the outcome. */
  total: z.string().regex(/^\d{1,40}$/, 'A whole number.')
})
/** One round of a model at one site, as read. */
export type ModelRoundPart = ReadonlyDeep<z.output<typeof modelRoundSchema>>

/**
 * The Gram matrix of a linear model at one site, with all its digits: sums of products of two columns of the design, the last of
 * which is the outcome.
 */
const gramSchema = z.object({
  /** The canonical formula, with the names of the question. */
  formula: z.string(),
  outcome: z.string(),
  /** The categories of the model with their declared levels, of which the first is the reference. */
  factors: z.array(z.object({ name: z.string(), levels: z.array(z.string()) })).max(16),
  /** The columns of the design, the outcome last. `decimals`: the values are in units of 10^-decimals. */
  columns: z.array(z.object({ name: z.string(), decimals: z.number().int().min(0).max(18) })).max(25),
  /** Whether the first column is the intercept. */
  intercept: z.boolean(),
  n: z.number(),
  /** The upper triangle row by row, as text of whole numbers, in units of both columns. */
  upper: z.array(z.string().regex(/^-?\d{1,40}$/, 'A whole number.')).max(325),
  site: z.enum(SITE_EFFECTS),
  /** Of `site: meta`, how coefficients are combined; absent: by restricted likelihood, interval of Hartung and Knapp. */
  meta: z
    .object({ method: z.enum(['reml', 'dl', 'pm', 'fixed']), interval: z.enum(['hartung_knapp', 'wald']) })
    .optional(),
  /**
   * Of a model with a random intercept by person: for the people with each number of rows, `within`: the part of `upper` that is
   * theirs, and `totals`: the sums over these people of the products of their totals of two columns, in the same form. `left_out`:
   * numbers of rows that too few people have; they are in no sum. `rows`: those of everybody, left out or not; absent where nobody is
   * left out, or it may not be told. With a random slope it is of the people with each set of visits: `visits`, their places among the
   * levels of the category `time`, ascending; `totals` then has each column twice, its totals and, behind these, its totals weighted by
   * time, in the unit of its levels. `likelihood`: `ml`, as it was asked; absent: the restricted one.
   */
  clusters: z
    .object({
      left_out: z.number().int().min(0).max(10_000),
      rows: z.number().int().min(1).optional(),
      time: z.string().optional(),
      correlated: z.boolean().optional(),
      likelihood: z.literal('ml').optional(),
      sizes: z
        .array(
          z.object({
            size: z.number().int().min(1).max(10_000),
            people: z.number().int().min(1),
            visits: z.array(z.number().int().min(0).max(63)).max(64).optional(),
            within: z.array(z.string().regex(/^-?\d{1,40}$/, 'A whole number.')).max(325),
            totals: z.array(z.string().regex(/^-?\d{1,48}$/, 'A whole number.')).max(1275)
          })
        )
        .min(1)
        .max(64)
    })
    .optional(),
  /** What is fitted; absent: a linear regression. */
  fit: z
    .discriminatedUnion('family', [
      z.object({ family: z.literal('binomial'), event: z.string() }),
      z.object({ family: z.literal('poisson') }),
      z.object({ family: z.literal('components'), scaled: z.boolean() }),
      z.object({ family: z.literal('combat'), features: z.number().int().min(2).max(8) })
    ])
    .optional(),
  /**
   * Of `binomial` and `poisson`, in place of `upper`, which is then empty: the people with each combination of levels of `by`, and
   * how many of them have the event, or the sum of their outcomes. `terms`: the factors of each term.
   */
  table: z
    .object({
      by: z.array(z.string()).max(3),
      terms: z.array(z.array(z.string()).max(3)).max(8),
      cells: z
        .array(
          z.object({
            levels: z.array(z.string()),
            n: z.number(),
            sum: z.string().regex(/^\d{1,40}$/, 'A whole number.')
          })
        )
        .max(4096)
    })
    .optional(),
  /** Of `binomial` and `poisson` that are fitted in rounds, in place of `upper` and `table`. */
  round: modelRoundSchema.optional()
})
/** A Gram matrix as read. */
export type GramPart = ReadonlyDeep<z.output<typeof gramSchema>>

/** A column of the answer. Columns pool by adding counts or sums, from moments, from a share's two counts, from bins, or not. */
const outputColumnSchema = z.object({
  name: z.string(),
  role: z.enum(['key', 'measure']),
  kind: z.string(),
  variables: z.array(z.string()).default([]),
  unit: z.string().optional(),
  argument: z.union([z.string(), z.number()]).optional(),
  /** Whether people were left out of these numbers for privacy; then how far they are from those of all people is not known. */
  left_out: z.literal(true).optional()
})
/** A column as read. */
export type OutputColumn = ReadonlyDeep<z.output<typeof outputColumnSchema>>

/** One row: values in the order of the columns (null: withheld) and, by column name, the part from which the value is pooled. */
const outputRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  parts: z.record(
    z.string(),
    z.union([
      // `sd` and `step` only under P2: standard deviation of the noise, which is a multiple of `step` (default 1). With noise, a
      // count may be below zero.
      z.object({
        add: z.number(),
        sd: z.number().optional(),
        step: z.number().optional(),
        // How far at most the number is from the exact one.
        accuracy: z.number().optional()
      }),
      z.object({ moments: momentsSchema }),
      z.object({ noisy: noisyMomentsSchema }),
      // `sd_each` only under P2: standard deviation of the noise in each count. With noise, counts may be below zero.
      z.object({
        share: z.object({ having: z.number(), of: z.number() }),
        sd_each: z.number().optional(),
        // How far at most having/of is from the exact share, and `of` from the exact number of values.
        accuracy: z.object({ share: z.number(), of: z.number() }).optional()
      }),
      // Only in results from before counts with noise were pooled.
      z.object({ choice: z.number() }),
      z.object({ gram: gramSchema }),
      z.object({
        bins: z.array(z.object({ from: z.number(), to: z.number(), rows: z.number() })),
        sd_each: z.number().optional(),
        // How far at most each bin, and the sum of any bins, is from the exact one.
        accuracy: z.object({ each: z.number(), sum: z.number() }).optional()
      })
    ])
  )
})
/** A row as read. */
export type OutputRow = ReadonlyDeep<z.output<typeof outputRowSchema>>
/** What pools one cell of a row. */
export type OutputPart = OutputRow['parts'][string]

/** Tests that are made of an answer's own columns. */
const TEST_KINDS = [
  ...['welch', 'anova', 'chi_squared', 'meta', 'mean_interval', 'share_interval', 'correlation_interval'],
  ...['one_sample', 'paired', 'two_by_two', 'mcnemar', 'fisher', 'partial_correlation', 'pairwise'],
  ...['quantile_interval', 'kaplan_meier', 'log_rank', 'cox', 'mann_whitney']
] as const

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

/** What an estimate estimates. */
const ESTIMATE_MEASURES = [
  ...[
    'mean',
    'share',
    'correlation',
    'odds_ratio',
    'risk_ratio',
    'risk_difference',
    'difference',
    'quantile',
    'superiority',
    'hazard_ratio'
  ]
] as const

/** One number with its 95 % interval, where a test gives several. */
const estimateSchema = z.object({
  measure: z.enum(ESTIMATE_MEASURES),
  /** Of an interval: the labels of the row, in the order of `by`, null for missing. Of a difference: both groups. Of `hazard_ratio`: a level, and the reference. */
  groups: z.array(z.string().nullable()),
  /** Of `hazard_ratio`: the column in `by` that has these levels. */
  column: z.string().optional(),
  /** Values, pairs or people behind it. */
  n: z.number().nullable(),
  estimate: z.number().nullable(),
  /** Low and high. */
  interval: z.array(z.number()).nullable(),
  /** Of `pairwise`: after Holm, over all comparisons of the test. Of `cox`: Wald's. */
  p: z.number().nullable().optional(),
  /** Of a pooled estimate: PeerIds of those who gave it. */
  sites: z.array(z.string()).optional()
})

const intervalSchema = z.array(z.number()).nullable()

/** Survival at one time of the grid. */
const survivalStepSchema = z.object({
  /** The end of the interval, before which everything counted so far has happened; null for an interval without an end. */
  time: z.number().nullable(),
  /** At the beginning of the interval; those who leave within it included. */
  at_risk: z.number(),
  events: z.number(),
  /** Those without the event who were counted up to this time. */
  censored: z.number(),
  /** Kaplan and Meier. */
  survival: z.number(),
  /** Greenwood's standard error; null where nobody is left. */
  error: z.number().nullable(),
  /** 95 %, on the scale of log(-log). */
  interval: intervalSchema,
  /** Between these ends lies the curve of the exact times and counts. */
  range: z.array(z.number())
})

/** The curve of one group. */
const survivalCurveSchema = z.object({
  /** Null for everybody. */
  group: z.string().nullable(),
  n: z.number(),
  events: z.number(),
  steps: z.array(survivalStepSchema),
  /**
   * The time by which half had the event; null if fewer had. `interval` holds that of the exact times, and `range` the median of these;
   * an end that is not reached is null.
   */
  median: z.object({
    estimate: z.number().nullable(),
    interval: z.array(z.number().nullable()),
    range: z.array(z.number().nullable())
  }),
  /** Mean time without the event up to `until`. `interval` holds that of the exact times, and `range` the mean of these. */
  restricted_mean: z
    .object({
      until: z.number(),
      estimate: z.number(),
      error: z.number(),
      interval: z.array(z.number()),
      range: z.array(z.number()),
      /** Present where the exact times leave more open than chance does: the range is the answer, and the estimate the upper end of it. */
      coarse: z.literal(true).optional()
    })
    .nullable(),
  /**
   * Survival at the times that were asked for; within the only interval of a curve its `range` alone. `interval` as above. `within`: the
   * interval of the grid with the time, where the exact times leave more open than chance does; the last one can have no end.
   */
  at: z.array(
    z.object({
      time: z.number(),
      survival: z.number().nullable(),
      error: z.number().nullable(),
      interval: intervalSchema,
      range: intervalSchema,
      within: z.array(z.number().nullable()).optional()
    })
  ),
  /** Of a pooled curve: PeerIds of those who gave every group, both those with the event and those without it. */
  sites: z.array(z.string()).optional()
})
/** A curve as read. */
export type SurvivalCurve = ReadonlyDeep<z.output<typeof survivalCurveSchema>>

/** The survival of groups. */
const survivalSchema = z.object({
  event: z.object({ key: z.string(), level: z.string(), others: z.array(z.string()) }),
  levels: z.array(z.array(z.string())),
  times: z.array(z.number()).optional(),
  until: z.number().optional(),
  /** Of `cox`: how many of the last columns in `by` are strata. */
  strata: z.number().int().min(0).max(2).optional(),
  /** Of `log_rank` and `cox`. */
  site: z.enum(['none', 'stratum']).optional(),
  /** Of `kaplan_meier`. */
  curves: z.array(survivalCurveSchema).optional(),
  /** Of `log_rank`: by group, over all strata. */
  counts: z
    .array(z.object({ group: z.string(), n: z.number(), observed: z.number(), expected: z.number() }))
    .optional(),
  /** Of `log_rank` and `cox`: the ends of the intervals; one list for each stratum. */
  grids: z.array(z.array(z.number().nullable())).optional()
})

/**
 * A statistical test over released numbers. `of` is the tested column, `by` are the columns that form the groups. Numbers are
 * null if a group is missing or withheld; `note` then says so.
 */
const testResultSchema = z.object({
  kind: z.enum(TEST_KINDS),
  of: z.string(),
  by: z.array(z.string()),
  /**
   * Those compared, in order; none for `chi_squared`, nor for a `meta` without groups. Of `mcnemar` those who changed from the level.
   * Of `fisher` two levels of the rows, then two of the columns. Of `partial_correlation` two variables, and the one held fixed.
   */
  groups: z.array(
    z.object({ name: z.string(), n: z.number().nullable(), mean: z.number().nullable(), sd: z.number().nullable() })
  ),
  /**
   * Of `welch` and `paired`: first mean less the second. Of `one_sample`: mean less `value`. Of `meta`: the combined effect.
   */
  difference: z.number().nullable(),
  /** The 95 % confidence interval of that, low and high. */
  interval: z.array(z.number()).nullable(),
  /** t, F, χ² or, with no degrees of freedom, z. */
  statistic: z.number().nullable(),
  df: z.array(z.number()),
  p: z.number().nullable(),
  /** A remark that a reader must know; empty if there is none. */
  note: z.string(),
  /** Of `meta`. */
  meta: metaSchema.optional(),
  /** Of `one_sample`: what the mean is compared with. Of `quantile_interval`: the share below the quantile. */
  value: z.number().optional(),
  /** Of `kaplan_meier`, `log_rank` and `cox`. */
  survival: survivalSchema.optional(),
  /** Of `mann_whitney`: W, as in R, whether corrected for continuity, and the edges between the bins, without the outer ones. */
  ranks: z.object({ w: z.number().nullable(), corrected: z.boolean(), grid: z.array(z.number()) }).optional(),
  /** Of `partial_correlation`: the other columns that it is made of. */
  columns: z.array(z.string()).optional(),
  /** Of tests that give several numbers. */
  estimates: z.array(estimateSchema).optional(),
  /** Of `two_by_two` over several sites: whether their odds ratios differ (Breslow and Day, as Tarone corrected it). */
  heterogeneity: z.object({ statistic: z.number(), df: z.number(), p: z.number() }).optional(),
  /** Of a pooled test: PeerIds of those who gave every part of it, and no others are in it. */
  sites: z.array(z.string()).optional(),
  /** A table with several rows per subject whose column forms the groups. One person can be in several, so no test is made. */
  repeated: z.string().optional(),
  /** A table with several rows per subject that was read: one person can have several values in a group, see the note. */
  clustered: z.string().optional(),
  /** `site`: people are compared only within their institution, so that differences between institutions do not enter. */
  adjusted_for: z.literal('site').optional()
})
/** A test as read. */
export type TestResult = ReadonlyDeep<z.output<typeof testResultSchema>>
/** One number of a test, as read. */
export type TestEstimate = NonNullable<TestResult['estimates']>[number]

const coefficientSchema = z.object({
  /** A column of the design, such as "age", "sex[male]" or "age:sex[male]". */
  term: z.string(),
  /** All null for a term that follows from those before it, as NA in R. */
  estimate: z.number().nullable(),
  error: z.number().nullable(),
  statistic: z.number().nullable(),
  p: z.number().nullable(),
  /** The 95 % confidence interval, low and high. */
  interval: z.array(z.number()).nullable(),
  /** Of `binomial` the odds ratio, of `poisson` the rate ratio, each with its 95 % interval; not of the intercept. */
  ratio: z.object({ estimate: z.number(), interval: z.array(z.number()) }).optional(),
  /**
   * Of one of several sites: the coefficient means something else there than its name says, since another column follows from it, as with
   * nobody at a reference level. It is not combined with those of other sites.
   */
  not_comparable: z.literal(true).optional(),
  /** Of `site: meta`: how the sites differ in it. */
  between: z
    .object({
      tau2: z.number(),
      i2: z.number(),
      q: z.number(),
      q_p: z.number(),
      /** Where the coefficient of a further institution lies, 19 times of 20. Of three or more institutions. */
      prediction: z.array(z.number()).length(2).optional()
    })
    .optional()
})

/** A principal component. */
const componentSchema = z.object({
  sd: z.number(),
  /** Share of the variance, of this one and of all up to it. */
  proportion: z.number(),
  cumulative: z.number(),
  /** The weight of each variable; the largest is above zero. */
  loadings: z.array(z.object({ term: z.string(), loading: z.number() }))
})

/**
 * One feature of a harmonisation. `grand_mean`: the mean of the sites' intercepts; `pooled_sd`: the root of the mean squared residual,
 * which locations are in units of; scales are over its square. `n`, `mean` and `sd` are those of the harmonised values, and
 * `coefficients` their regression on the covariates.
 */
const harmonisedSchema = z.object({
  feature: z.string(),
  grand_mean: z.number(),
  pooled_sd: z.number(),
  n: z.number(),
  mean: z.number(),
  sd: z.number(),
  sites: z.array(
    z.object({
      site: z.string(),
      n: z.number(),
      location: z.number(),
      scale: z.number(),
      shrunk_location: z.number(),
      shrunk_scale: z.number(),
      mean_before: z.number(),
      sd_before: z.number(),
      mean: z.number(),
      sd: z.number()
    })
  ),
  coefficients: z.array(coefficientSchema)
})

/**
 * A model that was fitted to released Gram matrices, or to released tables of counts. Numbers are null where they are not defined, or where the fit could
 * not be made; `note` then says so.
 */
const modelResultSchema = z.object({
  kind: z.enum(['regression', 'glm', 'pca', 'mixed', 'combat']),
  /** The canonical formula. */
  formula: z.string(),
  outcome: z.string(),
  /**
   * `none`: one sample. `fixed`: the site as a factor. `random`: an intercept of each site, from a normal distribution. `meta`: one fit
   * per site, combined by random effects.
   */
  site: z.enum(SITE_EFFECTS),
  coefficients: z.array(coefficientSchema),
  n: z.number(),
  /** Degrees of freedom of the residuals. Of `meta`, those of the combined estimates. */
  df: z.number().nullable(),
  /** Standard deviation of the residuals. */
  sigma: z.number().nullable(),
  r2: z.number().nullable(),
  adjusted_r2: z.number().nullable(),
  log_likelihood: z.number().nullable(),
  aic: z.number().nullable(),
  note: z.string(),
  /** Of `glm`. */
  family: z.enum(['binomial', 'poisson']).optional(),
  /** Of `binomial`: the level that is modelled. */
  event: z.string().optional(),
  /**
   * Of `glm`. `binomial`: as of single people (-2 log-likelihood). `poisson`: of the sums in the cells, with `deviance_df` degrees of
   * freedom. `null_deviance`: of the intercept alone.
   */
  deviance: z.number().nullable().optional(),
  null_deviance: z.number().nullable().optional(),
  deviance_df: z.number().nullable().optional(),
  /** Of `glm`: Pearson's χ² of the cells over their degrees of freedom; null where the cells are fitted exactly. 1 is expected. */
  dispersion: z.number().nullable().optional(),
  /** `SEPARATED`: some levels tell the outcome of everybody who has them, so that there are no finite estimates. */
  code: z.enum(['SEPARATED']).optional(),
  /**
   * Of a model that is fitted in rounds: the round whose answers it is made of, and the largest change of an estimate that followed from
   * them, in standard errors; null where it is not known.
   */
  rounds: z.object({ last: z.number(), change: z.number().nullable() }).optional(),
  /** Of `pca`, the largest first. */
  components: z.array(componentSchema).optional(),
  /** Of `combat`, over several sites: each feature. */
  harmonised: z.array(harmonisedSchema).optional(),
  /**
   * Of a model with a random intercept, by restricted maximum likelihood: the variance between the intercepts of the groups (`tau2`),
   * that within a group (`sigma2`), and the share of the first in both together (`icc`). `by`: `subject` or `site`. Of `subject`:
   * `left_out`, how many numbers of rows were left out since too few people have them, and `left_out_rows`, how many rows these people
   * have, both added up over the sites; the second only where each site that left somebody out tells it. With a random slope: `slope`,
   * the time with the variance of the slopes and their correlation with the intercepts (null where one of the two has no variance), and
   * no `icc`, which changes with time; `left_out` are then sets of visits. `likelihood`: `ml` where it is not the restricted one.
   * `singular`: a variance of zero, or a correlation of one.
   */
  random: z
    .object({
      by: z.enum(['subject', 'site']),
      groups: z.number(),
      tau2: z.number(),
      sigma2: z.number(),
      icc: z.number().optional(),
      slope: z
        .object({ term: z.string(), tau2: z.number(), correlation: z.number().nullable(), correlated: z.boolean() })
        .optional(),
      likelihood: z.literal('ml').optional(),
      singular: z.literal(true).optional(),
      left_out: z.number().optional(),
      left_out_rows: z.number().optional()
    })
    .optional(),
  /** Of a pooled model: the fit of each site by itself. */
  sites: z
    .array(
      z.object({
        site: z.string(),
        n: z.number(),
        sigma: z.number().nullable(),
        coefficients: z.array(coefficientSchema)
      })
    )
    .optional()
})
/** A model as read. */
export type ModelResult = ReadonlyDeep<z.output<typeof modelResultSchema>>

/** An answer that the node computed. */
const tableOutputSchema = z.object({
  kind: z.literal('table'),
  columns: z.array(outputColumnSchema),
  rows: z.array(outputRowSchema),
  /** Numbers of withheld cells and of withheld groups; groups are not named. */
  withheld: z.object({
    groups: z.number(),
    cells: z.number(),
    /** Digits that were withheld: 1 where numbers are told to half of their standard error, 2 where they are told to a whole one. */
    digits: z.number().optional()
  }),
  /** Sentences saying that people were left out of the numbers; they name no group. */
  left_out: z.array(z.string()).optional(),
  /** Computed from the rows above. Over several sites they are computed again from the pooled rows. */
  tests: z.array(testResultSchema).optional(),
  /** Fitted to the Gram matrices above. Over several sites they are fitted again to all of them. */
  models: z.array(modelResultSchema).optional(),
  disclosure: disclosureCardSchema
})
/** A table as read. */
export type TableOutput = ReadonlyDeep<z.output<typeof tableOutputSchema>>

/** The checked values of a script. */
const valuesOutputSchema = z.object({
  kind: z.literal('values'),
  /** A JSON value. Numbers are rounded to 4 significant digits; words come only from the script, request or catalog. */
  values: z.unknown(),
  withheld: z.object({ leaves: z.number() }),
  disclosure: disclosureCardSchema
})
/** Values as read. */
export type ValuesOutput = ReadonlyDeep<z.output<typeof valuesOutputSchema>>

/** The outputs of a script under the contract that its request declared. */
const typedOutputSchema = z.object({
  kind: z.literal('typed'),
  /** In the order of the contract. */
  outputs: z.array(typedValueSchema),
  withheld: z.object({ values: z.number() }),
  disclosure: disclosureCardSchema
})
/** Typed outputs as read. */
export type TypedOutput = ReadonlyDeep<z.output<typeof typedOutputSchema>>

/** A safe output; `kind` distinguishes its three shapes. */
export const outputSchema = z.discriminatedUnion('kind', [tableOutputSchema, valuesOutputSchema, typedOutputSchema])
/** A safe output as it is read by whoever received it. */
export type Output = ReadonlyDeep<z.output<typeof outputSchema>>

/** One row of a pooled table: values over the sites named in `sites`; null in a column that does not pool. */
const pooledRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  /** PeerIds of the sites with at least one number in the row. A site that withheld all of them is not listed. */
  sites: z.array(z.string()),
  /** PeerIds per column, null for a key; only if the columns come from different sites. */
  column_sites: z.array(z.array(z.string()).nullable()).optional(),
  /** Per column, the standard deviation of the noise, if every part has noise and it is known. Only under P2. */
  noise: z.array(z.number().nullable()).optional(),
  /** Per column, a bound on the error from noise that holds in at least nineteen of twenty cases. */
  error_95: z.array(z.number().nullable()).optional(),
  /** Per column, the largest error from rounding, if parts were rounded and it is known. */
  within: z.array(z.number().nullable()).optional(),
  /**
   * The same for columns that people were left out of (`left_out`), where `within` is null: the largest distance from the number of
   * those who remain. How far the number is from that of all people is not known.
   */
  within_remaining: z.array(z.number().nullable()).optional()
})

/** The pooled answer to one request that was sent to several peers. */
export const pooledOutputSchema = z.object({
  columns: z.array(outputColumnSchema.extend({ pools: z.boolean() })),
  rows: z.array(pooledRowSchema),
  /** Computed from the pooled rows. */
  tests: z.array(testResultSchema).optional(),
  /** Fitted to the Gram matrices of all sites. */
  models: z.array(modelResultSchema).optional(),
  /** Only for scripts with a declared contract. */
  outputs: z.array(pooledTypedSchema).optional(),
  /** PeerIds whose output was pooled, and PeerIds that released none, with the code. */
  sites: z.array(z.string()),
  missing: z.array(z.object({ site: z.string(), code: z.string() })),
  /** By PeerId, what each institution calls itself; of equal names each with the end of its PeerId. */
  institutions: z.record(z.string(), z.string()).optional(),
  /** Remarks that a reader must know: sites that are missing or withheld numbers, columns that do not pool. */
  notes: z.array(z.string())
})
/** A pooled answer as read. */
export type PooledOutput = ReadonlyDeep<z.output<typeof pooledOutputSchema>>
