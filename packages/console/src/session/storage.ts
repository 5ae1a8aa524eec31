/** Browser storage with a fallback: if the browser refuses, values are kept in memory as long as the page is open. */

/** The storage that pages use; its methods never throw. */
export interface Kept {
  get(key: string): string | null
  /** False if the value is kept in memory only and a reload loses it. */
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
      // Remove the old value, so that it does not come back if the new one cannot be stored.
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

/** The storage of this tab. */
export const ofTab = keptIn(() => sessionStorage)
/** The storage of this browser. */
export const ofBrowser = keptIn(() => localStorage)
