/** Files that a request brings along: named in the signature by hash and size, so that what was approved is what runs. */
import { z } from 'zod'
import { StimnetError } from '../errors.ts'
import type { Encodable, wire } from '../wire/wire.ts'
import { LIMITS } from '../limits.ts'

/** A file's name in a sandbox: never a path, never hidden, never an option of a command. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/** Whether a file may bear that name in a sandbox. */
export function isUploadName(name: string): boolean {
  return NAME.test(name) && name.length <= LIMITS.uploadNameCharactersMax
}

/**
 * The name under which a script finds a file that its owner calls so: what no file system disputes is kept, the rest becomes
 * `_`. Of a name too long the end stays, for there is its type.
 */
export function uploadNameOf(filename: string): string {
  const plain = filename
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]/gu, '_')
  return plain.slice(-LIMITS.uploadNameCharactersMax).replace(/^[^A-Za-z0-9_]/, '_') || '_'
}

/** Endings by which a gateway takes a file; nothing is unpacked, so that an archive is bytes like all else. */
export const UPLOAD_ENDINGS: Readonly<Record<'script' | 'data', readonly string[]>> = {
  script: ['py', 'r', 'sql', 'ipynb'],
  data: [
    ...['csv', 'tsv', 'txt', 'json', 'yaml', 'yml', 'xml', 'parquet', 'xlsx', 'zip', 'gz'],
    ...['npy', 'npz', 'rds', 'mat', 'nii', 'bval', 'bvec', 'h5', 'sav']
  ]
}

/** The name under which somebody else saves it: one that no double click runs, whatever its sender calls it. */
export function savedNameOf(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  const isKnown = name.includes('.') && Object.values(UPLOAD_ENDINGS).some((endings) => endings.includes(ending))
  return isKnown ? name : `${name}.bin`
}

/** One file as the signature names it. */
export const uploadedFileSchema = z.strictObject({
  name: z.string().refine(isUploadName, 'Letters, digits, dot, dash and underscore; the first no dot or dash.'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(1).max(LIMITS.uploadBytesMax)
})
/** One file as the signature names it. */
export type UploadedFile = z.output<typeof uploadedFileSchema>

/** The files of one request. */
export const uploadedFileListSchema = z
  .array(uploadedFileSchema)
  .max(LIMITS.uploadsPerRequestMax, `At most ${LIMITS.uploadsPerRequestMax} files.`)
  .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'Two files have the same name.')
  .refine((files) => bytesOf(files) <= LIMITS.requestUploadBytesMax, {
    error: `All files together have at most ${LIMITS.requestUploadBytesMax / 1024 / 1024} MiB.`
  })

/** Of all files together. */
export function bytesOf(files: readonly Pick<UploadedFile, 'size'>[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}

/** To the wire. Throws PARAMETER_INVALID. */
export function uploadsToMessage(files: readonly UploadedFile[]): Encodable<wire.UploadedFile>[] {
  return checked(files)
}

/** From the wire. Throws PARAMETER_INVALID. */
export function uploadsFromMessage(files: readonly unknown[]): UploadedFile[] {
  return checked(files)
}

function checked(files: readonly unknown[]): UploadedFile[] {
  const parsed = uploadedFileListSchema.safeParse(files)
  if (parsed.success) return parsed.data
  const reason = `The uploaded files of the request do not fit: ${parsed.error.issues[0]?.message ?? ''}`
  throw new StimnetError('PARAMETER_INVALID', reason, { reason, cause: parsed.error })
}
