/** Suggests the known word that a mistyped one most likely meant. */

/** Maximum length of a word that is compared, characters. */
const WORD_LENGTH_MAX = 64
/** Number of letters per tolerated mistake: one mistake from three letters on, two from six. */
const LETTERS_PER_SLIP = 3
const BEGINNING_LENGTH_MIN = 2

/** Maximum number of known words that are compared, so that a request cannot cost too much time. */
const WORDS_MAX = 1_000

/** The nearest known word, regardless of letter case; undefined if none is near. A prefix is near if exactly one word begins with it. */
export function nearest(word: string, among: readonly string[]): string | undefined {
  if (word.length > WORD_LENGTH_MAX || among.length > WORDS_MAX) return undefined
  const slipsMax = Math.max(1, Math.floor(word.length / LETTERS_PER_SLIP))
  const wanted = word.toLowerCase()
  const [first] = among
    .filter((known) => Math.abs(known.length - word.length) <= slipsMax)
    .map((known) => ({ known, slips: slipsBetween(wanted, known.toLowerCase()) }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((a, b) => a.slips - b.slips)
  if (first) return first.known
  const [only, second] = among.filter((known) => known.toLowerCase().startsWith(wanted))
  return word.length >= BEGINNING_LENGTH_MIN && second === undefined ? only : undefined
}

/** ` Did you mean run?`, with a leading space; empty if no word is near. */
export function didYouMean(word: string, among: readonly string[]): string {
  const near = nearest(word, among)
  return near === undefined ? '' : ` Did you mean ${near}?`
}

/** Number of letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
        isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      )
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}
