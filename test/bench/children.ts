/** Processes beside the one that measures: a server shares no thread with what asks it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Context } from './row.ts'

/** What `serving-peer.ts` tells when it serves. */
export interface ServingPeer {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly gatewayUrl: string
  readonly pid: number
}

/** A peer of `configFile` in a process of its own, which also answers `echoExchange`. */
export function startServingPeer(context: Context, configFile: string): Promise<ServingPeer> {
  return startChild(context, 'serving-peer.ts', [configFile])
}

/** A Hono server that knows one answer. */
export function startBareServer(context: Context): Promise<{ url: string }> {
  return startChild(context, 'bare-server.ts', [])
}

/** Resolves with the first message; the child ends when this process lets go of it. */
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
  // After it has served, its end is expected.
  failed.catch(() => undefined)
  const [told] = await Promise.race([once(child, 'message'), failed])
  return told as Told
}

/** In a child: tells the parent what it wants to know, and takes everything down when the parent lets go. */
export function serveParent(told: object, stop: () => Promise<unknown>): void {
  process.once('disconnect', () => void stop())
  process.send?.(told)
}
