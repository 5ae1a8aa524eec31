/** The shapes of a safe output: a table that the node computed, or the checked values of a script, with a disclosure card. */
import { z } from 'zod'
import { MODEL_ROUNDS_MAX, ROSTER_MAX, SITE_EFFECTS } from './question/plan.ts'
import { pooledTypedSchema, typedValueSchema } from './question/contract/typed-output.ts'
import type { ReadonlyDeep } from './readonly.ts'

/** The assurance levels of a result; see docs/disclosure.md. */
const ASSURANCE_LEVELS = ['unreviewed', 'P0', 'P1', 'P2'] as const

/** The guarantee and the price of a differentially private release. The card follows from request and catalog, never from data. */
const dpCardSchema = z.object({
  /** Two data sets are neighbours if they differ by all rows of one subject. */
  adjacency: z.literal('add-remove-subject'),
  mechanism: z.enum(['discrete-laplace', 'discrete-gaussian']),
  /** Charge of this release at this institution: ε for pure, ρ for zero-concentrated differential privacy. The other one is null. */
  epsilon: z.number().nullable(),
  rho: z.number().nullable(),
  /** δ of this release only. */
  delta: z.number(),
  /** Amount deducted from the ledger, in billionths of ρ. */
  nano_rho: z.string(),
  /** Number of released numbers that share the charge in equal parts. */
  numbers: z.number(),
  groups_per_subject: z.number(),
  rows_per_subject: z.number(),
  /**
   * Maximum number of institutions of one broadcast that may have data of the same person, so that nobody is charged more than the
   * request asked for.
   */
  sites_per_person: z.number(),
  bounds: z.array(z.object({ variable: z.string(), lower: z.number(), upper: z.number() })),
  /** Expected error of each column. `assumes_rows`: number of rows in a group for which the error holds; null if it holds for any group. */
  columns: z.array(
    z.object({
      name: z.string(),
      sd: z.number().nullable(),
      error_95: z.number().nullable(),
      rank_error_95: z.number().nullable(),
      assumes_rows: z.number().nullable()
    })
  ),
  /** The spending that counts towards the project's cap: that of the whole catalog, or of this requester. */
  ledger_scope: z.enum(['catalog', 'requester']),
  /** `dp`: the catalog never releases exact numbers. `sdc`: it does, and the guarantee does not cover the exact numbers. */
  mode: z.enum(['sdc', 'dp'])
})
/** The differential-privacy part of a card, parsed. */
export type DpCard = ReadonlyDeep<z.output<typeof dpCardSchema>>

/** The disclosure card of a result: the rules that were applied before its release, and the claim that it carries. */
export const disclosureCardSchema = z.object({
  /** Assurance level. `unreviewed`: nobody read the code, so no claim is made. */
  level: z.enum(ASSURANCE_LEVELS),
  /** The claim in one sentence. */
  claim: z.string(),
  preset: z.string(),
  policy_hash: z.string(),
  /** Minimum number of subjects behind a released number. */
  k: z.number(),
  round_base: z.number(),
  /** The releases with which this one was judged: everybody's, or one project's. Absent in older results: everybody's. */
  scope: z.string().optional(),
  epoch: z.string(),
  cohort_hash: z.string(),
  /** The analysis set to which the cohort was restricted, and its definition there; absent if there is none. `where` as JSON text. */
  analysis_set: z
    .object({ name: z.string(), complete_on: z.array(z.string()), where: z.string().optional() })
    .optional(),
  /** Number of subjects in the cohort or, for a table, in its groups; null if it may not be disclosed. */
  subjects: z.number().nullable(),
  suppressed_cells: z.number(),
  /** Bits that the script was charged; null for other programs. */
  bits: z.number().nullable(),
  /**
   * `exact`: every digit. `statistical`: rounded to a tenth of the standard error. Absent in older results: exact, up to the
   * digits that the preset allows.
   */
  precision: z.enum(['exact', 'statistical']).optional(),
  /** For each charged variable: bits per value disclosed so far (`told`), on average and including this result, and the maximum (`max`). */
  information: z.array(z.object({ variable: z.string(), told: z.number(), max: z.number() })).optional(),
  /** Number of stewards who read and approved the program with exactly these parameters, cohort and outputs; absent if none did. */
  reviewers: z.number().optional(),
  code_hash: z.string(),
  image: z.string(),
  /** Present at level P2 only. */
  dp: dpCardSchema.optional()
})
/** A disclosure card, parsed. */
export type DisclosureCard = ReadonlyDeep<z.output<typeof disclosureCardSchema>>

