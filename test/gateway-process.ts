/** A gateway process in front of a peer, as an institution runs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { until } from './mesh.ts'

const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts')

/** A running gateway process. */
export interface GatewayProcess {
  readonly process: ChildProcess
  readonly url: string
  readonly port: number
  /** Standard output so far. */
  out(): string
  /** Sends a signal and waits for the end of the process. Returns its exit code. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
}

/** Runs `stimnet gateway` with a configuration. Resolves when it listens, whether or not its peer is there. */
export async function spawnGateway(
  t: { after(fn: () => unknown): void },
  folder: string,
  config: Readonly<Record<string, unknown>>,
  port = 0
): Promise<GatewayProcess> {
  const file = join(folder, 'gateway.yaml')
  await writeFile(file, stringify({ log: { level: 'warn' }, ...config }))
  const { NODE_COMPILE_CACHE: cache } = process.env
  const child = spawn(process.execPath, [MAIN, 'gateway', '--config', file, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) }
  })
  const exited = once(child, 'exit')
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
    return child.exitCode
  }
  t.after(() => end('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-8_000)
  })
  const url = () => /^Gateway +(.*)$/m.exec(out)?.[1]
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}: ${err}`)
    return url() !== undefined
  }, 'a gateway listens')
  const at = url() ?? ''
  return { process: child, url: at, port: Number(new URL(at).port), out: () => out, end }
}
