/** The sandboxes of a node and their self-test. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

const engineShape = output(
  'SandboxEngine',
  z.object({
    engine: z.string(),
    grade: z.string().describe('From weak to strong: none, wasm, wasm+bwrap, docker, docker+gvisor'),
    holds: z.string().describe('What stands between a program and the machine'),
    memory_mib: z.number().int(),
    wall_time_ms: z.number().int(),
    jobs_at_once: z.number().int(),
    languages: z.array(
      z.object({
        language: z.string(),
        image: z.string().describe('What runs it, with its digest, as receipts name it'),
        waiting: z.number().int().describe('Started, and waiting for a job'),
        waiting_max: z.number().int(),
        libraries: z.array(z.string()).describe('Top-level modules')
      })
    )
  })
)
/** A sandbox engine of a node. */
export type SandboxEngine = Answered<typeof engineShape>

const otherShape = z.object({
  grade: z.string(),
  holds: z.string(),
  here: z.boolean().describe('Its parts are on the machine; whether it works is known once it is used'),
  how_to: z.string()
})

const progressShape = z.object({
  started_by: z.string(),
  started_at: timestamp,
  grade: z.string().describe('Of the engine that is attacked now; empty before the first'),
  done: z.number().int(),
  of: z.number().int(),
  failing: z.number().int().describe('So far, attacks whose outcome the grade does not admit')
})
/** The progress of a self-test. */
export type SandboxProgress = Answered<typeof progressShape>

const attackShape = output(
  'SandboxAttack',
  z.object({
    id: z.string(),
    title: z.string(),
    tries: z.string(),
    language: z.string(),
    outcome: z
      .enum(['contained', 'bounded', 'open', 'unjudged'])
      .describe('bounded: as far as a limit, which `by` names; unjudged: no verdict, which is no better than open'),
    by: z.string().describe('What held it, or what it got'),
    admitted: z.boolean().describe('Whether the published grade of the engine admits that')
  })
)
/** One attack on an engine, with its outcome. */
export type SandboxAttack = Answered<typeof attackShape>

const count = z.number().int()
const findingsShape = z.object({
  grade: z.string(),
  here: z.boolean().describe('False: it could not be opened, and `why` says more'),
  why: z.string().nullable(),
  how_to: z.string().nullable(),
  clean: z.boolean().describe('It holds what its grade promises'),
  languages: z.array(z.string()),
  counts: z.object({ contained: count, bounded: count, open: count, unjudged: count }),
  left_behind: z.array(z.string()),
  attacks: z.array(attackShape)
})
/** The results of the attacks on one engine. */
export type SandboxFindings = Answered<typeof findingsShape>

const reportShape = output(
  'SandboxReport',
  z.object({
    started_by: z.string(),
    started_at: timestamp,
    ended_at: timestamp,
    version: z.string(),
    clean: z.boolean().describe('Every engine holds what its grade promises'),
    engines: z.array(findingsShape)
  })
)
/** The report of a finished self-test. */
export type SandboxReport = Answered<typeof reportShape>

/** The answer of GET /api/v1/sandboxes. */
export const sandboxesShape = output(
  'Sandboxes',
  z.object({
    configured: z.string().describe('auto, docker, wasm or none'),
    engines: z.array(engineShape),
    others: z.array(otherShape).describe('Engines that are not used'),
    self_test: z.object({
      possible: z.boolean().describe('False where nothing runs that could be tested'),
      next_in_ms: z.number().int().describe('Until another may begin'),
      running: progressShape.nullable(),
      failed_at: timestamp.nullable().describe('When the last one ended without a report'),
      report: reportShape.nullable().describe('Of the latest that ended')
    })
  })
)
/** The sandboxes of a node and the results of attacks on them. */
export type Sandboxes = Answered<typeof sandboxesShape>
