/** The catalogs of the mesh, grouped by name, and the filter on them. */
import type { FoundCatalog } from '@stimnet/sdk'
import { fits } from '../words/purpose.ts'

/** A catalog name with all institutions that offer it. */
export interface Holding {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly keywords: readonly string[]
  readonly catalogs: readonly FoundCatalog[]
  /** The sum of the institutions' numbers of subjects; each institution rounds its number down to tens. */
  readonly subjects: number
}

/** Groups catalogs by name; names with the most institutions come first. */
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

/**
 * The heading of a catalog: "Parkinson registry, parkinson_dbs". Several catalogs may have the same title, and questions refer to
 * the name.
 */
export function catalogTitle({ name, title }: Pick<Holding, 'name' | 'title'>): string {
  return title === name ? name : `${title}, ${name}`
}

/** Filters in addition to the search words. */
export interface Wanted {
  /** Part of a variable's name or description; empty matches all. */
  readonly variable: string
  /** GA4GH term of the purpose; empty matches all. */
  readonly purpose: string
}

/** The catalogs that have the variable and do not exclude the purpose. */
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
