/** The configuration of one catalog, as its steward writes it in the peer's YAML file. */
import {
  ACCESS_LEVELS,
  dataUseSchema,
  isName,
  isRequesterEntry,
  LIMITS,
  VARIABLE_TYPES,
  counted
} from '@stimnet/protocol'
import { z } from 'zod'
import { daysOf } from '../dates.ts'
import { budgetSchema } from './budget.ts'
import { catalogPrivacySchema } from './catalog-privacy.ts'
import { DECIMALS_MAX, decimalsOf, isOnGrid } from './decimals.ts'
import { dcatSchema } from './dcat-config.ts'
import { derivationFaults } from './derive/faults.ts'
import { deriveSchema } from './derive/rule.ts'
import { fhirSchema } from './fhir-config.ts'
import { omopSourceSchema } from './omop-config.ts'
import { levelSchema } from './level.ts'
import { postgresSchema, relationParts } from './postgres-config.ts'
import {
  dateFormatSchema,
  decimalSignSchema,
  missingSchema,
  readingSchema,
  subjectColumnOf,
  valueReading
} from './reading.ts'

/** Limits on the size of a description: people have to read it, and each variable costs a bitset. */
/** Maximum number of tables. */
export const TABLES_MAX = 32
/** Maximum number of variables of a table. */
export const VARIABLES_MAX = 512
const LEVELS_MAX = 256
const BREAKPOINTS_MAX = 256
const RENAMES_MAX = 1024
const SETS_MAX = 16
const SET_VARIABLES_MAX = 64
/** Maximum number of lattice variables. Base cells multiply: eight variables of two levels already make 256. */
export const LATTICE_MAX = 8

/** Letters, digits, underscore and hyphen, beginning with a letter. */
const nameSchema = z
  .string()
  .refine(isName, 'a name has letters, digits, _ and -, at most 64, and begins with a letter')
  .refine(
    (name) => name.toLowerCase() !== 'rowid',
    'rowid is the name of the place of a row: choose another, with column: rowid'
  )
const lineSchema = z.string().max(200)
const textSchema = z.string().max(4000)

const scalarSchema = z.union([z.string().max(128), z.number(), z.boolean()])
const breakpointSchema = z.union([z.number(), z.string().refine((text) => daysOf(text) !== null, 'not a date')])

const variableShape = z.strictObject({
  name: nameSchema,
  /** Column of the file. Default: the name of the variable. */
  column: z.string().min(1).max(200).optional(),
  type: z.enum(VARIABLE_TYPES),
  unit: lineSchema.optional(),
  description: textSchema.optional(),
  /** All values that a category may have. */
  levels: z.array(levelSchema).min(1).max(LEVELS_MAX).optional(),
  /** The values at which a number or date may be divided for filters, groups and quantiles. Dates as YYYY-MM-DD. */
  breakpoints: z.array(breakpointSchema).min(1).max(BREAKPOINTS_MAX).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /**
   * Maximum decimal places of a value, which is kept exactly. A file with more is refused.
   * Default 6 for a number, 0 for an integer.
   */
  decimals: z.int().min(0).max(DECIMALS_MAX).optional(),
  /**
   * Whether others are assumed to know this variable about every person, such as age, sex or centre. Releases about an identifying variable
   * do not count against its information budget. Default: inferred from the name, see `isIdentifyingName`.
   */
  identifying: z.boolean().optional(),
  /** Values in the file that stand for a level of a category, each with its level. The values stay in the institution. */
  rename: z.record(z.string().min(1).max(256), levelSchema).optional(),
  /** Texts that mean a missing value in the file; an empty field is always missing. Default: those of the file's `reading`, else NA. */
  missing: missingSchema.optional(),
  /** Decimal sign in the file. Default: that of the file's `reading`. */
  decimal: decimalSignSchema.optional(),
  /** The date format in the file. Default: the format in the file's `reading`. */
  date_format: dateFormatSchema.optional(),
  /** The rule by which the variable is computed from other variables, in place of a column of the file. */
  derive: deriveSchema.optional(),
  /**
   * Whether the variable is in the description and can be used in requests. Default: true. A variable that is not offered is read only to
   * compute derived variables, and is not in the snapshot.
   */
  offered: z.boolean().optional()
})
/** One variable of a table. */
export type VariableConfig = z.output<typeof variableShape>
const variableSchema = variableShape.superRefine(checkVariable)

