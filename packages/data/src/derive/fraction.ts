/** SQL of exact fractions of whole numbers, and of their rounding to the decimals of a variable. */

/** A value as SQL: an exact fraction in units of 10^-decimals, a double, or the place of a level. Null, or a denominator of 0, is missing. */
export type Value =
  | { readonly kind: 'fraction'; readonly numerator: string; readonly denominator: string; readonly decimals: number }
  | { readonly kind: 'double'; readonly value: string }
  | { readonly kind: 'level'; readonly place: string }

/** SQL of a column as a whole number of the engine's widest type. */
export function whole(column: string): string {
  return `CAST(${column} AS HUGEINT)`
}

/** SQL of 10 to a power. */
export function powerOfTen(power: number): string {
  return `CAST(1${'0'.repeat(power)} AS HUGEINT)`
}

/** SQL of whether there is a value. */
export function isThereSql(value: Value): string {
  if (value.kind === 'level') return `${value.place} IS NOT NULL`
  if (value.kind === 'double') return `(${value.value}) IS NOT NULL`
  return `coalesce((${value.denominator}) != 0 AND (${value.numerator}) IS NOT NULL, false)`
}

/**
 * SQL of the value as a snapshot keeps it, a number in units of 10^-decimals, rounded half away from zero. Null where it is missing,
 * and where it is too large to be computed exactly.
 */
export function keptSql(value: Value, decimals: number): string {
  if (value.kind === 'level') return `CAST(${value.place} AS USMALLINT)`
  if (value.kind === 'double') return `TRY(CAST(round((${value.value}) * 1e${decimals}) AS BIGINT))`
  const up = powerOfTen(Math.max(0, decimals - value.decimals))
  const down = powerOfTen(Math.max(0, value.decimals - decimals))
  const [numerator, denominator] = [`(${value.numerator}) * ${up}`, `(${value.denominator}) * ${down}`]
  const sign = `sign(${value.numerator}) * sign(${value.denominator})`
  // Halves are rounded on absolute values, as integer division cuts off towards zero.
  const rounded = `(2 * abs(${numerator}) + abs(${denominator})) // (2 * abs(${denominator}))`
  return `TRY(CAST(CASE WHEN (${value.denominator}) != 0 THEN ${sign} * (${rounded}) END AS BIGINT))`
}
