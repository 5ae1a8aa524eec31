/** Jobs of the documented API: to submit, list, read, cancel and follow them. */
import { acceptedShape, type Job, jobShape, jobSubmissionShape, OUTWARD_STATES, statesOf } from '@stimnet/api'
import { isEnded, StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { settled } from '../http/answer.ts'
import { etagOnce } from '../http/etag.ts'
import { followRequest } from '../follow.ts'
import { findRequest, isRequestId, known } from '../auth/known.ts'
import { cursor, numberPlace, pageOf, placeOf } from '../http/page.ts'
import { wholeNumber } from '../http/query.ts'
import type { OwnRequest } from '../peer.ts'
import type { Room } from '../room.ts'
import { Answer, type Route, route } from '../http/route.ts'
import { acceptedOf, jobOf } from '../shapes/job.ts'
import { idempotencyKeyOf, submissionOf } from '../shapes/submission.ts'

const listQuery = z.strictObject({
  status: z.enum(OUTWARD_STATES).optional().describe('A documented status, or pending, denied or expired'),
  limit: wholeNumber({ min: 1, max: 1_000 }).default(100),
  cursor
})

/** Finished jobs by the request that they were made from, since clients read them many times. */
const ended = new WeakMap<OwnRequest, Job>()

function endedOnce(request: OwnRequest): Job {
  const made = ended.get(request)
  if (made) return made
  const job = jobOf(request, { withParts: true })
  if (!isEnded(job.state)) return job
  ended.set(request, settled(job))
  return job
}

/** Routes of /api/v1/jobs. */
export function jobRoutes(room: Room): Route[] {
  const { peer } = room
  const tag = 'Jobs'
  return [
    route({
      method: 'GET',
      path: '/api/v1/jobs',
      id: 'listJobs',
      tag,
      summary: 'Your jobs, newest first',
      access: 'account',
      query: listQuery,
      answer: z.array(jobShape),
      handle: async ({ account, query, request }) => {
        const states = query.status === undefined ? {} : { states: statesOf(query.status) }
        const before = placeOf(query.cursor, numberPlace)
        const { limit } = query
        const found = await peer.requests(known(account), { limit: limit + 1, ...states, ...before })
        const render = (one: OwnRequest) => jobOf(one, { withParts: false })
        return pageOf(found, { request, limit, place: ({ broadcast }) => ({ before: broadcast.number }), render })
      }
    }),
    route({
      method: 'POST',
      path: '/api/v1/jobs',
      id: 'submitJob',
      tag,
      summary: 'Submit an analysis job; answers before any remote peer is asked',
      access: 'account',
      roles: ['researcher'],
      idempotent: true,
      body: { type: 'json', schema: jobSubmissionShape },
      answer: acceptedShape,
      // Status 200 instead of 201, because existing clients compare it.
      handle: async ({ account, body, header }) => {
        const targets = body.target_node_id === '*' ? '*' : [body.target_node_id]
        const submission = submissionOf(body, { targets, idempotencyKey: idempotencyKeyOf(header('idempotency-key')) })
        const made = await peer.submit(submission, known(account))
        const location = `/api/v1/jobs/${made.broadcast.id}`
        return new Answer(acceptedOf(made, `The job was accepted. Read it at ${location}.`), { headers: { location } })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/{id}',
      id: 'job',
      tag,
      summary: 'Job status and results',
      access: 'account',
      answer: jobShape,
      // A finished job never changes, and clients read it repeatedly.
      etag: (job: Job) => (isEnded(job.state) ? etagOnce(job) : undefined),
      handle: async ({ account, param }) => endedOnce(await findRequest(peer, param('id'), known(account)))
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/jobs/{id}',
      id: 'cancelJob',
      tag,
      summary: 'Cancel a queued or running job',
      access: 'account',
      answer: acceptedShape,
      handle: async ({ account, param }) => {
        const id = param('id')
        const cancelled = isRequestId(id) ? await peer.cancel(id, known(account)) : null
        if (!cancelled) throw new StimnetError('JOB_UNKNOWN', 'cancelling a request')
        return acceptedOf(cancelled, 'The job is being cancelled.')
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/jobs/{id}/events',
      id: 'jobEvents',
      tag,
      summary: 'Each change of a job as a server-sent event; ends with the event `end`',
      access: 'account',
      answer: z.string(),
      answerType: 'text/event-stream',
      handle: (ask) => followRequest(room, ask, (request, ended) => jobOf(request, { withParts: ended }))
    })
  ]
}
