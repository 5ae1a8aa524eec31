/** The end of a fit before its rounds were complete, in words. */
import { CODES, isCode } from '@stimnet/protocol'
import type { ModelRound } from '@stimnet/sdk'

/** The message about a fit that ended early. */
export interface EarlyEnd {
  readonly words: string
  /** The round that can be asked again, since every institution that did not answer may answer later. */
  readonly again: number | undefined
}

/** Undefined for a fit whose last round every institution answered. */
export function earlyEndOf(
  rounds: readonly Pick<ModelRound, 'round' | 'missing'>[],
  roster: readonly string[]
): EarlyEnd | undefined {
  const last = rounds.at(-1)
  if (last === undefined || last.missing.length === 0) return undefined
  const { round, missing } = last
  const mayAnswer = round > 0 && missing.every(({ code }) => isCode(code) && CODES[code].retry)
  const again = mayAnswer ? round : undefined
  if (round > 0) {
    const words = `Not every institution answered round ${round}, so the fit ended. The result is that of round ${round - 1}.`
    return { words, again }
  }
  if (missing.length >= roster.length) return { words: 'No institution released a fit: there is no result.', again }
  const words =
    'Not every institution answered round 0, so no further round follows: the fits of the others are combined.'
  return { words, again }
}
