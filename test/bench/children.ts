/** Child processes for servers, so that they share no thread with the process that measures. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Context } from './row.ts'

/** The message of `serving-peer.ts` when it serves. */
export interface ServingPeer {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly gatewayUrl: string
  readonly pid: number
}

/** Starts a peer with `configFile` in a process of its own. It also serves `echoExchange`. */
export function startServingPeer(context: Context, configFile: string): Promise<ServingPeer> {
  return startChild(context, 'serving-peer.ts', [configFile])
}

/** Starts the bare Hono server. */
export function startBareServer(context: Context): Promise<{ url: string }> {
  return startChild(context, 'bare-server.ts', [])
}

/** Starts a child and resolves with its first message. The child ends when this process disconnects from it. */
async function startChild<Told>(context: Context, file: string, args: readonly string[]): Promise<Told> {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const exited = once(child, 'exit')
  context.after(async () => {
    if (child.connected) child.disconnect()
    await exited
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  const failed = exited.then(([code]) => {
    throw new Error(`${file} ended with ${String(code)}: ${said}`)
  })
  // Once the child has served, its end is no failure.
  failed.catch(() => undefined)
  const [told] = await Promise.race([once(child, 'message'), failed])
  return told as Told
}

/** Called in a child: sends the message to the parent, and stops everything when the parent disconnects. */
export function serveParent(told: object, stop: () => Promise<unknown>): void {
  process.once('disconnect', () => void stop())
  process.send?.(told)
}
