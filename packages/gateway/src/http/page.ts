/** A long list in pages: the shape of the answer stays what it was, where it goes on stands in its `Link` header. */
import { z } from 'zod'
import { InvalidInput } from './problem.ts'
import { Answer } from './route.ts'

/** In the query of a list: what the `Link` header of the page before says. Clients only hand it back. */
export const cursor = z.string().max(512).optional().describe('From the Link header (rel="next") of the page before')

/** Where a page of numbered things begins: below that number. */
export const numberPlace = z.strictObject({ before: z.int().min(1) })

/** Where a page begins, as the page before wrote it. Throws PARAMETER_INVALID for what no page of ours wrote. */
export function placeOf<S extends z.ZodType>(text: string | undefined, place: S): z.output<S> | undefined {
  if (text === undefined) return undefined
  const parsed = place.safeParse(jsonIn(text))
  if (parsed.success) return parsed.data
  throw new InvalidInput('PARAMETER_INVALID', [{ field: 'cursor', message: 'No page of this list begins there.' }])
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    // No place fits it.
    return undefined
  }
}

/** Of one item more than the limit the page is made; that there is one says that the list goes on. */
export function pageOf<V, T = V>(
  found: readonly V[],
  page: { request: Request; limit: number; place: (last: V) => unknown; render?: (view: V) => T }
): Answer<T[]> {
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  const goesOn = found.length > page.limit && last !== undefined
  const headers = goesOn ? { link: nextLink(page.request, page.place(last)) } : {}
  return new Answer(page.render ? shown.map(page.render) : (shown as readonly unknown[] as T[]), { headers })
}

/** Relative: a proxy in front may have another name. */
function nextLink(request: Request, place: unknown): string {
  const { pathname, searchParams } = new URL(request.url)
  searchParams.set('cursor', Buffer.from(JSON.stringify(place)).toString('base64url'))
  return `<${pathname}?${searchParams}>; rel="next"`
}
