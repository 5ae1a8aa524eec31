/** Reduction of a plan over a cohort. People who would block the release of numbers are left out before the final reduction. */
import type { Catalog } from '@stimnet/data'
import {
  type Aggregate,
  type CountedAt,
  type Defining,
  factsIn,
  type Hidden,
  isPresence,
  powersIn,
  type KnownValues,
  type KnownVariable,
  type LeftOut,
  type Possible,
  possibleBy,
  questionsIn,
  type RareGroups,
  type Relaxed,
  relaxedBy,
  rowsOfEverybody,
  sizesOf,
  spacingOf,
  variableFacts,
  type Weighing,
  type Weights
} from '@stimnet/privacy'
import {
  type Filter,
  type GramMeasure,
  type Plan,
  type Reduction,
  onlySet,
  resolveVariable,
  setIn,
  setOfCohort,
  type SubjectSet,
  type VariableRef,
  variablesOf,
  withoutSets
} from '@stimnet/protocol'
import { gramIn } from '@stimnet/statistics'
import type { CatalogPrivacy, ReleaseFacts } from '../release/privacy.ts'
import { hiddenIn } from './hidden.ts'

/** The question that a catalog is asked. */
export interface TableAsked {
  readonly catalog: Catalog
  readonly plan: Plan
  readonly filter: Filter | undefined
  readonly cohort: SubjectSet
  /** The project named by the request; absent for a release to everybody. */
  readonly project?: string
  /** The values by which people are weighed in this question and in earlier ones. */
  readonly weights?: Weights
}

type TableAggregate = Extract<Aggregate, { kind: 'table' }>

/**
 * Maximum number of repeated reductions, each leaving out more people. Two are normally enough to find all people to leave
 * out.
 */
const ROUNDS_MAX = 4

/** Reduces the plan, leaving out people if that lets more be released. Throws the errors of `Catalog.reduce`. */
export async function reduceTable(
  question: Omit<TableAsked, 'weights'>,
  privacy: Pick<CatalogPrivacy, 'leaveOut' | 'settings' | 'weighed'>,
  signal?: AbortSignal
): Promise<TableAggregate> {
  const { catalog, plan, filter, cohort, project } = question
  const asked = { ...question, weights: await weightsOf(question, privacy) }
  const { descriptor, sourceOf } = catalog
  const facts: Omit<ReleaseFacts, 'aggregate'> = {
    cohort,
    filter,
    described: descriptor,
    sourceOf,
    codeHash: '',
    image: '',
    ...(project === undefined ? {} : { project })
  }
  const known = await followed(asked)
  let aggregate = await reduced(asked, { known, leftOut: undefined, signal })
  const model = gramIn(plan)
  if (model !== undefined) {
    const rows = aggregate.reduction.groups[0]?.grams?.get(model.name)
    const { k } = privacy.settings
    const sizes = model.random && rows && sizesOf(rows, { measure: model, k })
    const people = sizes?.kept.map((one) => one.people)
    const questions = await modelQuestions(asked, model, people, signal)
    const whole = sizes !== undefined && sizes.leftOut > 0 ? rowsOfEverybody(plan, known.complete) : undefined
    if (whole === undefined) return { ...aggregate, questions }
    const question = { ...asked, plan: whole }
    const options = { known: await followed(question), leftOut: undefined, signal }
    const { kind: _, ...everybody } = await reduced(question, options)
    return { ...aggregate, questions, everybody }
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const more = await privacy.leaveOut({ ...facts, aggregate })
    if (more === undefined) break
    aggregate = await reduced(asked, { known, leftOut: joined(aggregate.leftOut, more), signal })
  }
  return aggregate
}

/**
 * The questions behind a model, each reduced over the people who have a value of every variable of the model. The people who
 * could be in their groups as far as others can tell, and the variables that define the groups, follow from the question
 * alone, as for a covariance. `sizes` holds the people with each number of rows, about whom each question is asked
 * separately.
 */