/**
 * Maximum error of each released moment; a moment that is not listed was not rounded. All errors except that of `n` refer to the
 * released n: `sum` is at most this far from n times the exact mean, `deviations` from n - 1 times the exact variance. So an error
 * of n is counted once, in `n`.
 */
const accuracySchema = z.object({
  n: z.number().optional(),
  sum: z.number().optional(),
  deviations: z.number().optional(),
  third: z.number().optional(),
  fourth: z.number().optional(),
  second: z.object({ sum: z.number(), deviations: z.number(), cross: z.number() }).optional()
})

/**
 * An exact sum as decimal text, for sums that a double cannot represent. With doubles alone, variances of values far from zero lose
 * digits.
 */
const exactSumSchema = z
  .string()
  .regex(/^-?\d{1,40}(\.\d{1,9})?$/, 'A decimal number.')
  .optional()

/**
 * The moments from which a released cell is pooled exactly: n and sum; for a spread also the sum of squared deviations from the
 * mean; for skewness and kurtosis the sums of third and fourth powers; for a second variable its own moments and the cross term.
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
/** Moments, parsed. */
export type MomentsPart = ReadonlyDeep<z.output<typeof momentsSchema>>

const noisySum = z.object({ sum: z.number(), sd: z.number() })

/** Noisy sums of one variable. */
const noisyVariableSchema = z.object({
  /** The middle of the bounds to which values are clamped, and the distance from the middle to each bound. */
  centre: z.number(),
  width: z.number(),
  /** The noise of `first` is a multiple of `step`; the noise of `squares` is a multiple of its square. */
  step: z.number(),
  /** Sums of the distances from the centre, of their squares, and of their cubes. */
  first: noisySum,
  squares: noisySum.optional(),
  cubes: noisySum.optional()
})

/**
 * The noisy sums from which a mean, spread, skewness, covariance or correlation is pooled under P2. The noise is not truncated, so a
 * count or a sum of squares may be below zero. `sd`: standard deviation of the noise. `variables`: one variable, or two over the
 * rows that have values of both.
 */
const noisyMomentsSchema = z.object({
  rows: noisySum,
  variables: z.array(noisyVariableSchema).min(1).max(2),
  /** Sum of the products of the two variables' distances from their centres. */
  products: noisySum.optional()
})
/** Noisy moments, parsed. */
export type NoisyMoments = ReadonlyDeep<z.output<typeof noisyMomentsSchema>>

/** A number with 16 significant digits, in the only spelling that institutions write. */
const decimalSchema = z.string().regex(/^-?\d\.\d{15}e[+-]\d{1,2}$/, 'A decimal number with an exponent.')

/** The numbers that one site released in one round of a model that is fitted in rounds. */
const modelRoundSchema = z.object({
  /** Hash of catalog, cohort, model and roster. */
  fit: z.string().regex(/^[0-9a-f]{64}$/),
  /** PeerIds of all sites of the fit, sorted. */
  roster: z.array(z.string().max(64)).min(1).max(ROSTER_MAX),
  round: z.number().int().min(0).max(MODEL_ROUNDS_MAX),
  /** Hash over the answers to the previous round, and the epoch of each answer; both empty in round 0. */
  answers: z.string().regex(/^([0-9a-f]{64})?$/),
  epochs: z.array(z.string().max(128)).max(ROSTER_MAX),
  /**
   * In round 0 the site's own estimates, otherwise the estimates that follow from the previous round. The fields below are evaluated
   * at them.
   */
  estimates: z.array(decimalSchema).min(1).max(24),
  /** Gradient of the log-likelihood; zeros in round 0. */
  score: z.array(decimalSchema).min(1).max(24),
  /** Upper triangle of the information matrix, row by row. */
  information: z.array(decimalSchema).min(1).max(300),
  deviance: decimalSchema,
  /** Number of people with the event, or the sum of the outcome. */
  total: z.string().regex(/^\d{1,40}$/, 'A whole number.')
})
/** One round of a model at one site, parsed. */
export type ModelRoundPart = ReadonlyDeep<z.output<typeof modelRoundSchema>>

/**
 * The noisy sums from which a model is fitted under P2, over the people with a value of every variable. `variables`: the numbers of the
 * model. Their distances from `centre`, limited to `width`, are summed. `sums`: for each product of numbers (the people, for the empty
 * product), `values` has one sum for each combination of the levels of `by`, the last category fastest. For a linear model, levels for
 * which its design has no column are left out. The noise of each value has the standard deviation `sd` and is not truncated.
 */
