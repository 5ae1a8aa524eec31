/** Deeply readonly types of requests and answers. */
import type { ReadonlyDeep } from '@stimnet/protocol'
import type { z } from 'zod'

/** The type of an answer as clients read it. */
export type Answered<S extends z.ZodType> = ReadonlyDeep<z.output<S>>

/** The type of a body as clients write it; fields with a default may be left out. */
export type Sent<S extends z.ZodType> = ReadonlyDeep<z.input<S>>
