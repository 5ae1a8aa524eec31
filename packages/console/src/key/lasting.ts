/** Whether the browser keeps its promise to a page: to clear what it keeps only where somebody says so. */

/** Asks for it; a browser may say no, or ask its user. */
export async function keepLonger(): Promise<void> {
  // Not in every browser, and never a reason to be without a key.
  await navigator.storage?.persist?.().catch(() => false)
}

/** Undefined where the browser does not tell. */
export async function isLasting(): Promise<boolean | undefined> {
  return navigator.storage?.persisted?.().catch(() => undefined)
}
