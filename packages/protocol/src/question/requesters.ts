/** An entry of a list of those who may ask, as a steward writes it. */
import { isKeyId } from '../ids.ts'

const VISA = /^visa:(\*|[a-z][a-z-]{0,63})@[A-Za-z0-9.-]{1,253}$/

/**
 * A researcher's key; whoever an institution vouches for (`affiliation:12D3Koo…`, or any member's people:
 * `affiliation:members`); whoever has a GA4GH visa for a role somewhere (`visa:faculty@med.example.org`, any role:
 * `visa:*@med.example.org`); or every account of a peer's gateway (`gateway:12D3Koo…`, `gateway:self`).
 */
export function isRequesterEntry(text: string): boolean {
  if (text === 'gateway:self' || text === 'affiliation:members' || VISA.test(text)) return true
  return isKeyId(text.replace(/^(gateway|affiliation):/, ''))
}

/** Whether the value of an AffiliationAndRole visa is what a `visa:` entry wants. */
export function isWantedRole(entry: string, value: string): boolean {
  if (!VISA.test(entry)) return false
  const wanted = entry.slice('visa:'.length)
  if (!wanted.startsWith('*@')) return value === wanted
  const at = value.indexOf('@')
  return at > 0 && value.slice(at) === wanted.slice(1)
}
