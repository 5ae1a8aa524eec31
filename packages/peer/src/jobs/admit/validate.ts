/** Validation of a request against the catalog: its variables, its program and its libraries. Reads no data. */
import type { Catalog } from '@stimnet/data'
import { createHash } from 'node:crypto'
import { nearFilter, rowFilter } from '@stimnet/data'
import {
  assertOnLattice,
  type DpPlan,
  factsIn,
  isOfWholeCells,
  type PrivacySettings,
  possibleBy,
  questionsIn,
  roundsNumbers,
  tellsDigits,
  variableFacts
} from '@stimnet/privacy'
import {
  analysisSetFromMessage,
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
  parseJsonObject,
  type Plan,
  type PrivacyAsk,
  privacyAskFromMessage,
  type Program,
  programFromMessage,
  programText,
  type Question,
  resolveVariable,
  type SchemaTerms,
  schemaTermsFromMessage,
  StimnetError,
  uploadsFromMessage
} from '@stimnet/protocol'
import { type Review, reviewOf, type Sandbox, whereIs } from '@stimnet/sandbox'
import {
  gramIn,
  isInRounds,
  knownNumbers,
  knownReason,
  oneRowEach,
  ROUNDS_REASON,
  roundedReason,
  rowsNote
} from '@stimnet/statistics'
import { noiseOf, sitesPerPersonOf } from './noise.ts'
import { planRead } from './read-plan.ts'
import { withRound } from './rounds.ts'
import { assertOutputsFit, catalogInWordsOf } from './schema.ts'

/** The complete plan of a job. Nothing in it depends on data. */
export interface JobPlan
  extends Pick<Question, 'program' | 'parameters' | 'filters' | 'privacy' | 'outputs' | 'uploads' | 'project'> {
  readonly catalog: Catalog
  /** For a script: the findings that its stewards are shown. */
  readonly review?: Review
  /** The plan of SQL or a statistic. */
  readonly plan?: Plan
  /** The cohort filter, resolved against the catalog; absent for all subjects. */
  readonly cohort?: Filter
  /** For P2: the noise to draw and its cost. */
  readonly noise?: DpPlan
  /** Number of institutions of this question among which the amount of noise would be shared. */
  readonly sitesPerPerson: number
  readonly schema: SchemaTerms
  /** Whether the cohort is made of whole base cells of a lattice. If so, no refusal of it depends on earlier questions. */
  readonly isOfWholeCells: boolean
  readonly wallTimeMsMax: number
  readonly warnings: readonly string[]
}

/** SHA-256 of a program's text, in hex. Receipts, approvals and `code_hashes` identify a program by it. */
export function codeHashOf(program: Program): string {
  return createHash('sha256').update(programText(program)).digest('hex')
}

/** The context against which a request is validated. */
export interface ValidationContext {
  /** This peer's id, which selects the mappings meant for it. */
  readonly self: string
  /** The disclosure rules of a catalog, which limit mappings and outputs. Without them, mappings and outputs are not limited. */
  readonly settingsOf?: (catalog: string) => PrivacySettings
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly sandbox: Sandbox | undefined
  readonly wallTimeMsMax: number
  /** Whether this peer knows an institution of a model's roster. By default it knows nobody but itself. */
  readonly isPeer?: (peerId: string) => boolean
}

/**
 * Makes the plan of a request. Throws a StimnetError whose code and reason depend only on the request and the catalog's
 * description.
 */
