/** Conditions of a GA4GH visa on other visas of the same person. A condition that cannot be judged is not met. */
import { z } from 'zod'

/** Maximum number of clauses, far more than any issuer writes. It is bounded because each clause is compared with every visa. */
const CLAUSES_MAX = 16
const PATTERN_CHARACTERS_MAX = 256

const clauseSchema = z
  .strictObject({
    type: z.string().min(1).max(256),
    value: z.string().max(1_024).optional(),
    source: z.string().max(1_024).optional(),
    by: z.string().max(256).optional()
  })
  .refine(({ value, source, by }) => value !== undefined || source !== undefined || by !== undefined)

/** A list of alternatives. At least one alternative must be met, and an alternative is met if all of its clauses are. */
export const conditionsSchema = z.array(z.array(clauseSchema).min(1).max(CLAUSES_MAX)).min(1).max(CLAUSES_MAX)

type Clause = z.output<typeof clauseSchema>
interface Ground {
  readonly type: string
  readonly value: string
  readonly source: string
  readonly by: string
}

/** Whether at least one alternative is met, that is, whether each of its clauses is met by one of the visas in `grounds`. */
export function areMet(conditions: z.output<typeof conditionsSchema>, grounds: readonly Ground[]): boolean {
  return conditions.some((clauses) => clauses.every((clause) => grounds.some((ground) => meets(clause, ground))))
}

function meets(clause: Clause, ground: Ground): boolean {
  if (clause.type !== ground.type) return false
  return (['value', 'source', 'by'] as const).every((claim) => {
    const wanted = clause[claim]
    return wanted === undefined || fits(wanted, ground[claim], claim)
  })
}

/**
 * Whether a claim matches a pattern with the prefix `const:`, `pattern:` or, for `value` only, `split_pattern:`. Other prefixes
 * never match.
 */
function fits(wanted: string, text: string, claim: 'value' | 'source' | 'by'): boolean {
  const at = wanted.indexOf(':')
  const [how, rest] = [wanted.slice(0, at), wanted.slice(at + 1)]
  if (how === 'const') return text === rest
  if (rest.length > PATTERN_CHARACTERS_MAX) return false
  if (how === 'pattern') return isLike(text, rest)
  return how === 'split_pattern' && claim === 'value' && text.split(';').some((part) => isLike(part, rest))
}

/**
 * Whether a text matches a pattern: `?` stands for one character, `*` for any number of characters. No regular expression is
 * compiled, so the time is at most proportional to the product of both lengths.
 */
function isLike(text: string, pattern: string): boolean {
  let [t, p, star, resume] = [0, 0, -1, 0]
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p
      p += 1
      resume = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      t += 1
      p += 1
    } else if (star >= 0) {
      p = star + 1
      resume += 1
      t = resume
    } else return false
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}
