/** The code book of a table that is made from concept sets of an OMOP Common Data Model: what each column means. */
import { kindOf, type OmopSets, type OmopVariable } from '../../catalog/omop-config.ts'
import type { CodeBook, ColumnCode } from './code-book.ts'

/** The column descriptions that follow from the concept sets, without data: levels, units, and the meaning of each variable. */
export function omopCodeBook(sets: OmopSets): CodeBook {
  const words = (...levels: readonly string[]) => levels.map((level) => [level, ''] as const)
  const index = setWords(sets.index, sets.descendants)
  const own: readonly (readonly [string, ColumnCode])[] = [
    [
      'age_at_index',
      { unit: 'a', description: `Year of the index date (first record of ${index}) less the year of birth` }
    ],
    ['sex', { levels: words('female', 'male'), description: 'OMOP gender concepts 8532 and 8507' }],
    ['days_before', { unit: 'd', description: 'Days of observation before the index date' }],
    ['days_after', { unit: 'd', description: 'Days of observation after the index date' }]
  ]
  const asked = sets.variables.map((variable): readonly [string, ColumnCode] => {
    const { name, take, window, unit } = variable
    const when = window === undefined ? 'at any time' : `from day ${window[0]} to day ${window[1]} of the index date`
    const description = `${TAKEN[take]} ${setWords(variable, sets.descendants)}, ${when}`
    const isDay = take === 'first_day' || take === 'last_day' || take === 'days'
    if (take === 'ever') return [name, { levels: words('yes', 'no'), description }]
    return [name, { description, ...(isDay ? { unit: 'd' } : unit === undefined ? {} : { unit }) }]
  })
  return new Map([...own, ...asked])
}

const TAKEN: Readonly<Record<OmopVariable['take'], string>> = {
  ever: 'Any record of',
  first_day: 'Days from the index date to the first record of',
  last_day: 'Days from the index date to the last record of',
  days: 'Number of days with a record of',
  first: 'First value of',
  last: 'Last value of'
}

/** Maximum number of concepts shown in a description. */
const SHOWN_MAX = 12

function setWords(set: Parameters<typeof kindOf>[0], descendants: boolean): string {
  const { kind, concepts } = kindOf(set)
  const shown = concepts.slice(0, SHOWN_MAX).join(', ')
  const more = concepts.length > SHOWN_MAX ? ` and ${concepts.length - SHOWN_MAX} more` : ''
  return `${kind} ${shown}${more}${descendants ? ' or a descendant' : ''}`
}
