/** Keeps a gateway process attached to its peer, so that each knows whether the other is there. */
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { Clock } from '@stimnet/protocol'
import { ATTACH_PATH, attachedShape, type AttachedTo, CHANNEL_LIMITS } from './channel.ts'
import type { Reach } from './reach.ts'

/** A gateway process, and its functions that are called when the peer is found or lost. */
export interface AttachParts {
  readonly reach: Reach
  readonly clock: Clock
  readonly self: { readonly name: string; readonly version: string }
  readonly found: (peer: AttachedTo) => void
  /** Called once when the peer is lost, or at the start if it is not there. */
  readonly lost: (why: string) => void
}

/** Attaches, and attaches again whenever the peer is lost, until the signal aborts. Never throws. */
export async function stayAttached(parts: AttachParts, signal: AbortSignal): Promise<void> {
  const { clock, found, lost } = parts
  const { attachAgainMs, attachAgainMsMax } = CHANNEL_LIMITS
  let isKnownLost = false
  let waitMs: number = attachAgainMs
  while (!signal.aborted) {
    const why = await attachOnce(parts, signal, (peer) => {
      isKnownLost = false
      waitMs = attachAgainMs
      found(peer)
    })
    if (signal.aborted) return
    if (!isKnownLost) lost(why)
    isKnownLost = true
    await clock.sleep(waitMs, signal).catch(() => undefined)
    waitMs = Math.min(waitMs * 2, attachAgainMsMax)
  }
}

/** Stays attached until the connection ends. Returns the reason why it ended. */
function attachOnce(
  { reach, self }: AttachParts,
  signal: AbortSignal,
  found: (peer: AttachedTo) => void
): Promise<string> {
  const body = JSON.stringify(self)
  const length = String(Buffer.byteLength(body))
  const headers = { host: 'peer', 'content-type': 'application/json', 'content-length': length }
  return new Promise((resolve) => {
    const asked = reach.ask({ method: 'POST', path: ATTACH_PATH, headers }, () => undefined)
    const stop = () => asked.destroy()
    signal.addEventListener('abort', stop, { once: true })
    const end = (why: string) => {
      signal.removeEventListener('abort', stop)
      asked.destroy()
      resolve(why)
    }
    asked.setTimeout(CHANNEL_LIMITS.silenceMsMax, () => end('it gives no sign of life'))
    asked.once('error', (error) => end(error.message))
    asked.once('close', () => end('the connection ended'))
    asked.once('response', (answer) => readFacts(answer, found, end))
    asked.end(body)
  })
}

function readFacts(answer: IncomingMessage, found: (peer: AttachedTo) => void, end: (why: string) => void): void {
  if (answer.statusCode !== 200) {
    end(`it answered ${answer.statusCode}`)
    return
  }
  answer.once('error', (error) => end(error.message))
  const lines = createInterface({ input: answer })
  lines.on('error', (error) => end(error.message))
  // After the first line, only empty lines follow: heartbeats.
  lines.once('line', (line) => {
    const peer = attachedShape.safeParse(jsonIn(line))
    if (peer.success) found(peer.data)
    else end('it is no peer of this version')
  })
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
