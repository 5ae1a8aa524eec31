/** Permitted uses of data and purposes of questions, in words instead of GA4GH terms. */
import {
  DATA_USE_MODIFIERS,
  DATA_USE_PERMISSIONS,
  type DataUse,
  type DataUseMatch,
  dataUseSchema,
  INVESTIGATIONS,
  matchDataUse
} from '@stimnet/protocol'

/** The terms to choose from, with their meaning. */
export const PURPOSES = Object.entries(INVESTIGATIONS).map(([value, text]) => ({ value, text }))

const WORDS: Readonly<Record<string, string>> = { ...DATA_USE_PERMISSIONS, ...DATA_USE_MODIFIERS, ...INVESTIGATIONS }

/** A term in words. A term of a disease is not changed. */
export function wordsOfTerm(term: string): string {
  return Object.hasOwn(WORDS, term) ? (WORDS[term] ?? term) : term
}

/** The data use conditions of a catalog as the matching rules need them; undefined if the catalog has no terms. */
function dataUseOf(terms: readonly string[]): DataUse | undefined {
  const permission = terms.find((term) => Object.hasOwn(DATA_USE_PERMISSIONS, term))
  const modifiers = terms.filter((term) => Object.hasOwn(DATA_USE_MODIFIERS, term))
  const diseases = terms.filter((term) => /^(MONDO|DOID):/.test(term))
  const parsed = dataUseSchema.safeParse({ permission, diseases, modifiers })
  return parsed.success ? parsed.data : undefined
}

/** Whether a catalog with the given terms may be used for the purpose. A catalog without terms is unrestricted. */
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
