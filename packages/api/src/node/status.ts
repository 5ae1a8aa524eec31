/** The status of a node for its operator: running jobs, connections, pending decisions, and usage. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'
import { readinessShape } from './node.ts'
import { usageShape } from './stewardship.ts'

const count = z.number().int()

/** The schema of the status in answers. */
export const statusShape = output(
  'Status',
  z.object({
    node_id: z.string(),
    institution: z.string(),
    peer_id: z.string(),
    version: z.string(),
    started_at: timestamp,
    gateway_url: z.string().describe('Empty if the node has neither a listener nor a public URL'),
    gateways: z
      .array(
        z.object({
          name: z.string(),
          version: z.string(),
          since: timestamp,
          through: z.enum(['socket', 'tls']).describe('socket: on the same machine')
        })
      )
      .describe('The gateway processes that are connected now'),
    mesh_addresses: z.array(z.string()).describe('Multiaddrs, each with the PeerId'),
    reach: z
      .object({
        direct: z.object({
          addresses: z.array(z.string()),
          reached: z.boolean().describe('Whether a connection has arrived there since the start')
        }),
        relays: z.array(
          z.object({
            peer_id: z.string(),
            address: z.string(),
            since: timestamp
              .nullable()
              .describe('The time since which others reach this node through it; null: not now'),
            why: z.string().describe('The reason if it is not reached through it; else empty')
          })
        ),
        relaying: z
          .object({ reservations: count, circuits: count })
          .nullable()
          .describe('The peers that are reached through this node, and their connections; null: it is no relay')
      })
      .describe('The paths by which others reach this node'),
    checks: readinessShape.shape.checks.describe('As in /ready'),
    sandbox: z.object({ engine: z.string(), grade: z.string(), languages: z.array(z.string()) }),
    catalogs: z.array(
      z.object({
        name: z.string(),
        epoch: z.string(),
        newer_epoch: z.string().nullable().describe('The epoch of changed files, which a steward has to accept'),
        note: z.string().describe('A problem for the operator, such as a database that does not answer; else empty')
      })
    ),
    federation: z.string().nullable().describe('The name of the federation; null without a charter'),
    members: z.array(
      z.object({
        peer_id: z.string(),
        institution: z.string(),
        connected: z.boolean(),
        self: z.boolean(),
        last_seen: timestamp.nullable().describe('Null: never connected'),
        clock_offset_ms: z
          .number()
          .nullable()
          .describe('How far its clock was ahead of this node’s at the last comparison; null: not compared')
      })
    ),
    clock: z.object({
      compared: count.describe('Peers whose clocks were compared'),
      differing: count.describe('The number of them whose clocks differ by more than half a minute'),
      own_off_ms: z
        .number()
        .nullable()
        .describe(
          'How far the clocks of most peers are ahead of this node’s; null: most agree, or too few were compared'
        )
    }),
    jobs: z.object({ queued: count, running: count }),
    waiting: z.object({
      requests: z.array(z.string()).describe('Ids of analysis requests that wait for a steward'),
      epochs: z.array(z.string()).describe('Catalogs whose newer epoch waits to be accepted'),
      statements: z
        .array(
          z.object({
            says: z.enum(['admit', 'revoke']),
            peer_id: z.string(),
            institution: z.string(),
            signatures: count,
            needed: count
          })
        )
        .describe('Statements about members that this node has not signed'),
      alerts: z
        .array(z.object({ kind: z.string(), count, latest_at: timestamp, actor: z.string(), detail: z.string() }))
        .describe('Since the start of the node, the latest of each kind')
    }),
    disk: z.array(
      z.object({
        what: z
          .string()
          .describe(
            'database; its parts: jobs, requests, results, audit, ledgers, answered, each “…, in database”; epochs; uploads; job files; sandbox; federation; free'
          ),
        bytes: count
      })
    ),
    retention: z
      .array(
        z.object({
          what: z.string().describe('results; jobs; requests; uploads; epochs; accounts (locked ones)'),
          days: count.nullable().describe('Age at which records are deleted; null: they are kept'),
          due: count.describe('The number of records that the next sweep deletes')
        })
      )
      .describe('Deleted within the hour; the deletion is recorded in the audit log'),
    usage: z
      .array(usageShape)
      .describe('The budgets that are partly or wholly used, except the information about variables')
  })
)
/** The status of a node. */
export type Status = Answered<typeof statusShape>
