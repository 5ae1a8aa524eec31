/** Chooses the stored questions that are removed to make room for newer ones. */

/** Maximum number of questions: enough for some years of frequent use. */
const ASKED_MAX = 500
/** Maximum total length, characters. A long script has up to half a megabyte; browsers allow an origin more than this. */
const CHARACTERS_MAX = 32 * 1024 * 1024

/** The oldest questions beyond either limit; the newest question is never removed, whatever its size. */
export function excessOf<T extends { readonly text: string; readonly atMs: number }>(
  all: readonly T[],
  { askedMax = ASKED_MAX, charactersMax = CHARACTERS_MAX }: { askedMax?: number; charactersMax?: number } = {}
): T[] {
  let characters = 0
  return all
    .toSorted((a, b) => b.atMs - a.atMs)
    .filter(({ text }, at) => {
      characters += text.length
      return at > 0 && (at >= askedMax || characters > charactersMax)
    })
}
