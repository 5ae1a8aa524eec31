/** Which sandbox a node opens, and which of two holds more strongly. */
import { StimnetError } from '@stimnet/protocol'
import { type DockerSettings, openDockerSandbox } from './docker/open.ts'
import type { Sandbox, SandboxGrade } from './sandbox.ts'
import { openWasmSandbox, type WasmSettings } from './wasm/open.ts'

/** Every grade, each holding more strongly than the one before. */
export const SANDBOX_GRADES = [
  'none',
  'wasm',
  'wasm+bwrap',
  'docker',
  'docker+gvisor'
] as const satisfies readonly SandboxGrade[]

/** Its place among the grades: 0 is `none`; a higher one holds more strongly. */
export function gradeRank(grade: SandboxGrade): number {
  return SANDBOX_GRADES.indexOf(grade)
}

/** Whether a sandbox of this grade is at least as strong as the weakest that is allowed. */
export function meetsGrade(grade: SandboxGrade, options: { readonly gradeMin: SandboxGrade }): boolean {
  return gradeRank(grade) >= gradeRank(options.gradeMin)
}

/** What both engines are told in the same words. */
type SharedSettings = Pick<
  DockerSettings,
  'poolSize' | 'warmFrom' | 'memoryBytesMax' | 'wallTimeMsMax' | 'runsMax' | 'waitMsMax' | 'clock'
>

/** The engine, or how one is chosen, and what each needs. */
export interface SandboxSettings extends SharedSettings {
  /**
   * `auto`: Docker where an engine answers and an image is there, else WASM, inside bubblewrap where that works. Who names a
   * runtime for Docker gets that or nothing.
   */
  readonly engine: 'auto' | 'docker' | 'wasm'
  readonly docker: Omit<DockerSettings, keyof SharedSettings>
  readonly wasm: Omit<WasmSettings, keyof SharedSettings>
}

/** A sandbox and why it is this one, in words for the node's own log. */
export interface SelectedSandbox {
  readonly sandbox: Sandbox
  readonly reason: string
}

/** Opens the sandbox that is asked for, or the strongest that is here. Throws SANDBOX_UNAVAILABLE. */
export async function openSandbox(settings: SandboxSettings): Promise<SelectedSandbox> {
  const { engine, docker, wasm, ...shared } = settings
  if (engine === 'wasm') return { sandbox: await openWasmSandbox({ ...shared, ...wasm }), reason: 'as configured' }
  if (engine === 'docker')
    return { sandbox: await openDockerSandbox({ ...shared, ...docker }), reason: 'as configured' }
  const why = await openOr(() => openDockerSandbox({ ...shared, ...docker }), docker.runtime !== undefined)
  if (typeof why !== 'string') return { sandbox: why, reason: 'Docker answers and has an image' }
  const sandbox = await openWasmSandbox({ ...shared, ...wasm })
  const { grade } = await sandbox.describe()
  const wall =
    grade === 'wasm' ? 'without bubblewrap, which is not installed or may not start here' : 'inside bubblewrap'
  return { sandbox, reason: `no Docker (${why}): WASM ${wall}` }
}

/** What it opens, or why that cannot be had here, where something else will do. */
async function openOr(open: () => Promise<Sandbox>, isRequired: boolean): Promise<Sandbox | string> {
  try {
    return await open()
  } catch (error) {
    if (isRequired || !(error instanceof StimnetError) || error.code !== 'SANDBOX_UNAVAILABLE') throw error
    const { cause } = error
    return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
  }
}
