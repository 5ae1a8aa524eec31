/** Types of what is sent and answered: readonly to the bottom. */
import type { ReadonlyDeep } from '@stimnet/protocol'
import type { z } from 'zod'

/** An answer as clients read it. */
export type Answered<S extends z.ZodType> = ReadonlyDeep<z.output<S>>

/** A body as clients write it: what has a default may be left out. */
export type Sent<S extends z.ZodType> = ReadonlyDeep<z.input<S>>
