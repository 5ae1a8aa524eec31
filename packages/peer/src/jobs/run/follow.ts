/** The follow stream of one asking peer: first the changes of its jobs that it missed, then each new change when it is shown. */
import { isEnded, type Message } from '@stimnet/protocol'
import { fromText } from '../../store/base64.ts'
import type { FeedEntry, JobStore } from '../../store/jobs.ts'

/** Feed entries read from the store at a time. */
const PIECE = 32

/** One change of one job, as sent on the stream. */
export type FollowEvent = Message<'FollowEvent'>

/**
 * Yields events until the signal aborts, for jobs that this peer submitted. The ids of all other jobs are reported as
 * unknown.
 */
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
    code: '',
    refusals: null,
    ...fields
  })
  for (const id of ask.openJobs) {
    const job = await jobs.get(id)
    if (job?.askedBy !== askedBy) {
      const isDeleted = job === undefined && (await jobs.deleted(id))?.owner === askedBy
      const code = isDeleted ? 'RESULT_DELETED' : ''
      yield event({ jobId: id, state: 'unknown', code })
    }
  }
  // A position that this log never issued is ignored, and the feed starts from its beginning.
  let after = ask.log === jobs.log && ask.after <= (await jobs.lastPlace(askedBy)) ? ask.after : 0
  while (!signal.aborted) {
    // Watching begins before reading, so that a change between the two is not missed.
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
  const isDeleted = job?.resultDeletedAtMs !== undefined
  // The peer did not learn of the end while there was a result, so the job is reported as a job that is gone.
  if (isDeleted && isEnded(entry.state)) return { ...entry, state: 'unknown', code: 'RESULT_DELETED' }
  // The stored result belongs to the final state. An entry that still says running must not carry it.
  const ended = job?.state === entry.state && job.result !== undefined
  return { ...entry, ...(ended ? { result: fromText(job.result ?? ''), refusals: job.refusals ?? null } : {}) }
}