const noisyModelSchema = z.object({
  mechanism: z.enum(['discrete-laplace', 'discrete-gaussian']),
  variables: z.array(z.object({ name: z.string(), centre: z.number(), width: z.number(), step: z.number() })).max(8),
  sums: z
    .array(
      z.object({
        numbers: z.array(z.string()).max(2),
        by: z.array(z.string()).max(3),
        sd: z.number(),
        values: z.array(z.number()).max(4096)
      })
    )
    .min(1)
    .max(400)
})
/** Noisy sums of a model as read. */
export type NoisyModel = ReadonlyDeep<z.output<typeof noisyModelSchema>>

/**
 * The Gram matrix of a linear model at one site, with all its digits: sums of products of two columns of the design, the last of
 * which is the outcome.
 */
const gramSchema = z.object({
  /** The canonical formula, with the variable names of the request. */
  formula: z.string(),
  outcome: z.string(),
  /** The categorical variables of the model with their declared levels; the first level is the reference. */
  factors: z.array(z.object({ name: z.string(), levels: z.array(z.string()) })).max(16),
  /** The columns of the design, the outcome last. `decimals`: values are in units of 10^-decimals. */
  columns: z.array(z.object({ name: z.string(), decimals: z.number().int().min(0).max(18) })).max(25),
  /** Whether the first column is the intercept. */
  intercept: z.boolean(),
  n: z.number(),
  /** The upper triangle, row by row, as text of whole numbers in the product of both columns' units. */
  upper: z.array(z.string().regex(/^-?\d{1,40}$/, 'A whole number.')).max(325),
  site: z.enum(SITE_EFFECTS),
  /** Only for `site: meta`: how coefficients are combined. Absent: restricted likelihood, with the interval of Hartung and Knapp. */
  meta: z
    .object({ method: z.enum(['reml', 'dl', 'pm', 'fixed']), interval: z.enum(['hartung_knapp', 'wald']) })
    .optional(),
  /**
   * For a model with a random intercept per person: one entry for the people with each number of rows. `within`: the part of `upper` that
   * belongs to these people. `totals`: the sums over these people of the products of their totals of two columns, in the same form.
   * `left_out`: the numbers of rows that too few people have; the people with these numbers are in no sum. `rows`: the number of rows of
   * everybody, including people who were left out; absent if nobody was left out, or if the number may not be disclosed. With a random
   * slope, each entry is for the people with one set of visits. `visits`: the indices of these visits among the levels of the category
   * `time`, ascending. `totals` then has each column twice: its totals and, after these, its totals weighted by time, in the unit of the
   * levels. `likelihood`: `ml` if requested; absent for the restricted likelihood.
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
  /** The kind of fit; absent: a linear regression. */
  fit: z
    .discriminatedUnion('family', [
      z.object({ family: z.literal('binomial'), event: z.string() }),
      z.object({ family: z.literal('poisson') }),
      z.object({ family: z.literal('cox'), event: z.string(), time: z.string() }),
      z.object({ family: z.literal('components'), scaled: z.boolean() }),
      z.object({ family: z.literal('combat'), features: z.number().int().min(2).max(8) })
    ])
    .optional(),
  /**
   * For `binomial` and `poisson`, instead of `upper`, which is then empty: for each combination of levels of `by`, the number of
   * people, and the number of events or the sum of the outcome. `terms`: the factors of each term.
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
  /** Of `cox`, and of `binomial` and `poisson` that are fitted in rounds, in place of `upper` and `table`. */
  round: modelRoundSchema.optional(),
  /** Under P2, in place of `upper` and `table`; `n` is then the noisy number of people, which can be below zero. */
  noisy: noisyModelSchema.optional()
})
/** A Gram matrix, parsed. */
export type GramPart = ReadonlyDeep<z.output<typeof gramSchema>>

/**
 * A column of the answer. A column pools by adding counts or sums, from moments, from the two counts of a share, from bins, or not
 * at all.
 */
const outputColumnSchema = z.object({
  name: z.string(),
  role: z.enum(['key', 'measure']),
  kind: z.string(),
  variables: z.array(z.string()).default([]),
  unit: z.string().optional(),
  argument: z.union([z.string(), z.number()]).optional(),
  /** Whether people were left out of these numbers for privacy. Then their distance from the numbers of all people is unknown. */
  left_out: z.literal(true).optional()
})
/** A column, parsed. */
export type OutputColumn = ReadonlyDeep<z.output<typeof outputColumnSchema>>

