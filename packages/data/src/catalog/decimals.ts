/** The decimal places with which numbers are stored exactly. */

/** Maximum decimals. A value below 9 million in units of 10^-9 still fits the exact integers of a snapshot. */
export const DECIMALS_MAX = 9

/** The number of decimal places with which a variable is stored. */
export function decimalsOf(variable: { type: string; decimals?: number | undefined }): number {
  return variable.type === 'number' ? (variable.decimals ?? 6) : 0
}

/** Whether a number is exactly a multiple of 10^-decimals, and small enough for doubles to be exact. */
export function isOnGrid(value: number, decimals: number): boolean {
  const scaled = Math.round(value * 10 ** decimals)
  return Number.isSafeInteger(scaled) && Number(`${scaled}e-${decimals}`) === value
}
