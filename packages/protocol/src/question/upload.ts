/** Files of a request. The signed request contains their hashes and sizes, so that exactly the approved files are used. */
import { z } from 'zod'
import { StimnetError } from '../errors.ts'
import type { Encodable, wire } from '../wire/wire.ts'
import { LIMITS } from '../limits.ts'

/** A file's name in a sandbox, which cannot be a path, a hidden file or a command-line option. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/** Whether a file may have this name in a sandbox. */
export function isUploadName(name: string): boolean {
  return NAME.test(name) && name.length <= LIMITS.uploadNameCharactersMax
}

/**
 * The name in the sandbox for an uploaded file: letters without their diacritics, digits, dot, dash and underscore are kept, other
 * characters become `_`. A name that is too long keeps its end, which contains the file type.
 */
export function uploadNameOf(filename: string): string {
  const plain = filename
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]/gu, '_')
  return plain.slice(-LIMITS.uploadNameCharactersMax).replace(/^[^A-Za-z0-9_]/, '_') || '_'
}

/** File name extensions that a gateway accepts. Archives are not unpacked. */
export const UPLOAD_ENDINGS: Readonly<Record<'script' | 'data', readonly string[]>> = {
  script: ['py', 'r', 'sql', 'ipynb'],
  data: [
    ...['csv', 'tsv', 'txt', 'json', 'yaml', 'yml', 'xml', 'parquet', 'xlsx', 'zip', 'gz'],
    ...['npy', 'npz', 'rds', 'mat', 'nii', 'bval', 'bvec', 'h5', 'sav']
  ]
}

/** The name under which the file is saved for another person: an unknown extension gets `.bin`, so that a double click cannot run it. */
export function savedNameOf(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  const isKnown = name.includes('.') && Object.values(UPLOAD_ENDINGS).some((endings) => endings.includes(ending))
  return isKnown ? name : `${name}.bin`
}

/** One file, as it is named in the signed request. */
const uploadedFileSchema = z.strictObject({
  name: z.string().refine(isUploadName, 'Letters, digits, dot, dash and underscore; the first no dot or dash.'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(1).max(LIMITS.uploadBytesMax)
})
/** One file, as it is named in the signed request. */
export type UploadedFile = z.output<typeof uploadedFileSchema>

/** The files of one request. */
const uploadedFileListSchema = z
  .array(uploadedFileSchema)
  .max(LIMITS.uploadsPerRequestMax, `At most ${LIMITS.uploadsPerRequestMax} files.`)
  .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'Two files have the same name.')
  .refine((files) => bytesOf(files) <= LIMITS.requestUploadBytesMax, {
    error: `All files together have at most ${LIMITS.requestUploadBytesMax / 1024 / 1024} MiB.`
  })

/** The size of all files together, bytes. */
export function bytesOf(files: readonly Pick<UploadedFile, 'size'>[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}

/** Encodes the files of a request for the wire. Throws PARAMETER_INVALID. */
export function uploadsToMessage(files: readonly UploadedFile[]): Encodable<wire.UploadedFile>[] {
  return checked(files)
}

/** Decodes the files of a request from the wire. Throws PARAMETER_INVALID. */
export function uploadsFromMessage(files: readonly unknown[]): UploadedFile[] {
  return checked(files)
}

function checked(files: readonly unknown[]): UploadedFile[] {
  const parsed = uploadedFileListSchema.safeParse(files)
  if (parsed.success) return parsed.data
  const reason = `The uploaded files of the request do not fit: ${parsed.error.issues[0]?.message ?? ''}`
  throw StimnetError.told('PARAMETER_INVALID', reason, parsed.error)
}