/** One row: values in the order of the columns (null: withheld) and, by column name, the part from which the value is pooled. */
const outputRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  parts: z.record(
    z.string(),
    z.union([
      // `sd` and `step` only under P2: standard deviation of the noise, and the number of which the noise is a multiple (default 1). With
      // noise, a count may be below zero.
      z.object({
        add: z.number(),
        sd: z.number().optional(),
        step: z.number().optional(),
        // Maximum error of the number.
        accuracy: z.number().optional()
      }),
      z.object({ moments: momentsSchema }),
      z.object({ noisy: noisyMomentsSchema }),
      // `sd_each` only under P2: standard deviation of the noise in each count. With noise, counts may be below zero.
      z.object({
        share: z.object({ having: z.number(), of: z.number() }),
        sd_each: z.number().optional(),
        // Maximum error of the share having/of, and of `of`, the number of values.
        accuracy: z.object({ share: z.number(), of: z.number() }).optional()
      }),
      // Only in older results, from before counts with noise were pooled.
      z.object({ choice: z.number() }),
      z.object({ gram: gramSchema }),
      z.object({
        bins: z.array(z.object({ from: z.number(), to: z.number(), rows: z.number() })),
        sd_each: z.number().optional(),
        // Maximum error of each bin, and of the sum of any bins.
        accuracy: z.object({ each: z.number(), sum: z.number() }).optional()
      })
    ])
  )
})
/** A row, parsed. */
export type OutputRow = ReadonlyDeep<z.output<typeof outputRowSchema>>
/** The part of a row from which one cell is pooled. */
export type OutputPart = OutputRow['parts'][string]

/** Tests that are computed from the answer's own columns. */
const TEST_KINDS = [
  ...['welch', 'anova', 'chi_squared', 'meta', 'mean_interval', 'share_interval', 'correlation_interval'],
  ...['one_sample', 'paired', 'two_by_two', 'mcnemar', 'fisher', 'partial_correlation', 'pairwise'],
  ...['quantile_interval', 'kaplan_meier', 'log_rank', 'cox', 'mann_whitney']
] as const

/** The combination of the sites' effects, and their heterogeneity. Numbers are null if they could not be computed. */
const metaSchema = z.object({
  effect: z.enum(['mean', 'difference', 'proportion', 'odds_ratio', 'correlation']),
  /** Estimator of the variance between sites; `fixed`: the variance is assumed to be zero. */
  method: z.enum(['reml', 'dl', 'pm', 'fixed']),
  interval: z.enum(['hartung_knapp', 'wald']),
  /** Variance between the sites' effects, on the scale on which they are combined: log odds, log odds ratio, or Fisher's z. */
  tau2: z.number().nullable(),
  /** Share of the variability that is due to differences between sites, 0 to 1. */
  i2: z.number().nullable(),
  /** Cochran's Q with its degrees of freedom and p value. */
  q: z.object({ statistic: z.number(), df: z.number(), p: z.number() }).nullable(),
  /** 95 % prediction interval for the effect of another site. */
  prediction: z.array(z.number()).nullable(),
  /** For each site the effect with its 95 % interval, and its weight in the combined effect. */
  sites: z.array(
    z.object({ site: z.string(), estimate: z.number(), interval: z.array(z.number()), weight: z.number().nullable() })
  )
})

/** The measures that an estimate can have. */
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
    'hazard_ratio',
    'hazard_ratio_factor'
  ]
] as const

/** One estimate with its 95 % interval, for tests that have several. */
const estimateSchema = z.object({
  measure: z.enum(ESTIMATE_MEASURES),
  /**
   * For an interval: the labels of the row in the order of `by`, null for missing. For a difference: both groups. For `hazard_ratio`
   * and `hazard_ratio_factor`: a level and the reference level.
   */
  groups: z.array(z.string().nullable()),
  /** Only for `hazard_ratio` and `hazard_ratio_factor`: the column in `by` that has these levels. */
  column: z.string().optional(),
  /**
   * Only for `hazard_ratio_factor`: the other column and one of its levels. Among the people with this level, the hazard ratio is this many
   * times as large as among the people with the reference level.
   */
  among: z.object({ column: z.string(), groups: z.array(z.string()) }).optional(),
  /** Number of values, pairs or people behind the estimate, and its largest error if it was rounded. */
  n: z.number().nullable(),
  n_within: z.number().optional(),
  estimate: z.number().nullable(),
  /** Lower and upper end. */
  interval: z.array(z.number()).nullable(),
  /** For `pairwise`: adjusted by Holm's method over all comparisons of the test. For `cox`: from Wald's test. */
  p: z.number().nullable().optional(),
  /** Only for a pooled estimate: PeerIds of the sites whose data it includes. */
  sites: z.array(z.string()).optional()
})

