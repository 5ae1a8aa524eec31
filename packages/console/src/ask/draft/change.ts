/** How parts of the form change the draft. */
import type { Draft } from './draft.ts'

/** Some of its fields take new values; what depends on the last ones is given as a function, since work may lie between. */
export type Change = (change: Partial<Draft> | ((last: Draft) => Partial<Draft>)) => void
