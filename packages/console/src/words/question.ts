/** What a question is called where nobody gave it a title: by what it asks. */
import { withoutMisleading } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'

const KINDS: Readonly<Record<string, string>> = {
  statistic: 'Statistic',
  sql: 'SQL query',
  python: 'Python script',
  r: 'R script',
  jupyter: 'Notebook'
}

/** These ask of groups, and not of values in them. */
const OF_GROUPS = ['table', 'chi_squared', 'histogram']

/** Its title; "mean UPDRS_change by sex" for a statistic; "SQL query 42" for what only its text would tell. */
export function questionName({
  title,
  number,
  script_type: kind,
  statistic
}: Pick<Broadcast, 'title' | 'number' | 'script_type' | 'statistic'>): string {
  if (title !== '') return withoutMisleading(title)
  if (!statistic) return `${Object.hasOwn(KINDS, kind) ? KINDS[kind] : 'Question'} ${number}`
  const { name, variables, by } = statistic
  const of = variables.length === 0 ? '' : `${OF_GROUPS.includes(name) ? ' of' : ''} ${variables.map(bare).join(', ')}`
  return `${name.replace('_', ' ')}${of}${by.length === 0 ? '' : ` by ${by.map(bare).join(', ')}`}`
}

/** Without its table. */
function bare(ref: string): string {
  return ref.slice(ref.lastIndexOf('.') + 1)
}
