/** What one asking peer sees of its jobs: what it missed, then each change as it is shown. */
import type { Message } from '@stimnet/protocol'
import { fromText } from '../../store/base64.ts'
import type { FeedEntry, JobStore } from '../../store/jobs.ts'

/** Entries read from the store at a time. */
const PIECE = 32

/** One change of one job, as it goes onto the stream. */
export type FollowEvent = Message<'FollowEvent'>

/** Events until the signal aborts. Only jobs that this peer asked for; another's id is unknown to it. */
export async function* follow(
  jobs: JobStore,
  ask: { log: string; after: number; openJobs: readonly string[] },
  askedBy: string,
  signal: AbortSignal
): AsyncGenerator<FollowEvent> {
  const event = (fields: Partial<FollowEvent>): FollowEvent => ({
    log: jobs.log,
    sequence: 0,
    jobId: '',
    state: '',
    progress: 0,
    result: new Uint8Array(),
    alive: false,
    ...fields
  })
  for (const id of ask.openJobs) {
    const job = await jobs.get(id)
    if (job?.askedBy !== askedBy) yield event({ jobId: id, state: 'unknown' })
  }
  // A place that was never given is no place to go on from.
  let after = ask.log === jobs.log && ask.after <= (await jobs.lastPlace(askedBy)) ? ask.after : 0
  while (!signal.aborted) {
    // Watching begins before reading: a change between the two is not missed.
    const change = nextChange(jobs, askedBy, signal)
    try {
      const piece = await jobs.feed(askedBy, after, PIECE)
      for (const { sequence, entry } of piece) {
        yield event({ sequence, ...(await shown(jobs, entry)) })
        after = sequence
      }
      if (piece.length === 0) await change.happened
    } finally {
      change.forget()
    }
  }
}

/** `happened` resolves at the next change of the feed, or when the signal aborts. */
function nextChange(jobs: JobStore, askedBy: string, signal: AbortSignal) {
  const changed = Promise.withResolvers<void>()
  const unwatch = jobs.watch(askedBy, changed.resolve)
  const abort = () => changed.resolve()
  signal.addEventListener('abort', abort, { once: true })
  return {
    happened: changed.promise,
    forget: () => {
      unwatch()
      signal.removeEventListener('abort', abort)
    }
  }
}

async function shown(jobs: JobStore, entry: FeedEntry): Promise<Partial<FollowEvent>> {
  const job = await jobs.get(entry.jobId)
  // The stored result belongs to the end alone: an entry that still says running must not carry it.
  const ended = job?.state === entry.state && job.result !== undefined
  return { ...entry, ...(ended ? { result: fromText(job.result ?? '') } : {}) }
}