async function modelQuestions(
  asked: TableAsked,
  model: GramMeasure,
  sizes: readonly SubjectSet[] | undefined,
  signal?: AbortSignal
) {
  const found = []
  for (const people of sizes ?? [undefined])
    for (const plan of questionsIn(asked.plan)) found.push(await modelQuestion(asked, { model, plan, people }, signal))
  return found
}

async function modelQuestion(
  asked: TableAsked,
  {
    model,
    plan,
    people
  }: { readonly model: GramMeasure; readonly plan: Plan; readonly people: SubjectSet | undefined },
  signal?: AbortSignal
) {
  const of = (set: SubjectSet) => (people === undefined ? set : set.and(people))
  const question = { ...asked, plan, cohort: of(asked.cohort) }
  const known = await followed(question)
  const within = (over: Over | undefined) => over && { plan: completeIn(over.plan, model), cohort: of(over.cohort) }
  const inModel = async ({ relaxed }: Unasked, hidden: Hidden): Promise<Unasked> => ({
    // Membership in an analysis set is judged with the model itself, like the presence of values. The questions of the model
    // are asked over these people.
    relaxed: relaxed.flatMap(({ of: one, over: { without, always, valued }, byCell }) => {
      const over = { without: within(without), always: within(always), valued: within(valued) }
      const inCells = byCell?.map(({ cells, over: own }) => ({ cells, over: within(own) }))
      return setIn(one.variable) === undefined ? [{ of: one, over, byCell: inCells }] : []
    }),
    possible: await possibleInSet(asked, { plan, hidden, size: people })
  })
  const { hidden, rare } = await hiddenIn(asked.catalog, { cohort: asked.filter, plan })
  const others = await inModel(known, hidden)
  const ofRare = known.rare && rare && { ...rare, ...(await inModel(known.rare, rare.hidden)) }
  const complete = new Set(variablesOf(model))
  const options = { known: { ...known, ...others, rare: ofRare, complete }, leftOut: undefined, inMemory: true, signal }
  const { kind: _, ...reducedQuestion } = await reduced({ ...question, plan: completeIn(plan, model) }, options)
  return { ...reducedQuestion, plan }
}

/**
 * The people who could be in the groups of a question behind a model. With an analysis set, they are restricted to its
 * people: membership in the set was judged with the model, and the questions are asked as if the catalog contained only
 * these people.
 */
async function possibleInSet(
  { catalog, filter }: TableAsked,
  { plan, hidden, size }: { readonly plan: Plan; readonly hidden: Hidden; readonly size: SubjectSet | undefined }
): Promise<Possible | undefined> {
  const possible = await possibleOf(catalog, { cohort: filter && withoutSets(filter), plan }, hidden)
  const set = filter && onlySet(filter)
  if ((set === undefined && size === undefined) || possible === undefined) return possible
  const inAnalysis = await catalog.cohort(set)
  const people = size === undefined ? inAnalysis : inAnalysis.and(size)
  const inSet = <T extends { readonly people: SubjectSet }>(all: readonly T[]): T[] =>
    all.map((one) => ({ ...one, people: one.people.and(people) }))
  return { ...possible, sets: inSet(possible.sets), groups: inSet(possible.groups) }
}

/**
 * A plan over the rows that have a value of every variable of a model. A table that the plan does not read, because others do not know who
 * has a row in it, adds no condition.
 */
function completeIn(plan: Plan, model: GramMeasure): Plan {
  const read = variablesOf(model).filter((ref) => plan.tables.some((table) => ref.startsWith(`${table}.`)))
  const present = read.map((column): Filter => ({ not: { column, op: 'is null', values: [] } }))
  return { ...plan, where: { all: [...(plan.where === undefined ? [] : [plan.where]), ...present] } }
}

/**
 * The people who could be in a question's cohort and groups, given only what others can know about them. Undefined if others
 * can know everything on which the question depends.
 */
