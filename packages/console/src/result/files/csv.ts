/** A result as CSV (RFC 4180) for spreadsheets. No text can be mistaken for a formula. */
import type { PooledOutput } from '@stimnet/protocol'
import { aboutText, coefficientRows, LEFT_OUT_WORDS } from '@stimnet/sdk'
import type { AskedPair } from '../../words/question/asked.ts'
import { ownRows, placesOf, rowOf, type SiteTable } from '../tables/sites.ts'

type Cell = string | number | null
type PooledRow = PooledOutput['rows'][number]

/** Rows of cells; a withheld cell is empty. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('')
}

function fieldOf(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  // A spreadsheet takes text that begins with these characters for a formula; a leading quote prevents that.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}

/** The question, one row per part with its name, followed by an empty row. */
export function askedRows(asked: readonly AskedPair[]): Cell[][] {
  return asked.length === 0 ? [] : [...asked.map(([name, text]) => [name, text]), []]
}

/**
 * Each pooled row, followed by the same row of every institution. ≈ before a column's name marks numbers from which people were left out.
 * An additional column has the maximum error of these numbers and of rounded numbers; two more columns have the range of a quantile.
 * The last two columns have the number of institutions behind a pooled row, and of those that were asked.
 */
export function tableRows(pooled: PooledOutput, sites: readonly SiteTable[], asked: number): Cell[][] {
  const places = placesOf(pooled.columns)
  const ownOf = ownRows(sites)
  const bounded = pooled.columns.map((_, at) => pooled.rows.some((row) => boundOf(row, at) !== null))
  const ranged = pooled.columns.map((_, at) => pooled.rows.some(({ ranges }) => ranges?.[at]))
  const line = (values: readonly Cell[], row: PooledRow | undefined) =>
    values.flatMap((cell, at) => [
      cell,
      ...(bounded[at] ? [row ? boundOf(row, at) : null] : []),
      ...(ranged[at] ? (row?.ranges?.[at] ?? [null, null]) : [])
    ])
  const names = pooled.columns.flatMap(({ name, left_out }, at) => [
    aboutText(name, left_out),
    ...(bounded[at] ? [`${name} ±${left_out ? ' of those who remain' : ''}`] : []),
    ...(ranged[at] ? [`${name} from`, `${name} to`] : [])
  ])
  const body = pooled.rows.flatMap((row) => [
    ['pooled', ...line(row.values, row), row.sites.length, asked],
    ...sites.flatMap((site) => {
      const own = rowOf(site, row.values, places)
      return own ? [[site.name, ...line(own.values, ownOf(site, row.values, places)), null, null]] : []
    })
  ])
  const legend = pooled.columns.some(({ left_out }) => left_out) ? [[], [LEFT_OUT_WORDS]] : []
  return [['institution', ...names, 'institutions', 'institutions asked'], ...body, ...legend]
}

/** The maximum error of a number in a pooled row by noise or rounding; if people were left out, the error for the people who remain. */
function boundOf({ error_95, within, within_remaining: remaining }: PooledRow, at: number): Cell {
  return error_95?.[at] ?? within?.[at] ?? remaining?.[at] ?? null
}

/** The coefficients of models, below an empty row: first the pooled coefficients, then those of each institution. */
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
