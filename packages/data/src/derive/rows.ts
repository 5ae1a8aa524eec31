/** SQL for the rules that make one value per subject from the rows of another table. */
import { decimalsOf, type VariableConfig } from '../catalog/catalog-config.ts'
import type { Derivation, Input } from '../catalog/derive/resolve.ts'
import type { RowsRule } from '../catalog/derive/rule.ts'
import { quoteName } from '../quote.ts'
import { type Value, whole } from './fraction.ts'

/** The SQL that computes one value per subject from the rows of a table. */
export interface OfRows {
  /**
   * SQL for the rows that the rule uses: `_r` is the position of the row, `_k` the subject, `_p` the level, `_v` the value. Several rows of
   * one subject and level are an error, unless the rule takes their mean, minimum or maximum. No variable has a name that begins with an
   * underscore.
   */
  readonly chosen: string
  /** Whether several rows of one subject and level are allowed. */
  readonly takesSeveral: boolean
  /** SQL for one row per subject: `_k`, and the columns that `value` uses. */
  readonly perSubject: string
  readonly value: Value
}

/** The SQL of a derivation from the rows of `relation`. */
export function ofRows(one: Derivation<VariableConfig>, rule: RowsRule, relation: string): OfRows {
  const [of] = one.of
  if (of === undefined) throw new Error('a rule without input')
  const decimals = decimalsOf(of.variable)
  const chosen = chosenSql(one, rule, relation)
  const takesSeveral = !('by' in rule) || ['mean', 'minimum', 'maximum'].includes(rule.take ?? '')
  const grouped = `SELECT _k, _p, CAST(count(*) AS HUGEINT) AS _n, ${takenSql(rule)} AS _t FROM (${chosen}) GROUP BY _k, _p`
  if (rule.rule === 'change') {
    const [from, to] = [rule.from, rule.to].map((level) => levelOf(one.by, level))
    const at = (place: number | undefined, column: string) => `max(${column}) FILTER (WHERE _p = ${place})`
    const perSubject = `SELECT _k, ${at(from, '_t')} AS _t0, ${at(from, '_n')} AS _n0, ${at(to, '_t')} AS _t1, ${at(to, '_n')} AS _n1 FROM (${grouped}) GROUP BY _k`
    const value = { numerator: '_t1 * _n0 - _t0 * _n1', denominator: '_n1 * _n0' }
    return { chosen, takesSeveral, perSubject, value: { kind: 'fraction', ...value, decimals } }
  }
  if (rule.rule === 'count') {
    const value = { numerator: `coalesce(_n, ${whole('0')})`, denominator: whole('1') }
    return { chosen, takesSeveral, perSubject: grouped, value: { kind: 'fraction', ...value, decimals: 0 } }
  }
  return {
    chosen,
    takesSeveral,
    perSubject: grouped,
    value: { kind: 'fraction', numerator: '_t', denominator: '_n', decimals }
  }
}

/** The error message for several rows of a subject where the rule needs one. */
export function severalWords({ by }: Derivation<VariableConfig>, rule: RowsRule): string {
  const at =
    rule.rule === 'change' ? `${rule.from} or ${rule.to}` : rule.rule === 'at' ? rule.level : `the ${rule.rule}`
  const several = `a further row of one subject with a value at ${at} of ${by?.variable.name ?? ''}`
  const order = 'by' in rule ? rule.order : undefined
  return order === undefined
    ? `${several}. Which is meant? Declare take: mean, minimum or maximum, or take: first or last with an order`
    : `${several}, and ${order} does not say which is meant: declare take: mean, minimum or maximum`
}

function levelOf(by: Input<VariableConfig> | undefined, level: string): number {
  return by?.variable.levels?.indexOf(level) ?? -1
}

/** SQL for the value of one subject and level as a numerator; the denominator is the number of rows, n. */
function takenSql(rule: RowsRule): string {
  const take = 'by' in rule ? (rule.take ?? 'mean') : rule.rule
  // The minimum m of n rows as a fraction: n·m / n.
  if (take === 'minimum' || take === 'maximum') return `CAST(count(*) AS HUGEINT) * ${take.slice(0, 3)}(_v)`
  return 'sum(_v)'
}

function chosenSql(one: Derivation<VariableConfig>, rule: RowsRule, relation: string): string {
  const column = (input: Input<VariableConfig> | undefined) => (input ? quoteName(input.variable.name) : '0')
  const value = column(one.of[0])
  const by = column(one.by)
  const rows = `SELECT _row AS _r, _key AS _k, ${by} AS _p, ${value} AS _v, ${column(one.order)} AS _o FROM ${quoteName(relation)} WHERE _key != '' AND ${value} IS NOT NULL`
  if (!('by' in rule)) return rows
  const wanted = placesWanted(one, rule)
  const placed = wanted === undefined ? rows : `${rows} AND ${by} IN (${wanted.join(', ')})`
  const ends = { first: 'min', last: 'max' } as const
  const end = rule.rule === 'first' || rule.rule === 'last' ? ends[rule.rule] : undefined
  const ended = end === undefined ? placed : `SELECT * FROM (${placed}) QUALIFY _p = ${end}(_p) OVER (PARTITION BY _k)`
  if (rule.take !== 'first' && rule.take !== 'last') return ended
  // If no row has an order, all rows stay: a single row needs no order, and several rows are an error.
  const edge = `${ends[rule.take]}(_o) OVER (PARTITION BY _k, _p)`
  return `SELECT * FROM (${ended}) QUALIFY _o IS NOT DISTINCT FROM ${edge}`
}

function placesWanted({ by }: Derivation<VariableConfig>, rule: RowsRule): readonly number[] | undefined {
  if (rule.rule === 'change') return [levelOf(by, rule.from), levelOf(by, rule.to)]
  return rule.rule === 'at' ? [levelOf(by, rule.level)] : undefined
}
