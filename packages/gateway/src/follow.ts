/** The event stream of one request, for jobs and broadcasts. */
import { isEnded, StimnetError } from '@stimnet/protocol'
import { eventStream, lastEventOf } from './events.ts'
import { findRequest, known } from './auth/known.ts'
import type { Places } from './http/limits.ts'
import type { OwnRequest } from './peer.ts'
import type { Room } from './room.ts'
import type { Ask } from './http/route.ts'

/** Opens the stream. Throws UNAUTHENTICATED, JOB_UNKNOWN or BUSY. */
export async function followRequest(
  room: Room,
  ask: Ask<unknown, unknown>,
  render: (request: OwnRequest, ended: boolean) => unknown
): Promise<Response> {
  const account = known(ask.account)
  const { broadcast } = await findRequest(room.peer, ask.param('id'), account)
  const headers = ask.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
  const last = lastEventOf(ask.header('last-event-id'))
  // An EventSource reconnects after every end; status 204 stops it.
  if (last.end && isEnded(broadcast.state)) return new Response(null, { status: 204, headers: ask.headers({}) })
  if (ask.request.method === 'HEAD') return new Response(null, { headers })
  const leave = takeStream(room, room.streams, { name: account.name, address: ask.address })
  const stream = eventStream({
    watch: (signal) => room.peer.watch(broadcast.id, account, signal),
    render: (changed, count) => {
      const end = isEnded(changed.broadcast.state)
      return { id: `${count}${end ? '-end' : ''}`, name: end ? 'end' : 'change', data: render(changed, end), end }
    },
    problem: ask.problem,
    stillPermitted: () => ask.stillPermitted(),
    after: last.seen,
    clock: room.clock,
    signals: [ask.request.signal, ...(ask.closing ? [ask.closing] : [])],
    closed: leave
  })
  return new Response(stream, { headers })
}

/** Takes a place among the streams of an account and of an address; the returned function releases both. Throws BUSY. */
export function takeStream(room: Room, streams: Places, caller: { name: string; address: string }): () => void {
  const leave = streams.take(caller.name)
  const leaveAddress = leave ? room.streamAddresses.take(caller.address) : null
  if (leave && leaveAddress) {
    return () => {
      leave()
      leaveAddress()
    }
  }
  leave?.()
  throw new StimnetError('BUSY', 'following events', { reason: 'Too many event streams are open.' })
}