const intervalSchema = z.array(z.number()).nullable()

/** Survival at one breakpoint of the time. */
const survivalStepSchema = z.object({
  /** End of the time interval; everything counted so far happened before it. Null for an interval without an end. */
  time: z.number().nullable(),
  /** Number at risk at the beginning of the interval, including people who leave within it. */
  at_risk: z.number(),
  events: z.number(),
  /** Number of people without the event who were counted up to this time. */
  censored: z.number(),
  /** Kaplan-Meier estimate. */
  survival: z.number(),
  /** Greenwood's standard error; null if nobody is left. */
  error: z.number().nullable(),
  /** 95 % interval, on the scale of log(-log). */
  interval: intervalSchema,
  /** Least and greatest survival that the exact times and counts can give. */
  range: z.array(z.number())
})

/** The survival curve of one group. */
const survivalCurveSchema = z.object({
  /** Name of the group; null for everybody. */
  group: z.string().nullable(),
  n: z.number(),
  events: z.number(),
  /** The largest errors of both numbers, if counts were rounded. Then the numbers of each step are rounded as well. */
  n_within: z.number().optional(),
  events_within: z.number().optional(),
  steps: z.array(survivalStepSchema),
  /**
   * The time by which half of the people had the event; null if fewer had it. `interval` contains the interval that any exact times
   * behind the counts would give, and `range` contains their median. An end that is not reached is null.
   */
  median: z.object({
    estimate: z.number().nullable(),
    interval: z.array(z.number().nullable()),
    range: z.array(z.number().nullable())
  }),
  /**
   * Mean time without the event up to `until`. `interval` contains the interval that any exact times behind the counts would give, and
   * `range` contains their mean.
   */
  restricted_mean: z
    .object({
      until: z.number(),
      estimate: z.number(),
      error: z.number(),
      interval: z.array(z.number()),
      range: z.array(z.number()),
      /**
       * Present if the uncertainty about the exact times is larger than that from chance. Then the range is the answer, and the estimate
       * is its upper end.
       */
      coarse: z.literal(true).optional()
    })
    .nullable(),
  /**
   * Survival at the requested times. Within the only interval of a curve, only `range` is given. `interval` contains the interval that
   * any exact times would give. `within`: the interval between breakpoints that contains the time, given if the uncertainty about the
   * exact times is larger than that from chance; the last one may have no end.
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
  /** Only for a pooled curve: PeerIds of the sites that released every group, both people with the event and people without it. */
  sites: z.array(z.string()).optional()
})
/** A survival curve, parsed. */
export type SurvivalCurve = ReadonlyDeep<z.output<typeof survivalCurveSchema>>

/** Survival of groups: curves, a log-rank test or hazard ratios. */
const survivalSchema = z.object({
  event: z.object({ key: z.string(), level: z.string(), others: z.array(z.string()) }),
  levels: z.array(z.array(z.string())),
  times: z.array(z.number()).optional(),
  until: z.number().optional(),
  /** Only for `cox`: the number of columns at the end of `by` that are strata. */
  strata: z.number().int().min(0).max(2).optional(),
  /** Only for `cox`: the hazard ratios of two covariates differ between the levels of the other. */
  interaction: z.literal(true).optional(),
  /** Only for `log_rank` and `cox`: whether each site is a stratum. */
  site: z.enum(['none', 'stratum']).optional(),
  /** Only for `kaplan_meier`. */
  curves: z.array(survivalCurveSchema).optional(),
  /** Only for `log_rank`: counts by group, summed over all strata. */
  counts: z
    .array(z.object({ group: z.string(), n: z.number(), observed: z.number(), expected: z.number() }))
    .optional(),
  /** Only for `log_rank` and `cox`: the ends of the time intervals, one list per stratum. */
  grids: z.array(z.array(z.number().nullable())).optional()
})

/**
 * A statistical test over released numbers. `of`: the tested column. `by`: the columns that form the groups. Numbers are null if a
 * group is missing or withheld; `note` then states that.
 */
