/** Fills the form with an earlier question: its catalog, cohort, program and purpose. */
import {
  type Comparison,
  type Filter,
  filterFromPairs,
  isComparison,
  privacyAskSchema,
  type StatisticCall,
  statisticSchema
} from '@stimnet/protocol'
import { type AskedQuestion, isModelName, LIKELIHOODS, MODEL_FAMILIES, STATISTICS } from '@stimnet/sdk'
import { boundText, isNumeric, type SharedVariable } from '../../words/variable.ts'
import { type Condition, type Draft, EMPTY, type Picked } from './draft.ts'
import { fullName, type ModelDraft, NO_MODEL, readModel, SITE_CHOICES, writeModel } from '../statistic/model.ts'
import { isSurvival, isWithinSites, NO_SURVIVAL, type SurvivalDraft } from '../statistic/survival.ts'

/** The filled form, and the parts of the question that the form cannot show, as sentences. */
export interface AgainDraft {
  readonly draft: Draft
  readonly lost: readonly string[]
}

/** `variables`: the variables of the catalog's holders, which resolve short names. */
export function draftOf(asked: AskedQuestion, variables: readonly SharedVariable[]): AgainDraft {
  const program = programIn(asked, variables)
  const cohort = cohortIn(asked, variables)
  const noise = noiseIn(asked)
  const purpose = asked.purpose ?? []
  const draft: Draft = {
    ...EMPTY,
    catalog: asked.data_catalog_name,
    targets: asked.targets === '*' ? null : [...asked.targets],
    ...program.draft,
    ...cohort.draft,
    set: asked.set ?? '',
    ...noise.draft,
    outputs: (asked.outputs ?? []).length > 0 ? `${JSON.stringify(asked.outputs, null, 2)}\n` : '',
    mappings: (asked.mappings ?? []).map((one) => ({ ...one, levels: one.levels ?? [], scale: one.scale ?? '' })),
    purpose: purpose.find((term) => term.startsWith('DUO:')) ?? '',
    disease: purpose.find((term) => !term.startsWith('DUO:')) ?? '',
    project: asked.project ?? '',
    permit: asked.permit ?? '',
    title: asked.title ?? ''
  }
  const kept = [draft.purpose, draft.disease]
  return {
    draft,
    lost: [
      ...program.lost,
      ...cohort.lost,
      ...noise.lost,
      ...(Object.keys(asked.parameters ?? {}).length > 0 ? ['Its parameters: the form does not have parameters.'] : []),
      ...purpose.filter((term) => !kept.includes(term)).map((term) => `Its purpose ${term}: the form takes only one.`),
      ...(asked.files ?? []).map(({ name }) => `Its file ${name}: choose it again.`)
    ]
  }
}

interface Part {
  readonly draft: Partial<Draft>
  readonly lost: readonly string[]
}

function programIn(
  { script_type: type, script_content: content }: AskedQuestion,
  variables: readonly SharedVariable[]
): Part {
  if (type === 'sql') return { draft: { kind: 'sql', sql: content }, lost: [] }
  if (type === 'statistic') return statisticIn(content, variables)
  if (type === 'jupyter') return { draft: { kind: 'script' }, lost: ['Its notebook: the form takes only scripts.'] }
  return { draft: { kind: 'script', language: type, script: content }, lost: [] }
}

function statisticIn(content: string, variables: readonly SharedVariable[]): Part {
  const call = statisticSchema.parse(JSON.parse(content))
  const refOf = (name: string) => fullName(name, call.table, variables)
  const { model, rest: without } = modelIn(call, variables)
  const { survival, rest } = survivalIn(without, refOf)
  const { level, q, kurtosis, pairwise, value, scale, covariates = [], ...others } = withoutInterval(rest)
  const picked: Picked = {
    name: call.name,
    variables: isSurvival(call.name) ? [] : call.variables.map(refOf),
    by: [...call.by, ...[covariates].flat().filter((one) => typeof one === 'string')].map(refOf),
    level: typeof level === 'string' ? level : '',
    q: [q ?? []].flat().join(', '),
    kurtosis: kurtosis === true,
    pairwise: pairwise === true,
    interval: call.arguments.interval === true,
    value: typeof value === 'number' ? String(value) : '',
    model,
    survival,
    scaled: scale !== false
  }
  const isKnown = STATISTICS.some(({ name }) => name === call.name)
  return {
    draft: { kind: 'statistic', picked },
    lost: [
      ...(isKnown ? [] : [`The name ${call.name}: choose the statistic.`]),
      ...Object.keys(others).map((name) => `Its argument ${name}: the form does not have it.`)
    ]
  }
}

/**
 * The arguments without `interval` if it switches confidence intervals on or off. The `interval` of a meta-analysis, which the form cannot
 * show, stays.
 */
function withoutInterval({ arguments: { interval, ...rest } }: StatisticCall): Record<string, unknown> {
  return interval === undefined || typeof interval === 'boolean' ? rest : { ...rest, interval }
}

