/** The sandboxes of a node and their self-test, as answered. */
import { z } from 'zod'
import type { EngineFindingsView, SandboxEngineView, SandboxesView, SelfTestView } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'

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
        libraries: z.array(z.string())
      })
    )
  })
)

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

const attackShape = output(
  'SandboxAttack',
  z.object({
    id: z.string(),
    title: z.string(),
    tries: z.string(),
    language: z.string(),
    outcome: z.enum(['contained', 'bounded', 'open', 'unjudged']),
    by: z.string().describe('What held it, or what it got'),
    admitted: z.boolean().describe('Whether the published grade of the engine admits that')
  })
)

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

/** Everything of the page. */
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

/** For the wire. */
export function sandboxesOf(view: SandboxesView): z.output<typeof sandboxesShape> {
  const { configured, engines, others, canTest, waitMs, running, failedAtMs, report } = view
  return {
    configured,
    engines: engines.map(engineOf),
    others: others.map(({ grade, holds, isHere, howTo }) => ({ grade, holds, here: isHere, how_to: howTo })),
    self_test: {
      possible: canTest,
      next_in_ms: Math.ceil(waitMs),
      running: running && progressOf(running),
      failed_at: failedAtMs === null ? null : isoOf(failedAtMs),
      report: report && reportOf(report)
    }
  }
}

function engineOf(view: SandboxEngineView): z.output<typeof engineShape> {
  const { engine, grade, holds, memoryBytesMax, wallTimeMsMax, jobsMax, languages } = view
  return {
    ...{ engine, grade, holds, wall_time_ms: wallTimeMsMax, jobs_at_once: jobsMax },
    memory_mib: Math.floor(memoryBytesMax / 2 ** 20),
    languages: languages.map(({ language, image, waiting, waitingMax, libraries }) => ({
      ...{ language, image, waiting, waiting_max: waitingMax, libraries: [...libraries] }
    }))
  }
}

function progressOf(running: NonNullable<SandboxesView['running']>): z.output<typeof progressShape> {
  const { by, startedAtMs, grade, done, of, failing } = running
  return { started_by: by, started_at: isoOf(startedAtMs), grade, done, of, failing }
}

function reportOf({ by, startedAtMs, endedAtMs, version, isClean, engines }: SelfTestView) {
  const times = { started_at: isoOf(startedAtMs), ended_at: isoOf(endedAtMs) }
  return { started_by: by, ...times, version, clean: isClean, engines: engines.map(engineFindingsOf) }
}

function engineFindingsOf(found: EngineFindingsView): z.output<typeof findingsShape> {
  const { grade } = found
  if (!found.isHere) {
    const counts = { contained: 0, bounded: 0, open: 0, unjudged: 0 }
    const nothing = { clean: false, languages: [], counts, left_behind: [], attacks: [] }
    return { grade, here: false, why: found.why, how_to: found.howTo, ...nothing }
  }
  return {
    ...{ grade, here: true, why: null, how_to: null, clean: found.isClean },
    ...{ languages: [...found.languages], counts: found.counts, left_behind: [...found.left] },
    attacks: found.results.map(({ isAdmitted, ...attack }) => ({ ...attack, admitted: isAdmitted }))
  }
}
