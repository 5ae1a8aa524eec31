/** The baseline table of a study: each variable as a row, each group as a column, with standardised differences of two groups. */
import type { OutputColumn } from '@stimnet/protocol'
import { type Difference, differenceOfMeans, differenceOfShares, type Rounded } from './standardised.ts'

/** A variable, or one level of a category, in each group. */
export interface TableOneRow {
  readonly variable: string
  /** The level of a category; null for a numeric variable. */
  readonly level: string | null
  readonly unit: string | null
  /** Cells by group: mean and standard deviation of a numeric variable, or share of a level; null if withheld. */
  readonly cells: readonly (TableOneNumber | TableOneShare | null)[]
  /**
   * The difference between two groups, without its sign. For a numeric variable, the difference of the means divided by the root
   * of the mean variance. For a category, Yang and Dalton's distance (SAS Global Forum 2012, 335), at its first level. Null for
   * other rows, if a number is missing, and if the two groups are of different institutions.
   */
  readonly difference: number | null
  /** The largest error of the difference due to rounding of its numbers. */
  readonly difference_within?: number
  /** Whether people were left out of the numbers of the difference. */
  readonly isDifferenceLeftOut?: true
}

/** Facts about a number that a reader must know. */
interface Behind {
  /** How many of the institutions behind the group gave the number (`sites`), if not all of them (`of`). */
  readonly behind?: { readonly sites: number; readonly of: number }
  /** Whether people were left out of the number for privacy: the stated largest error is then about the remaining people. */
  readonly isLeftOut?: true
}

/** The numbers of a numeric variable; `n` is the number of people or rows that have a value. */
export interface TableOneNumber extends Behind {
  readonly n: number | null
  readonly mean: number
  readonly sd: number | null
  /** The largest error of the mean due to rounding, if parts were rounded and the error is known. */
  readonly within?: number
  /** The largest error of the standard deviation due to rounding. */
  readonly sd_within?: number
}

/** The share of a level, 0 to 1. */
export interface TableOneShare extends Behind {
  readonly share: number
  /** The largest error of the share due to rounding, if parts were rounded and the error is known. */
  readonly within?: number
}

/** The whole table. */
export interface TableOne {
  readonly groups: readonly {
    readonly name: string
    readonly subjects: number | null
    readonly within?: number
    /** Whether people were left out of the group's numbers for privacy. */
    readonly isLeftOut?: true
  }[]
  readonly rows: readonly TableOneRow[]
}

interface Table {
  readonly columns: readonly OutputColumn[]
  readonly rows: readonly {
    readonly values: readonly (string | number | null)[]
    readonly sites?: readonly string[]
    readonly column_sites?: readonly (readonly string[] | null)[] | undefined
    readonly within?: readonly (number | null)[] | undefined
    readonly within_remaining?: readonly (number | null)[] | undefined
  }[]
}

type Row = Table['rows'][number]

interface Placed extends OutputColumn {
  readonly place: number
}

/** The baseline table from the answer to `table_one`, of one institution or pooled. */
export function tableOneOf({ columns, rows }: Table): TableOne {
  const at = (find: (column: OutputColumn) => boolean) => columns.findIndex(find)
  const key = at(({ role }) => role === 'key')
  const subjects = at(({ kind }) => kind === 'subjects')
  const measured = columns.map((column, place): Placed => ({ ...column, place }))
  const own = (variable: string) =>
    measured.filter(({ role, variables: [one] }) => role === 'measure' && one === variable)
  const variables = new Set(measured.flatMap(({ role, variables: [one] }) => (role === 'measure' ? (one ?? []) : [])))
  return {
    groups: rows.map((row) => ({
      name: key < 0 ? 'All' : String(row.values[key] ?? 'missing'),
      subjects: numberAt(row, subjects),
      ...withinAt(row, subjects),
      ...leftOutIn(columns.filter((_, place) => place === subjects))
    })),
    rows: [...variables].flatMap((variable) => {
      const levels = own(variable).filter(({ kind }) => kind === 'share')
      return levels.length === 0 ? [numberRow(variable, own(variable), rows)] : levelRows(variable, levels, rows)
    })
  }
}

