/** Whether what is asked exists and fits: the catalog, its variables, the program and its libraries. Data-free. */
import type { Catalog } from '@stimnet/data'
import { createHash } from 'node:crypto'
import { nearFilter, parseSql, rowFilter } from '@stimnet/data'
import {
  assertOnLattice,
  type DpPlan,
  factsIn,
  isOfWholeCells,
  type PrivacySettings,
  possibleBy,
  variableFacts
} from '@stimnet/privacy'
import {
  checkFilter,
  codeOf,
  contractFromMessage,
  type Filter,
  filterFromMessage,
  filterFromPairs,
  LIMITS,
  type Message,
  misleadingIn,
  nearName,
  type OutputDeclaration,
  type Plan,
  type PrivacyAsk,
  type Program,
  parseJsonObject,
  privacyAskFromMessage,
  programFromMessage,
  programText,
  resolveVariable,
  type SchemaTerms,
  StimnetError,
  schemaTermsFromMessage,
  type UploadedFile,
  uploadsFromMessage
} from '@stimnet/protocol'
import { type Review, reviewOf, type Sandbox, whereIs } from '@stimnet/sandbox'
import { oneRowEach, planOfStatistic } from '@stimnet/statistics'
import { noiseOf } from '../run/noise.ts'
import { assertOutputsFit, catalogInWordsOf } from './schema.ts'

/** What will be done, in full; nothing in it depends on data. */
export interface JobPlan {
  readonly catalog: Catalog
  readonly program: Program
  /** Of a script: what its reader finds in it. */
  readonly review?: Review
  /** For SQL and statistics. */
  readonly plan?: Plan
  /** Resolved; absent: everyone. */
  readonly cohort?: Filter
  readonly parameters: Readonly<Record<string, unknown>>
  readonly filters: Readonly<Record<string, unknown>>
  /** Which claim is asked for, and what it may spend. */
  readonly privacy: PrivacyAsk
  /** With P2: what is drawn, and what it costs. */
  readonly noise?: DpPlan
  /** Typed outputs of a script; empty: the default contract. */
  readonly outputs: readonly OutputDeclaration[]
  readonly schema: SchemaTerms
  /** Files that a script finds beside its tables. */
  readonly uploads: readonly UploadedFile[]
  /** As the request names it; by it ledgers are told apart where the catalog says so. */
  readonly project: string
  /** Made of whole base cells of a lattice: no refusal of its cohort depends on history. */
  readonly isOfWholeCells: boolean
  readonly wallTimeMsMax: number
  readonly warnings: readonly string[]
}

/** SHA-256 of a program's text, hex: what receipts, approvals and lists of code name it by. */
export function codeHashOf(program: Program): string {
  return createHash('sha256').update(programText(program)).digest('hex')
}

/** What a request is held against. */
export interface ValidationContext {
  /** This peer's id: which mappings are for it. */
  readonly self: string
  /** The rules of a catalog: what mappings and outputs they leave room for. Where there are none, as without data, any. */
  readonly settingsOf?: (catalog: string) => PrivacySettings
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly sandbox: Sandbox | undefined
  readonly wallTimeMsMax: number
}

