/** Broadcasts: one request to several peers, with the part of each peer and the pooled answer. */
import { type Broadcast, broadcastShape, broadcastSubmissionShape } from '@stimnet/api'
import { z } from 'zod'
import { followRequest } from '../follow.ts'
import { findRequest, known } from '../auth/known.ts'
import { cursor, numberPlace, pageOf, placeOf } from '../http/page.ts'
import { wholeNumber } from '../http/query.ts'
import type { Room } from '../room.ts'
import { Answer, type Route, route } from '../http/route.ts'
import { envelopeBytesOf, idempotencyKeyOf, submissionOf } from '../shapes/submission.ts'

const listQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: 1_000 }).default(100),
  cursor,
  to_one: z.enum(['true', 'false']).default('false').describe('Also what was sent to one peer alone, jobs among it')
})

/** Routes of /api/v1/broadcasts. */
export function broadcastRoutes(room: Room): Route[] {
  const { peer } = room
  const tag = 'Broadcasts'
  return [
    route({
      method: 'POST',
      path: '/api/v1/broadcasts',
      id: 'submitBroadcast',
      tag,
      summary: 'Ask many peers at once, signed by yourself (`envelope`) or by this peer for your account',
      access: 'account',
      roles: ['researcher'],
      idempotent: true,
      body: { type: 'json', schema: broadcastSubmissionShape },
      answer: broadcastShape,
      statuses: [201],
      handle: async ({ account, body, header }) => {
        const key = idempotencyKeyOf(header('idempotency-key'))
        const { targets } = body
        const { broadcast } =
          'envelope' in body
            ? await peer.submitSigned(
                {
                  targets,
                  envelope: envelopeBytesOf(body.envelope),
                  ...(key === undefined ? {} : { idempotencyKey: key })
                },
                known(account)
              )
            : await peer.submit(submissionOf(body, { targets, idempotencyKey: key }), known(account))
        const headers = { location: `/api/v1/broadcasts/${broadcast.id}` }
        return new Answer(broadcast, { status: 201, headers })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/broadcasts',
      id: 'listBroadcasts',
      tag,
      summary: 'Your broadcasts, newest first, without outputs',
      access: 'account',
      query: listQuery,
      answer: z.array(broadcastShape),
      handle: async ({ account, query, request }) => {
        const { limit } = query
        const from = placeOf(query.cursor, numberPlace)
        const found = await peer.requests(known(account), {
          limit: limit + 1,
          broadcastsOnly: query.to_one === 'false',
          ...from
        })
        const broadcasts = found.map(({ broadcast }) => broadcast)
        return pageOf(broadcasts, { request, limit, place: ({ number }) => ({ before: number }), render: stateOnly })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/broadcasts/{id}',
      id: 'broadcast',
      tag,
      summary: "Each peer's state, safe output and receipt, and the pooled answer",
      access: 'account',
      answer: broadcastShape,
      handle: async ({ account, param }) => (await findRequest(peer, param('id'), known(account))).broadcast
    }),
    route({
      method: 'GET',
      path: '/api/v1/broadcasts/{id}/events',
      id: 'broadcastEvents',
      tag,
      summary: 'Each change as a server-sent event; outputs come with the last one, `end`',
      access: 'account',
      answer: z.string(),
      answerType: 'text/event-stream',
      handle: (ask) => followRequest(room, ask, ({ broadcast }, ended) => (ended ? broadcast : stateOnly(broadcast)))
    })
  ]
}

/** A broadcast without outputs, receipts and decisions, for lists and for events before the end. */
function stateOnly(broadcast: Broadcast): Broadcast {
  const parts = broadcast.parts.map((part) => ({ ...part, output: null, receipt: null, decision: null }))
  return { ...broadcast, parts, pooled: null, schema: null, asked: null }
}