const tableSchema = z.strictObject({
  name: nameSchema,
  /** Path of the file, relative to the folder of the configuration file. A table has exactly one source. */
  file: z.string().min(1).max(1024).optional(),
  /** The table or view of the catalog's database, exactly as `schema.name`. Default schema: public. */
  relation: z
    .string()
    .max(300)
    .refine(
      (text) => relationParts(text) !== undefined,
      'not a name as schema.name, with at most 63 bytes in each part'
    )
    .optional(),
  /** A table that a BIDS dataset keeps in one file per person: the folder, and `sessions` or `scans`. */
  bids: z.strictObject({ folder: z.string().min(1).max(1024), list: z.enum(['sessions', 'scans']) }).optional(),
  /** A folder of FHIR bulk data, from which one row per person is made. */
  fhir: fhirSchema.optional(),
  /** A folder of CSV files of an OMOP Common Data Model, from which one row per person is made. */
  omop: omopSourceSchema.optional(),
  /** The steward's query to the catalog's database: one SELECT without a semicolon. */
  query: z.string().min(1).max(65_536).optional(),
  /** Default: inferred from the file extension. */
  format: z.enum(['csv', 'tsv', 'parquet']).optional(),
  /** The format of the file: separator, decimal sign, dates, missing values, encoding. */
  reading: readingSchema.optional(),
  /** Column of the file with the subject key, if its name differs from the default. Default: the catalog's `subject_key`. */
  subject_column: z.string().min(1).max(200).optional(),
  description: textSchema.default(''),
  /** Promised by the steward and checked: a second row of the same subject is refused. */
  one_row_per_subject: z.boolean().default(false),
  /**
   * Whether others are assumed to know who has a row in this table. Default: known, unless fewer than half of the catalog's people have a
   * row, as in a table of infections.
   */
  presence: z.enum(['known', 'unknown']).optional(),
  variables: z.array(variableSchema).min(1).max(VARIABLES_MAX)
})

const latticeVariableSchema = z.strictObject({
  /** The variable as `table.variable`. */
  variable: z.string().max(129),
  /** Breakpoints between the base cells, taken from the declared breakpoints. Default: all declared breakpoints. */
  breakpoints: z.array(breakpointSchema).min(1).max(BREAKPOINTS_MAX).optional()
})

const analysisSetSchema = z.strictObject({
  /** Each person in the set has a value of each of these variables, written `variable` or `table.variable`. */
  complete_on: z.array(z.string().min(1).max(129)).min(1).max(SET_VARIABLES_MAX),
  /** Conditions that limit the people and rows of the set: variable to level or list of levels. All conditions must hold. */
  where: z.record(z.string().max(129), z.union([scalarSchema, z.array(scalarSchema).min(1).max(LEVELS_MAX)])).optional()
})

/** One variable of a lattice. */
export type LatticeVariable = z.output<typeof latticeVariableSchema>

