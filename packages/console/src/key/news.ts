/** Messages between the tabs of this origin: a key was added, changed or removed. They contain nothing else. */

const CHANNEL = 'stimnet-own-key'

/** Sends the message to the other tabs and to listeners in this one. */
export function announceChange(): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage('changed')
  channel.close()
}

/** Adds a listener; returns the function that removes it. */
export function onChange(hear: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', hear)
  return () => channel.close()
}
