/** A fake sandbox for the tests of other packages. It runs nothing and returns prepared answers. */
import { type Clock, systemClock } from '@stimnet/protocol'
import { runBounded } from './bounded.ts'
import type { Sandbox, SandboxFailure, SandboxJob, SandboxLanguage } from './sandbox.ts'

/** The outcome of a fake program: its JSON result or the code of its failure. `log` is the printed text. */
export type FakeAnswer =
  | { readonly result: string; readonly log?: string }
  | { readonly code: SandboxFailure; readonly log?: string }

/** The behaviour of the fake. */
export interface FakeBehaviour {
  /** Called once per job. A thrown error becomes PROGRAM_FAILED. A promise that never settles ends at the wall time limit. */
  answer(job: SandboxJob, signal: AbortSignal): FakeAnswer | Promise<FakeAnswer>
  /** Default: python and jupyter. */
  readonly languages?: readonly SandboxLanguage[]
  /** Default: csv, data_loader, json, math, os, statistics, stimnet. */
  readonly libraries?: readonly string[]
  /** The name of the image in receipts. Default: fake. */
  readonly image?: string
  /** Whether the engine answers. Default: true. */
  readonly isAvailable?: () => boolean
  /** The clock for the wall time. Default: the system's clock. */
  readonly clock?: Clock
}

const LIBRARIES = ['csv', 'data_loader', 'json', 'math', 'os', 'statistics', 'stimnet']

/** A sandbox that runs no program. Its deadline, its bounds on output and its cancellation are the real ones. */
export function fakeSandbox(behaviour: FakeBehaviour): Sandbox {
  const languages = behaviour.languages ?? ['python', 'jupyter']
  const libraries = new Set(behaviour.libraries ?? LIBRARIES)
  const closing = new AbortController()
  return {
    engine: 'fake',
    describe: async () => ({
      engine: 'fake',
      grade: 'none',
      languages,
      image: () => behaviour.image ?? 'fake',
      libraries: (language) => (languages.includes(language) ? libraries : new Set())
    }),
    pool: () => ({ waitingMax: 0, waiting: 0 }),
    isAvailable: async () => behaviour.isAvailable?.() ?? true,
    run: (job, limits, signal) => {
      const any = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])])
      const isClosed = closing.signal.aborted
      const context = { limits, signal: isClosed ? undefined : any, clock: behaviour.clock ?? systemClock }
      return runBounded(context, async (bounds) => {
        const isAway = behaviour.isAvailable?.() === false
        if (isClosed || isAway) return { end: 'failed', code: 'SANDBOX_UNAVAILABLE' }
        const answer = await ask(behaviour, job, bounds.signal)
        bounds.printed(Buffer.from(answer.log ?? ''))
        return 'code' in answer
          ? { end: 'failed', code: answer.code }
          : { end: 'result', bytes: Buffer.from(answer.result) }
      })
    },
    close: async () => closing.abort()
  }
}

async function ask(behaviour: FakeBehaviour, job: SandboxJob, signal: AbortSignal): Promise<FakeAnswer> {
  const ended = Promise.withResolvers<FakeAnswer>()
  const end = () => ended.resolve({ code: 'CANCELLED' })
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([behaviour.answer(job, signal), ended.promise])
  } catch (error) {
    return { code: 'PROGRAM_FAILED', log: String(error) }
  } finally {
    signal.removeEventListener('abort', end)
  }
}
