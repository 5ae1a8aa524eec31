/** Temporary folders for rows of the benchmark. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from './row.ts'

/** Creates a temporary folder that is removed after the row. */
export async function scratchFolder(context: Context): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-bench-'))
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
