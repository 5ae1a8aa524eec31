/** The names of institutions in the words of a pooled answer, in place of their PeerIds. */
import type { PooledOutput } from './output.ts'

/** A site of a pooled answer, with what its institution calls itself; empty where that is not known. */
export interface NamedSite {
  readonly site: string
  readonly institution: string
}

/** Characters from the end of a PeerId that distinguish institutions of one name. All PeerIds begin alike. */
const SHORT_ID = 8
/** A name that could be taken for the PeerId of another institution is none. */
const LIKE_ID = /12D3Koo/

/** A name for each site, by its PeerId: of equal names each with the end of its PeerId, and without a name the PeerId. */
export function institutionNames(sites: readonly NamedSite[]): Readonly<Record<string, string>> {
  const isShared = (name: string) =>
    new Set(sites.flatMap((one) => (one.institution === name ? [one.site] : []))).size > 1
  const nameOf = ({ site, institution: name }: NamedSite) => {
    if (name === '' || LIKE_ID.test(name)) return site
    return isShared(name) ? `${name} (…${site.slice(-SHORT_ID)})` : name
  }
  return Object.fromEntries(sites.map((one) => [one.site, nameOf(one)]))
}

/** A pooled answer whose notes name institutions, with the name of each site in `institutions`. Its lists of sites stay PeerIds. */
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

/** A text with names for PeerIds. In one pass, so that a name that looks like a PeerId is not replaced in turn. */
export function withNames(text: string, names: Readonly<Record<string, string>>): string {
  const ids = Object.keys(names).filter((id) => id !== '')
  if (ids.length === 0) return text
  const pattern = ids
    .toSorted((a, b) => b.length - a.length)
    .map((id) => id.replaceAll(/[^A-Za-z0-9]/g, '\\$&'))
    .join('|')
  return text.replaceAll(new RegExp(pattern, 'g'), (id) => names[id] ?? id)
}
