/** Conditions of a GA4GH visa: what other visas of the same person must say. Whatever cannot be judged is not met. */
import { z } from 'zod'

/** Far more than any issuer writes; each clause is compared with every visa. */
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

/** Any of these, each of which is all of its clauses. */
export const conditionsSchema = z.array(z.array(clauseSchema).min(1).max(CLAUSES_MAX)).min(1).max(CLAUSES_MAX)

type Clause = z.output<typeof clauseSchema>
interface Ground {
  readonly type: string
  readonly value: string
  readonly source: string
  readonly by: string
}

/** Whether some one of the alternatives is met, each of its clauses by some one of the grounds. */
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

/** `const:`, `pattern:` and, for values alone, `split_pattern:`; another prefix is nothing we can judge. */
function fits(wanted: string, text: string, claim: 'value' | 'source' | 'by'): boolean {
  const at = wanted.indexOf(':')
  const [how, rest] = [wanted.slice(0, at), wanted.slice(at + 1)]
  if (how === 'const') return text === rest
  if (rest.length > PATTERN_CHARACTERS_MAX) return false
  if (how === 'pattern') return isLike(text, rest)
  return how === 'split_pattern' && claim === 'value' && text.split(';').some((part) => isLike(part, rest))
}

/** `?` is one character, `*` any number of them. In time linear in the pattern times the text: no expression is compiled. */
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
