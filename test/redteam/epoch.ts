/** Computation of the hash of an epoch, which is public in the source, for the attack that guesses rows by it. */
import { createHash } from 'node:crypto'
import { canonicalBytes, sha256Hex } from '@stimnet/protocol'
import { catalogOf, csvOf, siteData } from './fixture.ts'
import type { World } from './world.ts'

interface Variable {
  readonly name: string
  readonly type: string
  readonly levels?: readonly string[]
  readonly breakpoints?: readonly number[]
  readonly minimum?: number
  readonly maximum?: number
  readonly decimals?: number
}

/** Whether the published hash of the epoch is that of the files with the guessed target; all other rows are known. */
export async function epochConfirms(world: World, catalog: string): Promise<boolean> {
  const { epoch } = await world.clients.eve.catalog(catalog)
  const { people, visits } = csvOf(siteData('large', { target: true }))
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  return epoch === (await epochOf(catalog, [hash(people), hash(visits)]))
}

/** The hash of an epoch with these hashes of files. */
function epochOf(catalog: string, hashes: readonly string[]): Promise<string> {
  const { tables, subject_key } = catalogOf('large', catalog, { people: 'people.csv', visits: 'visits.csv' }, {})
  const described = tables.map((table, i) => ({
    name: table.name,
    format: 'csv',
    sha256: hashes[i],
    oneRow: 'one_row_per_subject' in table,
    variables: (table.variables as readonly Variable[]).map((variable) => ({
      name: variable.name,
      column: variable.name,
      type: variable.type,
      levels: variable.levels ?? [],
      breakpoints: variable.breakpoints ?? [],
      minimum: variable.minimum ?? null,
      maximum: variable.maximum ?? null,
      decimals: variable.type === 'number' ? (variable.decimals ?? 6) : 0,
      missing: ['NA', '']
    }))
  }))
  return sha256Hex(canonicalBytes({ format: 2, catalog, subjectKey: subject_key, tables: described }))
}
