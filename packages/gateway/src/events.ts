/** A request's changes as server-sent events: states and not deltas, so that a client that comes back has missed nothing. */
import { type Clock, isEnded } from '@stimnet/protocol'
import { GATEWAY_LIMITS } from './limits.ts'
import type { RequestView } from './peer.ts'

/** Where the states come from, how they are told, and what ends the stream. */
export interface EventOptions {
  watch(signal: AbortSignal): AsyncIterable<RequestView>
  /** The data of one event. Before the end without outputs, since each event tells the whole state again. */
  render(view: RequestView, ended: boolean): unknown
  /** The problem of a watch that failed, as JSON text. */
  problem(error: unknown): string
  /** Looked at with each heartbeat: false ends the stream. */
  stillPermitted(): boolean
  /** The last event's number that the client has seen. */
  after: number
  readonly clock: Clock
  readonly signals: readonly AbortSignal[]
  /** Called once, however the stream ends. */
  closed(): void
}

/** A `Last-Event-ID`: how many events the client has seen, and whether the last one was the end. */
export function lastEventOf(header: string | undefined): { seen: number; end: boolean } {
  const match = /^(\d{1,9})(-end)?$/.exec(header ?? '')
  return { seen: Number(match?.[1] ?? 0), end: match?.[2] !== undefined }
}

/**
 * Pulled by its reader alone: a slow client slows the watch and no events pile up here. Ends after the end state, when
 * the client goes, a signal aborts, or the stream has lasted its time.
 */
export function eventStream(options: EventOptions): ReadableStream<Uint8Array> {
  const stop = new AbortController()
  const iterator = options.watch(stop.signal)[Symbol.asyncIterator]()
  const events = textOfEvents(iterator, options, stop.signal)
  const encoder = new TextEncoder()
  const end = () => {
    if (stop.signal.aborted) return
    stop.abort()
    for (const signal of options.signals) signal.removeEventListener('abort', end)
    // The watch may still be waiting; its signal has told it to stop.
    Promise.resolve(iterator.return?.()).catch(() => undefined)
    options.closed()
  }
  return new ReadableStream<Uint8Array>(
    {
      start: () => {
        for (const signal of options.signals) signal.addEventListener('abort', end)
        if (options.signals.some((signal) => signal.aborted)) end()
        options.clock.sleep(GATEWAY_LIMITS.streamMsMax, stop.signal).then(end, () => undefined)
      },
      pull: async (controller) => {
        const text = await events()
        if (text !== null && !stop.signal.aborted) return controller.enqueue(encoder.encode(text))
        end()
        controller.close()
      },
      cancel: end
    },
    { highWaterMark: 0 }
  )
}

/** Each call gives the next text to send: an event, a heartbeat, a problem; null at the end. */
function textOfEvents(
  iterator: AsyncIterator<RequestView>,
  options: EventOptions,
  stopped: AbortSignal
): () => Promise<string | null> {
  let pending: Promise<Step> | undefined
  let count = options.after
  let over = false
  return async () => {
    if (over || stopped.aborted) return null
    pending ??= step(iterator)
    const next = await firstOf(pending, options.clock, stopped)
    if (next === 'heartbeat') return options.stillPermitted() ? ': alive\n\n' : null
    pending = undefined
    if (next === 'stopped' || 'done' in next) return null
    if ('error' in next) {
      over = true
      return `event: problem\ndata: ${options.problem(next.error)}\n\n`
    }
    count += 1
    over = isEnded(next.view.state)
    const name = over ? 'end' : 'change'
    const data = JSON.stringify(options.render(next.view, over))
    return `id: ${count}${over ? '-end' : ''}\nevent: ${name}\ndata: ${data}\n\n`
  }
}

type Step = { readonly view: RequestView } | { readonly done: true } | { readonly error: unknown }

async function step(iterator: AsyncIterator<RequestView>): Promise<Step> {
  try {
    const result = await iterator.next()
    return result.done ? { done: true } : { view: result.value }
  } catch (error) {
    return { error }
  }
}

async function firstOf(
  pending: Promise<Step>,
  clock: Clock,
  stopped: AbortSignal
): Promise<Step | 'heartbeat' | 'stopped'> {
  const waiting = new AbortController()
  const stop = () => waiting.abort()
  stopped.addEventListener('abort', stop)
  const beat = clock.sleep(GATEWAY_LIMITS.heartbeatMs, waiting.signal).then(
    () => 'heartbeat' as const,
    () => 'stopped' as const
  )
  try {
    return await Promise.race([pending, beat])
  } finally {
    stopped.removeEventListener('abort', stop)
    waiting.abort()
  }
}