export async function validate(request: Message<'JobRequest'>, context: ValidationContext): Promise<JobPlan> {
  const offered = context.catalogs.get(request.catalog)
  if (!offered)
    throw new StimnetError('CATALOG_UNKNOWN', `a request for ${JSON.stringify(request.catalog.slice(0, 80))}`)
  assertReadable(request)
  const program = programFromMessage(request.program)
  const privacy = privacyAskFromMessage(request.privacy)
  const schema = schemaTermsFromMessage(request)
  const settings = context.settingsOf?.(request.catalog)
  const set = request.set ? analysisSetFromMessage(request.set) : undefined
  const catalog = catalogInWordsOf({ schema, program, privacy, settings, self: context.self, set }, offered)
  assertMode(catalog, program, privacy)
  const outputs = contractFromMessage(request.outputs)
  assertOutputsFit(outputs, program, settings)
  const uploads = uploadsFromMessage(request.uploads)
  assertUploadsFit(uploads, program)
  const parameters = parseJsonObject(request.parametersJson)
  const read = planRead(program, catalog.descriptor)
  const { cohort, filters, unapplied } = cohortAsked(request, catalog, read)
  assertSetFits(request, privacy)
  const rounded = read && (await roundIn(request, { read, program, catalog, context }))
  const plan = rounded && planOf(rounded, catalog, cohort)
  const review = program.kind === 'script' ? await checkScript(program, context.sandbox) : undefined
  const sitesPerPerson = sitesPerPersonOf(request.broadcast !== '', catalog.descriptor)
  const noise = privacy.level === 'P2' && plan ? noiseOf({ plan, privacy, sitesPerPerson }, catalog) : undefined
  // A lattice prevents refusals from depending on data. With noise, no refusal depends on data.
  if (noise === undefined) assertAnswerable(catalog, cohort, plan)
  // With noise it does not matter how exact sums are, or who knows a number.
  if (noise === undefined) assertModelFits(plan, settings, catalog)
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
    sitesPerPerson,
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
    warnings: [...unapplied.map(unappliedNote), ...repeatedNotes(program, plan, catalog)]
  }
}

/** The plan with the start of its round, if it has a model that is fitted in rounds. Throws the errors of `withRound`. */
function roundIn(
  request: Message<'JobRequest'>,
  {
    read: plan,
    program,
    catalog,
    context
  }: {
    readonly read: Plan
    readonly program: Program
    readonly catalog: Catalog
    readonly context: ValidationContext
  }
): Promise<Plan> {
  const { catalog: name, cohort, filtersJson, project, set } = request
  const filters = parseJsonObject(filtersJson)
  const where = cohort ? filterFromMessage(cohort) : null
  const question = { name, where, filters, project, set: set?.name ?? null, ...schemaTermsFromMessage(request) }
  const { self, isPeer = () => false } = context
  return withRound({ plan, program, question, self, isPeer, epoch: catalog.epoch })
}

function unappliedNote(name: string): string {
  return `The filter ${JSON.stringify(name.slice(0, 80))} is no single variable of the catalog: it was given to the script, not applied to the cohort.`
}

/** A note for named statistics only, because SQL itself states its tables. */
function repeatedNotes(program: Program, plan: Plan | undefined, { descriptor }: Catalog): string[] {
  if (plan === undefined || program.kind !== 'statistic') return []
  const repeats = (name: string) => descriptor.tables.find((table) => table.name === name)?.oneRowPerSubject === false
  return [rowsNote(plan, repeats) ?? []].flat()
}

/**
 * The cohort of a request: its filter, the pairs of `filters` and its analysis set, which must all hold. `read` is the plan
 * of its program as written; undefined for a script. Throws the errors of `resolveFilter`.
 */
export function cohortAsked(request: Message<'JobRequest'>, catalog: Catalog, read: Plan | undefined) {
  const filters = parseJsonObject(request.filtersJson)
  // A name that several tables have refers to the tables that the program reads, if one of these has it.
  const near = read?.tables ?? []
  const lenient = read === undefined && request.broadcast === ''
  const { pairs, unapplied } = knownFilters({ catalog, near, lenient }, filters)
  const where = request.cohort ? nearFilter(filterFromMessage(request.cohort), catalog.descriptor, near) : undefined
  const asked = joined(where, filterFromPairs(pairs))
  const resolved = asked && catalog.resolveFilter(asked)
  const cohort = joined(resolved, request.set ? catalog.setFilter(request.set.name) : undefined)
  return { filters, unapplied, ...(cohort === undefined ? {} : { cohort }) }
}

