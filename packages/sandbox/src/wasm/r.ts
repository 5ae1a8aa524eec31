/** The R interpreter: webR, if the operator has added it (`stimnet sandbox add r`). */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { ADDONS } from './addons/addons.ts'
import type { Installation } from './deno.ts'
import { hashOf, type Interpreter } from './interpreter.ts'
import { sha256Of } from './addons/wheels.ts'

/** The packages in webR's R: the packages of base R that work without processes. */
const LIBRARIES = [
  ...[
    'base',
    'compiler',
    'datasets',
    'grDevices',
    'graphics',
    'grid',
    'methods',
    'splines',
    'stats',
    'stats4',
    'tools'
  ],
  'utils'
]

/** The name of the file that marks a complete folder. This file is written last. */
export const COMPLETE = 'complete.json'

/** The folder of webR's pinned version. Other versions have other folders and are ignored. */
export function webrDirectory(cacheDir: string): string {
  return join(resolve(cacheDir), `webr-${ADDONS.webr.version}`)
}

/**
 * The R interpreter; undefined if R was not added to this folder. Throws SANDBOX_UNAVAILABLE if the folder's contents are not as expected.
 */
export async function rInterpreter(installation: Installation, cacheDir: string): Promise<Interpreter | undefined> {
  const directory = webrDirectory(cacheDir)
  let complete: unknown
  try {
    complete = JSON.parse(await readFile(join(directory, COMPLETE), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StimnetError('SANDBOX_UNAVAILABLE', `reading ${directory}`, { cause: error })
  }
  const { integrity, version, contents } = ADDONS.webr
  if ((complete as { integrity?: unknown } | null)?.integrity !== integrity) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `another webR than the one in the lock in ${directory}`)
  }
  if ((await contentsOf(directory)) !== contents) {
    const advice = `${directory} is not what was added: remove the folder, then stimnet sandbox add r`
    throw new StimnetError('SANDBOX_UNAVAILABLE', advice)
  }
  const { deno, denoVersion, runnerDirectory } = installation
  const scripts = (await readdir(runnerDirectory)).filter((name) => name.endsWith('.R') || name.endsWith('.js')).sort()
  return {
    languages: ['r'],
    libraries: new Set(LIBRARIES),
    name: `webr@${version}`,
    hash: await hashOf(
      [`deno ${denoVersion} webr ${version} ${integrity}`],
      scripts.map((name) => join(runnerDirectory, name))
    ),
    parts: { deno, runner: runnerDirectory, webr: join(directory, 'dist') },
    start: (parts, { warmth }) => ({ script: 'r.js', args: [parts.webr ?? '', warmth] }),
    wheels: new Map()
  }
}

/** SHA-256 over all files of the folder except COMPLETE, in the order of their paths, in hexadecimal. */
export async function contentsOf(directory: string): Promise<string> {
  const hash = createHash('sha256')
  const paths = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)).replaceAll('\\', '/'))
    .filter((path) => path !== COMPLETE)
  for (const path of paths.sort()) hash.update(`${path}\n${sha256Of(await readFile(join(directory, path)))}\n`)
  return hash.digest('hex')
}
