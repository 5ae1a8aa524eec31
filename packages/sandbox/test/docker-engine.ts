/** Docker in tests: an engine that answers, its runtimes, and the images. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Engine, OWNER_LABEL } from '../src/docker/engine.ts'
import { type DockerSettings, openDockerSandbox, type Sandbox } from '../src/index.ts'
import type { ContractPrograms } from './contract.ts'

export const SOCKET = '/var/run/docker.sock'

/** Maximum build time of an image, ms. Debian's packages are downloaded; a slow connection must not fail a test. */
const BUILD_MS_MAX = 90_000

/** `minimal` is Python without libraries and is built if it is missing. The other images are large and must exist already. */
export type TestImage = 'minimal' | 'python' | 'r'

export interface DockerHere {
  /** The reason why nothing can be tested; false if tests can run. */
  readonly skip: string | false
  readonly engine: Engine | undefined
  /** Id of the image. */
  readonly image: string
  /** The owner label of this test's containers. */
  readonly owner: string
  open(more?: Partial<DockerSettings>): Promise<Sandbox>
  /** Number of an owner's containers. Default: of this test. */
  containersOf(owner?: string): Promise<number>
}

/** Searches for an engine with this runtime and for the image. */
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
    // There is no Docker, or no such runtime. Tests that need it are skipped, with a reason.
    return undefined
  }
}

/** The id of the image for the current sources; undefined if it cannot be built. */
async function imageHere(which: TestImage, engine: Engine): Promise<string | undefined> {
  const script = fileURLToPath(new URL('../../../scripts/images.ts', import.meta.url))
  try {
    if (which !== 'minimal' && !(await isThere(engine, which))) return undefined
    const words = which === 'minimal' ? ['--minimal'] : ['--only', which]
    const built = await promisify(execFile)(process.execPath, [script, ...words], { timeout: BUILD_MS_MAX })
    return built.stdout.trim().split('@')[1]
  } catch {
    // There is no registry and no debootstrap, or the build took too long.
    return undefined
  }
}

/** Whether an image of this kind was built here before, from any sources. If so, it is built again from the current sources. */
async function isThere(engine: Engine, kind: 'python' | 'r'): Promise<boolean> {
  return engine.imageId(`stimnet-${kind}`, kind).then(
    (id) => id !== undefined,
    () => true
  )
}

/** The contract's programs in Python. */
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
