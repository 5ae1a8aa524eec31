/** Entries in a steward's list of permitted requesters. */
import { isKeyId } from '../ids.ts'

const VISA = /^visa:(\*|[a-z][a-z-]{0,63})@[A-Za-z0-9.-]{1,253}$/

/**
 * Whether a text is a valid entry: a researcher's key id; `affiliation:12D3Koo…` for everybody for whom that institution vouches, or
 * `affiliation:members` for everybody for whom any member vouches; `visa:faculty@med.example.org` for holders of a GA4GH visa for
 * that role, or `visa:*@med.example.org` for any role there; `gateway:12D3Koo…` or `gateway:self` for every account of that peer's
 * gateway.
 */
export function isRequesterEntry(text: string): boolean {
  if (text === 'gateway:self' || text === 'affiliation:members' || VISA.test(text)) return true
  return isKeyId(text.replace(/^(gateway|affiliation):/, ''))
}

/** Whether the value of an AffiliationAndRole visa matches a `visa:` entry. */
export function isWantedRole(entry: string, value: string): boolean {
  if (!VISA.test(entry)) return false
  const wanted = entry.slice('visa:'.length)
  if (!wanted.startsWith('*@')) return value === wanted
  const at = value.indexOf('@')
  return at > 0 && value.slice(at) === wanted.slice(1)
}