/** The model of a call, and the call without the arguments of the model. The call of another statistic keeps all arguments. */
function modelIn(
  call: StatisticCall,
  variables: readonly SharedVariable[]
): { model: ModelDraft; rest: StatisticCall } {
  // The form has no Cox models.
  if (!isModelName(call.name) || call.arguments.family === 'cox') return { model: NO_MODEL, rest: call }
  const { formula: text, site: named, family: of, event, likelihood: by, ...more } = call.arguments
  const written = typeof text === 'string' ? text : ''
  // The form has no field for the table of short names.
  const read = call.table === undefined ? undefined : readModel(written, variables, call.table)
  const site = SITE_CHOICES.find(({ value }) => value === named)?.value ?? 'none'
  const formula = read === undefined ? written : writeModel(read, variables)
  const family = MODEL_FAMILIES.find(({ name }) => name === of)?.name ?? 'gaussian'
  const likelihood = LIKELIHOODS.find((one) => one === by) ?? 'reml'
  const model = { formula, site, family, event: typeof event === 'string' ? event : '', likelihood }
  // A model in rounds begins again with round 0, at the institutions that are asked then.
  const others = Object.entries(more).filter(([name]) => !['roster', 'round', 'receipts'].includes(name))
  return { model, rest: { ...call, arguments: Object.fromEntries(others) } }
}

/** The survival part of a call, and the call without the arguments of that part. */
function survivalIn(
  call: StatisticCall,
  refOf: (name: string) => string
): { survival: SurvivalDraft; rest: StatisticCall } {
  if (!isSurvival(call.name)) return { survival: NO_SURVIVAL, rest: call }
  const { event: level, times, until, strata, site, interaction, ...others } = call.arguments
  const [time, event] = call.variables
  const survival = {
    time: time === undefined ? '' : refOf(time),
    event: event === undefined ? '' : refOf(event),
    level: typeof level === 'string' ? level : '',
    times: [times ?? []].flat().join(', '),
    until: typeof until === 'number' ? String(until) : '',
    strata: typeof strata === 'string' ? refOf(strata) : '',
    bySite: isWithinSites(call.name, site),
    interaction: interaction === true
  }
  return { survival, rest: { ...call, arguments: others } }
}

/** The conditions that the form can show; other filters are kept unchanged beside them. */
function cohortIn({ where, filters }: AskedQuestion, variables: readonly SharedVariable[]): Part {
  const plain = plainFilter(filters)
  const parts = [where, plain].flatMap((filter) => (filter ? conjuncts(filter) : []))
  const named = parts.map(
    (part): Filter => (isComparison(part) ? { ...part, column: fullName(part.column, undefined, variables) } : part)
  )
  const conditions: Condition[] = []
  const others: Filter[] = []
  for (const part of named) {
    const condition = isComparison(part) ? conditionOf(part, conditions.length + 1, variables) : undefined
    if (condition) conditions.push(condition)
    else others.push(part)
  }
  const [first, second] = others
  const whereElse = first && second ? { all: others } : first
  const lost = plain === null ? ['Its filters: the form takes only plain values.'] : []
  return { draft: { conditions, whereElse: whereElse ?? null }, lost }
}

/** Null for filters in a format of the script's own, which the form cannot show. */
function plainFilter(filters: AskedQuestion['filters']): Filter | undefined | null {
  try {
    return filterFromPairs(filters ?? {})
  } catch {
    return null
  }
}

function conjuncts(filter: Filter): Filter[] {
  return 'all' in filter ? filter.all.flatMap(conjuncts) : [filter]
}

function conditionOf(
  { column, op, values }: Comparison,
  key: number,
  variables: readonly SharedVariable[]
): Condition | undefined {
  const found = variables.find(({ ref }) => ref === column)
  if (found === undefined) return undefined
  const { levels } = found.variable
  const texts = values.map(String)
  if (levels.length > 0) {
    const isChoice = (op === '=' || op === 'in') && texts.every((value) => levels.includes(value))
    return isChoice ? { key, column, op: '=', values: texts } : undefined
  }
  const isDivided = isNumeric(found.variable) || found.variable.type === 'date'
  const isBound = isDivided && (op === '<' || op === '>=') && texts.length === 1
  const isDeclared = found.variable.breakpoints.some((bound) => boundText(found.variable, bound) === texts[0])
  return isBound && isDeclared ? { key, column, op, values: texts } : undefined
}

function noiseIn({ privacy }: AskedQuestion): Part {
  const ask = privacyAskSchema.safeParse(privacy ?? {}).data
  if (ask?.level !== 'P2') return { draft: {}, lost: [] }
  return {
    draft: {
      level: 'P2',
      epsilon: ask.epsilon ?? '',
      groupsPerSubject: ask.groups_per_subject,
      rowsPerSubject: ask.rows_per_subject
    },
    lost: [
      ...(ask.rho === undefined ? [] : ['Its charge in ρ: the form takes only ε.']),
      ...(ask.bounds.length > 0 ? ['Its narrower bounds: the form does not have bounds.'] : [])
    ]
  }
}
