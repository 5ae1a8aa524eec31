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
