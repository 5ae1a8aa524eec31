/** What the browser keeps for the page: where it refuses, the page itself keeps it for as long as it is open. */

/** What pages use of a storage; none of it throws. */
export interface Kept {
  get(key: string): string | null
  /** False where it is kept by the page alone, and a reload loses it. */
  set(key: string, value: string): boolean
  remove(key: string): void
  clear(): void
}

/** `open` may throw, as a browser does that blocks cookies; so may every use of what it gives. */
export function keptIn(open: () => Storage): Kept {
  const own = new Map<string, string>()
  const trying = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(open())
    } catch {
      return otherwise
    }
  }
  const remove = (key: string) => {
    own.delete(key)
    trying((storage) => storage.removeItem(key), undefined)
  }
  return {
    remove,
    get: (key) => own.get(key) ?? trying((storage) => storage.getItem(key), null),
    set: (key, value) => {
      // What stood there before must not come back where the new is refused.
      remove(key)
      const isKept = trying((storage) => {
        storage.setItem(key, value)
        return true
      }, false)
      if (!isKept) own.set(key, value)
      return isKept
    },
    clear: () => {
      own.clear()
      trying((storage) => storage.clear(), undefined)
    }
  }
}

/** Of this tab. */
export const ofTab = keptIn(() => sessionStorage)
/** Of this browser. */
export const ofBrowser = keptIn(() => localStorage)
