/** Uploads of the documented API: files that scripts read in addition to their tables. Each account sees only its own files. */
import { type UploadedFile, uploadDeletedShape, uploadShape } from '@stimnet/api'
import { savedNameOf, StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { isRequestId, known } from '../auth/known.ts'
import { readUpload } from '../http/multipart.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'

const tag = 'Uploads'

/** Routes of /api/v1/upload/… and /api/v1/uploads/…, and of the files in a request that stewards read. */
export function uploadRoutes(room: Room): Route[] {
  const { peer } = room
  return [
    uploadRoute(room, 'script'),
    uploadRoute(room, 'data'),
    listRoute(room, { kind: 'script', path: '/api/v1/uploads/scripts', id: 'listUploadedScripts' }),
    listRoute(room, { kind: 'data', path: '/api/v1/uploads/data', id: 'listUploadedData' }),
    route({
      method: 'DELETE',
      path: '/api/v1/uploads/{id}',
      id: 'deleteUpload',
      tag,
      summary: 'Delete a file of yours that no open request needs',
      access: 'account',
      answer: uploadDeletedShape,
      handle: async ({ account, param }) => {
        const id = param('id')
        const isRemoved = isRequestId(id) && (await peer.removeUpload(id, known(account)))
        if (!isRemoved) throw new StimnetError('NOT_FOUND', 'deleting an upload')
        return { file_id: id, deleted: true as const }
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/analysis-requests/{id}/uploads/{sha256}',
      id: 'analysisUpload',
      tag: 'Analysis requests',
      summary: 'For a steward: a file that the request brings along, byte for byte as it would be read',
      access: 'account',
      roles: ['steward', 'operator'],
      answer: z.string().describe('The bytes of the file'),
      answerType: 'application/octet-stream',
      handle: async ({ account, param, headers }) => {
        const [id, sha256] = [param('id'), param('sha256')]
        const isName = isRequestId(id) && /^[0-9a-f]{64}$/.test(sha256)
        const found = isName ? await peer.analysisUpload(id, sha256, known(account)) : null
        if (!found) throw new StimnetError('NOT_FOUND', 'reading a file of a request')
        // Browsers save the file whatever it contains, instead of showing it.
        const disposition = { 'content-disposition': `attachment; filename="${savedNameOf(found.name)}"` }
        return new Response(Buffer.from(found.bytes), {
          headers: headers({ 'content-type': 'application/octet-stream', ...disposition })
        })
      }
    })
  ]
}

function uploadRoute({ peer, uploading }: Room, kind: UploadedFile['file_type']): Route {
  return route({
    method: 'POST',
    path: `/api/v1/upload/${kind}`,
    id: kind === 'script' ? 'uploadScript' : 'uploadData',
    tag,
    summary: kind === 'script' ? 'Upload a script' : 'Upload a data file',
    access: 'account',
    roles: ['researcher'],
    file: true,
    answer: uploadShape,
    handle: async ({ account, request }) => {
      const owner = known(account)
      // An upload of maximum size is held in memory while it arrives, so the number of concurrent uploads is limited.
      const leave = uploading.take(owner.name)
      if (!leave)
        throw new StimnetError('BUSY', 'an upload', { reason: 'Too many files are being uploaded. Try again.' })
      try {
        return await peer.upload({ kind, ...(await readUpload(request, kind)) }, owner)
      } finally {
        leave()
      }
    }
  })
}

function listRoute({ peer }: Room, list: { kind: UploadedFile['file_type']; path: string; id: string }): Route {
  return route({
    method: 'GET',
    path: list.path,
    id: list.id,
    tag,
    summary: list.kind === 'script' ? 'Your uploaded scripts, newest first' : 'Your uploaded data files, newest first',
    access: 'account',
    answer: z.array(uploadShape),
    handle: ({ account }) => peer.uploads(known(account), list.kind)
  })
}