/** Throws a StimnetError with a code and a reason about the request alone. */
export async function validate(request: Message<'JobRequest'>, context: ValidationContext): Promise<JobPlan> {
  const offered = context.catalogs.get(request.catalog)
  if (!offered)
    throw new StimnetError('CATALOG_UNKNOWN', `a request for ${JSON.stringify(request.catalog.slice(0, 80))}`)
  assertReadable(request)
  const program = programFromMessage(request.program)
  const privacy = privacyAskFromMessage(request.privacy)
  const schema = schemaTermsFromMessage(request)
  const settings = context.settingsOf?.(request.catalog)
  const catalog = catalogInWordsOf({ schema, program, privacy, settings, self: context.self }, offered)
  assertMode(catalog, program, privacy)
  const outputs = contractFromMessage(request.outputs)
  assertOutputsFit(outputs, program, settings)
  const uploads = uploadsFromMessage(request.uploads)
  assertUploadsFit(uploads, program)
  const parameters = parseJsonObject(request.parametersJson)
  const { cohort, filters, unapplied } = cohortAsked(request, catalog, program)
  const plan = program.kind === 'script' ? undefined : planOf(program, catalog, cohort)
  const review = program.kind === 'script' ? await checkScript(program, context.sandbox) : undefined
  const broadcast = request.broadcast !== ''
  const noise = privacy.level === 'P2' && plan ? noiseOf({ plan, privacy, broadcast }, catalog) : undefined
  // A lattice keeps refusals from depending on data. With noise nothing is refused that way.
  if (noise === undefined) assertAnswerable(catalog, cohort, plan)
  return {
    catalog,
    program,
    ...(review === undefined ? {} : { review }),
    ...(plan === undefined ? {} : { plan }),
    ...(cohort === undefined ? {} : { cohort }),
    parameters,
    filters,
    privacy,
    ...(noise === undefined ? {} : { noise }),
    outputs,
    schema,
    uploads,
    project: request.project.slice(0, 128),
    isOfWholeCells: isOfWholeCells(catalog.descriptor, { ...(cohort ? { cohort } : {}), ...(plan ? { plan } : {}) }),
    wallTimeMsMax: Math.min(
      request.wallTimeMsMax || context.wallTimeMsMax,
      context.wallTimeMsMax,
      LIMITS.wallTimeMsMax
    ),
    warnings: unapplied.map(
      (name) =>
        `The filter ${JSON.stringify(name.slice(0, 80))} is no single variable of the catalog: it was given to the script, not applied to the cohort.`
    )
  }
}

/** Whom a request is about: its filter, and the pairs of `filters` that all must hold. Throws as `resolveFilter`. */
export function cohortAsked(request: Message<'JobRequest'>, catalog: Catalog, program: Program) {
  const filters = parseJsonObject(request.filtersJson)
  // A name that several tables have means that of the tables the program reads, where one of those has it.
  const near = program.kind === 'script' ? [] : readBy(program, catalog).tables
  const lenient = program.kind === 'script' && request.broadcast === ''
  const { pairs, unapplied } = knownFilters({ catalog, near, lenient }, filters)
  const where = request.cohort ? nearFilter(filterFromMessage(request.cohort), catalog.descriptor, near) : undefined
  const asked = joined(where, filterFromPairs(pairs))
  return { filters, unapplied, ...(asked === undefined ? {} : { cohort: catalog.resolveFilter(asked) }) }
}

