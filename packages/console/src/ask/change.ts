/** How parts of the form change the draft. */
import type { Draft } from './draft.ts'

/** Some of its fields take new values. */
export type Change = (change: Partial<Draft>) => void