const catalogShape = z.strictObject({
  name: nameSchema,
  title: lineSchema.default(''),
  description: textSchema.default(''),
  data_type: lineSchema.default('tabular'),
  access_level: z.enum(ACCESS_LEVELS).default('private'),
  /** Announced in the DHT, unless the catalog is private. */
  keywords: z.array(z.string().min(1).max(64)).max(LIMITS.keywordsMax).default([]),
  /** The column of each table's file that identifies the subject of a row. It is not a variable and never leaves the institution. */
  subject_key: nameSchema,
  /** Whether the data are synthetic, that is, contain no real people. */
  synthetic: z.boolean().default(false),
  /** The database of the tables that have a relation or a query. */
  postgres: postgresSchema.optional(),
  tables: z.array(tableSchema).min(1).max(TABLES_MAX),
  /** Optional base cells of which every cohort must consist (docs/disclosure.md). `none` is the same as no `lattice`. */
  lattice: z.union([z.literal('none'), z.array(latticeVariableSchema).min(1).max(LATTICE_MAX)]).optional(),
  /**
   * Optional sets of people to which questions can be restricted, by name. Everybody in a set has a value of each of its listed variables.
   * Questions over the same set are about the same people, so that two questions do not differ by a few people (docs/models.md).
   */
  analysis_sets: z
    .record(nameSchema, analysisSetSchema)
    .refine((sets) => Object.keys(sets).length <= SETS_MAX, `at most ${SETS_MAX} analysis sets`)
    .optional(),
  /**
   * Privacy settings of this catalog alone. Rules can only be stricter than the peer's; scope, precision and refusal_bits_max replace the
   * peer's settings.
   */
  privacy: catalogPrivacySchema.optional(),
  /**
   * `sdc`: exact numbers under disclosure control. `dp`: differentially private numbers only.
   * Never use both for the data of one person.
   */
  mode: z.enum(['sdc', 'dp']).default('sdc'),
  /**
   * The budget of zero-concentrated differential privacy: the name of a preset, or amounts as decimal text for the catalog's lifetime and
   * for one project or account; the largest δ for reporting the meaning of an amount; and the number of institutions of one broadcast at
   * which a person may be.
   */
  budget: budgetSchema.prefault({}),
  /** With `mode: dp`, the number of subjects in the description, since even a rounded count can depend on one person. Default: none. */
  declared_subjects: z.int().min(0).max(1e9).optional(),
  /**
   * Whether the description discloses the share of rows in which each variable is missing. The shares are a release, made once per epoch
   * before any request. The release is charged to all ledgers, and shares that would single out few people are omitted.
   */
  missingness: z.enum(['untold', 'told']).default('untold'),
  /** The purposes for which the data may be used, in terms of GA4GH DUO. Requests state their purpose. Default: unrestricted. */
  data_use: dataUseSchema.optional(),
  /** Facts for the catalog's description in HealthDCAT-AP that nothing else declares (stimnet catalog dcat). */
  dcat: dcatSchema.optional(),
  /** `required`: only requests under a data permit (stimnet permit) are admitted. Default: a permit is checked if a request names one. */
  permit: z.literal('required').optional(),
  /** The requesters who may query this catalog, in place of the peer's own list. */
  requesters: z
    .array(
      z.string().refine(isRequesterEntry, 'not a key id, affiliation:PEERID, visa:ROLE@ORGANISATION or gateway:PEERID')
    )
    .min(1)
    .optional(),
  /** URLs of datasets. A requester needs a ControlledAccessGrants visa for one of these datasets; the visa alone is enough. */
  controlled_access: z.array(z.url().max(1_024)).min(1).max(16).optional(),
  /** The weakest isolation in which a script may read these data. Default: any isolation that this node offers. */
  sandbox_grade_min: z.enum(['wasm', 'wasm+bwrap', 'docker', 'docker+gvisor']).optional(),
  /** Smallest cohort, in subjects. This setting can only raise the minimum of the node. */
  min_cohort_size: z.int().min(LIMITS.cohortSizeFloor).optional(),
  /** The kinds of program that may be requested: statistic, sql, python, r, jupyter. Default: all kinds that the node offers. */
  programs: z.array(z.enum(['statistic', 'sql', 'python', 'r', 'jupyter'])).optional(),
  /** Whether scripts run at once, wait for a steward, or are refused. Default: `auto` if the data are synthetic, else `review`. */
  scripts: z.enum(['auto', 'review', 'deny']).optional(),
  /**
   * Scripts that run without approval for every requester and with all parameters, by the SHA-256 of their text (sha256sum FILE). List only
   * scripts that do the same with all parameters. Other scripts, and listed scripts with files, follow `scripts`.
   */
  code_hashes: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256, 64 hexadecimal digits'))
    .max(256)
    .optional(),
  /** The images that may run scripts on these data, as named in receipts (ran_in). Default: all images of this node. */
  images: z.array(z.string().min(1).max(512)).min(1).max(64).optional(),
  /**
   * Kinds of code that a script must not contain, as far as static analysis can see. This check is advice, not a security boundary: a
   * script can hide anything.
   */
  refuse_programs_that: z
    .array(z.enum(['file', 'network', 'process', 'environment', 'eval', 'native', 'time', 'random']))
    .optional(),
  /** Whether a script's result waits for the next time on the release grid. Default: `prompt` if the data are synthetic, else `padded`. */
  timing: z.enum(['padded', 'prompt']).optional()
})

/** One catalog of the peer's configuration. */
export const catalogConfigSchema = catalogShape.superRefine(checkCatalog)

export { decimalsOf } from './decimals.ts'

/** Whether a table is read from the database of its catalog. */
export function isRelation({ relation, query }: Pick<TableConfig, 'relation' | 'query'>): boolean {
  return relation !== undefined || query !== undefined
}

/** The parsed configuration of a catalog. */
export type CatalogConfig = z.output<typeof catalogShape>
/** One table of a catalog's configuration. */
export type TableConfig = CatalogConfig['tables'][number]

/** The variables of a catalog's lattice; empty without a lattice. */
export function latticeOf({ lattice }: Pick<CatalogConfig, 'lattice'>): readonly LatticeVariable[] {
  return lattice === undefined || lattice === 'none' ? [] : lattice
}

