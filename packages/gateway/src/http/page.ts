/** Long lists in pages. The body stays a plain list; the `Link` header leads to the next page. */
import { z } from 'zod'
import { InvalidInput } from './problem.ts'
import { Answer } from './route.ts'

/** Query parameter with the position from the `Link` header of the previous page. Clients pass it back unchanged. */
export const cursor = z.string().max(512).optional().describe('From the Link header (rel="next") of the page before')

/** Position in a list of numbered items: the page has the numbers below `before`. */
export const numberPlace = z.strictObject({ before: z.int().min(1) })

/** Parses the position of a page. Throws PARAMETER_INVALID for a text that was not written here. */
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
    // Matches no position.
    return undefined
  }
}

/** A page of a list. `found` has up to one item more than the limit, which shows that the list continues. */
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

/** The URL of the next page, relative, because a proxy may have another host name. */
function nextLink(request: Request, place: unknown): string {
  const { pathname, searchParams } = new URL(request.url)
  searchParams.set('cursor', Buffer.from(JSON.stringify(place)).toString('base64url'))
  return `<${pathname}?${searchParams}>; rel="next"`
}