export async function possibleOf(
  catalog: Catalog,
  asked: { readonly cohort?: Filter | undefined; readonly plan?: Plan },
  known?: Hidden
): Promise<Possible | undefined> {
  const hidden = known ?? (await hiddenIn(catalog, asked)).hidden
  const facts = factsOf(catalog)
  const question = possibleBy(catalog.descriptor, facts, { ...asked, hidden })
  if (question === undefined) return undefined
  const { filters, ...rest } = question
  const sets = []
  for (const { row, cohort, where } of filters) {
    const people = (await catalog.cohort(cohort)).and(await catalog.cohort(where))
    sets.push({ ...(row === undefined ? {} : { row }), people })
  }
  return { ...rest, sets, groups: await groupsOf(catalog, rest.keys) }
}

/** All subjects, grouped by keys of which each subject has exactly one value. */
async function groupsOf(catalog: Catalog, keys: Possible['keys']): Promise<Possible['groups']> {
  if (keys.length === 0) return []
  const plan: Plan = {
    tables: [...new Set(keys.map((key) => key.slice(0, key.indexOf('.'))))],
    groupBy: keys.map((variable, i) => ({ name: `key_${i}`, variable })),
    measures: [{ kind: 'subjects', name: 'people' }]
  }
  const { groups } = await catalog.reduce(plan, await catalog.cohort(undefined))
  return groups.map(({ key, support }) => ({ labels: key, people: support }))
}

/** A catalog object exists for an epoch, or for a request if it is in the variable names of that request. */
const FACTS = new WeakMap<Catalog, ReturnType<typeof factsIn>>()

/** The facts about the variables of a catalog. */
function factsOf(catalog: Catalog): ReturnType<typeof factsIn> {
  const found = FACTS.get(catalog) ?? factsIn(variableFacts(catalog.descriptor, catalog.sourceOf))
  FACTS.set(catalog, found)
  return found
}

/**
 * The facts that others do not know about groups of a question. The related questions without some conditions have not been
 * evaluated yet.
 */
interface Unasked {
  readonly possible: Possible | undefined
  readonly relaxed: readonly {
    readonly of: Omit<Defining, 'without' | 'always' | 'valued' | 'byCell'>
    readonly over: { readonly [Which in 'without' | 'always' | 'valued']: Over | undefined }
    readonly byCell: readonly { readonly cells: readonly number[]; readonly over: Over | undefined }[] | undefined
  }[]
}

/** The parts of a question that do not depend on who is left out. */
interface Followed extends Unasked {
  /** The facts about the groups of rare rows. */
  readonly rare: (Unasked & Pick<RareGroups, 'keys' | 'labels'>) | undefined
  readonly values: KnownValues
  readonly complete: ReadonlySet<VariableRef>
  readonly spacing: ReadonlyMap<VariableRef, number>
}

/** A plan over a different cohort. */
interface Over {
  readonly plan: Plan
  readonly cohort: SubjectSet
}

async function followed(asked: TableAsked): Promise<Followed> {
  const { catalog, filter, plan } = asked
  const { hidden, rare } = await hiddenIn(catalog, { cohort: filter, plan })
  const ofRare = rare && { ...rare, ...(await unasked(asked, rare.hidden)) }
  const others = await unasked(asked, hidden)
  const values = await knownValues(catalog, plan)
  const { complete, spacing } = await overEverybody(catalog, [
    ...plan.measures.flatMap(variablesOf),
    ...plan.groupBy.map(({ variable }) => variable),
    ...[...others.relaxed, ...(ofRare?.relaxed ?? [])].flatMap(({ of: { variable } }) =>
      setIn(variable) === undefined && !isPresence(variable) ? [variable] : []
    )
  ])
  // By definition, nobody in an analysis set lacks a value of these variables.
  const inSet = filter && onlySet(filter) && setOfCohort(filter, catalog.descriptor)?.completeOn
  for (const variable of inSet ?? []) complete.add(variable as VariableRef)
  return { ...others, rare: ofRare, values, complete, spacing }
}

