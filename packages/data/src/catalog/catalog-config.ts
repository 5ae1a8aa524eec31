/** One catalog as its steward describes it in the peer's YAML. */
import { ACCESS_LEVELS, dataUseSchema, isName, isRequesterEntry, LIMITS, VARIABLE_TYPES } from '@stimnet/protocol'
import { z } from 'zod'
import { budgetSchema } from './budget.ts'
import { catalogPrivacySchema } from './catalog-privacy.ts'
import { daysOf } from '../dates.ts'

/** A catalog is a description, not a data dump: nobody reads more than this, and each costs a bitset. */
const TABLES_MAX = 32
const VARIABLES_MAX = 512
const LEVELS_MAX = 256
const BREAKPOINTS_MAX = 256
const MISSING_MAX = 16
/** Base cells multiply: eight variables of two levels are 256 of them already. */
export const LATTICE_MAX = 8
/** Units of 10^-9 of a value below 9 million still fit the exact integers of a snapshot. */
const DECIMALS_MAX = 9

/** Letters, digits, underscore and hyphen, beginning with a letter. */
const nameSchema = z
  .string()
  .refine(isName, 'a name has letters, digits, _ and -, at most 64, and begins with a letter')
const lineSchema = z.string().max(200)
const textSchema = z.string().max(4000)

/** What is printed of a variable's values: canonical, without control characters, so that two levels never look alike. */
const levelSchema = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .refine((text) => text !== '' && text.length <= 128, 'a level has 1 to 128 characters')
  .refine((text) => text === text.normalize('NFC') && text === text.trim(), 'a level is in NFC, without outer spaces')
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(text), 'a level has no invisible characters')

const breakpointSchema = z.union([z.number(), z.string().refine((text) => daysOf(text) !== null, 'not a date')])

const variableShape = z.strictObject({
  name: nameSchema,
  /** Column of the file; the variable's name unless given. */
  column: z.string().min(1).max(200).optional(),
  type: z.enum(VARIABLE_TYPES),
  unit: lineSchema.optional(),
  description: textSchema.optional(),
  /** Every value a category may have. */
  levels: z.array(levelSchema).min(1).max(LEVELS_MAX).optional(),
  /** Where a number or date may be cut: for filters, groups, quantiles. Dates as YYYY-MM-DD. */
  breakpoints: z.array(breakpointSchema).min(1).max(BREAKPOINTS_MAX).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** Most decimal places of a value; it is kept exactly, and a file with more is refused. Default 6 for a number, 0 for an integer. */
  decimals: z.int().min(0).max(DECIMALS_MAX).optional(),
  /**
   * Whether others are taken to know it of a person anyway, as age, sex or centre: what is told of it then does not count
   * against its information budget. Unless given, by its name: see `isIdentifyingName`.
   */
  identifying: z.boolean().optional(),
  /** What stands for a missing value in the file; the empty field always does. */
  missing: z.array(z.string().max(64)).max(MISSING_MAX).default(['NA', ''])
})
/** One variable of a table. */
export type VariableConfig = z.output<typeof variableShape>
const variableSchema = variableShape.superRefine(checkVariable)

const tableSchema = z.strictObject({
  name: nameSchema,
  /** Relative to the folder of the configuration file. */
  file: z.string().min(1).max(1024),
  /** By the file's ending unless given. */
  format: z.enum(['csv', 'tsv', 'parquet']).optional(),
  description: textSchema.default(''),
  /** Promised by the steward, and checked: a second row of a subject is refused. */
  one_row_per_subject: z.boolean().default(false),
  variables: z.array(variableSchema).min(1).max(VARIABLES_MAX)
})

const latticeVariableSchema = z.strictObject({
  /** `table.variable`. */
  variable: z.string().max(129),
  /** Cut points of the base cells, some of the declared breakpoints; all of them unless given. */
  breakpoints: z.array(breakpointSchema).min(1).max(BREAKPOINTS_MAX).optional()
})

/** One variable of a lattice. */
export type LatticeVariable = z.output<typeof latticeVariableSchema>

