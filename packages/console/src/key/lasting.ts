/** Persistent storage: whether the browser deletes the page's data only when its user says so. */

/** Asks for persistent storage; the browser may refuse or ask its user. */
export async function keepLonger(): Promise<void> {
  // Some browsers lack this function; a key can be stored all the same.
  await navigator.storage?.persist?.().catch(() => false)
}

/** Whether storage is persistent; undefined if the browser does not say. */
export async function isLasting(): Promise<boolean | undefined> {
  return navigator.storage?.persisted?.().catch(() => undefined)
}
