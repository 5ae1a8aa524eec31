/** A catalog proposed for a folder of FHIR bulk data: one table with one row per person, made by declared codes. */
import { relative, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../../catalog/catalog-config.ts'
import { type FhirCodes, type FhirVariable, fhirCodesSchema } from '../../catalog/fhir-config.ts'
import { withSession } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import { loadSource, sourceOf } from '../../sources/source.ts'
import type { CodeBook, ColumnCode } from './code-book.ts'
import type { FileProposalOptions } from './from-files.ts'
import { type Proposal, proposeTables } from '../propose.ts'

/**
 * Proposes a catalog for a folder of bulk NDJSON. `codes` is the parsed codes file, not yet validated. Throws PARAMETER_INVALID,
 * SOURCE_INVALID with file and line, NODE_ERROR.
 */
export async function proposeFromFhir(folder: string, codes: unknown, options: FileProposalOptions): Promise<Proposal> {
  const parsed = codesOf(codes)
  const path = relative(options.baseDir, resolve(options.baseDir, folder)) || '.'
  const table: TableConfig = {
    name: 'people',
    fhir: { folder: path, ...parsed },
    description: '',
    one_row_per_subject: false,
    variables: []
  }
  const source = sourceOf(table, options.baseDir)
  if (source.format === 'postgres') throw new StimnetError('NODE_ERROR', 'a folder that is none')
  return withSession({ threads: 2 }, async (session) => {
    const { columns } = await loadSource(source, session, 'raw_0')
    const [count] = await session.rows(`SELECT count(*) FROM ${quoteName('raw_0')}`)
    const rows = Number(count?.[0])
    if (rows === 0) throw refused('No Patient has a record of the index with a day.')
    const loaded = {
      label: 'the people of the folder',
      raw: 'raw_0',
      table,
      columns,
      rows,
      faults: [],
      codeBook: codeBook(parsed)
    }
    return proposeTables([loaded], session, { name: 'fhir', subjectKey: 'patient_id', ...options })
  })
}

function codesOf(codes: unknown): FhirCodes {
  const parsed = fhirCodesSchema.safeParse(codes)
  if (parsed.success) return parsed.data
  throw refused(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'codes'}: ${message}`).join('; '))
}

function refused(reason: string): StimnetError {
  return StimnetError.told('PARAMETER_INVALID', reason)
}

/** The column descriptions that follow from the codes, without data: levels, units, and the meaning of each variable. */
function codeBook({ index, variables }: FhirCodes): CodeBook {
  const levels = (...texts: readonly string[]) => texts.map((level) => [level, ''] as const)
  const own: readonly (readonly [string, ColumnCode])[] = [
    [
      'age_at_index',
      { unit: 'a', description: `Year of the index date (first ${setWords(index)}) less the year of birth` }
    ],
    ['sex', { levels: levels('female', 'male'), description: 'Administrative gender' }]
  ]
  const asked = variables.map((variable): readonly [string, ColumnCode] => {
    const { name, take, window, unit } = variable
    const when = window === undefined ? 'at any time' : `from day ${window[0]} to day ${window[1]} of the index date`
    const description = `${TAKEN[take]} ${setWords(variable)}, ${when}`
    if (take === 'ever') return [name, { levels: levels('yes', 'no'), description }]
    const isValue = take === 'first' || take === 'last'
    return [name, { description, unit: isValue ? (unit ?? '1') : 'd' }]
  })
  return new Map([...own, ...asked])
}

const TAKEN: Readonly<Record<FhirVariable['take'], string>> = {
  ever: 'Any',
  first_day: 'Days from the index date to the first',
  last_day: 'Days from the index date to the last',
  days: 'Number of days with a',
  first: 'First value of a',
  last: 'Last value of a'
}

/** Maximum number of codes shown in a description. */
const SHOWN_MAX = 6

function setWords({ condition, observation }: Pick<FhirVariable, 'condition' | 'observation'>): string {
  const codes = condition ?? observation ?? []
  const more = codes.length > SHOWN_MAX ? ` and ${codes.length - SHOWN_MAX} more` : ''
  return `${condition === undefined ? 'observation' : 'condition'} ${codes.slice(0, SHOWN_MAX).join(', ')}${more}`
}