/** `hidden` holds the tables for which others do not know who has a row. */
async function unasked({ catalog, filter, plan }: TableAsked, hidden: Hidden): Promise<Unasked> {
  const over = async (question: { plan: Plan; cohort: Filter | undefined } | undefined) =>
    question && { plan: question.plan, cohort: await catalog.cohort(question.cohort) }
  const relaxed = []
  const facts = factsOf(catalog)
  for (const one of relaxedBy(catalog.descriptor, facts, { cohort: filter, plan, hidden })) {
    const { variable, names, question } = one
    const without = await over(question)
    const isKey = plan.groupBy.some((key) => names.includes(key.variable))
    const isOfAll = isKey || one.isOfMissing || without === undefined
    const valued = isOfAll ? undefined : await withValues(catalog, variable, without)
    relaxed.push({
      of: {
        ...(await leavesNobody(catalog, variable, filter)),
        variable,
        names,
        ...(question === undefined ? {} : { level: question.level })
      },
      over: { without, always: await over(one.always), valued },
      byCell: await overCells(one, over)
    })
  }
  return { relaxed, possible: await possibleOf(catalog, { cohort: filter, plan }, hidden) }
}

type OverOf = (question: Relaxed['always']) => Promise<Over | undefined>

async function overCells({ byCell }: Relaxed, over: OverOf): Promise<Unasked['relaxed'][number]['byCell']> {
  if (byCell === undefined) return undefined
  const found = []
  for (const { cells, question } of byCell) found.push({ cells, over: await over(question) })
  return found
}

/** For an analysis set: whether it contains everybody who meets its conditions. */
async function leavesNobody(
  catalog: Catalog,
  variable: VariableRef,
  filter: Filter | undefined
): Promise<Pick<Defining, 'leavesNobody'>> {
  const set = setIn(variable) === undefined ? undefined : filter && onlySet(filter)
  if (set === undefined) return {}
  const chosen = await catalog.cohort(setOfCohort(filter, catalog.descriptor)?.where)
  return { leavesNobody: chosen.without(await catalog.cohort(set)).size === 0 }
}

/** Facts about a variable over the whole catalog: whether everybody has a value, and the distance between its values. */
interface OverEverybody {
  readonly isComplete: boolean
  readonly spacing: number | undefined
}

/**
 * Cached facts by variable. A catalog object exists for an epoch, or for a request if it is in the variable names of that
 * request.
 */
const OVER_EVERYBODY = new WeakMap<Catalog, Map<VariableRef, OverEverybody>>()

/**
 * The variables that have a value in every row of their table, and the spacing of variables with few values. Neither depends
 * on the people of the question.
 */
async function overEverybody(
  catalog: Catalog,
  asked: readonly VariableRef[]
): Promise<{ readonly complete: Set<VariableRef>; readonly spacing: Followed['spacing'] }> {
  const kept = OVER_EVERYBODY.get(catalog) ?? new Map<VariableRef, OverEverybody>()
  OVER_EVERYBODY.set(catalog, kept)
  const variables = [...new Set(asked)]
  for (const variable of variables) if (!kept.has(variable)) kept.set(variable, await readEverybody(catalog, variable))
  const spacing = variables.flatMap((variable) => {
    const found = kept.get(variable)?.spacing
    return found === undefined ? [] : [[variable, found] as const]
  })
  return { complete: new Set(variables.filter((one) => kept.get(one)?.isComplete)), spacing: new Map(spacing) }
}

