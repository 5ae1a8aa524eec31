/** Execution of external commands with a time limit. */
import { spawn } from 'node:child_process'

/** Maximum duration of a command, ms. A build fetches packages over the network. */
const COMMAND_MS_MAX = 20 * 60_000

/** Maximum number of characters kept of a command's output. The end is kept, because it contains the reason of a failure. */
const OUTPUT_CHARACTERS_MAX = 4_000

/** Runs a command. Returns whether it succeeded, and the end of its output. */
export async function attempt(
  command: string,
  args: readonly string[],
  options: { readonly msMax?: number; readonly env?: NodeJS.ProcessEnv } = {}
): Promise<{ ok: boolean; output: string }> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.msMax ?? COMMAND_MS_MAX,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...options.env }
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-OUTPUT_CHARACTERS_MAX)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ok = await new Promise<boolean>((resolve) => {
    child.once('error', (error) => {
      output += String(error)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
  return { ok, output }
}

/** Calls Docker and returns its output. Throws if it fails. */
export async function docker(args: readonly string[]): Promise<string> {
  const { ok, output } = await attempt('docker', args)
  if (!ok) throw new Error(`docker ${args[0]}\n${output}`)
  return output.trim()
}

/** The id of an image, which identifies its contents; undefined if there is no such image. */
export async function idOf(image: string): Promise<string | undefined> {
  const { ok, output } = await attempt('docker', ['image', 'inspect', '--format', '{{.Id}}', image])
  return ok ? output.trim() : undefined
}
