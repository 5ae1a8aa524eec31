/** What one tab tells the others of this origin: that a key came, changed or went. No more than that is said. */

const CHANNEL = 'stimnet-own-key'

/** Also heard in this tab. */
export function announceChange(): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage('changed')
  channel.close()
}

/** Gives what ends the listening. */
export function onChange(hear: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', hear)
  return () => channel.close()
}
