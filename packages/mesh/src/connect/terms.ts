/** Announced terms (catalog names and keywords) and their keys in the DHT. */
import { StimnetError } from '@stimnet/protocol'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'

/** Maximum number of terms that one peer announces. Each term costs one DHT operation at every announcement. */
export const TERMS_MAX = 256
/** Maximum length of a term: longer than any catalog name, and long enough for a keyword. */
const TERM_LENGTH_MAX = 200

/** The normalised term: trimmed, NFC, lower case. Empty if the text is too long to be a term. */
export function normaliseTerm(text: string): string {
  const term = text.trim().normalize('NFC').toLowerCase()
  return term.length > TERM_LENGTH_MAX ? '' : term
}

/** The distinct terms, normalised. Throws PARAMETER_INVALID for more than `TERMS_MAX` terms. */
export function normaliseTerms(texts: readonly string[]): string[] {
  const terms = [...new Set(texts.map(normaliseTerm))].filter((term) => term !== '')
  if (terms.length > TERMS_MAX) {
    throw new StimnetError('PARAMETER_INVALID', `announcing ${terms.length} terms, at most ${TERMS_MAX}`)
  }
  return terms
}

// A key is a plain hash: every member of the DHT can test whether a word is announced. So only public words may be
// announced.
const keyOf = async (text: string): Promise<CID> =>
  CID.createV1(raw.code, await sha256.digest(new TextEncoder().encode(text)))

/** The DHT key under which every member announces itself. */
export const membershipKey = (): Promise<CID> => keyOf('stimnet/members/v1')

/** The DHT key of a term. */
export const termKey = (term: string): Promise<CID> => keyOf(`stimnet/term/v1|${normaliseTerm(term)}`)
