/** The current page of the console, read from the fragment of the URL. */
import { useSyncExternalStore } from 'react'

/** A parsed fragment: `#/page/id?key=value`. */
export interface Place {
  readonly page: string
  readonly id: string
  readonly query: URLSearchParams
}

/** Reads the fragment of a URL. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [page = '', ...rest] = path.split('/')
  return { page, id: decoded(rest.join('/')), query: new URLSearchParams(query) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The URL of a page. */
export function hrefTo(page: string, id = '', query: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(query).toString()
  return `#/${page}${id === '' ? '' : `/${encodeURIComponent(id)}`}${asked === '' ? '' : `?${asked}`}`
}

/** Opens a page. */
export function goTo(page: string, id = '', query: Readonly<Record<string, string>> = {}): void {
  location.hash = hrefTo(page, id, query)
}

/** The current page. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed)
      return () => removeEventListener('hashchange', changed)
    },
    () => location.hash
  )
  return placeOf(hash)
}
