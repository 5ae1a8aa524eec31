/** ETags of answers, for status 304 if a client already has the answer. */
import { createHash } from 'node:crypto'

/** ETags of answers that never change; see `settled`. */
const tags = new WeakMap<object, string>()

/** The weak ETag of a text: answers with equal tags have equal content, but their bytes may differ. */
export function etagOf(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

/** The ETag of a value that never changes, computed once. */
export function etagOnce(value: object): string {
  const known = tags.get(value)
  if (known !== undefined) return known
  const tag = etagOf(JSON.stringify(value))
  tags.set(value, tag)
  return tag
}

/** Whether an If-None-Match header contains the tag; `*` matches every tag. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
