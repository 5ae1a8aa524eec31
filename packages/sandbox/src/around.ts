/** A cheap check for the sandbox engines of this machine. It looks for files and starts nothing. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { codeOf } from '@stimnet/protocol'
import { ATTACKABLE_ENGINES, type EngineGrade } from './attacks/engines.ts'
import { findInstallation } from './wasm/deno.ts'

/** An engine, and whether its files are on this machine. Only opening it shows whether it works. */
export interface EngineFound {
  readonly grade: EngineGrade
  readonly isHere: boolean
  /** Instructions for installing the engine. */
  readonly howTo: string
}

/** All engines, the weakest first. `path` lists the folders to search for programs, in the format of PATH. */
export async function enginesAround(options: {
  readonly path: string
  readonly socketPath?: string | undefined
}): Promise<readonly EngineFound[]> {
  const { socketPath = '/var/run/docker.sock' } = options
  const [wall, socket, gvisor] = await Promise.all([
    programIn('bwrap', options.path),
    isThere(socketPath, constants.W_OK),
    programIn('runsc', options.path)
  ])
  const embedded = isInstalled()
  const isHere = { wasm: embedded, 'wasm+bwrap': embedded && wall, docker: socket, 'docker+gvisor': socket && gvisor }
  return ATTACKABLE_ENGINES.map(({ grade, howTo }) => ({ grade, isHere: isHere[grade], howTo }))
}

function isInstalled(): boolean {
  try {
    findInstallation()
    return true
  } catch (error) {
    if (codeOf(error) === 'SANDBOX_UNAVAILABLE') return false
    throw error
  }
}

async function programIn(name: string, path: string): Promise<boolean> {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, name), constants.X_OK)))
  return found.includes(true)
}

function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false
  )
}
