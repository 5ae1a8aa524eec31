/** Persistent storage, which the browser deletes only when its user asks for that. */

/** Asks the browser for persistent storage; the browser may refuse or ask its user. */
export async function keepLonger(): Promise<void> {
  // Some browsers lack this function. The key is stored nevertheless.
  await navigator.storage?.persist?.().catch(() => false)
}

/** Whether storage is persistent; undefined if the browser does not say. */
export async function isLasting(): Promise<boolean | undefined> {
  return navigator.storage?.persisted?.().catch(() => undefined)
}
