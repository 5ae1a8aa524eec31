/** Selection of a node's sandbox. */
import { StimnetError, systemClock } from '@stimnet/protocol'
import { type DockerHost, type DockerSettings, openDockerSandbox } from './docker/open.ts'
import type { Sandbox } from './sandbox.ts'
import { openSeveral, type SeveralSettings } from './several.ts'
import { openWasmSandbox, type WasmSettings } from './wasm/open.ts'

/** Settings that both engines have. */
type SharedSettings = Pick<
  DockerSettings,
  'poolSize' | 'warmFrom' | 'memoryBytesMax' | 'wallTimeMsMax' | 'runsMax' | 'waitMsMax' | 'clock'
>

/** Settings for choosing and opening an engine. */
export interface SandboxSettings extends SharedSettings {
  /**
   * `auto`: Docker if an engine answers and has an image; otherwise WASM, inside bubblewrap if that works. If a Docker runtime is
   * configured, WASM is not used as a fallback.
   */
  readonly engine: 'auto' | 'docker' | 'wasm'
  readonly docker: Omit<DockerSettings, keyof SharedSettings> & {
    /** Several engines that are used as one, in place of `socketPath` and `remote`. */
    readonly hosts?: readonly DockerHost[]
  }
  /** Called when one of several engines does not answer. */
  readonly onAway?: SeveralSettings['onAway']
  readonly wasm: Omit<WasmSettings, keyof SharedSettings>
}

/** A sandbox with the reason why it was chosen, for the node's own log. */
export interface SelectedSandbox {
  readonly sandbox: Sandbox
  readonly reason: string
}

/** Opens the configured sandbox, or with `auto` the strongest one that is available. Throws SANDBOX_UNAVAILABLE. */
export async function openSandbox(settings: SandboxSettings): Promise<SelectedSandbox> {
  const { engine, docker, wasm, onAway, ...shared } = settings
  const open = () => openDocker({ ...shared, ...docker }, onAway)
  if (engine === 'wasm') return { sandbox: await openWasmSandbox({ ...shared, ...wasm }), reason: 'as configured' }
  if (engine === 'docker') return { sandbox: await open(), reason: 'as configured' }
  const why = await openOr(open, docker.runtime !== undefined || docker.hosts !== undefined)
  if (typeof why !== 'string') return { sandbox: why, reason: 'Docker answers and has an image' }
  const sandbox = await openWasmSandbox({ ...shared, ...wasm })
  const { grade } = await sandbox.describe()
  const wall =
    grade === 'wasm' ? 'without bubblewrap, which is not installed or may not start here' : 'inside bubblewrap'
  return { sandbox, reason: `no Docker (${why}): WASM ${wall}` }
}

/** Opens the Docker engine, or all of several as one sandbox. */
async function openDocker(
  { hosts, ...settings }: DockerSettings & SandboxSettings['docker'],
  onAway: SeveralSettings['onAway']
): Promise<Sandbox> {
  if (hosts === undefined) return openDockerSandbox(settings)
  const engines = hosts.map((host) => ({
    name: host.remote ? `${host.remote.host}:${host.remote.port}` : (host.socketPath ?? 'the usual socket'),
    open: () => openDockerSandbox({ ...settings, ...host })
  }))
  return openSeveral({
    hosts: engines,
    clock: settings.clock ?? systemClock,
    ...(onAway ? { onAway } : {})
  })
}

/** Opens a sandbox. If it is unavailable: throws if it is required, otherwise returns the reason. */
async function openOr(open: () => Promise<Sandbox>, isRequired: boolean): Promise<Sandbox | string> {
  try {
    return await open()
  } catch (error) {
    if (isRequired || !(error instanceof StimnetError) || error.code !== 'SANDBOX_UNAVAILABLE') throw error
    const { cause } = error
    return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
  }
}
