/** The list of all attacks, in the order of the report. */
import type { Attack } from './attack.ts'
import { EXHAUSTION_ATTACKS } from './list/exhaustion.ts'
import { FILE_ATTACKS } from './list/files.ts'
import { FORGERY_ATTACKS } from './list/forgery.ts'
import { KERNEL_ATTACKS } from './list/kernel.ts'
import { NETWORK_ATTACKS } from './list/network.ts'
import { PERSISTENCE_ATTACKS } from './list/persistence.ts'
import { PROCESS_ATTACKS } from './list/processes.ts'
import { PYODIDE_ATTACKS } from './list/pyodide.ts'
import { R_ATTACKS } from './list/r.ts'

/** All attacks, as data. */
export const ATTACKS: readonly Attack[] = [
  ...FILE_ATTACKS,
  ...PROCESS_ATTACKS,
  ...NETWORK_ATTACKS,
  ...KERNEL_ATTACKS,
  ...PERSISTENCE_ATTACKS,
  ...FORGERY_ATTACKS,
  ...EXHAUSTION_ATTACKS,
  ...PYODIDE_ATTACKS,
  ...R_ATTACKS
]
