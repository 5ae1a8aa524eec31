/** Files that a program reads. They are uploaded before the request is sent, and deleted when it has ended. */
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { refuse } from '@stimnet/machine'
import { LIMITS } from '@stimnet/protocol'
import type { Client, UploadedFile } from '@stimnet/sdk'

const SCRIPT = /\.(py|r|sql|ipynb)$/i

/** Runs `work` with the files uploaded to the gateway. Throws PARAMETER_INVALID for an unreadable file, and the errors of uploading. */
export async function withUploads<T>(
  client: Client,
  files: readonly string[],
  work: (uploads: readonly UploadedFile[]) => Promise<T>
): Promise<T> {
  const uploads: UploadedFile[] = []
  try {
    for (const file of files) {
      const kind = SCRIPT.test(file) ? 'script' : 'data'
      uploads.push(await client.upload(kind, { filename: basename(file), bytes: await bytesOf(file) }))
    }
    return await work(uploads)
  } finally {
    // The gateway does not delete files that an open request still needs; they expire later.
    await Promise.allSettled(uploads.map(({ file_id }) => client.deleteUpload(file_id)))
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size <= LIMITS.uploadBytesMax) return await readFile(file)
  } catch (cause) {
    return refuse(`${file} cannot be read`, cause)
  }
  return refuse(`${file} is larger than ${LIMITS.uploadBytesMax / 1024 / 1024} MiB`)
}
