/** The setting in which every part of a peer is opened: configuration, clock, randomness and lifetime. */
import type { Clock, RandomSource } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { PeerEvents } from '../events.ts'
import type { PasswordCost } from '../store/accounts/passwords.ts'
import type { Lifetime } from './lifetime.ts'

/** The setting of one start of a peer. */
export interface Setting {
  readonly config: PeerConfig
  /** The folder to which paths in the configuration are relative. */
  readonly baseDir: string
  /** The folder for everything that this peer writes. */
  readonly dataDir: string
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: PeerEvents
  readonly passwordCost: PasswordCost | undefined
  readonly lifetime: Lifetime
}
