/** SQL for the rules that use a single row: bands, recodings, sums, ratios, differences, logarithms and z-scores. */
import { decimalsOf, type VariableConfig } from '../catalog/catalog-config.ts'
import type { Derivation } from '../catalog/derive/resolve.ts'
import { decimalsOfConstant, type DeriveRule, type RowsRule } from '../catalog/derive/rule.ts'
import { quoteName } from '../quote.ts'
import { powerOfTen, type Value, whole } from './fraction.ts'

type SameRowRule = Exclude<DeriveRule, RowsRule>

/** The value of a derived variable in a row. */
export function sameRowValue({ of, variable }: Derivation<VariableConfig>, rule: SameRowRule): Value {
  const inputs = of.map((one) => one.variable)
  const [first, second] = inputs
  if (first === undefined) throw new Error('a rule without input')
  switch (rule.rule) {
    case 'bands':
      return { kind: 'level', place: bandSql(first, rule.cuts) }
    case 'recode':
      return { kind: 'level', place: recodeSql(first, variable.levels ?? [], rule.into) }
    case 'sum':
      return sumOf(inputs, rule.complete ?? inputs.length)
    case 'difference':
      return differenceOf(inputs)
    case 'ratio':
      return ratioOf(first, second ?? first)
    case 'log':
      return { kind: 'double', value: logSql(first, rule.base) }
    case 'zscore':
      return zscoreOf(first, rule)
  }
}

/** SQL that is true for a row whose value is not missing but has no logarithm. */
export function noLogarithmSql({ of: [first] }: Derivation<VariableConfig>): string {
  return first === undefined ? 'false' : `coalesce(${quoteName(first.variable.name)} <= 0, false)`
}

function bandSql(of: VariableConfig, cuts: readonly number[]): string {
  const column = quoteName(of.name)
  const unit = 10 ** decimalsOf(of)
  const cases = cuts.map((cut, i) => `WHEN ${column} < ${BigInt(Math.round(cut * unit))} THEN ${i}`)
  return `CASE WHEN ${column} IS NULL THEN NULL ${cases.join(' ')} ELSE ${cuts.length} END`
}

function recodeSql(
  of: VariableConfig,
  levels: readonly string[],
  into: Readonly<Record<string, string | null>>
): string {
  const cases = (of.levels ?? []).flatMap((level, i) => {
    const to = into[level]
    return typeof to === 'string' ? [`WHEN ${i} THEN ${levels.indexOf(to)}`] : []
  })
  return cases.length === 0 ? 'NULL' : `CASE ${quoteName(of.name)} ${cases.join(' ')} END`
}

/** The columns of several numbers, all in units of the finest decimal place. */
function aligned(inputs: readonly VariableConfig[]): {
  readonly columns: readonly string[]
  readonly decimals: number
} {
  const decimals = Math.max(...inputs.map(decimalsOf))
  const columns = inputs.map((one) => `${whole(quoteName(one.name))} * ${powerOfTen(decimals - decimalsOf(one))}`)
  return { columns, decimals }
}

function sumOf(inputs: readonly VariableConfig[], complete: number): Value {
  const { columns, decimals } = aligned(inputs)
  const there = inputs.map((one) => `CAST(${quoteName(one.name)} IS NOT NULL AS INTEGER)`).join(' + ')
  const total = columns.map((column) => `coalesce(${column}, 0)`).join(' + ')
  return {
    kind: 'fraction',
    numerator: `CASE WHEN ${there} >= ${complete} THEN ${total} END`,
    denominator: whole('1'),
    decimals
  }
}

function differenceOf(inputs: readonly VariableConfig[]): Value {
  const { columns, decimals } = aligned(inputs)
  return { kind: 'fraction', numerator: columns.join(' - '), denominator: whole('1'), decimals }
}

function ratioOf(above: VariableConfig, below: VariableConfig): Value {
  const { columns } = aligned([above, below])
  const [numerator = '', denominator = ''] = columns
  return { kind: 'fraction', numerator, denominator, decimals: 0 }
}

function logSql(of: VariableConfig, base: 10 | 'e'): string {
  const column = `CAST(${quoteName(of.name)} AS DOUBLE) / 1e${decimalsOf(of)}`
  return `CASE WHEN ${quoteName(of.name)} > 0 THEN ${base === 10 ? 'log10' : 'ln'}(${column}) END`
}

/** (value − centre) / scale, with all three in units of their finest decimal place, so that no digit is lost. */
function zscoreOf(of: VariableConfig, { centre, scale }: Extract<SameRowRule, { rule: 'zscore' }>): Value {
  const decimals = Math.max(decimalsOf(of), decimalsOfConstant(centre) ?? 0, decimalsOfConstant(scale) ?? 0)
  const constant = (value: number) => whole(String(BigInt(Math.round(value * 10 ** decimals))))
  const column = `${whole(quoteName(of.name))} * ${powerOfTen(decimals - decimalsOf(of))}`
  return { kind: 'fraction', numerator: `${column} - ${constant(centre)}`, denominator: constant(scale), decimals: 0 }
}
