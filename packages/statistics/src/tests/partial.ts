/** The correlation of two variables with a third held fixed, from the three correlations over the same rows. */
import type { PlanTest, TestResult } from '@stimnet/protocol'
import { pOfT } from '../distributions.ts'
import { exactSum, poolMoments, valueOfMoments } from '../moments.ts'
import { giving, ROUNDED, resultOf } from './given.ts'
import { fisherInterval, hiddenIn } from './intervals.ts'
import { around, minus, over, type Range, times } from './range.ts'
import { DF_MIN, FEW_FREEDOMS, type Measured, NOTHING, type TestSite } from './table.ts'

type Partial = Extract<PlanTest, { kind: 'partial_correlation' }>

/** The partial correlation over all rows of the sites whose three correlations are over the same rows. */
export function partialCorrelation(test: Partial, sites: readonly TestSite[]): TestResult {
  const { kind, of, by, columns } = test
  const givers = giving(sites, (site) => momentsOf(site, test))
  const groups = test.groups.map((name) => ({ name, n: null, mean: null, sd: null }))
  const shown = { kind, of, by: [...by], columns: [...columns], groups }
  const who = { sites, givers, isTogether: true }
  const notes = givers.length < sites.length ? [OTHER_ROWS] : []
  const ranges = [0, 1, 2].map((at) => correlationOver(givers.flatMap(({ part }) => part[at] ?? [])))
  const [xy, xz, yz] = ranges
  if (!xy || !xz || !yz) return resultOf(shown, who, { ...NOTHING, notes })
  const n = exactSum(givers.map(({ part: [first] }) => first?.n ?? 0))
  const df = n - 3
  if (df - 1 < DF_MIN) return resultOf(shown, who, { ...NOTHING, notes: [...notes, FEW_FREEDOMS] })
  const told = partialOf(around(xy.told), around(xz.told), around(yz.told))
  const range = partialOf(xy.range, xz.range, yz.range)
  const interval = fisherInterval(range, df - 1)
  if (!(1 - Math.abs(told.low) > REST_LEAST) || interval === null) {
    return resultOf(shown, who, { ...NOTHING, notes: [...notes, 'One follows from the others.'] })
  }
  // The weakest correlation that the exact numbers can give.
  const least = range.low > 0 ? range.low : Math.min(range.high, 0)
  const statistic = least * Math.sqrt(df / (1 - least ** 2))
  const estimates = [{ measure: 'correlation' as const, groups: [], n, estimate: told.low, interval }]
  return resultOf({ ...shown, estimates }, who, {
    ...NOTHING,
    statistic,
    df: [df],
    p: pOfT(statistic, df),
    notes: [...notes, ...(ranges.some((one) => one?.isRounded) ? [ROUNDED] : [])]
  })
}

/** A correlation nearer to 1 than this equals 1, up to rounding errors of doubles. */
const REST_LEAST = 1e-12

const OTHER_ROWS =
  'The three correlations must be over the same rows, and be known to be: ask over an analysis set of people who have a value of all three, ' +
  'with --set NAME (in REST: set). The description of a catalog lists its sets; where none has the three, the institution must declare one.'

/** The moments of the three pairs; undefined if they are withheld, or not known to be over the same rows. */
function momentsOf(site: TestSite, { of, columns: [xz, yz, ...counts] }: Partial): Measured[] | undefined {
  const row = site.rows.length === 1 ? site.rows[0] : undefined
  if (row === undefined || [of, xz, yz, ...counts].some((column) => site.isLeftOut(column))) return undefined
  const cells = [of, xz, yz].map((column) => row.cells.get(column))
  const pairs = cells.flatMap((cell) => (cell?.moments && cell.accuracy.count === 0 ? [cell.moments] : []))
  const [n, ...others] = pairs.map((moments) => moments.n)
  if (pairs.length < cells.length || n === undefined || others.some((other) => other !== n)) return undefined
  // If one variable has as many values as each pair, all three pairs are over exactly the rows that have this variable.
  const isSame = counts.some((column) => {
    const cell = row.cells.get(column)
    return cell?.value === n && cell.accuracy.count === 0
  })
  return isSame ? pairs : undefined
}

interface Correlation {
  readonly told: number
  /** The range of the exact correlation. */
  readonly range: Range
  readonly isRounded: boolean
}

/** Null without a correlation, or if it is not known how far it is rounded. */
function correlationOver(parts: readonly Measured[]): Correlation | null {
  const pooled = poolMoments(parts)
  const told = pooled && valueOfMoments('correlation', pooled)
  const hidden = hiddenIn(parts)
  if (told === null || hidden === null) return null
  const { low, high } = around(told, hidden)
  return { told, range: { low: Math.max(-1, low), high: Math.min(1, high) }, isRounded: hidden > 0 }
}

function partialOf(xy: Range, xz: Range, yz: Range): Range {
  const rest = ({ low, high }: Range): Range => {
    const [near, far] = [low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high)), Math.max(-low, high)]
    return { low: Math.sqrt((1 - far) * (1 + far)), high: Math.sqrt((1 - near) * (1 + near)) }
  }
  const { low, high } = over(minus(xy, times(xz, yz)), times(rest(xz), rest(yz)))
  return { low: Math.max(-1, low), high: Math.min(1, high) }
}
