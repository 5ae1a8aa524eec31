/** Vectors for pooling: tables of several sites and their pooled results. */
import type { DisclosureCard, OutputColumn, OutputPart, OutputRow, TableOutput } from '@stimnet/protocol'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import { pool, poolCells, quantileOf, type SitePart, valueOfMoments } from '@stimnet/statistics'

const GROUPS = ['female', 'male']
const EDGES = [0, 20, 40, 60, 100]
const MOMENTS = ['mean', 'variance', 'sd', 'skewness', 'kurtosis', 'covariance', 'correlation']

const measure = (kind: string, more: Partial<OutputColumn> = {}): OutputColumn => ({
  ...{ name: kind, role: 'measure', kind, variables: [] },
  ...more
})
const COLUMNS: readonly OutputColumn[] = [
  { name: 'sex', role: 'key', kind: 'level', variables: [] },
  ...['subjects', 'sum', ...MOMENTS].map((kind) => measure(kind)),
  measure('share', { argument: 'yes' }),
  measure('quantile', { argument: 0.5, unit: 'a' }),
  measure('bins')
]
const CARD: DisclosureCard = {
  ...{ level: 'P1', claim: '', preset: 'default', policy_hash: '', k: 5, round_base: 1, epoch: '', cohort_hash: '' },
  ...{ subjects: null, suppressed_cells: 0, bits: null, code_hash: '', image: '' }
}

/** The pooled tables of each case: names of tables of `poolVectors`, or the code of a site without a table. */
const CASES: readonly (readonly [name: string, ...tables: string[]])[] = [
  ['three sites', 'a', 'b', 'c'],
  ['one site alone', 'a'],
  ['a cell and a group withheld by one', 'a', 'withheld', 'c'],
  ['a site that refused', 'a', 'b', 'QUEUE_FULL'],
  ['a site with another unit is left out', 'a', 'unit', 'c'],
  ['of two that differ nobody knows which is right', 'a', 'unit'],
  ['a site whose numbers contradict their parts is left out', 'a', 'lying', 'c'],
  ['bins that were joined at one site', 'a', 'b', 'joined'],
  ['bins of which two sites joined different ones', 'joined', 'joined otherwise', 'b'],
  ['a quantile that lies beyond the last breakpoint, before a bound far from it', 'late', 'joined'],
  ['bins without an end beside others that go on there', 'open', 'open later'],
  ['bins on grids that do not meet', 'a', 'shifted'],
  ['groups by bins of which each site shows others', 'low groups', 'high groups'],
  ['groups by days', 'later days', 'earlier days'],
  ['a site where a variable does not vary', 'a', 'constant'],
  ['sums to their last digit beside older parts', 'a', 'exact'],
  ['rounded numbers, and how far at most they are off', 'rounded', 'b', 'more coarsely'],
  ['people left out at one site, so that nobody knows how far the mean is off', 'rounded', 'without some'],
  ['noise, with fewer than nobody at one site', 'drawn', 'few', 'many'],
  ['noise alone, where nobody may be', 'few'],
  ['noise about other bounds', 'drawn', 'wider']
]

