/** Events of a node, for those who operate and supervise it. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** The schema of an event in answers. */
export const eventShape = output(
  'Event',
  z.object({
    sequence: z.number().int().describe('Begins at 1 with each start of the node'),
    at: timestamp,
    kind: z.string().describe('started, peer-connected, admitted, refused, ended and so on; or the kind of an alert'),
    alert: z.boolean().describe('Somebody should look'),
    actor: z.string(),
    job_id: z.string(),
    code: z.string(),
    detail: z.string()
  })
)
/** An event at a node. */
export type NodeEvent = Answered<typeof eventShape>
