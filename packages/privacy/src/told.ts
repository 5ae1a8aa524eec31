/**
 * What a measure tells besides its own value. A variance comes with n and the sum, so that it tells what a mean tells; to
 * withhold the one and show the other withholds nothing. What several measures tell is closed over together.
 */
import { type Measure, pairKey, type ReducedGroup, type VariableRef } from '@stimnet/protocol'
import type { Contributions } from './dominance.ts'

/** A fact about a group that adds across groups: known of the whole and of all others, it is known of the one left. */
export interface Fact {
  readonly name: string
  /** Whether one subject's part in these says how much of the fact is its own. */
  covers(sums: Contributions): boolean
}

const isRows = ({ of }: Contributions) => of === 'rows'

const counted = (name: string): Fact => ({ name, covers: isRows })

/** Sums of a variable over certain rows: the values themselves, or distances to a power. */
function added(name: string, variable: VariableRef, power: number): Fact {
  return { name: `${name} ${variable}`, covers: (sums) => isRows(sums) || isOf(sums, variable, power) }
}

function isOf({ of, power = 1 }: Contributions, variable: VariableRef, wanted: number): boolean {
  return of === variable && power === wanted
}

const POWERS = { mean: 1, variance: 2, sd: 2, skewness: 3, kurtosis: 4 } as const

/** The facts that one measure of a group tells. */
export function factsTold(measure: Measure, group: ReducedGroup): readonly Fact[] {
  switch (measure.kind) {
    case 'subjects':
    case 'rows':
      return [counted(measure.kind)]
    case 'count':
      return [counted(`n ${measure.variable}`)]
    case 'share':
      return [counted(`share ${measure.level} of ${measure.variable}`)]
    case 'quantile':
      return [counted(`n ${measure.variable}`), counted(`bins ${measure.variable}`)]
    case 'covariance':
    case 'correlation':
      return pairFacts(measure.variables, group)
    case 'sum':
      return [added('sum', measure.variable, 1)]
    default:
      return [counted(`n ${measure.variable}`), ...powersUpTo(POWERS[measure.kind], measure.variable)]
  }
}

function powersUpTo(power: number, variable: VariableRef, over = ''): Fact[] {
  return Array.from({ length: power }, (_, i) =>
    added(i === 0 ? `sum${over}` : `power ${i + 1}${over}`, variable, i + 1)
  )
}

/** Where nobody misses the other variable, the sums of a pair are those of its two variables. */
function pairFacts([x, y]: readonly [VariableRef, VariableRef], group: ReducedGroup): Fact[] {
  const pair = group.pairs.get(pairKey(x, y))
  const side = (variable: VariableRef) => {
    const isWhole = pair !== undefined && group.columns.get(variable)?.rows === pair.rows
    const own = isWhole ? [counted(`n ${variable}`), ...powersUpTo(2, variable)] : []
    return [...own, ...powersUpTo(2, variable, ` over ${x} ${y}`)]
  }
  return [counted(`n ${x} ${y}`), ...side(x), ...side(y)]
}