/** The contents of pools.json. */
export function poolVectors() {
  const [a, b, c] = [siteOf(1, 40), siteOf(2, 25), siteOf(3, 60)]
  const tables: Readonly<Record<string, TableOutput>> = {
    a,
    b,
    c,
    withheld: { ...b, rows: b.rows.slice(0, 1).map((row) => withoutCell(row, 'mean')) },
    'low groups': labelled(a, ['<20', '[40,60)']),
    'high groups': labelled(b, ['[20,40)', '>=60']),
    'later days': labelled(a, ['[2020-01-01,2021-01-01)', null]),
    'earlier days': labelled(b, ['<2019-01-01', '[2019-01-01,2020-01-01)']),
    unit: { ...b, columns: b.columns.map((one) => ({ ...one, unit: 'kg' })), rows: b.rows.slice(0, 1) },
    lying: {
      ...b,
      rows: b.rows.slice(1).map((row) => ({ ...row, values: row.values.map((one, i) => (i === 1 ? 7 : one)) }))
    },
    joined: { ...c, rows: c.rows.slice(0, 1).map((row) => withBins(row, [0, 40, 100])) },
    'joined otherwise': { ...a, rows: a.rows.slice(0, 1).map((row) => withBins(row, [0, 20, 60, 100])) },
    late: { ...b, rows: b.rows.slice(0, 1).map((row) => withBins(row, [0, 10, 100])) },
    open: { ...a, rows: a.rows.slice(0, 1).map((row) => withBins(row, [0, 20, 40, Number.MAX_VALUE])) },
    'open later': { ...c, rows: c.rows.slice(0, 1).map((row) => withBins(row, [0, 10, 40, 60, Number.MAX_VALUE])) },
    constant: { ...c, rows: c.rows.slice(0, 1).map(withoutSpread) },
    exact: { ...c, rows: c.rows.slice(0, 1).map(withExactSums) },
    rounded: { ...a, rows: a.rows.map((row) => roundedRow(row, 0.5)) },
    'without some': {
      ...b,
      columns: b.columns.map((one) => (one.name === 'mean' ? { ...one, left_out: true as const } : one)),
      rows: b.rows.map((row) => roundedRow(row, 5))
    },
    'more coarsely': { ...c, rows: c.rows.map((row) => roundedRow(row, 40)) },
    drawn: drawnOf({ rows: 80, age: [60, 0.5], score: [40, 0.4] }),
    few: drawnOf({ rows: -3, age: [60, -0.4], score: [40, 0.2] }),
    many: drawnOf({ rows: 900, age: [60, 0.3], score: [40, 0.1] }),
    wider: drawnOf({ rows: 60, age: [80, -0.2], score: [60, 0.3] }, 100),
    shifted: { ...c, rows: c.rows.slice(0, 1).map((row) => withBins(row, [0, 40, 90])) }
  }
  return {
    about:
      'Tables by site, and what `pool` makes of them, numbers to a relative 1e-9. A site without a table has its code.',
    tables,
    cases: CASES.map(([name, ...named]) => {
      const sites = named.map((word, i) => ({ site: `site-${'abc'[i]}`, table: word }))
      const parts = sites.map(({ site, table }): SitePart => {
        const output = tables[table]
        return output ? { site, output } : { site, output: null, code: table }
      })
      const { columns, rows, sites: used, missing } = pool(parts)
      const shown = {
        columns: columns.map((one) => one.name),
        rows: rows.map(({ values }) => values),
        ...(rows.some(({ within }) => within) ? { within: rows.map(({ within = [] }) => within) } : {}),
        ...(rows.some((row) => row.within_remaining)
          ? { within_remaining: rows.map((row) => row.within_remaining ?? []) }
          : {}),
        ...(rows.some((row) => row.ranges) ? { ranges: rows.map((row) => row.ranges ?? []) } : {})
      }
      return { name, parts: sites, pooled: { ...shown, sites: used, missing } }
    })
  }
}

function siteOf(seed: number, subjects: number): TableOutput {
  const random = seededRandom(seed)
  const rows = GROUPS.map((group, i): OutputRow => {
    const xs = Array.from({ length: subjects + 3 * i }, () => Math.round(randomUnit(random) ** 2 * 900) / 10)
    const ys = xs.map((x) => Math.round(x * 5 + randomUnit(random) * 400) / 10)
    const cells = cellsOf(xs, ys)
    return { values: COLUMNS.map((column) => (column.role === 'key' ? group : shownOf(column, cells))), parts: cells }
  })
  return { kind: 'table', columns: [...COLUMNS], rows, withheld: { groups: 0, cells: 0 }, disclosure: CARD }
}

