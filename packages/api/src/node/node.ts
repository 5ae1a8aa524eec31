/** Nodes: their health, their readiness, and the nodes that they know. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** The schema of health in answers. */
export const healthShape = output(
  'Health',
  z.object({
    status: z.literal('healthy'),
    node_id: z.string(),
    version: z.string(),
    uptime: z.number().describe('Seconds'),
    active_jobs: z
      .number()
      .int()
      .describe('Rounded down to tens, because everybody may read it: 0 is any number below ten'),
    total_jobs: z.number().int().describe('Rounded in the same way'),
    institution: z.string(),
    peer_id: z.string(),
    peers: z
      .number()
      .int()
      .optional()
      .describe(
        'Peers connected now, rounded down to tens; absent below ten. With a login, /api/v1/nodes says who is connected'
      )
  })
)
/** The health of a node. */
export type Health = Answered<typeof healthShape>

/** The schema of readiness in answers. */
export const readinessShape = output(
  'Readiness',
  z.object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() }))
  })
)
/** Whether a node can take requests, with the checks behind it. */
export type Readiness = Answered<typeof readinessShape>

/** The schema of a node in answers. */
export const nodeShape = output(
  'Node',
  z.object({
    id: z.number().int(),
    node_id: z.string(),
    name: z.string(),
    institution: z.string(),
    endpoint_url: z.string(),
    is_active: z.boolean(),
    last_seen: timestamp,
    peer_id: z.string(),
    sandbox: z.string().describe('The engine and its isolation grade, in the words of the node'),
    sandbox_engine: z.string().describe('wasm, docker or none'),
    sandbox_grade: z.string().describe('Isolation, from weak to strong: none, wasm, wasm+bwrap, docker, docker+gvisor'),
    languages: z.array(z.string()).describe('The script languages that run on the node')
  })
)
/** A node as another node knows it. */
export type Node = Answered<typeof nodeShape>

/** GA4GH service-info 1.0. */
export const serviceInfoShape = output(
  'ServiceInfo',
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.object({ group: z.string(), artifact: z.string(), version: z.string() }),
    description: z.string(),
    organization: z.object({ name: z.string(), url: z.string() }),
    documentationUrl: z.string(),
    version: z.string()
  })
)
/** Service info, parsed. */
export type ServiceInfo = Answered<typeof serviceInfoShape>
