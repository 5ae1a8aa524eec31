/** What of Docker can be tested here: an engine that answers, its runtimes, and the images. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Engine, OWNER_LABEL } from '../src/docker/engine.ts'
import { type DockerSettings, openDockerSandbox, type Sandbox } from '../src/index.ts'
import type { ContractPrograms } from './contract.ts'

export const SOCKET = '/var/run/docker.sock'

/** Debian's packages come over the network: a slow line is no failed test, ms. */
const BUILD_MS_MAX = 90_000

/** `minimal` is Python alone, made when it is missing; the others are large, and tested where they have been built. */
export type TestImage = 'minimal' | 'python' | 'r'

export interface DockerHere {
  /** Why nothing can be tested; false where it can. */
  readonly skip: string | false
  readonly engine: Engine | undefined
  /** Id of the image. */
  readonly image: string
  /** This test's own name on the engine. */
  readonly owner: string
  open(more?: Partial<DockerSettings>): Promise<Sandbox>
  /** How many containers an owner has; default: this test's own. */
  containersOf(owner?: string): Promise<number>
}

/** Looks for an engine with this runtime, and for the image. */
export async function dockerHere(which: TestImage, runtime?: 'runsc'): Promise<DockerHere> {
  const engine = await engineHere(runtime)
  const image = engine ? ((await imageHere(which, engine)) ?? '') : ''
  const owner = `test-${randomUUID()}`
  const kind = which === 'r' ? 'r' : 'python'
  return {
    skip: engine
      ? image === ''
        ? MISSING[which]
        : false
      : `no Docker engine answers here${runtime ? ` that has ${runtime}` : ''}`,
    engine,
    image,
    owner,
    open: (more = {}) =>
      openDockerSandbox({ images: { [kind]: image }, owner, poolSize: 0, ...(runtime ? { runtime } : {}), ...more }),
    containersOf: async (name = owner) => (await engine?.containers(OWNER_LABEL, name))?.length ?? 0
  }
}

const MISSING: Readonly<Record<TestImage, string>> = {
  minimal: 'the image of Python alone cannot be made here',
  python: 'the image stimnet-python is not built here: npm run images',
  r: 'the image stimnet-r is not built here: npm run images'
}

async function engineHere(runtime?: 'runsc'): Promise<Engine | undefined> {
  try {
    return await Engine.connect({ socketPath: SOCKET, ...(runtime ? { runtime } : {}) })
  } catch {
    // No Docker, or one without it: the tests that need it say so.
    return undefined
  }
}

/** The id of the image built from the present sources; undefined where it cannot be had. */
async function imageHere(which: TestImage, engine: Engine): Promise<string | undefined> {
  const script = fileURLToPath(new URL('../../../scripts/images.ts', import.meta.url))
  try {
    if (which !== 'minimal' && !(await isThere(engine, which))) return undefined
    const words = which === 'minimal' ? ['--minimal'] : ['--only', which]
    const built = await promisify(execFile)(process.execPath, [script, ...words], { timeout: BUILD_MS_MAX })
    return built.stdout.trim().split('@')[1]
  } catch {
    // Neither a registry nor debootstrap, or no patience.
    return undefined
  }
}

/** Built here once: one of other sources counts, since it is built anew from the present ones. */
async function isThere(engine: Engine, kind: 'python' | 'r'): Promise<boolean> {
  return engine.imageId(`stimnet-${kind}`, kind).then(
    (id) => id !== undefined,
    () => true
  )
}

/** The contract's programs as Python. */
export const PYTHON_PROGRAMS: ContractPrograms = {
  answers: 'result = {"n": 3}',
  fails: 'raise ValueError("of its own")',
  neverEnds: 'while True:\n  pass',
  leavesNothing: 'x = 1',
  leavesNoJson: 'import os\nopen(os.environ["OUTPUT_FILE"], "w").write(\'{"n": NaN}\')',
  answersTooMuch: 'result = "x" * 100_000',
  printsTooMuch: 'while True:\n  print("x" * 1000)',
  prints: 'print("printed by the program")\nresult = {"n": 3}'
}
