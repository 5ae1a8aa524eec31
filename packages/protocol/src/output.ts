/** The shape of what may leave: a table of the node's own numbers, or the checked values of a script; with its card. */
import { z } from 'zod'

/** Which claim a result carries; see docs/disclosure.md. */
export const ASSURANCE_LEVELS = ['unreviewed', 'P0', 'P1', 'P2'] as const

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
  epoch: z.string(),
  cohort_hash: z.string(),
  /** Subjects in the cohort, where that number may be shown. */
  subjects: z.number().nullable(),
  suppressed_cells: z.number(),
  /** Bits metered out by a script. */
  bits: z.number().nullable(),
  code_hash: z.string(),
  image: z.string()
})
/** A disclosure card as read. */
export type DisclosureCard = z.output<typeof disclosureCardSchema>

/** What lets a released cell be pooled exactly: n, sum and, but for a mean, the sum of squared deviations from the mean; and with a second variable its own and the cross term. */
export const momentsSchema = z.object({
  n: z.number(),
  sum: z.number(),
  deviations: z.number().optional(),
  second: z.object({ sum: z.number(), deviations: z.number(), cross: z.number() }).optional()
})
/** Moments as read. */
export type MomentsPart = z.output<typeof momentsSchema>

/** How a column of the answer pools: by adding counts or sums, from moments, from a share's cells, from bins, or not at all. */
export const outputColumnSchema = z.object({
  name: z.string(),
  role: z.enum(['key', 'measure']),
  kind: z.string(),
  variables: z.array(z.string()).default([]),
  unit: z.string().optional(),
  argument: z.union([z.string(), z.number()]).optional()
})
/** A column as read. */
export type OutputColumn = z.output<typeof outputColumnSchema>

/** One row: values in the order of the columns (null: withheld), and by column name what pools it. */
export const outputRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  parts: z.record(
    z.string(),
    z.union([
      z.object({ add: z.number() }),
      z.object({ moments: momentsSchema }),
      z.object({ share: z.object({ having: z.number(), of: z.number() }) }),
      z.object({ bins: z.array(z.object({ from: z.number(), to: z.number(), rows: z.number() })) })
    ])
  )
})
/** A row as read. */
export type OutputRow = z.output<typeof outputRowSchema>
/** What pools one cell of a row. */
export type OutputPart = OutputRow['parts'][string]

/** An answer of the node's own numbers. */
export const tableOutputSchema = z.object({
  kind: z.literal('table'),
  columns: z.array(outputColumnSchema),
  rows: z.array(outputRowSchema),
  /** Cells and whole groups that were withheld; groups are not named. */
  withheld: z.object({ groups: z.number(), cells: z.number() }),
  disclosure: disclosureCardSchema
})
/** A table as read. */
export type TableOutput = z.output<typeof tableOutputSchema>

/** The checked values of a script. */
export const valuesOutputSchema = z.object({
  kind: z.literal('values'),
  /** A JSON value: numbers rounded to 4 significant digits, words only from the script or the request. */
  values: z.unknown(),
  withheld: z.object({ leaves: z.number() }),
  disclosure: disclosureCardSchema
})
/** Values as read. */
export type ValuesOutput = z.output<typeof valuesOutputSchema>

/** Either kind, told apart by `kind`. */
export const outputSchema = z.discriminatedUnion('kind', [tableOutputSchema, valuesOutputSchema])
/** A safe output as it is read by whoever received it. */
export type Output = z.output<typeof outputSchema>

/** One row of a pooled table: values over the sites named in `sites`; null where the column does not pool. */
export const pooledRowSchema = z.object({
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  /** PeerIds whose row went in. A site whose row was withheld is missing here. */
  sites: z.array(z.string())
})

/** What one request to many peers gives when their parts are put together. */
export const pooledOutputSchema = z.object({
  columns: z.array(outputColumnSchema.extend({ pools: z.boolean() })),
  rows: z.array(pooledRowSchema),
  /** PeerIds whose output went in, and those that gave none, with the code. */
  sites: z.array(z.string()),
  missing: z.array(z.object({ site: z.string(), code: z.string() })),
  /** What a reader must know: sites missing or suppressed, columns that only show their parts. */
  notes: z.array(z.string())
})
/** A pooled answer as read. */
export type PooledOutput = z.output<typeof pooledOutputSchema>