function cellsOf(xs: readonly number[], ys: readonly number[]): Record<string, OutputPart> {
  const [n, sum, other] = [xs.length, total(xs), total(ys)]
  const dx = xs.map((x) => x - sum / n)
  const dy = ys.map((y) => y - other / n)
  const power = (exponent: number) => total(dx.map((d) => d ** exponent))
  const second = {
    sum: other,
    deviations: total(dy.map((d) => d * d)),
    cross: total(dx.map((d, i) => d * (dy[i] ?? 0)))
  }
  const moments = { n, sum, deviations: power(2), third: power(3), fourth: power(4), second }
  const having = xs.filter((x) => x > 30).length
  return {
    ...{
      subjects: { add: n },
      sum: { add: sum },
      share: { share: { having, of: n } },
      quantile: { bins: binsOf(xs, EDGES) },
      bins: { bins: binsOf(xs, EDGES) }
    },
    ...Object.fromEntries(MOMENTS.map((kind) => [kind, { moments }]))
  }
}

function shownOf({ name, kind }: OutputColumn, cells: Readonly<Record<string, OutputPart>>): number | null {
  const cell = cells[name]
  if (!cell) return null
  if ('add' in cell) return cell.add
  if ('moments' in cell) return valueOfMoments(kind, cell.moments)
  if ('share' in cell) return cell.share.having / cell.share.of
  if (!('bins' in cell)) return null
  return kind === 'bins' ? total(cell.bins.map(({ rows }) => rows)) : quantileOf(cell.bins, 0.5)
}

function binsOf(xs: readonly number[], edges: readonly number[]) {
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? to
    return { from, to, rows: xs.filter((x) => x >= from && x < to).length }
  })
}

interface Drawn {
  readonly rows: number
  /** The middle of the bounds, and the distance of the mean from the middle as a multiple of HALF_WIDTH. */
  readonly age: readonly [number, number]
  readonly score: readonly [number, number]
}

const HALF_WIDTH = 40

/** The table of an institution with noisy numbers: one row, whose parts contain the noise. */
function drawnOf({ rows, age, score }: Drawn, highest = 90): TableOutput {
  const sd = 3
  const [x, y] = [age, score].map(([centre, offset]) => {
    const mean = offset * HALF_WIDTH
    return {
      ...{ centre, width: HALF_WIDTH, step: 0.5 },
      first: { sum: mean * rows + 7, sd },
      squares: { sum: (mean ** 2 + 90) * rows - 60, sd },
      cubes: { sum: (mean ** 3 + 3 * mean * 90 + 200) * rows + 900, sd }
    }
  })
  if (x === undefined || y === undefined) throw new TypeError('two variables')
  const products = { sum: (x.first.sum * y.first.sum) / rows + 30 * rows, sd }
  const one = { rows: { sum: rows, sd }, variables: [x] }
  const two = { rows: { sum: rows, sd }, variables: [x, y].map(({ cubes: _, ...rest }) => rest), products }
  const edges = [0, 20, 40, 60, highest]
  const counts = [-2, 0.3, 0.6, 0.1].map((share) => Math.round(share < 0 ? share : share * rows))
  const bins = edges.slice(1).map((to, i) => ({ from: edges[i] ?? 0, to, rows: counts[i] ?? 0 }))
  const cells: Record<string, OutputPart> = {
    subjects: { add: rows, sd },
    sum: { add: x.first.sum, sd, step: 0.5 },
    ...Object.fromEntries(['mean', 'variance', 'sd', 'skewness'].map((kind) => [kind, { noisy: one }])),
    ...Object.fromEntries(['covariance', 'correlation'].map((kind) => [kind, { noisy: two }])),
    share: { share: { having: 0.4 * rows - 2, of: rows }, sd_each: sd },
    quantile: { bins, sd_each: sd }
  }
  const columns = COLUMNS.filter(({ kind }) => kind !== 'kurtosis' && kind !== 'bins')
  const values = columns.map((column): string | number | null => {
    const cell = cells[column.name]
    return column.role === 'key' ? 'female' : cell === undefined ? null : poolCells(column, [cell])
  })
  const disclosure: DisclosureCard = { ...CARD, level: 'P2' }
  return { kind: 'table', columns, rows: [{ values, parts: cells }], withheld: { groups: 0, cells: 0 }, disclosure }
}