const catalogShape = z.strictObject({
  name: nameSchema,
  title: lineSchema.default(''),
  description: textSchema.default(''),
  data_type: lineSchema.default('tabular'),
  access_level: z.enum(ACCESS_LEVELS).default('private'),
  /** Announced in the DHT for catalogs that are not private. */
  keywords: z.array(z.string().min(1).max(64)).max(LIMITS.keywordsMax).default([]),
  /** The column in every table's file that says whose row it is. It is no variable and never leaves. */
  subject_key: nameSchema,
  /** Nobody real is in it. */
  synthetic: z.boolean().default(false),
  tables: z.array(tableSchema).min(1).max(TABLES_MAX),
  /** Optional: base cells that every cohort is made of (docs/disclosure.md). `none` is as if it were not given. */
  lattice: z.union([z.literal('none'), z.array(latticeVariableSchema).min(1).max(LATTICE_MAX)]).optional(),
  /** Of this catalog alone: rules only tighten the peer's; scope, precision and refusal_bits_max are as given. */
  privacy: catalogPrivacySchema.optional(),
  /** `sdc`: exact numbers under disclosure control. `dp`: differentially private ones only; never both for one person. */
  mode: z.enum(['sdc', 'dp']).default('sdc'),
  /**
   * What may be spent in zero-concentrated differential privacy: by a preset's name, or as decimal text over the catalog's
   * life and by one project or account; δ at most, for saying what that amounts to; and at how many institutions of one
   * broadcast somebody may be.
   */
  budget: budgetSchema.prefault({}),
  /** With `mode: dp`, how many subjects the description speaks of: a rounded count can turn on one person. None unless given. */
  declared_subjects: z.int().min(0).max(1e9).optional(),
  /**
   * Whether the description says which share of its rows each variable misses. It is a release, made once an epoch before
   * anybody asks: everybody's ledger pays for it, and shares that would single out few people are left out.
   */
  missingness: z.enum(['untold', 'told']).default('untold'),
  /** What the data may be used for, in GA4GH DUO terms; requests say their purpose. Unrestricted unless given. */
  data_use: dataUseSchema.optional(),
  /** Who may ask about this catalog, in place of the peer's own list. */
  requesters: z
    .array(
      z.string().refine(isRequesterEntry, 'not a key id, affiliation:PEERID, visa:ROLE@ORGANISATION or gateway:PEERID')
    )
    .min(1)
    .optional(),
  /** Datasets, as URLs: whoever asks needs a ControlledAccessGrants visa for one of them, and nothing else. */
  controlled_access: z.array(z.url().max(1_024)).min(1).max(16).optional(),
  /** Weakest isolation in which a script may see these data; any that runs here unless given. */
  sandbox_grade_min: z.enum(['wasm', 'wasm+bwrap', 'docker', 'docker+gvisor']).optional(),
  /** May only raise the node's own. */
  min_cohort_size: z.int().min(LIMITS.cohortSizeFloor).optional(),
  /** What may be asked: statistic, sql, python, r, jupyter. What the node offers unless given. */
  programs: z.array(z.enum(['statistic', 'sql', 'python', 'r', 'jupyter'])).optional(),
  /** What happens to scripts: run, wait for a steward, or none. `auto` if synthetic, else `review`. */
  scripts: z.enum(['auto', 'review', 'deny']).optional(),
  /**
   * Scripts that run without asking anybody, by the SHA-256 of their text (sha256sum FILE), whoever asks and with whatever
   * parameters: list what does the same whatever it is given. All others, and these where they bring files along, go where
   * `scripts` sends them.
   */
  code_hashes: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256, 64 hexadecimal digits'))
    .max(256)
    .optional(),
  /** What may run scripts over these data, as receipts name it (ran_in); whatever runs here unless given. */
  images: z.array(z.string().min(1).max(512)).min(1).max(64).optional(),
  /** What a script may not show to its reader, by kind. Advice put to use, no boundary: a script can hide anything. */
  refuse_programs_that: z
    .array(z.enum(['file', 'network', 'process', 'environment', 'eval', 'native', 'time', 'random']))
    .optional(),
  /** Whether a script's result waits for the release grid. `prompt` if synthetic, else `padded`. */
  timing: z.enum(['padded', 'prompt']).optional()
})

/** One catalog of the peer's configuration. */
export const catalogConfigSchema = catalogShape.superRefine(checkCatalog)

/** A catalog's configuration, parsed. */
export type CatalogConfig = z.output<typeof catalogShape>
/** One of its tables. */
export type TableConfig = CatalogConfig['tables'][number]

/** The variables of its lattice; none without one. */
export function latticeOf({ lattice }: Pick<CatalogConfig, 'lattice'>): readonly LatticeVariable[] {
  return lattice === undefined || lattice === 'none' ? [] : lattice
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: PropertyKey[]; message: string }): void
}

function checkVariable(v: VariableConfig, context: Issues): void {
  const refuse = (key: keyof VariableConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message })
  const isCategory = v.type === 'category'
  const isNumber = v.type === 'integer' || v.type === 'number'
  if (isCategory !== (v.levels !== undefined)) refuse('levels', 'a category declares its levels, nothing else does')
  if (v.levels && new Set(v.levels).size !== v.levels.length) refuse('levels', 'a level is declared twice')
  if (v.levels?.some((level) => v.missing.includes(level)))
    refuse('missing', 'a level cannot stand for missing as well')
  if (v.breakpoints && !isNumber && v.type !== 'date') refuse('breakpoints', `a ${v.type} has no breakpoints`)
  for (const key of ['minimum', 'maximum'] as const) {
    if (v[key] !== undefined && !isNumber) refuse(key, `a ${v.type} has no ${key}`)
  }
  if ((v.minimum === undefined) !== (v.maximum === undefined)) refuse('minimum', 'minimum and maximum come together')
  if (v.minimum !== undefined && v.maximum !== undefined && v.minimum >= v.maximum) {
    refuse('minimum', 'the minimum is below the maximum')
  }
  for (const key of ['minimum', 'maximum'] as const) {
    const decimals = decimalsOf(v)
    if (isNumber && v[key] !== undefined && !isOnGrid(v[key], decimals))
      refuse(key, `a ${key} has at most ${decimals} decimals here, and is not too large for them`)
  }
  if (v.decimals !== undefined && v.type !== 'number' && v.decimals !== 0)
    refuse('decimals', 'only a number has decimals')
  checkBreakpoints(v, refuse)
}

