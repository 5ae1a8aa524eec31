/** Values from later epochs that an answer may use: those that came together with the values of enough other people. */

/** A person about whom a value or a row came with a later epoch, and the number of the acceptance with which it came. */
export interface Arrival {
  readonly person: number
  readonly since: number
}

/**
 * The number of the last acceptance whose values may be used in an answer about a group, given all late values of the group; 0 if none may
 * be used. Acceptances are joined in their order until at least k people are among them. Later acceptances do not change which earlier ones
 * are joined, so the answers about a group change only by at least k people at a time.
 */
export function usedUpTo(arrivals: readonly Arrival[], k: number): number {
  let used = 0
  const waiting = new Set<number>()
  const bySince = Map.groupBy(arrivals, ({ since }) => since)
  for (const since of [...bySince.keys()].sort((a, b) => a - b)) {
    for (const { person } of bySince.get(since) ?? []) waiting.add(person)
    if (waiting.size < k) continue
    used = since
    waiting.clear()
  }
  return used
}
