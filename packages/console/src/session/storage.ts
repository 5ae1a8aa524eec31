/** Browser storage with a fallback: if the browser refuses it, values are kept in memory while the page is open. */

/** The storage that pages use; its methods never throw. */
export interface Kept {
  get(key: string): string | null
  /** False if the value is kept in memory only and is lost on reload. */
  set(key: string, value: string): boolean
  remove(key: string): void
  clear(): void
}

/** `open`, and every method of the storage that it returns, may throw, for example if the browser blocks cookies. */
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

/** Storage of this tab. */
export const ofTab = keptIn(() => sessionStorage)
/** Storage of this browser, shared by its tabs. */
export const ofBrowser = keptIn(() => localStorage)
