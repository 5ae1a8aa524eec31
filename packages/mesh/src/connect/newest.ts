/** The choice among several connections to one peer. */
import type { Connection } from '@libp2p/interface'

/** The newest connection; undefined if there is none. */
export function newestOf(connections: readonly Connection[]): Connection | undefined {
  return newestFirst(connections)[0]
}

/**
 * The connections, newest first. After a change of the peer's network, older connections are dead without either side having
 * noticed.
 */
export function newestFirst(connections: readonly Connection[]): Connection[] {
  return [...connections].sort((a, b) => b.timeline.open - a.timeline.open)
}