/** Throws PARAMETER_INVALID for words beside the program that people would read otherwise than they are. */
function assertReadable({ title, project, purpose }: Message<'JobRequest'>): void {
  for (const [field, text] of [['title', title], ['project', project], ...purpose.map((term) => ['purpose', term])]) {
    const found = misleadingIn(text ?? '')
    if (!found) continue
    const reason = `${field}: the character ${found.codePoint} makes it read otherwise than it is.`
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
}

/** Throws PARAMETER_INVALID: what the node computes itself reads no files. */
export function assertUploadsFit(uploads: readonly unknown[], program: Program): void {
  if (uploads.length === 0 || program.kind === 'script') return
  const reason = 'Only a script reads uploaded files: SQL and statistics are computed from the catalog alone.'
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}

/** What a catalog of one mode does not answer, whoever asks. */
function assertMode({ config, descriptor }: Catalog, program: Program, { level }: PrivacyAsk): void {
  if (config.mode === 'dp' && (level !== 'P2' || program.kind === 'script')) {
    const what = program.kind === 'script' ? 'It runs no scripts.' : 'Ask for P2, with epsilon or rho.'
    const reason = `${descriptor.name} releases differentially private numbers only. ${what}`
    throw new StimnetError('MODE_NOT_PERMITTED', reason, { reason })
  }
  if (level === 'P2' && program.kind === 'script') {
    const reason = 'P2 is for SQL and statistics: what a script does with one person has no bound.'
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
}

/**
 * A key that is no variable is an error. Scripts of one peer do their own filtering by such keys and expect to find them
 * (an older API): for them it is handed on, and named to whoever asks and to whoever approves, never silently dropped.
 */
function knownFilters(
  { catalog, near, lenient }: { catalog: Catalog; near: readonly string[]; lenient: boolean },
  filters: Readonly<Record<string, unknown>>
) {
  const pairs: Record<string, unknown> = {}
  const unapplied: string[] = []
  const entries = Object.entries(filters)
  if (entries.length > LIMITS.filterLiteralsMax) {
    const reason = `At most ${LIMITS.filterLiteralsMax} filters.`
    throw new StimnetError('FILTER_INVALID', reason, { reason })
  }
  for (const [column, value] of entries) {
    try {
      const named = nearName(catalog.descriptor, column, near)
      resolveVariable(catalog.descriptor, named)
      // Two names of one variable would leave one of the two filters out.
      if (Object.hasOwn(pairs, named)) {
        const reason = `${JSON.stringify(named)} is filtered twice.`
        throw new StimnetError('FILTER_INVALID', reason, { reason })
      }
      pairs[named] = value
    } catch (error) {
      if (!lenient || !['VARIABLE_UNKNOWN', 'VARIABLE_AMBIGUOUS'].includes(codeOf(error))) throw error
      unapplied.push(column)
    }
  }
  return { pairs, unapplied }
}

/** Both must hold; what is absent holds for everyone. */
export function joined(a: Filter | undefined, b: Filter | undefined): Filter | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return checkFilter({ all: [a, b] })
}

type Computed = Exclude<Program, { kind: 'script' }>

/** The plan of SQL or a statistic, as written. */
function readBy(program: Computed, { descriptor }: Catalog): Plan {
  return program.kind === 'sql' ? parseSql(program.sql, descriptor) : planOfStatistic(program.statistic, descriptor)
}

/** The plan of SQL or a statistic, with the part of the cohort filter that speaks of its own tables' rows. */
function planOf(program: Computed, catalog: Catalog, cohort: Filter | undefined): Plan {
  const plan = readBy(program, catalog)
  const own = plan.where === undefined ? undefined : catalog.resolveFilter(plan.where, plan.tables)
  const rows = cohort === undefined ? undefined : rowFilter(cohort, plan.tables)
  const where = own && rows ? { all: [own, rows] } : (own ?? rows)
  return where === undefined ? plan : oneRowEach({ ...plan, where })
}

/** By the question and the description alone: a refusal later would depend on data. Throws FILTER_OFF_LATTICE, FILTER_INVALID. */
function assertAnswerable(catalog: Catalog, cohort: Filter | undefined, plan: Plan | undefined): void {
  possibleBy(catalog.descriptor, factsIn(variableFacts(catalog.descriptor, catalog.sourceOf)), { cohort, plan })
  assertOnLattice(catalog.descriptor, { ...(cohort ? { cohort } : {}), ...(plan ? { plan } : {}) })
}

/** Language and libraries, by parsing alone: a missing one is refused before any data are touched. */
async function checkScript(
  program: Extract<Program, { kind: 'script' }>,
  sandbox: Sandbox | undefined
): Promise<Review> {
  const description = await sandbox?.describe()
  if (!sandbox || !description?.languages.includes(program.language)) {
    const has = description?.languages.join(', ') ?? 'no scripts at all'
    const reason = `No sandbox here runs ${program.language}. This peer runs: ${has}.`
    throw new StimnetError('LANGUAGE_NOT_AVAILABLE', reason, { reason })
  }
  const review = await reviewOf(program.language, program.code)
  const { imports } = review
  if (!imports.ok) {
    const reason = imports.why ?? `The script cannot be parsed (line ${imports.line}).`
    throw new StimnetError('SCRIPT_INVALID', reason, { reason })
  }
  const libraries = description.libraries(program.language)
  const missing = [...new Set(imports.modules.map(({ name }) => name))].filter((name) => !libraries.has(name))
  if (missing.length > 0) {
    const named = missing.slice(0, 8).map(async (name) => `${name} (${await whereIs(name, program.language)})`)
    const reason = `${(await Promise.all(named)).join(', ')}: not in the sandbox of this peer (${description.engine}).`
    throw new StimnetError('LIBRARY_NOT_AVAILABLE', reason, { reason })
  }
  return review
}
