/** What a question is called where nobody gave it a title: by what it asks. */
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

/** These ask of groups, and not of values in them. */
const OF_GROUPS = ['table', 'chi_squared', 'histogram', 'mcnemar', 'fisher']

/** Its title; "mean UPDRS_change by sex" for a statistic; "SQL query 42" for what only its text would tell. */
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

/** "mean UPDRS_change by sex", "table of sex, visit". */
export function statisticName({ name, variables, by }: NonNullable<Broadcast['statistic']>): string {
  const of = variables.length === 0 ? '' : `${OF_GROUPS.includes(name) ? ' of' : ''} ${variables.map(bare).join(', ')}`
  return `${name.replaceAll('_', ' ')}${of}${by.length === 0 ? '' : ` by ${by.map(bare).join(', ')}`}`
}

/** What a list tells of a question beside its name: what it asks, where a title hides that, and of whom. */
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
