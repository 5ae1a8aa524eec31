/**
 * Checks that the part of a model that a site signed belongs to the requested model: a dishonest site may sign the part of another model.
 */
import type { GramPart, StatisticCall, VariableContract } from '@stimnet/protocol'
import { statisticNamed } from '../named.ts'
import { columnsFitted, measureIn } from './design.ts'
import { type FormulaName, parseFormula } from './formula/formula.ts'

/** Statistics that are answered with a model. */
const OF_MODELS = ['regression', 'pca', 'combat']

/** Whether a statistic is answered with a model. */
export function isOfModel({ name }: StatisticCall): boolean {
  return OF_MODELS.includes(statisticNamed(name))
}

/** The known facts about a question besides its statistic. */
interface Known {
  /** The assumed properties of the variables. Variables that are not in the contract are not compared. */
  readonly contract: readonly VariableContract[]
  /** For a round after the first: the estimates that follow from the previous round. */
  readonly estimates?: readonly string[]
}

/**
 * The property in which a part differs from the request, such as `another formula`; undefined if there is none. Names are
 * compared without their tables, because a question may omit the tables.
 */
export function unlikeAsked(part: GramPart, call: StatisticCall, { contract, estimates }: Known): string | undefined {
  if (!isOfModel(call)) return undefined
  if (estimates !== undefined && JSON.stringify(part.round?.estimates) !== JSON.stringify(estimates))
    return 'other estimates'
  if (part.factors.some((factor) => hasOtherLevels(factor, contract))) return 'other levels of a category'
  const name = statisticNamed(call.name)
  if (name === 'regression') return unlikeRegression(part, call, contract)
  return name === 'pca' ? unlikeComponents(part, call) : unlikeHarmonisation(part, call)
}

function unlikeRegression(
  part: GramPart,
  { arguments: given }: StatisticCall,
  contract: readonly VariableContract[]
): string | undefined {
  const asked = formulaIn(given.formula)
  // A question that no site could read cannot be used to check answers.
  if (asked === undefined) return undefined
  const said = formulaIn(part.formula)
  if (said === undefined || short(part.outcome) !== said.outcome || said.text !== asked.text) return 'another formula'
  if (namesOf(part.columns) !== columnsIn(part)) return 'other columns'
  const { family = 'gaussian' } = given
  if ((part.fit?.family ?? 'gaussian') !== family) return 'another family'
  if (part.fit?.family === 'cox' && short(part.fit.time) !== short(String(given.time))) return 'another time'
  if (part.fit?.family === 'binomial' || part.fit?.family === 'cox') {
    const event = given.event ?? levelsOf(part.outcome, contract)?.[1]
    if (event !== undefined && part.fit.event !== event) return 'another event'
  }
  const site = asked.random.includes('site') ? 'random' : (given.site ?? 'none')
  if (part.site !== site || (site === 'meta' && metaText(part.meta) !== metaText(given)))
    return 'another treatment of the institutions'
  if ((part.clusters !== undefined) !== asked.random.includes('subject')) return 'another random intercept'
  if ((part.clusters?.likelihood ?? 'reml') !== (given.likelihood ?? 'reml')) return 'another likelihood'
  if (!isOfSlope(part, said)) return 'another random slope'
  return isOfRound(part, given) ? undefined : 'another round or other institutions'
}

/** Whether the sums of a part use the time that its formula has as a slope. */
function isOfSlope({ clusters }: GramPart, { slope }: NonNullable<ReturnType<typeof formulaIn>>): boolean {
  if (clusters?.time === undefined) return slope === undefined
  return short(clusters.time) === slope?.time && clusters.correlated !== slope.isUncorrelated
}

function isOfRound({ round }: GramPart, { roster, round: asked = 0 }: StatisticCall['arguments']): boolean {
  if (round === undefined) return asked === 0
  return round.round === asked && JSON.stringify(round.roster) === JSON.stringify(roster)
}

function unlikeComponents(
  { fit, columns, factors }: GramPart,
  { variables, arguments: given }: StatisticCall
): string | undefined {
  if (fit?.family !== 'components' || fit.scaled !== (given.scale ?? true) || factors.length > 0)
    return 'another analysis'
  return isSame(columns.slice(1).map(nameOf), variables) ? undefined : 'other variables'
}

function unlikeHarmonisation(
  { fit, columns, factors }: GramPart,
  { variables, arguments: given }: StatisticCall
): string | undefined {
  if (fit?.family !== 'combat') return 'another analysis'
  const features = columns.slice(-fit.features).map(nameOf)
  if (!isSame(features, variables)) return 'other features'
  const levels = factors.flatMap(({ name, levels: own }) => own.map((level) => `${name}[${level}]`))
  const numbers = columns.slice(1, -fit.features).map(nameOf)
  const named = [...numbers.filter((name) => !levels.includes(name)), ...factors.map(nameOf)]
  const asked = [given.covariates ?? []].flat().filter((one) => typeof one === 'string')
  return isSame(named, asked) ? undefined : 'other covariates'
}

/** A formula in the form in which it is compared; undefined for an unreadable formula. */
function formulaIn(text: unknown) {
  if (typeof text !== 'string') return undefined
  try {
    const { outcome, intercept, terms, random } = parseFormula(text)
    const product = (term: readonly FormulaName[]) =>
      [...new Set(term.map((name) => short(name.text)))].sort().join(':')
    const groups = random.map((group) => group.text)
    const people = groups.filter((group) => group !== 'site')
    const [given] = random.flatMap((group) => (group.slope === undefined ? [] : [{ ...group, slope: group.slope }]))
    const slope = given && { time: short(given.slope.text), isUncorrelated: given.isUncorrelated === true }
    const alike = [short(outcome.text), intercept, [...new Set(terms.map(product))].sort(), people, slope ?? null]
    return { outcome: short(outcome.text), text: JSON.stringify(alike), random: groups, slope }
  } catch {
    return undefined
  }
}

/** The names of the columns that the formula and the factors of a part make. */
function columnsIn(part: GramPart): string {
  return namesOf(columnsFitted(measureIn(part)))
}

function hasOtherLevels({ name, levels }: GramPart['factors'][number], contract: readonly VariableContract[]): boolean {
  const asked = levelsOf(name, contract)
  return asked !== undefined && JSON.stringify(asked) !== JSON.stringify(levels)
}

/** The levels of a category in the contract; undefined if the contract does not state them, or two variables have the name. */
function levelsOf(name: string, contract: readonly VariableContract[]): readonly string[] | undefined {
  const found = contract.filter(({ variable }) => variable === name || short(variable) === name)
  const [only, other] = found
  return only === undefined || other !== undefined || only.levels.length === 0 ? undefined : only.levels
}

/** The method by which coefficients are combined, as text, with the defaults filled in. */
function metaText(meta: { readonly method?: unknown; readonly interval?: unknown } = {}): string {
  const { method = 'reml' } = meta
  const { interval = method === 'fixed' ? 'wald' : 'hartung_knapp' } = meta
  return JSON.stringify([method, interval])
}

function isSame(names: readonly string[], asked: readonly string[]): boolean {
  const sorted = (list: readonly string[]) => JSON.stringify([...new Set(list.map(short))].sort())
  return sorted(names) === sorted(asked)
}

const nameOf = ({ name }: { readonly name: string }) => name
const namesOf = (columns: readonly { readonly name: string }[]) => JSON.stringify(columns.map(nameOf))
const short = (name: string) => name.slice(name.indexOf('.') + 1)
