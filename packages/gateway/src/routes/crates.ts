/** Requests and results as Five Safes RO-Crates: written for archives, and read from other tools. */
import { type BroadcastSubmission, crateSubmissionShape, custodialBroadcastShape } from '@stimnet/api'
import { z } from 'zod'
import { readCrate } from '../crate/read.ts'
import { crateOf } from '../crate/write.ts'
import { findRequest, known } from '../auth/known.ts'
import { fieldsOf, InvalidInput } from '../http/problem.ts'
import type { Room } from '../room.ts'
import { type RawAsk, type Route, route } from '../http/route.ts'

/** Routes for the crates of jobs and broadcasts, and POST /api/v1/crates. */
export function crateRoutes(room: Room): Route[] {
  const tag = 'Crates'
  const crate = (kind: 'job' | 'broadcast') =>
    route({
      method: 'GET',
      path: `/api/v1/${kind}s/{id}/crate`,
      id: `${kind}Crate`,
      tag,
      summary: `A ${kind} as a Five Safes RO-Crate 0.4: request, decisions, safe outputs and receipts`,
      access: 'account',
      answer: z.string().describe('A zip archive with one bag'),
      answerType: 'application/zip',
      handle: (ask) => write(room, ask)
    })
  return [
    crate('job'),
    crate('broadcast'),
    route({
      method: 'POST',
      path: '/api/v1/crates',
      id: 'readCrate',
      tag,
      summary: 'Reads the submission in a Five Safes RO-Crate. Nothing is submitted, fetched or stored.',
      access: 'account',
      roles: ['researcher'],
      body: { type: 'zip', schema: z.instanceof(Uint8Array) },
      answer: crateSubmissionShape,
      handle: async ({ body }) => {
        const { submission, warnings } = await readCrate(body)
        const checked = custodialBroadcastShape.safeParse(submission)
        if (!checked.success) throw new InvalidInput('BODY_INVALID', fieldsOf(checked.error))
        // As it was written in the crate, without defaults.
        return { submission: submission as unknown as BroadcastSubmission, warnings }
      }
    })
  ]
}

async function write(
  { peer }: Room,
  { account, param, headers }: Pick<RawAsk, 'account' | 'param' | 'headers'>
): Promise<Response> {
  const id = param('id')
  const request = await findRequest(peer, id, known(account))
  const bytes = await crateOf(request, peer.facts())
  return new Response(Buffer.from(bytes), {
    headers: headers({
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="stimnet-${request.broadcast.id}.zip"`,
      link: '<https://w3id.org/ro/crate>; rel="profile"'
    })
  })
}
