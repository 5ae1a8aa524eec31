/** Vectors for models with a random slope: sums of made-up people by their set of visits. */
import { type GramPart, randomUnit, seededRandom, type SiteEffects } from '@stimnet/protocol'
import { upperOf } from '@stimnet/statistics'

const MONTHS = ['0', '1.5', '6', '12']
const TIMES = [0n, 15n, 60n, 120n]
/** The visits that people have, in turn. */
const VISITS = [
  [0, 1, 2, 3],
  [0, 1, 2],
  [0, 2, 3],
  [0, 1, 2, 3],
  [0, 2]
]

/** How a site is fitted. */
export interface SlopeCase {
  readonly name: string
  readonly site: SiteEffects
  readonly correlated?: boolean
  readonly likelihood?: 'ml'
  /** Of the slopes of people; 0 gives a singular fit. */
  readonly spread: number
}

export const SLOPE_CASES: readonly SlopeCase[] = [
  { name: 'a random slope of each person', site: 'none', spread: 1 },
  {
    name: 'a random slope that does not correlate, by maximum likelihood',
    site: 'none',
    correlated: false,
    likelihood: 'ml',
    spread: 1
  },
  { name: 'a random slope of each person, the institution as a factor', site: 'fixed', spread: 1 },
  { name: 'a random slope of each person, combined', site: 'meta', spread: 1 }
]

type Row = readonly bigint[]

/** The sums of one site; x is stored in `decimals` there. */
export function visitsGram(
  { site, correlated = true, likelihood, spread }: SlopeCase,
  { seed, people, decimals }: { readonly seed: number; readonly people: number; readonly decimals: number }
): GramPart {
  const random = seededRandom(seed)
  const unit = 10 ** decimals
  const all = Array.from({ length: people }, (_, person) => {
    const visits = VISITS[person % VISITS.length] ?? []
    const [intercept, slope] = [randomUnit(random) * 120, (randomUnit(random) - 0.5) * 8 * spread]
    const male = randomUnit(random) < 0.4 ? 1 : 0
    const rows = visits.map((at): Row => {
      const x = Math.round(randomUnit(random) * 40 * unit)
      const time = Number(TIMES[at]) / 10
      const y = Math.round(
        200 + seed * 10 + intercept + male * 25 + (2 + slope) * time + (3 * x) / unit + randomUnit(random) * 60
      )
      return [1n, TIMES[at] ?? 0n, BigInt(male), BigInt(x), (TIMES[at] ?? 0n) * BigInt(male), BigInt(y)]
    })
    return { visits, rows }
  })
  const names = ['(Intercept)', 'month', 'sex[male]', 'x', 'month:sex[male]', 'y']
  const sums = (vectors: readonly Row[]) =>
    upperOf(
      (vectors[0] ?? []).map((_, i) =>
        (vectors[0] ?? []).map((__, j) => vectors.reduce((sum, row) => sum + (row[i] ?? 0n) * (row[j] ?? 0n), 0n))
      )
    )
  const totalsOf = ({ visits, rows }: (typeof all)[number]): Row =>
    [0n, 1n].flatMap((power) =>
      names.map((_, i) =>
        rows.reduce((sum, row, at) => sum + (row[i] ?? 0n) * (TIMES[visits[at] ?? 0] ?? 0n) ** power, 0n)
      )
    )
  const sizes = [...Map.groupBy(all, ({ visits }) => visits.join()).values()].map((alike) => ({
    ...{ size: alike[0]?.visits.length ?? 0, people: alike.length, visits: [...(alike[0]?.visits ?? [])] },
    within: sums(alike.flatMap(({ rows }) => rows)),
    totals: sums(alike.map(totalsOf))
  }))
  return {
    formula: `y ~ month + sex + x + month:sex + (1 + month ${correlated ? '|' : '||'} subject)`,
    ...{ outcome: 'y', intercept: true, n: all.reduce((sum, { rows }) => sum + rows.length, 0), site },
    factors: [
      { name: 'month', levels: MONTHS },
      { name: 'sex', levels: ['female', 'male'] }
    ],
    columns: names.map((name) => ({
      name,
      decimals: name === 'x' ? decimals : name === 'y' || name.startsWith('month') ? 1 : 0
    })),
    upper: sums(all.flatMap(({ rows }) => rows)),
    clusters: { left_out: 1, time: 'month', correlated, ...(likelihood === undefined ? {} : { likelihood }), sizes }
  }
}
