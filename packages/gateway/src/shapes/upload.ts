/** Uploaded files: what is told of them, and how a submission names them. */
import { LIMITS } from '@stimnet/protocol'
import { z } from 'zod'
import type { UploadView } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'

/** `uploaded_file_ids` of a submission. */
export const uploadedFileIds = z
  .array(z.union([z.string().min(1).max(64), z.int().min(1)]))
  .max(LIMITS.uploadsPerRequestMax)
  .nullish()
  .describe('Of your own uploaded files, by `file_id` or `id`: the script finds them in UPLOADS_ROOT')

/** As the peer takes them. */
export function uploadsAsked({ uploaded_file_ids: ids }: { uploaded_file_ids?: z.output<typeof uploadedFileIds> }) {
  return ids && ids.length > 0 ? { uploads: ids.map(String) } : {}
}

/** A file as answered. */
export const uploadShape = output(
  'UploadedFile',
  z.object({
    id: z.number().int(),
    file_id: z.string(),
    filename: z.string().describe('As you call it: text, never a path'),
    file_type: z.enum(['script', 'data']),
    name: z.string().describe('As a script finds it in UPLOADS_ROOT'),
    size: z.number().int().describe('Bytes'),
    sha256: z.string(),
    uploaded_at: timestamp,
    expires_at: timestamp.describe('Gone then, unless a request that has not ended names it')
  })
)

/** A file for the wire. */
export function uploadOf(view: UploadView): z.output<typeof uploadShape> {
  return {
    id: view.number,
    file_id: view.id,
    filename: view.filename,
    file_type: view.kind,
    name: view.name,
    size: view.size,
    sha256: view.sha256,
    uploaded_at: isoOf(view.uploadedAtMs),
    expires_at: isoOf(view.expiresAtMs)
  }
}