async function readEverybody(catalog: Catalog, ref: VariableRef): Promise<OverEverybody> {
  const { table, variable } = resolveVariable(catalog.descriptor, ref)
  const measures: Plan['measures'] = [{ kind: 'count', name: 'values', variable: ref }]
  const everybody = await catalog.cohort(undefined)
  const { groups } = await catalog.reduce({ tables: [table.name], groupBy: [], measures }, everybody)
  const [group] = groups
  const column = group?.columns.get(ref)
  // People without a row do not lack a value: having a row is a question about the table.
  const isComplete = column !== undefined && column.rows === group?.rows
  const isNumber = variable.type === 'integer' || variable.type === 'number'
  const spacing = isNumber && column ? spacingOf(column, catalog.descriptor.cohortSizeMin) : undefined
  return { isComplete, spacing }
}

/** The values of the measured variables that others are assumed to know about each person. */
export async function knownValues(catalog: Catalog, plan: Plan): Promise<KnownValues> {
  const facts = factsOf(catalog)
  const found = new Map<VariableRef, KnownVariable>()
  for (const ref of new Set(plan.measures.flatMap(variablesOf))) {
    const { table, variable } = resolveVariable(catalog.descriptor, ref)
    if (!facts(ref).identifying || !table.oneRowPerSubject) continue
    const unit = variable.type === 'category' ? 1 : 10 ** -catalog.decimalsOf(ref)
    found.set(ref, { values: await catalog.valuesOf(ref), levels: variable.levels, unit })
  }
  return found
}

/**
 * The values by which people are weighed in the numbers of a plan, and in earlier numbers. Only a product of two numbers, and a known number
 * over people whom others do not know, weigh people.
 */
async function weightsOf(
  { catalog, plan, project }: Omit<TableAsked, 'weights'>,
  privacy: Pick<CatalogPrivacy, 'weighed'>
): Promise<Weights> {
  const { plain } = catalog
  if (plain.descriptor.synthetic) return new Map()
  const long = catalog.descriptor.tables.find((table) => plan.tables.includes(table.name) && !table.oneRowPerSubject)
  const earlier = await privacy.weighed(project, long && (await catalog.itemsOf(long.name)))
  const facts = factsOf(catalog)
  const own = plan.measures.flatMap((measure) => {
    const isOfSeveral = measure.kind === 'gram' || 'variables' in measure
    if (!isOfSeveral && powersIn(measure) === 0) return []
    const weighing = variablesOf(measure).filter((variable) => isOfSeveral || facts(variable).identifying)
    return weighing.map((variable) => facts(variable).own)
  })
  const found = new Map<VariableRef, Weighing>()
  for (const ref of new Set([...own, ...earlier])) {
    const table = plain.descriptor.tables.find(({ name }) => ref.startsWith(`${name}.`))
    const type = table?.variables.find(({ name }) => ref === `${table.name}.${name}`)?.type
    const isNumber = type === 'integer' || type === 'number'
    if (!isNumber || (!table?.oneRowPerSubject && table?.name !== long?.name)) continue
    found.set(ref, { by: table?.oneRowPerSubject ? 'subject' : 'row', values: await plain.valuesOf(ref) })
  }
  return found
}

/** The question restricted to people who have a value of the variable; undefined if the plan cannot separate these people. */
async function withValues(catalog: Catalog, variable: VariableRef, { plan, cohort }: Over): Promise<Over | undefined> {
  if (setIn(variable) !== undefined || isPresence(variable)) return undefined
  const { table } = resolveVariable(catalog.descriptor, variable)
  const hasOne: Filter = { not: { column: variable, op: 'is null', values: [] } }
  if (table.oneRowPerSubject) return { plan, cohort: cohort.and(await catalog.cohort(hasOne)) }
  if (!plan.tables.includes(table.name)) return undefined
  return { cohort, plan: { ...plan, where: plan.where === undefined ? hasOne : { all: [plan.where, hasOne] } } }
}

