/** The name of a question that has no title, made from its program. */
import { type Filter, filterSchema, withoutMisleading } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { filterInWords } from './filter.ts'

const KINDS: Readonly<Record<string, string>> = {
  statistic: 'Statistic',
  sql: 'SQL query',
  python: 'Python script',
  r: 'R script',
  jupyter: 'Notebook'
}

/** Statistics that count groups and have no values within them. */
const OF_GROUPS = ['table', 'chi_squared', 'histogram', 'mcnemar', 'fisher']

/** The title; "mean UPDRS_change by sex" for a statistic without a title; "SQL query 42" for another program. */
export function questionName({
  title,
  number,
  script_type: kind,
  statistic
}: Pick<Broadcast, 'title' | 'number' | 'script_type' | 'statistic'>): string {
  if (title !== '') return withoutMisleading(title)
  if (!statistic) return `${Object.hasOwn(KINDS, kind) ? KINDS[kind] : 'Question'} ${number}`
  return statisticName(statistic)
}

/** The name of a statistic: "mean UPDRS_change by sex", "table of sex, visit". */
export function statisticName({ name, variables, by }: NonNullable<Broadcast['statistic']>): string {
  const of = variables.length === 0 ? '' : `${OF_GROUPS.includes(name) ? ' of' : ''} ${variables.map(bare).join(', ')}`
  return `${name.replaceAll('_', ' ')}${of}${by.length === 0 ? '' : ` by ${by.map(bare).join(', ')}`}`
}

/** The second line of a question in a list: the program, if the title hides it, and the cohort. */
export function briefOf(one: Pick<Broadcast, 'title' | 'script_type' | 'statistic' | 'cohort' | 'opening'>): string {
  const whom = filterSchema.safeParse(one.cohort)
  const of = whom.success ? `those with ${filterInWords(whom.data as Filter)}` : 'everybody'
  const first = withoutMisleading((one.opening ?? '').split('\n').slice(0, 3).join(' ').trim())
  const what = one.statistic ? (one.title === '' ? '' : statisticName(one.statistic)) : first
  return what === '' ? `Of ${of}` : `${what} — of ${of}`
}

/** The variable's name without its table. */
function bare(ref: string): string {
  return ref.slice(ref.lastIndexOf('.') + 1)
}
