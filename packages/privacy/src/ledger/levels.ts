/**
 * Counts of one level under its many names: "has it", "has not the other one", a condition, a key of groups. A count is of the same
 * level where it agrees about everybody whom others are about too, and of the opposite where it contradicts them all. Some agree by
 * chance, of whom an outsider does not know it: with these more is withheld than has to be.
 */
import type { LevelCount } from './span-ledger.ts'

/** The counts, and all others that are of the same level or its opposite; of the same patterns. */
export function withAlike(counts: readonly LevelCount[], others: readonly LevelCount[]): readonly LevelCount[] {
  /** By pattern, 1 with the level and 0 without it; undefined of whom no count is. */
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

/** With the counts of all levels but one of the same people told, the last one's follows; undefined where it does not. */
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

/** About somebody whom the others are about, and nowhere otherwise than they. */
function agrees({ of, having }: LevelCount, known: readonly (number | undefined)[]): boolean {
  let isAbout = false
  for (let i = 0; i < of.length; i++) {
    if (of[i] !== 1 || known[i] === undefined) continue
    if (having[i] !== known[i]) return false
    isAbout = true
  }
  return isAbout
}
