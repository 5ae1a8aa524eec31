/** Complementary suppression of the counts of one contract: a withheld count must not follow as a difference of shown counts. */
import type { TypedValue } from '@stimnet/protocol'

interface CountRules {
  /** Number of distinct subjects of the cohort. */
  readonly subjects: number
  readonly k: number
}

type Counted = Extract<TypedValue, { kind: 'table' | 'histogram' }>

/**
 * Withholds counts of fewer than k people, and of all but fewer than k. In a table the smallest shown count is then also
 * withheld, until the difference between the shown counts and the cohort, and between the shown counts and every other shown
 * total, is nobody or at least k people.
 */
export function closeCounts(values: readonly TypedValue[], { subjects, k }: CountRules): TypedValue[] {
  const isFew = (count: number) => count > 0 && count < k
  const alone = values.map((value): TypedValue => {
    if (value.kind !== 'count' || value.value === null) return value
    return isFew(value.value) || isFew(subjects - value.value) ? { ...value, value: null } : value
  })
  const totals = [subjects, ...alone.flatMap((value) => totalOf(value, isFew))]
  return alone.map((value) => (isCounted(value) ? { ...value, counts: close(value.counts, totals, isFew) } : value))
}

function isCounted(value: TypedValue): value is Counted {
  return value.kind === 'table' || value.kind === 'histogram'
}

/** A count that is shown, or the sum of a table of which all counts are shown. */
function totalOf(value: TypedValue, isFew: (count: number) => boolean): number[] {
  if (value.kind === 'count') return value.value === null ? [] : [value.value]
  if (!isCounted(value) || value.counts.some((count) => count === null || isFew(count))) return []
  return [sumOf(value.counts)]
}

function close(
  counts: readonly (number | null)[],
  [subjects = 0, ...others]: readonly number[],
  isFew: (count: number) => boolean
): (number | null)[] {
  let shown = counts.map((count) => (count !== null && isFew(count) ? null : count))
  const isOpen = () => {
    const sum = sumOf(shown)
    // A table of which all counts are shown has nothing to hide from another total. But its difference from the cohort is
    // also a group of people.
    return isFew(subjects - sum) || (shown.includes(null) && others.some((total) => isFew(total - sum)))
  }
  while (isOpen()) {
    const least = Math.min(...shown.map((count) => count || Number.POSITIVE_INFINITY))
    if (least === Number.POSITIVE_INFINITY) return shown.map(() => null)
    const at = shown.indexOf(least)
    shown = shown.map((count, i) => (i === at ? null : count))
  }
  return shown
}

function sumOf(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
}
