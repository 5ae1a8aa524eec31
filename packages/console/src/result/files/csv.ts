/** A result as CSV (RFC 4180) for spreadsheets. No text can be mistaken for a formula. */
import type { PooledOutput } from '@stimnet/protocol'
import { aboutText, coefficientRows, LEFT_OUT_WORDS } from '@stimnet/sdk'
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
  // A spreadsheet takes text that begins with these characters for a formula; a leading quote prevents that.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}

/** The question, one row per part with its name, followed by an empty row. */
export function askedRows(asked: readonly AskedPair[]): Cell[][] {
  return asked.length === 0 ? [] : [...asked.map(([name, text]) => [name, text]), []]
}

/**
 * Each pooled row, followed by the same row of every institution. ≈ before a column's name marks numbers that people were left out
 * of. A further column has the maximum error of such numbers, and of numbers that were rounded.
 */
export function tableRows(pooled: PooledOutput, sites: readonly SiteTable[]): Cell[][] {
  const places = placesOf(pooled.columns)
  const bounded = pooled.columns.map((_, at) => pooled.rows.some((row) => boundOf(row, at) !== null))
  const withBounds = (cells: readonly Cell[], bounds: readonly Cell[]) =>
    cells.flatMap((cell, at) => (bounded[at] ? [cell, bounds[at] ?? null] : [cell]))
  const names = pooled.columns.map(({ name, left_out }) => aboutText(name, left_out))
  const offs = pooled.columns.map(({ name, left_out }) => `${name} ±${left_out ? ' of those who remain' : ''}`)
  const body = pooled.rows.flatMap((row) => [
    [
      'pooled',
      ...withBounds(
        row.values,
        row.values.map((_, at) => boundOf(row, at))
      )
    ],
    ...sites.flatMap((site) => {
      const own = rowOf(site, row.values, places)
      return own ? [[site.name, ...withBounds(own.values, [])]] : []
    })
  ])
  const legend = pooled.columns.some(({ left_out }) => left_out) ? [[], [LEFT_OUT_WORDS]] : []
  return [['institution', ...withBounds(names, offs)], ...body, ...legend]
}

/** The maximum error of a number in a pooled row by noise or rounding; if people were left out, the error for the people who remain. */
function boundOf({ error_95, within, within_remaining: remaining }: PooledOutput['rows'][number], at: number): Cell {
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