/** The table with other group labels. */
function labelled(table: TableOutput, labels: readonly (string | null)[]): TableOutput {
  const rows = table.rows.map((row, i) => ({ ...row, values: [labels[i] ?? null, ...row.values.slice(1)] }))
  return { ...table, rows }
}

function withoutCell(row: OutputRow, name: string): OutputRow {
  const { [name]: _, ...rest } = row.parts
  return { values: row.values.map((value, i) => (COLUMNS[i]?.name === name ? null : value)), parts: rest }
}

/** A row in which everybody has the same value. Measures that are then undefined still have parts. */
function withoutSpread(row: OutputRow): OutputRow {
  const second = { sum: 700, deviations: 90, cross: 0 }
  const moments = { n: 60, sum: 3000, deviations: 0, third: 0, fourth: 0, second }
  const parts = { ...row.parts, ...Object.fromEntries(MOMENTS.map((kind) => [kind, { moments }])) }
  return {
    values: row.values.map((value, i) => {
      const kind = COLUMNS[i]?.kind ?? ''
      return MOMENTS.includes(kind) ? valueOfMoments(kind, moments) : value
    }),
    parts
  }
}

/** A row with exact sums, as sent by a site with exact numbers. */
function withExactSums(row: OutputRow): OutputRow {
  const parts = Object.entries(row.parts).map(([name, part]) => {
    if (!('moments' in part)) return [name, part] as const
    const { second, ...moments } = part.moments
    const exact = (sum: number) => ({ sum_exact: sum.toFixed(2) })
    const both = second ? { second: { ...second, ...exact(second.sum) } } : {}
    return [name, { moments: { ...moments, ...exact(moments.sum), ...both } }] as const
  })
  return { ...row, parts: Object.fromEntries(parts) }
}

/** A row whose parts state their rounding: counts and numbers of values by up to two, other numbers by up to `off`. */
function roundedRow(row: OutputRow, off: number): OutputRow {
  const parts = Object.entries(row.parts).map(([name, part]) => {
    if ('add' in part) return [name, { ...part, accuracy: name === 'sum' ? off : 2 }] as const
    if ('share' in part) return [name, { ...part, accuracy: { share: off / 1000, of: 2 } }] as const
    if ('bins' in part) return [name, { ...part, accuracy: { each: 2, sum: 2 * part.bins.length } }] as const
    if (!('moments' in part)) return [name, part] as const
    const accuracy = {
      n: 2,
      sum: off,
      deviations: off,
      third: off,
      fourth: off,
      second: { sum: off, deviations: off, cross: off }
    }
    return [name, { moments: { ...part.moments, accuracy } }] as const
  })
  return { ...row, parts: Object.fromEntries(parts) }
}

/** A row whose bins are on a coarser or different grid. */
function withBins(row: OutputRow, edges: readonly number[]): OutputRow {
  const cell = row.parts.quantile
  if (!cell || !('bins' in cell)) return row
  const bins = edges.slice(1).map((to, i) => {
    const from = edges[i] ?? to
    const inside = cell.bins.filter((bin) => bin.from >= from && bin.from < to)
    return { from, to, rows: total(inside.map((bin) => bin.rows)) }
  })
  const quantile = { bins }
  return {
    values: row.values.map((value, i) => (COLUMNS[i]?.name === 'quantile' ? quantileOf(bins, 0.5) : value)),
    parts: { ...row.parts, quantile }
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
