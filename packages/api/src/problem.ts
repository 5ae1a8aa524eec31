/** Problems (RFC 9457): the answers to failed requests. */
import { z } from 'zod'
import { output } from './named.ts'
import type { Answered } from './readonly.ts'

/** The schema of a problem in answers. */
export const problemShape = output(
  'Problem',
  z.object({
    type: z.string().describe('urn:stimnet:code: and the code'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().describe('One of the closed list of codes'),
    retry: z.boolean().describe('Whether the unchanged request may succeed later'),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    incident: z.string().optional().describe("The id under which the operator finds the cause in the node's log")
  })
)
/** A problem, parsed. */
export type Problem = Answered<typeof problemShape>
