/** A result as CSV, for spreadsheets: RFC 4180, and no text that a spreadsheet would take for a formula. */
import type { PooledOutput } from '@stimnet/protocol'
import { coefficientRows } from '@stimnet/sdk'
import type { AskedPair } from '../../words/question/asked.ts'
import { placesOf, rowOf, type SiteTable } from '../tables/sites.ts'

type Cell = string | number | null

/** Rows of cells; a withheld cell is empty. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('')
}

function fieldOf(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  // A spreadsheet runs what begins so; a quote before it makes it text again.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}

/** What was asked, a row each with its name, and an empty row below. */
export function askedRows(asked: readonly AskedPair[]): Cell[][] {
  return asked.length === 0 ? [] : [...asked.map(([name, text]) => [name, text]), []]
}

/** Each pooled row, followed by the same row of every institution. */
export function tableRows(pooled: PooledOutput, sites: readonly SiteTable[]): Cell[][] {
  const places = placesOf(pooled.columns)
  const head = ['institution', ...pooled.columns.map(({ name }) => name)]
  const body = pooled.rows.flatMap(({ values }) => [
    ['pooled', ...values],
    ...sites.flatMap((site) => {
      const own = rowOf(site, values, places)
      return own ? [[site.name, ...own.values]] : []
    })
  ])
  return [head, ...body]
}

/** The coefficients of models below an empty row: the pooled ones, followed by those of every institution. */
export function modelRows({ models = [] }: PooledOutput, sites: readonly SiteTable[]): Cell[][] {
  const nameOf = (id: string) => sites.find(({ peerId }) => peerId === id)?.name ?? id
  return models.flatMap((model) => {
    const fits = [
      { name: 'pooled', model },
      ...(model.sites ?? []).map((one) => ({
        name: nameOf(one.site),
        model: { ...model, coefficients: one.coefficients }
      }))
    ]
    const body = fits.flatMap(({ name, model: own }) =>
      coefficientRows(own, nameOf).map(({ term, estimate, error, statistic, p, low, high }): Cell[] => [
        ...[name, term, estimate, error, statistic, p, low, high]
      ])
    )
    return [[], ['institution', 'term', 'estimate', 'std_error', 't', 'p', 'low_95', 'high_95'], ...body]
  })
}
