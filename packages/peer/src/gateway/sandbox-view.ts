/** The sandboxes of this peer and their self-test, for the gateway. */
import {
  isoOf,
  type SandboxEngine,
  type Sandboxes,
  type SandboxFindings,
  type SandboxProgress,
  type SandboxReport
} from '@stimnet/api'
import type { Account, GatewayPeer } from '@stimnet/gateway'
import { StimnetError } from '@stimnet/protocol'
import { type EngineFound, GRADE_HOLDS, type Sandbox } from '@stimnet/sandbox'
import { assertAuditor } from './audit-view.ts'
import type { PeerConfig } from '../config/config.ts'
import type { EngineFindings } from '../self-test/findings.ts'
import type { SelfTestProgress, SelfTests } from '../self-test/self-tests.ts'
import type { SelfTestReport } from '../self-test/store.ts'

/** Maximum number of libraries that are shown; a full image has some hundred. */
const LIBRARIES_MAX = 2_000

interface SandboxParts {
  readonly config: PeerConfig
  readonly sandbox: Sandbox | undefined
  readonly selfTests: SelfTests
  readonly around: readonly EngineFound[]
}

/** The methods for sandboxes: visible to stewards, auditors and operators; stewards and operators start a self-test. */
export function sandboxMethods(parts: SandboxParts): Pick<GatewayPeer, 'sandboxes' | 'testSandboxes'> {
  return {
    sandboxes: async (account) => {
      assertAuditor(account)
      return viewOf(parts)
    },
    testSandboxes: async (account) => {
      assertMayTest(account)
      const started = parts.selfTests.start(account.name)
      switch (started.is) {
        case 'started':
        case 'running':
          return { ok: true, view: await viewOf(parts) }
        case 'too-soon':
          return { ok: false, waitMs: started.waitMs }
        case 'nothing-to-test': {
          const reason = 'No programs run at this node in a sandbox that could be tested.'
          throw new StimnetError('NOT_FOUND', reason, { reason })
        }
      }
    }
  }
}

function assertMayTest(account: Account): void {
  if (account.roles.some((role) => role === 'steward' || role === 'operator')) return
  throw new StimnetError('NOT_PERMITTED', `${account.name} starts a self-test`)
}

async function viewOf({ config, sandbox, selfTests, around }: SandboxParts): Promise<Sandboxes> {
  const engines = sandbox ? [await engineOf(config, sandbox)] : []
  const used = new Set(engines.map(({ grade }) => grade))
  const { canTest, waitMs, progress, failedAtMs, report } = selfTests
  return {
    configured: config.sandbox.engine,
    engines,
    others: around
      .filter(({ grade }) => !used.has(grade))
      .map(({ grade, isHere, howTo }) => ({ grade, holds: GRADE_HOLDS[grade], here: isHere, how_to: howTo })),
    self_test: {
      possible: canTest,
      next_in_ms: progress ? 0 : Math.ceil(waitMs),
      running: progress ? progressOf(progress) : null,
      failed_at: failedAtMs === undefined ? null : isoOf(failedAtMs),
      report: report ? reportOf(report) : null
    }
  }
}

async function engineOf(config: PeerConfig, sandbox: Sandbox): Promise<SandboxEngine> {
  const { engine, grade, languages, image, libraries } = await sandbox.describe()
  return {
    engine,
    grade,
    holds: GRADE_HOLDS[grade],
    memory_mib: Math.floor(config.sandbox.memory_mib),
    wall_time_ms: config.sandbox.wall_time_ms,
    jobs_at_once: config.jobs.concurrency,
    languages: languages.map((language) => {
      const { waiting, waitingMax } = sandbox.pool(language)
      return {
        language,
        image: image(language),
        waiting,
        waiting_max: waitingMax,
        // Names that begin with an underscore are internal modules and are not shown.
        libraries: [...libraries(language)]
          .filter((name) => !name.startsWith('_'))
          .sort()
          .slice(0, LIBRARIES_MAX)
      }
    })
  }
}

function progressOf({ by, startedAtMs, ...progress }: SelfTestProgress): SandboxProgress {
  return { started_by: by, started_at: isoOf(startedAtMs), ...progress }
}

function reportOf({ by, startedAtMs, endedAtMs, version, isClean, engines }: SelfTestReport): SandboxReport {
  const times = { started_at: isoOf(startedAtMs), ended_at: isoOf(endedAtMs) }
  return { started_by: by, ...times, version, clean: isClean, engines: engines.map(findingsOf) }
}

function findingsOf(found: EngineFindings): SandboxFindings {
  const { grade } = found
  if (!found.isHere) {
    const counts = { contained: 0, bounded: 0, open: 0, unjudged: 0 }
    const nothing = { clean: false, languages: [], counts, left_behind: [], attacks: [] }
    return { grade, here: false, why: found.why, how_to: found.howTo, ...nothing }
  }
  const { isClean, languages, counts, left, results } = found
  return {
    grade,
    here: true,
    why: null,
    how_to: null,
    clean: isClean,
    languages,
    counts,
    left_behind: left,
    attacks: results.map(({ isAdmitted, ...attack }) => ({ ...attack, admitted: isAdmitted }))
  }
}
