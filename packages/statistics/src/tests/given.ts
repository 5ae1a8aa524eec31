/** The sites that gave every part of a test, and the notes of a result about these sites and the others. */
import type { MomentsPart, TestResult } from '@stimnet/protocol'
import { poolMoments, valueOfMoments } from '../moments.ts'
import { type Accuracy, EXACT } from './accuracy.ts'
import type { CountCell } from './counts/chi-squared.ts'
import type { Computed, Measured, TestSite } from './table.ts'

/** Minimum expected count per cell; below it p is only approximate. */
export const EXPECTED_MIN = 5

/** The note of a test of rounded numbers. */
export const ROUNDED = 'Numbers are rounded for privacy: interval and p allow for all that rounding can hide.'

/** The next step where groups are withheld or missing everywhere. */
const LARGER = 'ask for larger groups, a wider cohort, or an analysis set of people who have every value'

/** The note of a test whose whole result rounding can hide. */
export const HIDDEN =
  'Numbers are rounded for privacy, and rounding can hide the whole result: p cannot be narrowed and may be anything up to 1. ' +
  'Intervals allow for all that rounding can hide.'

/** Whether a p value of rounded numbers, which is the largest that exact numbers can give, would be printed as 1.00. */
export function isHidden(p: number | null): boolean {
  return p !== null && p >= HIDDEN_FROM
}

const HIDDEN_FROM = 0.995

/**
 * A result without a p value that only says that rounding can hide everything. A reader would take it for the exact one, which can be
 * small.
 */
export function withoutHidden(result: TestResult): TestResult {
  if (!isHidden(result.p) || !result.note.includes(ROUNDED)) return result
  return { ...result, statistic: null, df: [], p: null, note: result.note.replace(ROUNDED, HIDDEN) }
}

/** A site with its part of a test. */
export interface Giving<Part> {
  readonly site: TestSite
  readonly part: Part
}

/** The sites that gave their part. */
export function giving<Part>(
  sites: readonly TestSite[],
  partOf: (site: TestSite) => Part | undefined
): readonly Giving<Part>[] {
  return sites.flatMap((site) => {
    const part = partOf(site)
    return part === undefined ? [] : [{ site, part }]
  })
}

/** The properties that a result repeats from its test, and the numbers that it shows beside the test's own numbers. */
export type Shown = Pick<
  TestResult,
  'kind' | 'of' | 'by' | 'groups' | 'meta' | 'value' | 'columns' | 'estimates' | 'heterogeneity' | 'survival' | 'ranks'
>

/** The sites that were asked, and those of them that gave every part. */
export interface Sites {
  readonly sites: readonly TestSite[]
  readonly givers: readonly Giving<unknown>[]
  /** Whether the values of all sites are taken together; other tests compare people only within their site. */
  readonly isTogether?: boolean
  /** The sites whose parts cannot be used although they gave every part, and the reason. */
  readonly unusable?: { readonly sites: readonly string[]; readonly because: string }
}

/** The result of a test, with the sites behind it. */
export function resultOf(
  shown: Shown,
  { sites, givers, isTogether = false, unusable = { sites: [], because: '' } }: Sites,
  computed: Computed & { readonly notes: readonly string[] }
): TestResult {
  const { notes, ...numbers } = computed
  const behind = givers.map(({ site }) => site.site)
  const others = sites.map(({ site }) => site).filter((site) => ![...behind, ...unusable.sites].includes(site))
  const isAdjusted = behind.length > 1 && !isTogether
  const said = [
    ...(sites.length > 1 && others.length === sites.length ? [`No institution gave every part of it: ${LARGER}.`] : []),
    ...(others.length > 0 && others.length < sites.length
      ? [`${others.join(', ')} did not give every part of it and is not in it.`]
      : []),
    ...unusableNote(unusable, behind.length > 0),
    ...notes,
    ...(numbers.p === null && numbers.interval === null ? [] : leftOutNote(shown, givers))
  ]
  return {
    ...shown,
    ...numbers,
    note: said.join(' '),
    sites: behind,
    ...(isAdjusted ? { adjusted_for: 'site' as const } : {})
  }
}

/** The institution of a single answer has no name. */
function unusableNote({ sites, because }: NonNullable<Sites['unusable']>, areOthersIn: boolean): string[] {
  if (sites.length === 0) return []
  const names = sites.filter((site) => site !== '').join(', ')
  const where = names === '' ? '' : `At ${names} `
  const said = names === '' ? `${because.charAt(0).toUpperCase()}${because.slice(1)}` : because
  return [`${where}${said}.${areOthersIn ? ` ${names} is not in it.` : ''}`]
}

/** The note if people were left out of a number behind the test: the allowance for rounding does not cover these people. */
function leftOutNote({ of, columns = [] }: Shown, givers: readonly Giving<unknown>[]): string[] {
  const sites = givers.filter(({ site }) => [of, ...columns].some((name) => site.isLeftOut(name)))
  const names = sites.map(({ site }) => site.site).filter((name) => name !== '')
  if (sites.length === 0) return []
  const where = names.length === 0 ? '' : ` at ${names.join(', ')}`
  return [`Some people were left out for privacy${where}: interval and p are those of the people who remain.`]
}

/** The counts of one site; undefined if a cell is withheld. People who lack one of the two keys are in no cell of the table. */
export function countsOf(
  site: TestSite,
  of: string,
  [row, column]: readonly [string, string]
): CountCell[] | undefined {
  const cells = site.rows.flatMap(({ keys, cells }) => {
    const [one, other] = [keys[row] ?? null, keys[column] ?? null]
    return one === null || other === null
      ? []
      : [{ row: one, column: other, count: cells.get(of)?.value, within: cells.get(of)?.accuracy.count ?? 0 }]
  })
  const counts = cells.flatMap((cell) => (typeof cell.count === 'number' ? [{ ...cell, count: cell.count }] : []))
  return site.isWhole(of) && counts.length === cells.length ? counts : undefined
}

/** The labels of a key, row by row. */
export function namesIn({ rows }: TestSite, by: string): string[] {
  return rows.flatMap(({ keys }) => keys[by] ?? [])
}

/** The moments of a group; undefined if they are withheld, or if there are too few values for a spread. */
export function groupOf(
  { rows }: TestSite,
  { by, name, of }: { readonly by: string; readonly name: string; readonly of: string }
): Measured | undefined {
  const cell = rows.find(({ keys }) => keys[by] === name)?.cells.get(of)
  return cell?.value === null ? undefined : cell?.moments
}

/** A group with the numbers of everybody in it. */
export function groupShown(name: string, parts: readonly MomentsPart[]): TestResult['groups'][number] {
  const moments = poolMoments(parts)
  if (moments === null) return { name, n: null, mean: null, sd: null }
  return { name, n: moments.n, mean: moments.sum / moments.n, sd: valueOfMoments('sd', moments) }
}

/** Notes on the numbers behind a test. */
export function notesOn(givers: readonly Giving<unknown>[], of: string): string[] {
  const isOff = ({ count, mean, deviations }: Accuracy) => count > 0 || mean > 0 || deviations > 0
  const isRounded = givers.some(({ site }) => site.rows.some(({ cells }) => isOff(cells.get(of)?.accuracy ?? EXACT)))
  return isRounded ? [ROUNDED] : []
}
