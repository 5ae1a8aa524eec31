/** The sandboxes of this peer and their self-test, for the gateway. */
import type { Account, GatewayPeer, SandboxEngineView, SandboxesView } from '@stimnet/gateway'
import { StimnetError } from '@stimnet/protocol'
import { type EngineFound, GRADE_HOLDS, type Sandbox } from '@stimnet/sandbox'
import { assertAuditor } from './audit-view.ts'
import type { PeerConfig } from '../config/config.ts'
import type { SelfTests } from '../self-test/self-tests.ts'

/** Libraries shown at most; a full image has some hundred. */
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

async function viewOf({ config, sandbox, selfTests, around }: SandboxParts): Promise<SandboxesView> {
  const engines = sandbox ? [await engineView(config, sandbox)] : []
  const used = new Set(engines.map(({ grade }) => grade))
  return {
    configured: config.sandbox.engine,
    engines,
    others: around
      .filter(({ grade }) => !used.has(grade))
      .map(({ grade, isHere, howTo }) => ({ grade, isHere, howTo, holds: GRADE_HOLDS[grade] })),
    canTest: selfTests.canTest,
    waitMs: selfTests.progress ? 0 : selfTests.waitMs,
    running: selfTests.progress ?? null,
    failedAtMs: selfTests.failedAtMs ?? null,
    report: selfTests.report ?? null
  }
}

async function engineView(config: PeerConfig, sandbox: Sandbox): Promise<SandboxEngineView> {
  const { engine, grade, languages, image, libraries } = await sandbox.describe()
  return {
    ...{ engine, grade, holds: GRADE_HOLDS[grade] },
    memoryBytesMax: config.sandbox.memory_mib * 1024 * 1024,
    wallTimeMsMax: config.sandbox.wall_time_ms,
    jobsMax: config.jobs.concurrency,
    languages: languages.map((language) => ({
      ...{ language, image: image(language), ...sandbox.pool(language) },
      // Names that begin with an underscore are internal modules and not shown.
      libraries: [...libraries(language)]
        .filter((name) => !name.startsWith('_'))
        .sort()
        .slice(0, LIBRARIES_MAX)
    }))
  }
}
