/** Notes on institutions at which the coefficients of a category are relative to another level than at the remaining institutions. */
import type { GramPart, ModelResult } from '@stimnet/protocol'
import type { SiteGram } from './regression.ts'

/** One note for each category whose reference level nobody at a site has; empty for a model of one site, or without an intercept. */
export function referenceNotes(sites: readonly SiteGram[], model: ModelResult): string[] {
  const fits = model.sites ?? []
  if (sites.length < 2) return []
  return sites.flatMap(({ site, gram }) => {
    const coefficients = fits.find((fit) => fit.site === site)?.coefficients ?? []
    return gram.factors.flatMap(({ name, levels: [reference = '', ...levels] }) => {
      const counts = countsOf(gram, name, levels)
      if (counts === undefined || counts.reduce((sum, many) => sum + many, 0) !== gram.n) return []
      // The level whose column follows from the others replaces the reference level.
      const instead = levels.filter(
        (level, at) =>
          (counts[at] ?? 0) > 0 &&
          coefficients.some(({ term, estimate }) => term === `${name}[${level}]` && estimate === null)
      )
      const other = instead.length === 1 ? `${instead[0]}` : 'another level'
      const left = model.site === 'meta' ? ` They are left out of what is combined.` : ''
      return [
        `${site} has nobody with ${name} ${reference}: by itself its coefficients of ${name} compare with ${other}, and not with ${reference} as those of the others.${left}`
      ]
    })
  })
}

/** The number of rows with each level; undefined if the parts do not state it, or the model has no term of the category by itself. */
function countsOf(gram: GramPart, name: string, levels: readonly string[]): number[] | undefined {
  const { intercept, columns, table, upper, round, noisy } = gram
  // With noise, it cannot be seen that nobody has a level.
  if (!intercept || round !== undefined || noisy !== undefined) return undefined
  const places = levels.map((level) => columns.findIndex((column) => column.name === `${name}[${level}]`))
  if (places.includes(-1)) return undefined
  if (table === undefined) return places.map((place) => Number(upper[place] ?? 0))
  const at = table.by.indexOf(name)
  return levels.map((level) => table.cells.reduce((sum, cell) => sum + (cell.levels[at] === level ? cell.n : 0), 0))
}
