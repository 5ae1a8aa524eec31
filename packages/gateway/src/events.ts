/** Server-sent events. Each event is a whole state or has a number, so that a client that reconnects misses nothing. */
import type { Clock } from '@stimnet/protocol'
import { GATEWAY_LIMITS } from './http/limits.ts'

/** The source of a stream's events, their format, and the conditions that end the stream. */
export interface EventOptions<V> {
  watch(signal: AbortSignal): AsyncIterable<V>
  /** Renders an event; `count`: the number of events that the client has then seen. No event follows one with `end`. */
  render(view: V, count: number): { id: string; name: string; data: unknown; end: boolean }
  /** The problem of a failed watch, as JSON text. */
  problem(error: unknown): string
  /** Checked with each event and heartbeat; false ends the stream. */
  stillPermitted(): boolean
  /** Number of the last event that the client has seen. */
  after: number
  readonly clock: Clock
  readonly signals: readonly AbortSignal[]
  /** Called once when the stream has ended. */
  closed(): void
}

/** Parses `Last-Event-ID`: the number of events that the client has seen, and whether the last one was the end. */
export function lastEventOf(header: string | undefined): { seen: number; end: boolean } {
  const match = /^(\d{1,9})(-end)?$/.exec(header ?? '')
  return { seen: Number(match?.[1] ?? 0), end: match?.[2] !== undefined }
}

/**
 * The stream of events. Only its reader pulls, so that a slow client slows the watch and no events accumulate. It ends after the end
 * state, when the client disconnects, when a signal aborts, or after the maximum duration.
 */
export function eventStream<V>(options: EventOptions<V>): ReadableStream<Uint8Array> {
  const stop = new AbortController()
  const iterator = options.watch(stop.signal)[Symbol.asyncIterator]()
  const events = textOfEvents(iterator, options, stop.signal)
  const encoder = new TextEncoder()
  const end = () => {
    if (stop.signal.aborted) return
    stop.abort()
    for (const signal of options.signals) signal.removeEventListener('abort', end)
    // The watch may still be waiting; its signal has been aborted.
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

/** Returns a function whose calls return the next text to send: an event, a heartbeat or a problem; null at the end. */
function textOfEvents<V>(
  iterator: AsyncIterator<V>,
  options: EventOptions<V>,
  stopped: AbortSignal
): () => Promise<string | null> {
  let pending: Promise<Step<V>> | undefined
  let count = options.after
  let over = false
  return async () => {
    if (over || stopped.aborted) return null
    pending ??= step(iterator)
    const next = await firstOf(pending, options.clock, stopped)
    if (next === 'heartbeat') return options.stillPermitted() ? ': alive\n\n' : null
    pending = undefined
    if (next === 'stopped' || 'done' in next) return null
    if (!options.stillPermitted()) return null
    if ('error' in next) {
      over = true
      return `event: problem\ndata: ${options.problem(next.error)}\n\n`
    }
    count += 1
    const { id, name, data, end } = options.render(next.view, count)
    over = end
    return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
  }
}

type Step<V> = { readonly view: V } | { readonly done: true } | { readonly error: unknown }

async function step<V>(iterator: AsyncIterator<V>): Promise<Step<V>> {
  try {
    const result = await iterator.next()
    return result.done ? { done: true } : { view: result.value }
  } catch (error) {
    return { error }
  }
}

async function firstOf<V>(
  pending: Promise<Step<V>>,
  clock: Clock,
  stopped: AbortSignal
): Promise<Step<V> | 'heartbeat' | 'stopped'> {
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
