/** Whether a client has an answer already: a tag for what it says, and 304 for who has that. */
import { createHash } from 'node:crypto'

/** Tags of answers that never change again, see `settled`. */
const tags = new WeakMap<object, string>()

/** The same for the same text. Weak: what two answers with it say is the same, their bytes need not be. */
export function etagOf(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

/** Of a value that nobody changes: reckoned once. */
export function etagOnce(value: object): string {
  const known = tags.get(value)
  if (known !== undefined) return known
  const tag = etagOf(JSON.stringify(value))
  tags.set(value, tag)
  return tag
}

/** Whether an If-None-Match names the tag; `*` means anything that is there. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
