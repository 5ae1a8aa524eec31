/** What data may be used for and what a question is for, in words instead of GA4GH terms. */
import {
  DATA_USE_MODIFIERS,
  DATA_USE_PERMISSIONS,
  type DataUse,
  type DataUseMatch,
  dataUseSchema,
  INVESTIGATIONS,
  matchDataUse
} from '@stimnet/protocol'

/** Terms and what they mean, to choose from. */
export const PURPOSES: readonly { readonly term: string; readonly words: string }[] = Object.entries(
  INVESTIGATIONS
).map(([term, words]) => ({ term, words }))

const WORDS: Readonly<Record<string, string>> = { ...DATA_USE_PERMISSIONS, ...DATA_USE_MODIFIERS, ...INVESTIGATIONS }

/** A term in words; a disease stays what it is. */
export function wordsOfTerm(term: string): string {
  return Object.hasOwn(WORDS, term) ? (WORDS[term] ?? term) : term
}

/** The terms of a catalog's description as the rules read them; undefined where there are none. */
function dataUseOf(terms: readonly string[]): DataUse | undefined {
  const permission = terms.find((term) => Object.hasOwn(DATA_USE_PERMISSIONS, term))
  const modifiers = terms.filter((term) => Object.hasOwn(DATA_USE_MODIFIERS, term))
  const diseases = terms.filter((term) => /^(MONDO|DOID):/.test(term))
  const parsed = dataUseSchema.safeParse({ permission, diseases, modifiers })
  return parsed.success ? parsed.data : undefined
}

/** Whether a catalog with these terms may be used for that; one without terms is unrestricted. */
export function fits(terms: readonly string[], purpose: readonly string[]): DataUseMatch {
  if (terms.length === 0) return { verdict: 'permitted', reason: '' }
  const use = dataUseOf(terms)
  if (!use)
    return {
      verdict: 'people',
      reason: 'The catalog has terms of use that this console does not know; its stewards decide.'
    }
  return matchDataUse(use, purpose)
}
