/**
 * Recognition of counts of the same level under different names, such as "has it", "does not have the other level", a
 * condition, or a key of groups. A count is assumed to be of the same level if it agrees with earlier counts about everybody
 * whom both cover, and of the opposite level if it contradicts them about all of these people. Some counts agree only by
 * chance, which others cannot know; then more is withheld than necessary.
 */
import type { LevelCount } from './span-ledger.ts'

/** The given counts, and all other counts of the same level or its opposite. All counts must use the same patterns. */
export function withAlike(counts: readonly LevelCount[], others: readonly LevelCount[]): readonly LevelCount[] {
  /** By pattern: 1 with the level, 0 without it, and undefined if no count covers the pattern. */
  const known: (number | undefined)[] = []
  const found: LevelCount[] = []
  const add = (count: LevelCount) => {
    found.push(count)
    for (const [i, flag] of count.of.entries()) if (flag === 1) known[i] = count.having[i]
  }
  for (const count of counts) add(count)
  let waiting = others
  for (let before = -1; before !== found.length; ) {
    before = found.length
    waiting = waiting.filter((one) => {
      const alike = [one, oppositeOf(one)].find((each) => agrees(each, known))
      if (alike !== undefined) add(alike)
      return alike === undefined
    })
  }
  return found
}

/** The count of the last level, which follows if all other levels of the same people are counted; undefined if they are not. */
export function restOf(count: LevelCount, others: readonly LevelCount[], levels: number): LevelCount | undefined {
  const found = [count]
  const isApart = (one: LevelCount) =>
    found.every(({ having }) => !having.some((flag, i) => flag === 1 && one.having[i] === 1))
  for (const one of others) if (isSame(one.of, count.of) && one.having.includes(1) && isApart(one)) found.push(one)
  if (found.length !== levels - 1 || levels < 3) return undefined
  const isNone = count.of.map((flag, i) => (flag === 1 && found.every(({ having }) => having[i] !== 1) ? 1 : 0))
  return { of: count.of, having: isNone }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((flag, i) => flag === other[i])
}

function oppositeOf({ of, having }: LevelCount): LevelCount {
  return {
    of,
    having: of.map((flag, i) => (flag === 1 && having[i] !== 1 ? 1 : 0))
  }
}

/** Whether a count covers somebody who is known from other counts, and contradicts these counts about nobody. */
function agrees({ of, having }: LevelCount, known: readonly (number | undefined)[]): boolean {
  let isAbout = false
  for (let i = 0; i < of.length; i++) {
    if (of[i] !== 1 || known[i] === undefined) continue
    if (having[i] !== known[i]) return false
    isAbout = true
  }
  return isAbout
}
