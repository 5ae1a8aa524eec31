/** Whether Docker sandboxes can be tested here: an engine answers, and the small image is there or can be made soon. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Engine } from '../src/docker/engine.ts'

export const SOCKET = '/var/run/docker.sock'

/** Debian's packages come over the network: a slow line is no failed test, ms. */
const BUILD_MS_MAX = 90_000

/** An engine that answers, with this runtime; undefined for none. */
export async function engineHere(runtime?: 'runsc'): Promise<Engine | undefined> {
  try {
    return await Engine.connect({ socketPath: SOCKET, ...(runtime ? { runtime } : {}) })
  } catch {
    // No Docker, or one without it: the tests that need it say so.
    return undefined
  }
}

/** The name of the image of Python alone, built from the present sources; undefined where it cannot be. */
export async function minimalImage(): Promise<string | undefined> {
  const script = fileURLToPath(new URL('../../../scripts/images.ts', import.meta.url))
  try {
    const built = await promisify(execFile)(process.execPath, [script, '--minimal'], { timeout: BUILD_MS_MAX })
    return built.stdout.trim().split('@')[1]
  } catch {
    // Neither a registry nor debootstrap, or no patience.
    return undefined
  }
}