const testResultSchema = z.object({
  kind: z.enum(TEST_KINDS),
  of: z.string(),
  by: z.array(z.string()),
  /**
   * The compared groups, in order; empty for `chi_squared`, and for `meta` without groups. For `mcnemar`: people who changed from the
   * level. For `fisher`: two levels of the rows, then two of the columns. For `partial_correlation`: two variables, then the one that
   * is held fixed.
   */
  groups: z.array(
    z.object({ name: z.string(), n: z.number().nullable(), mean: z.number().nullable(), sd: z.number().nullable() })
  ),
  /** For `welch` and `paired`: first mean minus second mean. For `one_sample`: mean minus `value`. For `meta`: the combined effect. */
  difference: z.number().nullable(),
  /** The 95 % confidence interval of `difference`: lower and upper end. */
  interval: z.array(z.number()).nullable(),
  /** t, F or χ²; z if there are no degrees of freedom. */
  statistic: z.number().nullable(),
  df: z.array(z.number()),
  p: z.number().nullable(),
  /** A remark for the reader; empty if there is none. */
  note: z.string(),
  /** Only for `meta`. */
  meta: metaSchema.optional(),
  /** For `one_sample`: the number with which the mean is compared. For `quantile_interval`: the share of values below the quantile. */
  value: z.number().optional(),
  /** Only for `kaplan_meier`, `log_rank` and `cox`. */
  survival: survivalSchema.optional(),
  /** Only for `mann_whitney`: W as in R, whether it is corrected for continuity, and the inner edges of the bins. */
  ranks: z.object({ w: z.number().nullable(), corrected: z.boolean(), grid: z.array(z.number()) }).optional(),
  /** Only for `partial_correlation`: the other columns from which it is computed. */
  columns: z.array(z.string()).optional(),
  /** For tests that have several estimates. */
  estimates: z.array(estimateSchema).optional(),
  /** For `two_by_two` over several sites: test whether the odds ratios differ (Breslow and Day, with Tarone's correction). */
  heterogeneity: z.object({ statistic: z.number(), df: z.number(), p: z.number() }).optional(),
  /** Only for a pooled test: PeerIds of the sites that released every part of it. Other sites are not included. */
  sites: z.array(z.string()).optional(),
  /** A table with several rows per subject whose column forms the groups. One person can be in several groups, so no test is computed. */
  repeated: z.string().optional(),
  /** A table with several rows per subject that was read. One person can have several values in a group; see the note. */
  clustered: z.string().optional(),
  /** `site`: people are compared only within their institution, so that differences between institutions have no effect. */
  adjusted_for: z.literal('site').optional()
})
/** A test, parsed. */
export type TestResult = ReadonlyDeep<z.output<typeof testResultSchema>>
/** One estimate of a test, parsed. */
export type TestEstimate = NonNullable<TestResult['estimates']>[number]

const coefficientSchema = z.object({
  /** A column of the design, such as "age", "sex[male]" or "age:sex[male]". */
  term: z.string(),
  /** All numbers are null for a term that is collinear with earlier terms, as NA in R. */
  estimate: z.number().nullable(),
  error: z.number().nullable(),
  /** Under P2: the standard deviation due to the noise alone, which is part of `error`. */
  noise: z.number().optional(),
  statistic: z.number().nullable(),
  p: z.number().nullable(),
  /** The 95 % confidence interval: lower and upper end. */
  interval: z.array(z.number()).nullable(),
  /** For `binomial` the odds ratio, for `poisson` the rate ratio, for `cox` the hazard ratio, each with its 95 % interval; absent for the intercept. */
  ratio: z.object({ estimate: z.number(), interval: z.array(z.number()) }).optional(),
  /**
   * Only for one of several sites: another column follows from this one there, for example because nobody has a reference level, so
   * the coefficient does not mean what its name says. It is not combined with the coefficients of other sites.
   */
  not_comparable: z.literal(true).optional(),
  /** Only for `site: meta`: the heterogeneity of the coefficient between sites. */
  between: z
    .object({
      tau2: z.number(),
      i2: z.number(),
      q: z.number(),
      q_p: z.number(),
      /** 95 % prediction interval for the coefficient at another institution. Only with three or more institutions. */
      prediction: z.array(z.number()).length(2).optional()
    })
    .optional()
})

/** A principal component. */
const componentSchema = z.object({
  sd: z.number(),
  /** Share of the variance of this component (`proportion`), and of all components up to it (`cumulative`). */
  proportion: z.number(),
  cumulative: z.number(),
  /** Loading of each variable. The sign is chosen so that the largest loading is positive. */
  loadings: z.array(z.object({ term: z.string(), loading: z.number() }))
})

