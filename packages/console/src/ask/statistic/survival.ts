/** Survival on the form: a time, an event at that time, and the values that are read off the curves. */
import { isNumeric, type SharedVariable } from '../../words/variable.ts'

/** The statistics that need a time and an event. */
export type SurvivalName = 'kaplan_meier' | 'log_rank' | 'cox'

/**
 * The part of the form for survival curves, the log-rank test and hazard ratios. Variables are `table.variable`; empty if none is
 * chosen.
 */
export interface SurvivalDraft {
  readonly time: string
  readonly event: string
  /** The level that means the event, if the event is a category. */
  readonly level: string
  /** Times at which survival is read off, as typed. */
  readonly times: string
  /** End of the restricted mean, as typed. */
  readonly until: string
  /** For comparisons: a category; people are compared within each of its levels. */
  readonly strata: string
  /** For comparisons: people are compared within their own institution. */
  readonly bySite: boolean
  /** For hazard ratios of two variables: those of each differ between the levels of the other. */
  readonly interaction: boolean
}

/** The empty form for survival statistics. */
export const NO_SURVIVAL: SurvivalDraft = {
  time: '',
  event: '',
  level: '',
  times: '',
  until: '',
  strata: '',
  bySite: false,
  interaction: false
}

/** Whether a statistic needs a time and an event. */
export function isSurvival(name: string): name is SurvivalName {
  return name === 'kaplan_meier' || name === 'log_rank' || name === 'cox'
}

/** The initial form for a statistic: hazard ratios compare people within institutions by default. */
export function survivalChosen(name: string, survival: SurvivalDraft): SurvivalDraft {
  return { ...survival, bySite: isWithinSites(name, undefined) }
}

/** Whether people are compared within their own institution; `site`: the argument of a call, which may be left out. */
export function isWithinSites(name: string, site: unknown): boolean {
  return name === 'cox' ? site !== 'none' : site === 'stratum'
}

/** Maximum number of grouping variables: two for hazard ratios, one if there are strata or for another statistic. */
export function groupingsMax(name: SurvivalName, { strata }: SurvivalDraft): number {
  return name === 'cox' && strata === '' ? 2 : 1
}

/** Whether the hazard ratios of two variables can interact. */
export function mayInteract(name: string, { strata }: SurvivalDraft, by: readonly string[]): boolean {
  return name === 'cox' && strata === '' && by.length === 2
}

/** Variables that can be the time: numbers with declared breakpoints, which curves need. */
export function timesOf(variables: readonly SharedVariable[]): SharedVariable[] {
  return variables.filter(({ variable }) => isNumeric(variable) && variable.breakpoints.length > 0)
}

/** Variables that can be the event: categories, and integers 0 or 1 with a breakpoint at 1. */
export function eventsOf(variables: readonly SharedVariable[]): SharedVariable[] {
  return variables.filter(({ variable: { type, levels, breakpoints } }) =>
    type === 'category' ? levels.length > 1 : type === 'integer' && breakpoints.length === 1 && breakpoints[0] === 1
  )
}

/** Categories that can be groups or strata. */
export function categoriesOf(variables: readonly SharedVariable[]): SharedVariable[] {
  return variables.filter(({ variable: { type, levels } }) => type === 'category' && levels.length > 1)
}

/** The levels of the event; empty for an integer 0 or 1. */
export function levelsOfEvent({ event }: SurvivalDraft, variables: readonly SharedVariable[]): readonly string[] {
  return variables.find(({ ref }) => ref === event)?.variable.levels ?? []
}

/** Maximum number of times at which one question reads off curves. */
const TIMES_MAX = 12

/** Reads numbers above zero, separated by spaces or commas; undefined for any other text. */
function readTimes(text: string): readonly number[] | undefined {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const numbers = words.map((word) => (/^(\d+\.?\d*|\.\d+)$/.test(word) ? Number(word) : 0))
  return numbers.every((one) => one > 0) ? numbers : undefined
}

/** The call of the statistic, without arguments for fields that are empty. */
export function callOfSurvival(name: SurvivalName, draft: SurvivalDraft, by: readonly string[]) {
  const { time, event, level, strata, bySite, interaction } = draft
  const [times = [], [until] = []] = [readTimes(draft.times), readTimes(draft.until)]
  const isCurve = name === 'kaplan_meier'
  const site = bySite ? 'stratum' : 'none'
  const given: Record<string, unknown> = {
    ...(level === '' ? {} : { event: level }),
    ...(isCurve && times.length > 0 ? { times: [...times] } : {}),
    ...(isCurve && until !== undefined ? { until } : {}),
    ...(isCurve || strata === '' ? {} : { strata }),
    ...(mayInteract(name, draft, by) && interaction ? { interaction } : {}),
    ...(isCurve || isWithinSites(name, undefined) === bySite ? {} : { site })
  }
  const variables = [time, event].filter((one) => one !== '')
  return { name, variables, by: by.slice(0, name === 'cox' ? 2 : 1), arguments: given }
}

/** Missing parts of the form, as sentences. */
export function missingInSurvival(
  name: SurvivalName,
  draft: SurvivalDraft,
  { by, variables }: { readonly by: readonly string[]; readonly variables: readonly SharedVariable[] }
): string[] {
  const { time, event, level, times, until } = draft
  const read = readTimes(times)
  const ends = readTimes(until)
  const isUnsaid = event !== '' && level === '' && levelsOfEvent(draft, variables).length > 0
  return [
    ...(time === '' ? ['Choose the time.'] : []),
    ...(event === '' ? ['Choose the variable that says who had the event.'] : []),
    ...(time !== '' && time === event ? ['The time cannot say who had the event.'] : []),
    ...(isUnsaid ? ['Choose the level of those who had the event.'] : []),
    ...(name === 'log_rank' && by.length !== 1 ? ['Choose the variable that makes the groups.'] : []),
    ...(name === 'cox' && by.length === 0 ? ['Choose one or two variables that make the groups.'] : []),
    ...(name === 'cox' && by.length > groupingsMax(name, draft)
      ? ['Choose at most two variables: one for the groups, and one for the strata.']
      : []),
    ...(read === undefined || read.length > TIMES_MAX ? [`Times: at most ${TIMES_MAX} numbers above 0.`] : []),
    ...(ends === undefined || ends.length > 1 ? ['The end of the restricted mean: one number above 0.'] : [])
  ]
}