async function reduced(
  { catalog, plan, cohort, weights }: TableAsked,
  {
    known,
    leftOut,
    inMemory = false,
    signal
  }: {
    readonly known: Followed
    readonly leftOut: LeftOut | undefined
    readonly inMemory?: boolean
    readonly signal: AbortSignal | undefined
  }
): Promise<TableAggregate> {
  const options = { signal, leftOut, inMemory }
  const reduce = ({ plan: own, cohort: people }: Over) => catalog.reduce(own, people, options)
  const reduction = await reduce({ plan, cohort })
  const { rare, values, complete, spacing } = known
  return {
    kind: 'table',
    plan,
    reduction,
    complete,
    spacing,
    known: values,
    ...(weights === undefined ? {} : { weights }),
    ...(await unsaid(known, plan, reduce)),
    ...(rare ? { rare: { keys: rare.keys, labels: rare.labels, ...(await unsaid(rare, plan, reduce)) } } : {}),
    ...(leftOut ? { leftOut } : {})
  }
}

async function unsaid(
  { relaxed, possible }: Unasked,
  plan: Plan,
  reduce: (over: Over) => Promise<Reduction>
): Promise<Pick<TableAggregate, 'defining' | 'possible'>> {
  const defining: Defining[] = []
  for (const { of, over, byCell } of relaxed) {
    const reductions: Partial<Record<keyof typeof over, Reduction>> = {}
    for (const which of ['without', 'always', 'valued'] as const) {
      const asked = over[which]
      if (asked !== undefined) reductions[which] = await reducedAs(plan, asked, reduce)
    }
    // Most questions are about one level; then the groups are those without the condition.
    const isAsked = (own: Over, asked: Over | undefined) =>
      asked?.cohort.equals(own.cohort) === true && JSON.stringify(asked.plan) === JSON.stringify(own.plan)
    const counted: CountedAt[] = []
    for (const { cells, over: own } of byCell ?? []) {
      if (own === undefined) counted.push({ cells })
      else {
        const same = (['without', 'always'] as const).find((which) => isAsked(own, over[which]))
        const reduction = (same && reductions[same]) ?? (await reducedAs(plan, own, reduce))
        counted.push({ cells, reduction })
      }
    }
    defining.push({ ...of, ...reductions, ...(byCell === undefined ? {} : { byCell: counted }) })
  }
  return { defining, ...(possible ? { possible } : {}) }
}

/**
 * Reduces a plan that may lack tables of the plan with the given keys. A key that the reduced plan lacks is null in its
 * groups.
 */
async function reducedAs(
  { groupBy }: Plan,
  over: Over,
  reduce: (over: Over) => Promise<Reduction>
): Promise<Reduction> {
  const { plan, cohort } = over
  const places = groupBy.map((key) => plan.groupBy.findIndex(({ variable }) => variable === key.variable))
  if (plan.tables.length === 0) {
    const everybody = { support: cohort, rows: cohort.size, columns: new Map(), pairs: new Map() }
    return { groups: cohort.size === 0 ? [] : [{ key: places.map(() => null), ...everybody }] }
  }
  const reduction = await reduce(over)
  if (!places.includes(-1)) return reduction
  const groups = reduction.groups.map((group) => ({ ...group, key: places.map((at) => group.key[at] ?? null) }))
  return { ...reduction, groups }
}

/**
 * Adds further exclusions to the earlier ones. People who are left out completely come first: without them, the numbers of
 * single variables may need no exclusions.
 */
function joined(before: LeftOut | undefined, more: LeftOut): LeftOut {
  if (more.people !== undefined) {
    const people = before?.people?.or(more.people) ?? more.people
    return { people, columns: before?.columns ?? new Map(), pairs: before?.pairs ?? new Map() }
  }
  return {
    ...(before?.people ? { people: before.people } : {}),
    columns: union(before?.columns, more.columns),
    pairs: union(before?.pairs, more.pairs)
  }
}

function union<K>(a: ReadonlyMap<K, SubjectSet> | undefined, b: ReadonlyMap<K, SubjectSet>): Map<K, SubjectSet> {
  const all = new Map(a ?? [])
  for (const [key, set] of b) all.set(key, all.get(key)?.or(set) ?? set)
  return all
}