function numberRow(variable: string, own: readonly Placed[], rows: readonly Row[]): TableOneRow {
  const placeOf = (kind: string) => own.find((column) => column.kind === kind)?.place ?? -1
  const both = own.filter(({ kind }) => kind === 'mean' || kind === 'sd')
  const cells = rows.map((row): TableOneNumber | null => {
    const mean = numberAt(row, placeOf('mean'))
    if (mean === null) return null
    const [n, sd] = [numberAt(row, placeOf('count')), numberAt(row, placeOf('sd'))]
    const { within: sd_within } = withinAt(row, placeOf('sd'))
    return {
      n,
      mean,
      sd,
      ...withinAt(row, placeOf('mean')),
      ...(sd_within === undefined ? {} : { sd_within }),
      ...behindOf(row, placeOf('mean')),
      ...leftOutIn(both)
    }
  })
  const difference = areOfSameSites(rows, both) ? meansOf(cells) : null
  return { variable, unit: own[0]?.unit ?? null, level: null, cells, ...differenceOf(difference, both) }
}

function levelRows(variable: string, levels: readonly Placed[], rows: readonly Row[]): TableOneRow[] {
  const shares = levels.map(({ place }) =>
    rows.map((row): Rounded => ({ value: numberAt(row, place), within: withinAt(row, place).within ?? 0 }))
  )
  const isAlike = areOfSameSites(rows, levels)
  return levels.map((level, i) => {
    const difference = i === 0 && isAlike ? differenceOfShares(shares) : null
    const cells = rows.map((row, group): TableOneShare | null => {
      const share = shares[i]?.[group]?.value ?? null
      if (share === null) return null
      return { share, ...withinAt(row, level.place), ...behindOf(row, level.place), ...leftOutIn([level]) }
    })
    const base = { variable, unit: levels[0]?.unit ?? null, level: String(level.argument ?? '') }
    return { ...base, cells, ...differenceOf(difference, levels) }
  })
}

function numberAt(row: Row, place: number): number | null {
  const value = row.values[place]
  return typeof value === 'number' ? value : null
}

function withinAt({ within, within_remaining: remaining }: Table['rows'][number], place: number) {
  const own = within?.[place] ?? remaining?.[place]
  return own === null || own === undefined ? {} : { within: own }
}

function leftOutIn(columns: readonly OutputColumn[]): { readonly isLeftOut?: true } {
  return columns.some(({ left_out }) => left_out) ? { isLeftOut: true } : {}
}

function differenceOf(found: Difference | null, columns: readonly OutputColumn[]) {
  if (found === null) return { difference: null }
  const { value: difference, within } = found
  return {
    difference,
    ...(within === 0 ? {} : { difference_within: within }),
    ...(leftOutIn(columns).isLeftOut ? { isDifferenceLeftOut: true as const } : {})
  }
}

function behindOf({ sites = [], column_sites: columns }: Table['rows'][number], place: number): Behind {
  const own = columns?.[place]
  return !own || own.length === sites.length ? {} : { behind: { sites: own.length, of: sites.length } }
}

/** Whether the numbers of all groups come from the same institutions. */
function areOfSameSites(rows: Table['rows'], own: readonly Placed[]): boolean {
  const behind = rows.flatMap(({ sites = [], column_sites: columns }) =>
    own.map(({ place }) => [...(columns?.[place] ?? sites)].sort().join(' '))
  )
  return new Set(behind).size <= 1
}

function meansOf(cells: readonly (TableOneNumber | null)[]): Difference | null {
  const [one, other, more] = cells
  if (!one || !other || more !== undefined || one.sd === null || other.sd === null) return null
  const sideOf = ({ mean, sd, within = 0, sd_within = 0 }: TableOneNumber) => ({
    mean: { value: mean, within },
    sd: { value: sd ?? 0, within: sd_within }
  })
  return differenceOfMeans(sideOf(one), sideOf(other))
}
