/** Judges a password that somebody chooses: by its length, and by lists of those that people choose. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

const LENGTH_MIN = 12
/** Of 4: below it fewer than 10^8 guesses are needed, by the estimate of whoever guesses with lists and patterns. */
const SCORE_MIN = 3
/** The estimate takes time that grows with length; what is longer is judged by its beginning. */
const JUDGED_CHARACTERS_MAX = 128

/** Why a password will not do, as a sentence; undefined where it will. `name` is its account's. */
export function whyGuessable(password: string, name: string): string | undefined {
  if (password.length < LENGTH_MIN) return `a password needs at least ${LENGTH_MIN} characters`
  const estimate = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  const { score } = estimate.check(password.slice(0, JUDGED_CHARACTERS_MAX), [name, 'stimnet'])
  return score < SCORE_MIN
    ? 'this password is easily guessed; use four random words, or: openssl rand -base64 18'
    : undefined
}
