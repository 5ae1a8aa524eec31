/** SQL for exact fractions of integers, and for rounding them to the decimals of a variable. */

/**
 * SQL for a value: an exact fraction in units of 10^-decimals, a double, or the position of a level. Null, or a denominator of 0, means
 * missing.
 */
export type Value =
  | { readonly kind: 'fraction'; readonly numerator: string; readonly denominator: string; readonly decimals: number }
  | { readonly kind: 'double'; readonly value: string }
  | { readonly kind: 'level'; readonly place: string }

/** SQL for a column as an integer of the engine's widest type. */
export function whole(column: string): string {
  return `CAST(${column} AS HUGEINT)`
}

/** SQL for a power of 10. */
export function powerOfTen(power: number): string {
  return `CAST(1${'0'.repeat(power)} AS HUGEINT)`
}

/** SQL for whether a value is not missing. */
export function isThereSql(value: Value): string {
  if (value.kind === 'level') return `${value.place} IS NOT NULL`
  if (value.kind === 'double') return `(${value.value}) IS NOT NULL`
  return `coalesce((${value.denominator}) != 0 AND (${value.numerator}) IS NOT NULL, false)`
}

/**
 * SQL for the value as stored in a snapshot: a number in units of 10^-decimals, rounded half away from zero. Null if the value is missing
 * or too large to be computed exactly.
 */
export function keptSql(value: Value, decimals: number): string {
  if (value.kind === 'level') return `CAST(${value.place} AS USMALLINT)`
  if (value.kind === 'double') return `TRY(CAST(round((${value.value}) * 1e${decimals}) AS BIGINT))`
  const up = powerOfTen(Math.max(0, decimals - value.decimals))
  const down = powerOfTen(Math.max(0, value.decimals - decimals))
  const [numerator, denominator] = [`(${value.numerator}) * ${up}`, `(${value.denominator}) * ${down}`]
  const sign = `sign(${value.numerator}) * sign(${value.denominator})`
  // Halves are rounded on absolute values, since integer division truncates towards zero.
  const rounded = `(2 * abs(${numerator}) + abs(${denominator})) // (2 * abs(${denominator}))`
  return `TRY(CAST(CASE WHEN (${value.denominator}) != 0 THEN ${sign} * (${rounded}) END AS BIGINT))`
}