/** The variables of a table that are read from its source; all others are derived. */
export function readVariables({ variables }: Pick<TableConfig, 'variables'>): readonly VariableConfig[] {
  return variables.filter(({ derive }) => derive === undefined)
}

/** Whether a variable is in the description and can be used in requests. */
export function isOffered({ offered }: Pick<VariableConfig, 'offered'>): boolean {
  return offered !== false
}

/** The table with only its offered variables. */
export function offeredTable(table: TableConfig): TableConfig {
  return { ...table, variables: table.variables.filter(isOffered) }
}

/** The configuration with only the offered variables of all tables. */
export function offeredConfig(config: CatalogConfig): CatalogConfig {
  return { ...config, tables: config.tables.map(offeredTable) }
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: PropertyKey[]; message: string }): void
}

function checkVariable(v: VariableConfig, context: Issues): void {
  const refuse = (key: keyof VariableConfig, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message })
  const isCategory = v.type === 'category'
  const isNumber = v.type === 'integer' || v.type === 'number'
  if (isCategory !== (v.levels !== undefined))
    refuse('levels', 'only a category declares levels, and it must declare them')
  if (v.levels && new Set(v.levels).size !== v.levels.length) refuse('levels', 'a level is declared twice')
  checkReading(v, refuse)
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
      refuse(key, `a ${key} has at most ${counted(decimals, 'decimal')} here, and is not too large for them`)
  }
  if (v.decimals !== undefined && v.type !== 'number' && v.decimals !== 0)
    refuse('decimals', 'only a number has decimals')
  checkBreakpoints(v, refuse)
}

function checkReading(v: VariableConfig, refuse: (key: keyof VariableConfig, message: string) => void): void {
  const words = Object.entries(v.rename ?? {})
  if (v.rename && v.type !== 'category') refuse('rename', 'only a category has words to rename')
  const unknown = words.find(([, level]) => v.levels?.includes(level) === false)
  if (unknown) refuse('rename', `${JSON.stringify(unknown[1])} is not among the declared levels`)
  const level = words.find(([word, to]) => word !== to && v.levels?.includes(word))
  if (level) refuse('rename', `${JSON.stringify(level[0])} is a declared level itself`)
  if (words.length > RENAMES_MAX) refuse('rename', `at most ${RENAMES_MAX} words`)
  if (v.decimal && v.type !== 'number' && v.type !== 'integer') refuse('decimal', 'only a number has a decimal sign')
  if (v.date_format && v.type !== 'date') refuse('date_format', 'only a date has a date format')
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
    refuse(
      'breakpoints',
      `a breakpoint has at most ${counted(decimals, 'decimal')} here, and is not too large for them`
    )
  }
}

function checkCatalog(catalog: CatalogConfig, context: Issues): void {
  const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  refuseTwins(catalog.tables, (i) => refuse(['tables', i, 'name'], 'a table of that name is declared before'))
  for (const [t, table] of catalog.tables.entries()) {
    refuseTwins(table.variables, (i) =>
      refuse(['tables', t, 'variables', i, 'name'], 'a variable of that name is declared before')
    )
    for (const [key, message] of sourceConflicts(table, catalog)) refuse(['tables', t, ...key], message)
    const subjectColumn = subjectColumnOf(table, catalog.subject_key)
    for (const [i, variable] of table.variables.entries()) {
      if (sameName(variable.name, catalog.subject_key) || (variable.column ?? variable.name) === subjectColumn) {
        refuse(['tables', t, 'variables', i, 'name'], 'the subject key is no variable: it never leaves')
      }
      const { missing, rename } = valueReading(table, variable)
      if ([...(variable.levels ?? []), ...Object.keys(rename)].some((word) => missing.includes(word))) {
        refuse(['tables', t, 'variables', i, 'missing'], 'a level cannot stand for missing as well')
      }
    }
  }
  for (const [path, message] of derivationFaults(catalog)) refuse([...path], message)
  for (const [t, { variables }] of catalog.tables.entries()) {
    if (!variables.some(isOffered)) refuse(['tables', t, 'variables'], 'a table offers at least one of its variables')
  }
  for (const [i, { variable, breakpoints }] of latticeOf(catalog).entries()) {
    const message = latticeFault(catalog, variable, breakpoints)
    if (message) refuse(['lattice', i, 'variable'], message)
  }
  checkSets(catalog, refuse)
  if (catalog.postgres && !catalog.tables.some(isRelation)) {
    refuse(['postgres'], 'no table has a relation or a query')
  }
  if (catalog.mode === 'dp' && catalog.missingness === 'told') {
    refuse(['missingness'], 'a catalog with mode: dp publishes no exact shares: leave missingness: untold')
  }
  if (catalog.controlled_access && catalog.missingness === 'told') {
    refuse(
      ['missingness'],
      'it is disclosed to everybody who sees the catalog, not only to those whom controlled_access admits'
    )
  }
  const lattice = latticeOf(catalog).map(({ variable }) => variable)
  if (new Set(lattice).size !== lattice.length) refuse(['lattice'], 'a lattice variable is named twice')
}

