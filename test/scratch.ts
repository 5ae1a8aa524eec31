/** Temporary folders and free ports for tests, and their clean-up. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'

/** Where clean-up is registered: at a test, at `{ after }` for all tests of a file, or at a row of the benchmark. */
export interface Ending {
  after(fn: () => unknown): void
}

/** The end of a suite, for the parts that its `before` opens: the last opened part is closed first. Call it in the suite. */
export function atEnd(): Ending {
  const opened: (() => unknown)[] = []
  after(async () => {
    for (const close of opened.reverse()) await close()
  })
  return { after: (close) => void opened.push(close) }
}

/** A temporary folder that is removed at the end. */
export async function scratchFolder(t: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A temporary folder with these files, which may be in subfolders. */
export async function folderWith(t: Ending, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await scratchFolder(t)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