function checkBreakpoints(v: VariableConfig, refuse: (key: keyof VariableConfig, message: string) => void): void {
  if (!v.breakpoints) return
  const numbers = v.breakpoints.map(breakpointNumber)
  if (v.breakpoints.some((point) => (typeof point === 'string') !== (v.type === 'date') && v.type !== 'date')) {
    refuse('breakpoints', 'the breakpoints of a number are numbers')
  }
  if (numbers.some((point, i) => i > 0 && point <= (numbers[i - 1] ?? point))) {
    refuse('breakpoints', 'breakpoints rise')
  }
  const decimals = decimalsOf(v)
  if (numbers.some((point) => !isOnGrid(point, decimals))) {
    refuse('breakpoints', `a breakpoint has at most ${decimals} decimals here, and is not too large for them`)
  }
}

function checkCatalog(catalog: CatalogConfig, context: Issues): void {
  const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  refuseTwins(catalog.tables, (i) => refuse(['tables', i, 'name'], 'a table of that name is declared before'))
  for (const [t, table] of catalog.tables.entries()) {
    refuseTwins(table.variables, (i) =>
      refuse(['tables', t, 'variables', i, 'name'], 'a variable of that name is declared before')
    )
    for (const [i, variable] of table.variables.entries()) {
      if (sameName(variable.name, catalog.subject_key) || (variable.column ?? variable.name) === catalog.subject_key) {
        refuse(['tables', t, 'variables', i, 'name'], 'the subject key is no variable: it never leaves')
      }
    }
  }
  for (const [i, { variable, breakpoints }] of latticeOf(catalog).entries()) {
    const message = latticeFault(catalog, variable, breakpoints)
    if (message) refuse(['lattice', i, 'variable'], message)
  }
  if (catalog.mode === 'dp' && catalog.missingness === 'told') {
    refuse(['missingness'], 'a catalog with mode: dp counts nothing in public; leave it untold')
  }
  if (catalog.controlled_access && catalog.missingness === 'told') {
    refuse(
      ['missingness'],
      'it is told to everybody who sees the catalog, not to those alone whom controlled_access lets in'
    )
  }
  const lattice = latticeOf(catalog).map(({ variable }) => variable)
  if (new Set(lattice).size !== lattice.length) refuse(['lattice'], 'a lattice variable is named twice')
}

function latticeFault(
  catalog: CatalogConfig,
  ref: string,
  cuts: readonly (number | string)[] | undefined
): string | null {
  const variable = catalog.tables
    .flatMap((table) => table.variables.map((v) => ({ ref: `${table.name}.${v.name}`, v })))
    .find((candidate) => candidate.ref === ref)?.v
  if (!variable) return 'no such table.variable'
  if (variable.type === 'category') return cuts ? 'a category is not cut' : null
  if (!variable.breakpoints) return 'a lattice variable is a category or has breakpoints'
  const declared = variable.breakpoints.map(breakpointNumber)
  if (cuts?.some((cut) => !declared.includes(breakpointNumber(cut)))) return 'a cut is one of the breakpoints'
  const numbers = cuts?.map(breakpointNumber) ?? []
  return numbers.some((cut, i) => i > 0 && cut <= (numbers[i - 1] ?? cut)) ? 'cuts rise' : null
}

/** The engine tells no difference between names in capitals and small letters. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function refuseTwins(named: readonly { name: string }[], refuse: (index: number) => void): void {
  for (const [i, { name }] of named.entries()) {
    if (named.slice(0, i).some((earlier) => sameName(earlier.name, name))) refuse(i)
  }
}

/** A breakpoint as a number: itself, or days since 1970-01-01. */
export function breakpointNumber(point: number | string): number {
  return typeof point === 'number' ? point : (daysOf(point) ?? Number.NaN)
}

/** Decimal places in which a variable is kept. */
export function decimalsOf(variable: { type: string; decimals?: number | undefined }): number {
  return variable.type === 'number' ? (variable.decimals ?? 6) : 0
}

/** Whether a number is exactly a multiple of 10^-decimals that doubles can count. */
export function isOnGrid(value: number, decimals: number): boolean {
  const scaled = Math.round(value * 10 ** decimals)
  return Number.isSafeInteger(scaled) && Number(`${scaled}e-${decimals}`) === value
}
