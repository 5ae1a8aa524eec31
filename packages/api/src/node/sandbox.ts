/** The sandboxes of a node and their self-test. */
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

const engineShape = output(
  'SandboxEngine',
  z.object({
    engine: z.string(),
    grade: z.string().describe('From weak to strong: none, wasm, wasm+bwrap, docker, docker+gvisor'),
    holds: z.string().describe('The boundary between a program and the machine'),
    memory_mib: z.number().int(),
    wall_time_ms: z.number().int(),
    jobs_at_once: z.number().int(),
    languages: z.array(
      z.object({
        language: z.string(),
        image: z.string().describe('The image that runs scripts, with its digest, as in receipts'),
        waiting: z.number().int().describe('Started sandboxes that wait for a job'),
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
  here: z.boolean().describe('Whether its parts are installed; whether it works is known only after its first use'),
  how_to: z.string()
})

const progressShape = z.object({
  started_by: z.string(),
  started_at: timestamp,
  grade: z.string().describe('The grade of the engine that is attacked now; empty before the first'),
  done: z.number().int(),
  of: z.number().int(),
  failing: z.number().int().describe('Attacks so far whose outcome the grade does not admit')
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
      .describe('bounded: a limit, named in `by`, stopped the attack; unjudged: no verdict, which counts as open'),
    by: z.string().describe('The boundary that stopped the attack, or what the attack obtained'),
    admitted: z.boolean().describe('Whether the published grade of the engine admits this outcome')
  })
)
/** One attack on an engine, with its outcome. */
export type SandboxAttack = Answered<typeof attackShape>

const count = z.number().int()
const findingsShape = z.object({
  grade: z.string(),
  here: z.boolean().describe('False if the engine could not be started; the reason is in `why`'),
  why: z.string().nullable(),
  how_to: z.string().nullable(),
  clean: z.boolean().describe('Whether the engine keeps the promise of its grade'),
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
    clean: z.boolean().describe('Whether every engine keeps the promise of its grade'),
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
    others: z.array(otherShape).describe('The engines that are not in use'),
    self_test: z.object({
      possible: z.boolean().describe('False if no engine runs that could be tested'),
      next_in_ms: z.number().int().describe('Milliseconds until another test may begin'),
      running: progressShape.nullable(),
      failed_at: timestamp.nullable().describe('The time at which the last test ended without a report'),
      report: reportShape.nullable().describe('The report of the latest test')
    })
  })
)
/** The sandboxes of a node and the results of attacks on them. */
export type Sandboxes = Answered<typeof sandboxesShape>
