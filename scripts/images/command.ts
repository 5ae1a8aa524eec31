/** Runs a command of the machine to its end, within a time. */
import { spawn } from 'node:child_process'

/** A build fetches packages over the network, ms. */
const COMMAND_MS_MAX = 20 * 60_000

/** Of what a command says, the end is kept, characters: that is where it says why it failed. */
const OUTPUT_CHARACTERS_MAX = 4_000

/** What it said at the end, and whether it went well. */
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

/** Calls Docker, which must succeed. */
export async function docker(args: readonly string[]): Promise<string> {
  const { ok, output } = await attempt('docker', args)
  if (!ok) throw new Error(`docker ${args[0]}\n${output}`)
  return output.trim()
}

/** The id of an image, which names its content; undefined where there is none. */
export async function idOf(image: string): Promise<string | undefined> {
  const { ok, output } = await attempt('docker', ['image', 'inspect', '--format', '{{.Id}}', image])
  return ok ? output.trim() : undefined
}
