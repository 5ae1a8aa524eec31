/** Names of institutions in the texts of a pooled answer, in place of PeerIds. */
import type { PooledOutput } from './output.ts'

/** A site of a pooled answer with its institution's own name; the name is empty if unknown. */
export interface NamedSite {
  readonly site: string
  readonly institution: string
}

/** Number of last characters of a PeerId that distinguish institutions of the same name. All PeerIds begin with the same characters. */
const SHORT_ID = 8
/** Names that could be mistaken for the PeerId of another institution are ignored. */
const LIKE_ID = /12D3Koo/

/**
 * A name for each PeerId. Institutions with equal names get the end of the PeerId as well; an institution without a name gets the
 * PeerId.
 */
export function institutionNames(sites: readonly NamedSite[]): Readonly<Record<string, string>> {
  const isShared = (name: string) =>
    new Set(sites.flatMap((one) => (one.institution === name ? [one.site] : []))).size > 1
  const nameOf = ({ site, institution: name }: NamedSite) => {
    if (name === '' || LIKE_ID.test(name)) return site
    return isShared(name) ? `${name} (…${site.slice(-SHORT_ID)})` : name
  }
  return Object.fromEntries(sites.map((one) => [one.site, nameOf(one)]))
}

/**
 * A pooled answer with institutions' names in its notes, and the names by PeerId in `institutions`. Its lists of sites keep the
 * PeerIds.
 */
export function withInstitutions(pooled: PooledOutput, sites: readonly NamedSite[]): PooledOutput {
  const institutions = institutionNames(sites)
  const named = (text: string) => withNames(text, institutions)
  const noted = <T extends { readonly note: string }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, note: named(one.note) }))
  const { tests, models } = pooled
  return {
    ...pooled,
    ...(tests ? { tests: noted(tests) } : {}),
    ...(models ? { models: noted(models) } : {}),
    institutions,
    notes: pooled.notes.map(named)
  }
}

/** Replaces PeerIds in a text by names, in one pass, so that a name that looks like a PeerId is not replaced in turn. */
export function withNames(text: string, names: Readonly<Record<string, string>>): string {
  const ids = Object.keys(names).filter((id) => id !== '')
  if (ids.length === 0) return text
  const pattern = ids
    .toSorted((a, b) => b.length - a.length)
    .map((id) => id.replaceAll(/[^A-Za-z0-9]/g, '\\$&'))
    .join('|')
  return text.replaceAll(new RegExp(pattern, 'g'), (id) => names[id] ?? id)
}
