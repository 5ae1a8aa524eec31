/** All attacks, in the order of the table. */
import type { Attack } from '../attack.ts'
import { COHORT_ATTACKS } from './cohorts.ts'
import { CONTRACT_ATTACKS } from './contracts.ts'
import { DP_ATTACKS } from './dp.ts'
import { MODEL_ATTACKS } from './models.ts'
import { OWN_ATTACKS } from './own.ts'
import { REPLAY_ATTACKS } from './replay.ts'
import { SCRIPT_ATTACKS } from './scripts.ts'
import { SQL_ATTACKS } from './sql.ts'

export const ATTACKS: readonly Attack[] = [
  ...COHORT_ATTACKS,
  ...SQL_ATTACKS,
  ...SCRIPT_ATTACKS,
  ...CONTRACT_ATTACKS,
  ...MODEL_ATTACKS,
  ...DP_ATTACKS,
  ...REPLAY_ATTACKS,
  ...OWN_ATTACKS
]