/** Throws PARAMETER_INVALID for text beside the program with characters that make it read differently from what it is. */
function assertReadable({ title, project, permit, purpose }: Message<'JobRequest'>): void {
  for (const [field, text] of [
    ['title', title],
    ['project', project],
    ['permit', permit],
    ...purpose.map((term) => ['purpose', term])
  ]) {
    const found = misleadingIn(text ?? '')
    if (!found) continue
    const reason = `${field}: the character ${found.codePoint} makes it read otherwise than it is.`
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
}

/** Throws PARAMETER_INVALID for uploads beside a program that is not a script: SQL and statistics read no files. */
export function assertUploadsFit(uploads: readonly unknown[], program: Program): void {
  if (uploads.length === 0 || program.kind === 'script') return
  const reason = 'Only a script reads uploaded files: SQL and statistics are computed from the catalog alone.'
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

/**
 * Throws PARAMETER_INVALID for an analysis set with P2: membership in a set depends on the other people, which noise for one
 * person does not hide.
 */
function assertSetFits({ set }: Message<'JobRequest'>, { level }: PrivacyAsk): void {
  if (!set || level !== 'P2') return
  throw StimnetError.told('PARAMETER_INVALID', 'An analysis set is for exact numbers: ask for P2 without it.')
}

/** Throws MODE_NOT_PERMITTED for a request that does not fit a `mode: dp` catalog, and PARAMETER_INVALID for a script with P2. */
function assertMode({ config, descriptor }: Catalog, program: Program, { level }: PrivacyAsk): void {
  if (config.mode === 'dp' && (level !== 'P2' || program.kind === 'script')) {
    const what = program.kind === 'script' ? 'It runs no scripts.' : 'Ask for P2, with epsilon or rho.'
    const reason = `${descriptor.name} releases differentially private numbers only. ${what}`
    throw StimnetError.told('MODE_NOT_PERMITTED', reason)
  }
  if (level === 'P2' && program.kind === 'script') {
    const reason = 'P2 is for SQL and statistics: what a script does with one person has no bound.'
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }
}

/**
 * Separates filters that name a variable from other filters. A key that names no variable is an error, except for scripts
 * that are sent to a single peer: an older API let them filter by such keys themselves. The key is then passed to the script
 * and reported to the requester and the stewards, never dropped silently. Throws FILTER_INVALID, VARIABLE_UNKNOWN or
 * VARIABLE_AMBIGUOUS.
 */
function knownFilters(
  { catalog, near, lenient }: { catalog: Catalog; near: readonly string[]; lenient: boolean },
  filters: Readonly<Record<string, unknown>>
) {
  const pairs: Record<string, unknown> = {}
  const unapplied: string[] = []
  const entries = Object.entries(filters)
  if (entries.length > LIMITS.filterLiteralsMax) {
    throw StimnetError.told('FILTER_INVALID', `At most ${LIMITS.filterLiteralsMax} filters.`)
  }
  for (const [column, value] of entries) {
    try {
      const named = nearName(catalog.descriptor, column, near)
      resolveVariable(catalog.descriptor, named)
      // If two names refer to one variable, one of the two filters would be lost.
      if (Object.hasOwn(pairs, named)) {
        throw StimnetError.told('FILTER_INVALID', `${JSON.stringify(named)} is filtered twice.`)
      }
      pairs[named] = value
    } catch (error) {
      if (!lenient || !['VARIABLE_UNKNOWN', 'VARIABLE_AMBIGUOUS'].includes(codeOf(error))) throw error
      unapplied.push(column)
    }
  }
  return { pairs, unapplied }
}

/** The conjunction of two filters. An absent filter holds for all subjects. */
export function joined(a: Filter | undefined, b: Filter | undefined): Filter | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return checkFilter({ all: [a, b] })
}

/** The plan of a program with the conditions of the cohort filter that apply to rows of its own tables. */
function planOf(plan: Plan, catalog: Catalog, cohort: Filter | undefined): Plan {
  const own = plan.where === undefined ? undefined : catalog.resolveFilter(plan.where, plan.tables)
  const rows = cohort === undefined ? undefined : rowFilter(cohort, plan.tables)
  const where = own && rows ? { all: [own, rows] } : (own ?? rows)
  return where === undefined ? plan : oneRowEach({ ...plan, where })
}

/**
 * Checks a question against the catalog's description alone, because a later refusal would depend on data. Throws
 * FILTER_OFF_LATTICE or FILTER_INVALID.
 */
function assertAnswerable(catalog: Catalog, cohort: Filter | undefined, plan: Plan | undefined): void {
  const facts = factsIn(variableFacts(catalog.descriptor, catalog.sourceOf))
  for (const asked of [plan, ...(plan === undefined ? [] : questionsIn(plan))]) {
    possibleBy(catalog.descriptor, facts, { cohort, plan: asked })
    assertOnLattice(catalog.descriptor, { ...(cohort ? { cohort } : {}), ...(asked ? { plan: asked } : {}) })
  }
}

/**
 * Throws PROGRAM_NOT_PERMITTED for a model at a catalog that rounds its numbers, because rounded sums of products do not
 * give a model. For real people, also throws for a model with a number that others know, and for a model that is fitted in
 * rounds.
 */
function assertModelFits(plan: Plan | undefined, settings: PrivacySettings | undefined, catalog: Catalog): void {
  const { descriptor } = catalog
  const measure = plan === undefined ? undefined : gramIn(plan)
  if (measure === undefined || settings === undefined) return
  const facts = factsIn(variableFacts(descriptor, catalog.sourceOf))
  const isRounded = roundsNumbers(settings, measure)
  // Conditions that no setting changes are checked first.
  if (!descriptor.synthetic && isInRounds(measure)) throw StimnetError.told('PROGRAM_NOT_PERMITTED', ROUNDS_REASON)
  if (!isRounded && !descriptor.synthetic && tellsDigits(measure, { defining: [], facts })) {
    throw StimnetError.told('PROGRAM_NOT_PERMITTED', knownReason(knownNumbers(measure, descriptor)))
  }
  if (!isRounded) return
  throw StimnetError.told('PROGRAM_NOT_PERMITTED', roundedReason(descriptor))
}

/**
 * Checks language and libraries by parsing the script, so that a script with a missing library is refused before any data
 * are read. Throws LANGUAGE_NOT_AVAILABLE, SCRIPT_INVALID or LIBRARY_NOT_AVAILABLE.
 */
async function checkScript(
  program: Extract<Program, { kind: 'script' }>,
  sandbox: Sandbox | undefined
): Promise<Review> {
  const description = await sandbox?.describe()
  if (!sandbox || !description?.languages.includes(program.language)) {
    const has = description?.languages.join(', ') ?? 'no scripts at all'
    const reason = `No sandbox here runs ${program.language}. This peer runs: ${has}.`
    throw StimnetError.told('LANGUAGE_NOT_AVAILABLE', reason)
  }
  const review = await reviewOf(program.language, program.code)
  const { imports } = review
  if (!imports.ok) {
    throw StimnetError.told('SCRIPT_INVALID', imports.why ?? `The script cannot be parsed (line ${imports.line}).`)
  }
  const libraries = description.libraries(program.language)
  const missing = [...new Set(imports.modules.map(({ name }) => name))].filter((name) => !libraries.has(name))
  if (missing.length > 0) {
    const named = missing.slice(0, 8).map(async (name) => `${name} (${await whereIs(name, program.language)})`)
    const reason = `${(await Promise.all(named)).join(', ')}: not in the sandbox of this peer (${description.engine}).`
    throw StimnetError.told('LIBRARY_NOT_AVAILABLE', reason)
  }
  return review
}
