/** Events of this node, for those who operate and supervise it. */
import { eventShape } from '@stimnet/api'
import { z } from 'zod'
import { eventStream } from '../events.ts'
import { takeStream } from '../follow.ts'
import { known } from '../auth/known.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'
import { wholeNumber } from '../http/query.ts'

const listQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: 1_000 }).default(100),
  alerts: z.enum(['true', 'false']).default('false').describe('Alerts alone')
})

const STAFF = ['steward', 'auditor', 'operator'] as const

/** Routes of /api/v1/events. */
export function eventRoutes(room: Room): Route[] {
  const { peer } = room
  const tag = 'Events'
  return [
    route({
      method: 'GET',
      path: '/api/v1/events',
      id: 'events',
      tag,
      summary: 'The latest events of this node, newest first',
      access: 'account',
      roles: STAFF,
      query: listQuery,
      answer: z.array(eventShape),
      handle: ({ account, query }) =>
        peer.events(known(account), { limit: query.limit, alertsOnly: query.alerts === 'true' })
    }),
    route({
      method: 'GET',
      path: '/api/v1/events/stream',
      id: 'followEvents',
      tag,
      summary: 'Events as they come, as server-sent events; Last-Event-ID goes on after one',
      access: 'account',
      roles: STAFF,
      answer: z.string(),
      answerType: 'text/event-stream',
      handle: (ask) => {
        const account = known(ask.account)
        const headers = ask.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
        if (ask.request.method === 'HEAD') return new Response(null, { headers })
        const leave = takeStream(room, room.eventStreams, { name: account.name, address: ask.address })
        const last = ask.header('last-event-id') ?? ''
        const after = /^[0-9a-f]{8}-\d{1,15}$/.test(last) ? last : ''
        const stream = eventStream({
          watch: (signal) => peer.watchEvents(account, after, signal),
          render: ({ id, event }) => ({ id, name: 'event', data: event, end: false }),
          problem: ask.problem,
          stillPermitted: () => ask.stillPermitted(),
          after: 0,
          clock: room.clock,
          signals: [ask.request.signal, ...(ask.closing ? [ask.closing] : [])],
          closed: leave
        })
        return new Response(stream, { headers })
      }
    })
  ]
}