/**
 * One feature of a harmonisation. `grand_mean`: the mean of the sites' intercepts. `pooled_sd`: the root of the mean squared
 * residual, which is the unit of locations; scales are relative to its square. `n`, `mean` and `sd` describe the harmonised values,
 * and `coefficients` their regression on the covariates.
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
 * A model fitted to released Gram matrices or to released tables of counts. Numbers are null if they are undefined or if the fit
 * failed; `note` then gives the reason.
 */
const modelResultSchema = z.object({
  kind: z.enum(['regression', 'glm', 'pca', 'mixed', 'combat']),
  /** The canonical formula. */
  formula: z.string(),
  outcome: z.string(),
  /**
   * `none`: one sample. `fixed`: the site as a factor. `random`: a normally distributed intercept per site. `meta`: one fit per site,
   * combined by random effects.
   */
  site: z.enum(SITE_EFFECTS),
  coefficients: z.array(coefficientSchema),
  n: z.number(),
  /** Residual degrees of freedom. For `meta`, those of the combined estimates. */
  df: z.number().nullable(),
  /** Residual standard deviation. */
  sigma: z.number().nullable(),
  r2: z.number().nullable(),
  adjusted_r2: z.number().nullable(),
  log_likelihood: z.number().nullable(),
  aic: z.number().nullable(),
  note: z.string(),
  /** Only for `glm`. */
  family: z.enum(['binomial', 'poisson', 'cox']).optional(),
  /** Only for `binomial` and `cox`: the level that is modelled. */
  event: z.string().optional(),
  /**
   * Only for `glm`. For `binomial`: deviance as for ungrouped people (-2 log-likelihood). For `poisson`: deviance of the sums in the
   * cells, with `deviance_df` degrees of freedom. `null_deviance`: deviance of the intercept alone.
   */
  deviance: z.number().nullable().optional(),
  null_deviance: z.number().nullable().optional(),
  deviance_df: z.number().nullable().optional(),
  /** Only for `glm`: Pearson's χ² of the cells, divided by its degrees of freedom. 1 is expected; null if the cells are fitted exactly. */
  dispersion: z.number().nullable().optional(),
  /**
   * `SEPARATED`: everybody with some level has the same outcome, so that no finite estimates exist. `TOO_NOISY`: under P2, the estimates
   * that are null were lost in the noise.
   */
  code: z.enum(['SEPARATED', 'TOO_NOISY']).optional(),
  /**
   * For a model that is fitted in rounds: the round from whose answers it is computed, and the largest change of an estimate that
   * followed from them, in standard errors; null if unknown.
   */
  rounds: z.object({ last: z.number(), change: z.number().nullable() }).optional(),
  /** Under P2: the number of sums that each site released, each with its own noise. */
  noise: z.object({ mechanism: z.enum(['discrete-laplace', 'discrete-gaussian']), sums: z.number() }).optional(),
  /** For `pca`: the components, the largest first. */
  components: z.array(componentSchema).optional(),
  /** Only for `combat` over several sites: each feature. */
  harmonised: z.array(harmonisedSchema).optional(),
  /**
   * For a model with a random intercept, by restricted maximum likelihood: the variance between the intercepts of the groups (`tau2`), the
   * variance within a group (`sigma2`), and the share of the former in the sum of both (`icc`). `by`: `subject` or `site`. For `subject`:
   * `left_out`, the number of different numbers of rows that were left out because too few people have them, and `left_out_rows`, the
   * number of rows of these people. Both are added up over the sites; `left_out_rows` is given only if every site that left somebody out
   * discloses it. With a random slope: `slope`, the time with the variance of the slopes and their correlation with the intercepts (null if
   * one of the two has no variance). There is then no `icc`, which changes with time, and `left_out` counts sets of visits. `likelihood`:
   * `ml` if it is not the restricted likelihood. `singular`: a variance is zero, or a correlation is one.
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
  /** Only for a pooled model: the fit of each site alone. */
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
/** A model, parsed. */
export type ModelResult = ReadonlyDeep<z.output<typeof modelResultSchema>>

/** An answer that the node computed. */
const tableOutputSchema = z.object({
  kind: z.literal('table'),
  columns: z.array(outputColumnSchema),
  rows: z.array(outputRowSchema),
  /** Number of withheld groups and number of withheld cells. The groups are not named. */
  withheld: z.object({
    groups: z.number(),
    cells: z.number(),
    /** Precision that was withheld: 1 if numbers are rounded to half of their standard error, 2 if to the whole of it. */
    digits: z.number().optional()
  }),
  /** Sentences that state that people were left out of the numbers, without naming groups. */
  left_out: z.array(z.string()).optional(),
  /** Tests computed from these rows. Over several sites, they are computed again from the pooled rows. */
  tests: z.array(testResultSchema).optional(),
  /** Models fitted to these Gram matrices. Over several sites, they are fitted again to all Gram matrices. */
  models: z.array(modelResultSchema).optional(),
  disclosure: disclosureCardSchema
})
/** A table, parsed. */
export type TableOutput = ReadonlyDeep<z.output<typeof tableOutputSchema>>

/** The checked values of a script. */
const valuesOutputSchema = z.object({
  kind: z.literal('values'),
  /** A JSON value. Numbers are rounded to 4 significant digits. Texts come only from the script, the request or the catalog. */
  values: z.unknown(),
  withheld: z.object({ leaves: z.number() }),
  disclosure: disclosureCardSchema
})
/** The checked values of a script, parsed. */
export type ValuesOutput = ReadonlyDeep<z.output<typeof valuesOutputSchema>>

/** The outputs of a script under the output contract that its request declared. */
const typedOutputSchema = z.object({
  kind: z.literal('typed'),
  /** The outputs in the order of the contract. */
  outputs: z.array(typedValueSchema),
  withheld: z.object({ values: z.number() }),
  disclosure: disclosureCardSchema
})
/** Typed outputs, parsed. */
export type TypedOutput = ReadonlyDeep<z.output<typeof typedOutputSchema>>

/** A safe output; `kind` distinguishes its three shapes. */
export const outputSchema = z.discriminatedUnion('kind', [tableOutputSchema, valuesOutputSchema, typedOutputSchema])
/** A safe output, parsed. */
export type Output = ReadonlyDeep<z.output<typeof outputSchema>>

/** One row of a pooled table: values over the sites named in `sites`; null in a column that does not pool. */
const pooledRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  /** PeerIds of the sites with at least one number in the row. A site that withheld all numbers is not listed. */
  sites: z.array(z.string()),
  /** PeerIds per column, null for a key. Present only if columns include different sites. */
  column_sites: z.array(z.array(z.string()).nullable()).optional(),
  /** Per column, the standard deviation of the noise, if every part has noise with a known standard deviation. Only under P2. */
  noise: z.array(z.number().nullable()).optional(),
  /** Per column, a bound on the error from noise that holds with a probability of at least 95 %. */
  error_95: z.array(z.number().nullable()).optional(),
  /** Per column, the maximum error from rounding, if parts were rounded and the error is known. */
  within: z.array(z.number().nullable()).optional(),
  /**
   * Per column from which people were left out (`left_out`), if `within` is null: the maximum distance from the number of the people who
   * remain. The distance from the number of all people is unknown.
   */
  within_remaining: z.array(z.number().nullable()).optional(),
  /**
   * Per column of quantiles that are read off bins: the ends between which the exact quantile lies, null for an open end. If people were
   * left out (`left_out`), this is the quantile of the people who remain. Under P2, the range holds in 19 of 20 answers. A quantile without
   * a value has a range if only its outermost bin is known.
   */
  ranges: z.array(z.tuple([z.number().nullable(), z.number().nullable()]).nullable()).optional()
})

/** The pooled answer to one request that was sent to several peers. */
export const pooledOutputSchema = z.object({
  columns: z.array(outputColumnSchema.extend({ pools: z.boolean() })),
  rows: z.array(pooledRowSchema),
  /** Tests computed from the pooled rows. */
  tests: z.array(testResultSchema).optional(),
  /** Models fitted to the Gram matrices of all sites. */
  models: z.array(modelResultSchema).optional(),
  /** Present only for scripts with a declared output contract. */
  outputs: z.array(pooledTypedSchema).optional(),
  /** PeerIds of the sites whose outputs were pooled, and PeerIds of the sites that released none, with the code. */
  sites: z.array(z.string()),
  missing: z.array(z.object({ site: z.string(), code: z.string() })),
  /** Name of each institution by PeerId. Equal names are followed by the end of the PeerId. */
  institutions: z.record(z.string(), z.string()).optional(),
  /** Remarks for the reader: sites that are missing or withheld numbers, columns that do not pool. */
  notes: z.array(z.string())
})
/** A pooled answer, parsed. */
export type PooledOutput = ReadonlyDeep<z.output<typeof pooledOutputSchema>>
