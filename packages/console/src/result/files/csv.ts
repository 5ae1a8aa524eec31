/** A result as CSV, for spreadsheets: RFC 4180, and no text that a spreadsheet would take for a formula. */
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
  // A spreadsheet runs what begins so; a quote before it makes it text again.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}

/** What was asked, a row each with its name, and an empty row below. */
export function askedRows(asked: readonly AskedPair[]): Cell[][] {
  return asked.length === 0 ? [] : [...asked.map(([name, text]) => [name, text]), []]
}

/**
 * Each pooled row, followed by the same row of every institution. The name of a column that people were left out of begins with ≈, and
 * how far its numbers can be off stands in a column beside it, as for those that were rounded.
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

/** How far at most a number of a pooled row is off by noise or by rounding; of those who remain where people were left out. */
function boundOf({ error_95, within, within_remaining: remaining }: PooledOutput['rows'][number], at: number): Cell {
  return error_95?.[at] ?? within?.[at] ?? remaining?.[at] ?? null
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
