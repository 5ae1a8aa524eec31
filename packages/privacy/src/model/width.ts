/**
 * The width of the disclosures about a cohort: the number of exact columns. Somebody who has a person's values and many
 * exact means of a cohort can tell whether the person is in it, however large the smallest group of each mean is. This risk
 * grows with the number of columns divided by the number of people.
 */
import type { SubjectSet } from '@stimnet/protocol'
import { isOfWhom, roundOf } from '../judge/numbers.ts'
import { ANYTHING, OF_KNOWN, OF_POSSIBLE, OF_UNKNOWN, OFF_END, ONE } from '../ledger/draft.ts'
import { membersOf } from '../ledger/members.ts'
import type { SpanLedger } from '../ledger/span-ledger.ts'

/**
 * The number of columns for which sums over people of only the cohort were disclosed. Each variable counts once, and so does
 * each count of a part of the cohort that does not follow from others. Sums that include anybody else do not count. A model
 * that was fitted in rounds counts once for each of its columns, because the weighted sums of all its rounds are close to
 * each other.
 */
export function columnsTold({ parts: { patterns, spans } }: SpanLedger, cohort: SubjectSet): number {
  const counts = new Uint32Array(patterns.count)
  const { labels } = patterns
  for (const member of membersOf(cohort, patterns.universe))
    counts[labels[member] as number] = (counts[labels[member] as number] as number) + 1
  // People who are gone are neither in the cohort nor outside it.
  const others = Int32Array.from(counts, (count, pattern) => (patterns.sizes[pattern] as number) - count)
  for (let item = patterns.universe; item < labels.length; item++)
    others[labels[item] as number] = (others[labels[item] as number] as number) - 1
  const [inside, outside] = [counts, others].map((all) => Uint8Array.from(all, (count) => (count > 0 ? 1 : 0))) as [
    Uint8Array,
    Uint8Array
  ]
  let columns = 0
  const fits = new Map<string, number>()
  for (const [quantity, span] of spans) {
    const round = roundOf(quantity)
    if (round === undefined && !isFirstPower(quantity)) continue
    const own = patterns.extend(span.ownOf)
    let told = 0
    for (let at = 0; at < span.rank; at++) {
      const isIn = (pattern: number) => span.rows[own[pattern] ?? 0]?.[at] === 1
      let [some, beyond, lacks] = [false, false, false]
      for (let pattern = 0; pattern < patterns.count; pattern++) {
        if (isIn(pattern)) {
          some ||= inside[pattern] === 1
          beyond ||= outside[pattern] === 1
        } else lacks ||= inside[pattern] === 1
      }
      if (some && !beyond && (quantity !== ONE || lacks)) told += 1
    }
    if (round !== undefined && told > 0) fits.set(`${round.epoch} ${round.fit}`, round.columns)
    else columns += quantity === ONE ? told : Math.min(1, told)
  }
  return [...fits.values()].reduce((sum, own) => sum + own, columns)
}

/** Whether a sum of the quantity over at least one person of the set was disclosed. */
export function isToldOf({ parts: { patterns, spans } }: SpanLedger, quantity: string, set: SubjectSet): boolean {
  const span = spans.get(quantity)
  if (span === undefined) return false
  const own = patterns.extend(span.ownOf)
  for (let item = 0; item < patterns.universe; item++)
    if (set.has(item) && span.rows[own[patterns.labels[item] ?? 0] ?? 0]?.includes(1) === true) return true
  return false
}

function isFirstPower(quantity: string): boolean {
  const isNote =
    isOfWhom({ quantity }) ||
    quantity === ANYTHING ||
    [OFF_END, OF_KNOWN, OF_POSSIBLE, OF_UNKNOWN].some((prefix) => quantity.startsWith(prefix))
  return !isNote && !quantity.includes('*') && !/\^\d+$/.test(quantity)
}
