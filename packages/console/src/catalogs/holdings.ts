/** What the mesh holds: catalogs of one name together, and which of them fit what is looked for. */
import type { FoundCatalog } from '@stimnet/sdk'
import { fits } from '../words/purpose.ts'

/** One name, and every institution that offers it. */
export interface Holding {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly keywords: readonly string[]
  readonly catalogs: readonly FoundCatalog[]
  /** Subjects of all together; each institution rounds its own down to tens. */
  readonly subjects: number
}

/** By name; the one with the most institutions first. */
export function holdingsOf(found: readonly FoundCatalog[]): Holding[] {
  const byName = Map.groupBy(found, ({ name }) => name)
  return [...byName]
    .map(([name, catalogs]): Holding => {
      const [first] = catalogs
      return {
        name,
        catalogs,
        title: first?.title || name,
        description: first?.description ?? '',
        keywords: [...new Set(catalogs.flatMap(({ keywords }) => keywords))],
        subjects: catalogs.reduce((sum, { total_records }) => sum + total_records, 0)
      }
    })
    .sort((a, b) => b.catalogs.length - a.catalogs.length || b.subjects - a.subjects || (a.name < b.name ? -1 : 1))
}

/** What catalogs are narrowed by beside words. */
export interface Wanted {
  /** Part of a variable's name or description; empty for any. */
  readonly variable: string
  /** A GA4GH term of what it is for; empty for any. */
  readonly purpose: string
}

/** Those that have the variable and do not rule the purpose out. */
export function narrowed(found: readonly FoundCatalog[], { variable, purpose }: Wanted): FoundCatalog[] {
  return found.filter(
    (catalog) =>
      (variable.trim() === '' || hasVariable(catalog, variable)) &&
      (purpose === '' || fits(catalog.data_use, [purpose]).verdict !== 'refused')
  )
}

function hasVariable({ schema_definition: schema }: FoundCatalog, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return (schema?.tables ?? []).some(({ variables }) =>
    variables.some(({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted))
  )
}
