/** The choice among several connections to one peer. */
import type { Connection } from '@libp2p/interface'

/** The newest one; undefined without any. */
export function newestOf(connections: readonly Connection[]): Connection | undefined {
  return newestFirst(connections)[0]
}

/** The newest one first. After a change of the peer's network, older ones are dead, and nobody has noticed. */
export function newestFirst(connections: readonly Connection[]): Connection[] {
  return [...connections].sort((a, b) => b.timeline.open - a.timeline.open)
}
