/** The list of all reconstruction attacks, which compute values of people from released numbers. */
import { COUNT_ATTACKS } from './attack-counts.ts'
import { DIGITS_ATTACK } from './attack-digits.ts'
import { ELSEWHERE_ATTACKS } from './attack-elsewhere.ts'
import { KNOWN_COLUMN_ATTACK } from './attack-known-column.ts'
import { MOMENT_ATTACKS } from './attack-moments.ts'
import { NEAR_ATTACKS } from './attack-near.ts'
import type { Reconstruction } from './scene.ts'

/** All reconstruction attacks, in the order of the table. */
export const RECONSTRUCTIONS: readonly Reconstruction[] = [
  ...MOMENT_ATTACKS,
  ...COUNT_ATTACKS,
  KNOWN_COLUMN_ATTACK,
  ...NEAR_ATTACKS,
  ...ELSEWHERE_ATTACKS,
  DIGITS_ATTACK
]