/** Contradictions in the source settings of a table. A table has one of six kinds of source. */
function* sourceConflicts(
  table: TableConfig,
  { postgres }: CatalogConfig
): Generator<readonly [key: readonly string[], message: string]> {
  const { file, bids, fhir, omop, relation, query, format, reading } = table
  const sources = [file, bids, fhir, omop, relation, query].filter((source) => source !== undefined)
  if (sources.length !== 1) yield [['file'], 'a table has one of file, bids, fhir, omop, relation and query']
  if (isRelation(table) && postgres === undefined) yield [[], 'the catalog has no postgres for its relation or query']
  if (file === undefined && format !== undefined) yield [['format'], 'only a file has a format']
  const isParquet = format === 'parquet' || (format === undefined && /\.parquet$/i.test(file ?? ''))
  for (const key of ['encoding', 'separator'] as const) {
    if (reading?.[key] === undefined) continue
    if (file === undefined) yield [['reading', key], `${key} is for text files alone`]
    else if (isParquet) yield [['reading', key], `a Parquet file has no ${key}`]
  }
}

/** Reports the faults of analysis sets. Each variable must be in the catalog, usable in filters, and named once. */
function checkSets(catalog: CatalogConfig, refuse: (path: PropertyKey[], message: string) => void): void {
  const sets = Object.entries(catalog.analysis_sets ?? {})
  // Membership in a set depends on the other members, so noise calibrated for one person would not hide that person.
  if (sets.length > 0 && catalog.mode === 'dp') refuse(['analysis_sets'], 'a catalog with mode: dp has none')
  for (const [name, { complete_on: names, where = {} }] of sets) {
    const found = names.map((one) => setVariable(catalog, one))
    for (const [i, one] of found.entries()) {
      const path = ['analysis_sets', name, 'complete_on', i]
      if (typeof one === 'string') refuse(path, one)
      else if (found.findIndex((other) => typeof other === 'object' && other.ref === one.ref) < i)
        refuse(path, 'it is named twice')
    }
    for (const key of Object.keys(where)) {
      const one = setVariable(catalog, key)
      if (typeof one === 'string') refuse(['analysis_sets', name, 'where', key], one)
    }
  }
}

/** The variable that a name in an analysis set means, or a message that says why there is none. */
function setVariable(catalog: CatalogConfig, name: string): string | { readonly ref: string } {
  const all = catalog.tables.flatMap((table) => table.variables.map((v) => ({ ref: `${table.name}.${v.name}`, v })))
  const [one, other] = all.filter(({ ref, v }) => (name.includes('.') ? ref === name : v.name === name))
  if (one === undefined) return 'no such variable'
  if (other !== undefined) return 'several tables have it: write table.variable'
  if (!isOffered(one.v)) return 'it is not offered'
  return one.v.type === 'text' ? 'a free text is no variable of a set' : { ref: one.ref }
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
  if (!isOffered(variable)) return 'it is not offered'
  if (variable.type === 'category') return cuts ? 'a category is not cut' : null
  if (!variable.breakpoints) return 'a lattice variable is a category or has breakpoints'
  const declared = variable.breakpoints.map(breakpointNumber)
  if (cuts?.some((cut) => !declared.includes(breakpointNumber(cut)))) return 'a cut is one of the breakpoints'
  const numbers = cuts?.map(breakpointNumber) ?? []
  return numbers.some((cut, i) => i > 0 && cut <= (numbers[i - 1] ?? cut)) ? 'cuts rise' : null
}

/** Whether two names are the same to the engine, which ignores case. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function refuseTwins(named: readonly { name: string }[], refuse: (index: number) => void): void {
  for (const [i, { name }] of named.entries()) {
    if (named.slice(0, i).some((earlier) => sameName(earlier.name, name))) refuse(i)
  }
}

/** A breakpoint as a number. A date is converted to days since 1970-01-01. */
export function breakpointNumber(point: number | string): number {
  return typeof point === 'number' ? point : (daysOf(point) ?? Number.NaN)
}
