/** What every part of a peer is opened with: its configuration, its clock and dice, and who closes what. */
import type { Clock, RandomSource } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { PeerEvents } from '../events.ts'
import type { Lifetime } from './lifetime.ts'

/** One for each start of a peer. */
export interface Setting {
  readonly config: PeerConfig
  /** What paths in the configuration are relative to. */
  readonly baseDir: string
  /** Everything this peer writes. */
  readonly dataDir: string
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: PeerEvents
  readonly lifetime: Lifetime
}
