/** R for tests of the embedded sandbox, fetched with npm, as an operator would do. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addR } from '../src/index.ts'

/** A cache folder with R, or the reason why npm could not fetch R. The caller must remove the folder. */
export async function webrHere(): Promise<{ cacheDir: string; skip: string | false; remove(): Promise<void> }> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'stimnet-webr-'))
  const remove = () => rm(cacheDir, { recursive: true, force: true })
  try {
    await addR({ cacheDir, signal: AbortSignal.timeout(120_000) })
    return { cacheDir, skip: false, remove }
  } catch (error) {
    return { cacheDir, skip: `npm cannot fetch webR here: ${(error as Error).message}`, remove }
  }
}
