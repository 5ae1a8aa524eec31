/** Where in the console one is: the part of the address behind the hash. */
import { useSyncExternalStore } from 'react'

/** `#/page/id?key=value`. */
export interface Place {
  readonly page: string
  readonly id: string
  readonly query: URLSearchParams
}

/** Of an address's hash. */
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

/** The address of a place. */
export function hrefTo(page: string, id = '', query: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(query).toString()
  return `#/${page}${id === '' ? '' : `/${encodeURIComponent(id)}`}${asked === '' ? '' : `?${asked}`}`
}

/** Goes there. */
export function goTo(page: string, id = '', query: Readonly<Record<string, string>> = {}): void {
  location.hash = hrefTo(page, id, query)
}

/** Where one is now. */
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
