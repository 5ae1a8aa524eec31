/** Uploaded files, which scripts read in addition to their tables, and references to them in submissions. */
import { LIMITS } from '@stimnet/protocol'
import { z } from 'zod'
import { output, timestamp } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** `uploaded_file_ids` of a submission: ids or numbers of files. */
export const uploadedFileIds = z
  .array(z.union([z.string().min(1).max(64), z.int().min(1)]))
  .max(LIMITS.uploadsPerRequestMax)
  .nullish()
  .describe('Own uploaded files, by `file_id` or `id`: the script finds them in UPLOADS_ROOT')

/** The schema of an uploaded file in answers. */
export const uploadShape = output(
  'UploadedFile',
  z.object({
    id: z.number().int(),
    file_id: z.string(),
    filename: z.string().describe('The name that the account gave: text, never a path'),
    file_type: z.enum(['script', 'data']),
    name: z.string().describe('The name of the file in UPLOADS_ROOT'),
    size: z.number().int().describe('Bytes'),
    sha256: z.string(),
    uploaded_at: timestamp,
    expires_at: timestamp.describe('The time of deletion, unless a request that has not ended names the file')
  })
)
/** An uploaded file of the account. */
export type UploadedFile = Answered<typeof uploadShape>

/** The answer to a deletion. */
export const uploadDeletedShape = z.object({ file_id: z.string(), deleted: z.literal(true) })
