/** The sandboxes of a node and their self-test for the wire. */
import type { Sandboxes, SandboxEngine, SandboxFindings, SandboxProgress, SandboxReport } from '@stimnet/api'
import type { EngineFindingsView, SandboxEngineView, SandboxesView, SelfTestView } from '../peer.ts'
import { isoOf } from './time.ts'

/** For the wire. */
export function sandboxesOf(view: SandboxesView): Sandboxes {
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

function engineOf(view: SandboxEngineView): SandboxEngine {
  const { engine, grade, holds, memoryBytesMax, wallTimeMsMax, jobsMax, languages } = view
  return {
    ...{ engine, grade, holds, wall_time_ms: wallTimeMsMax, jobs_at_once: jobsMax },
    memory_mib: Math.floor(memoryBytesMax / 2 ** 20),
    languages: languages.map(({ language, image, waiting, waitingMax, libraries }) => ({
      ...{ language, image, waiting, waiting_max: waitingMax, libraries }
    }))
  }
}

function progressOf(running: NonNullable<SandboxesView['running']>): SandboxProgress {
  const { by, startedAtMs, grade, done, of, failing } = running
  return { started_by: by, started_at: isoOf(startedAtMs), grade, done, of, failing }
}

function reportOf({ by, startedAtMs, endedAtMs, version, isClean, engines }: SelfTestView): SandboxReport {
  const times = { started_at: isoOf(startedAtMs), ended_at: isoOf(endedAtMs) }
  return { started_by: by, ...times, version, clean: isClean, engines: engines.map(engineFindingsOf) }
}

function engineFindingsOf(found: EngineFindingsView): SandboxFindings {
  const { grade } = found
  if (!found.isHere) {
    const counts = { contained: 0, bounded: 0, open: 0, unjudged: 0 }
    const nothing = { clean: false, languages: [], counts, left_behind: [], attacks: [] }
    return { grade, here: false, why: found.why, how_to: found.howTo, ...nothing }
  }
  return {
    ...{ grade, here: true, why: null, how_to: null, clean: found.isClean },
    ...{ languages: found.languages, counts: found.counts, left_behind: found.left },
    attacks: found.results.map(({ isAdmitted, ...attack }) => ({ ...attack, admitted: isAdmitted }))
  }
}
