/** The check of a chosen password: by its length, and against lists of common passwords. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

const LENGTH_MIN = 12
/**
 * Minimum score of zxcvbn, whose maximum is 4. A lower score means that fewer than 10^8 guesses with lists and patterns are
 * estimated to suffice.
 */
const SCORE_MIN = 3
/** The time of the estimate grows with the length, so only the beginning of a long password is judged. */
const JUDGED_CHARACTERS_MAX = 128

/**
 * The reason why a password is not acceptable, as a sentence; undefined if it is acceptable. `name` is the name of the
 * account.
 */
export function whyGuessable(password: string, name: string): string | undefined {
  if (password.length < LENGTH_MIN) return `a password needs at least ${LENGTH_MIN} characters`
  const estimate = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  const { score } = estimate.check(password.slice(0, JUDGED_CHARACTERS_MAX), [name, 'stimnet'])
  return score < SCORE_MIN
    ? 'this password is easily guessed; use four random words, or: openssl rand -base64 18'
    : undefined
}
