/** Zip archives: written for researchers, and read from strangers. */
import { StimnetError } from '@stimnet/protocol'
import type { ZipFile } from 'yauzl'

/** Files by their path in the archive. */
export type Files = ReadonlyMap<string, Uint8Array>

/** Maximum number of files in an archive: a script, metadata and some more files. */
const ENTRIES_MAX = 64
/** Maximum total size of the unpacked files: a script of 256 KiB, metadata, and additions of other tools. */
const UNPACKED_BYTES_MAX = 4 * 1024 * 1024
const SYMBOLIC_LINK = 0o120_000
const KIND_OF_FILE = 0o170_000

/** Writes an archive. All files have the same date, so that equal contents give equal archives. */
export async function zipOf(files: Files, dateMs: number): Promise<Uint8Array> {
  // Both libraries are loaded with the first archive, since most gateways never see one.
  const { default: yazl } = await import('yazl')
  const archive = new yazl.ZipFile()
  for (const [path, bytes] of files) {
    archive.addBuffer(Buffer.from(bytes), path, { mtime: new Date(dateMs), mode: 0o100_644, forceDosTimestamp: true })
  }
  archive.end()
  const chunks: Buffer[] = []
  for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Unpacks an archive in memory; no path in it reaches a file system. Throws CRATE_INVALID for paths out of the archive (`../`,
 * absolute, backslashes), links, encryption, two files of one name, a wrong size, or more than 64 files or 4 MiB.
 */
export async function filesIn(bytes: Uint8Array): Promise<Files> {
  const { fromBufferPromise } = await import('yauzl')
  let archive: ZipFile
  try {
    archive = await fromBufferPromise(Buffer.from(bytes), { lazyEntries: true, strictFileNames: true })
  } catch (cause) {
    throw invalid('The file is no zip archive.', cause)
  }
  if (archive.entryCount > ENTRIES_MAX) throw invalid(`A crate of a request has at most ${ENTRIES_MAX} files.`)
  try {
    return await readAll(archive)
  } catch (cause) {
    if (cause instanceof StimnetError) throw cause
    throw invalid('The archive cannot be read, or has a file whose path leads out of it.', cause)
  } finally {
    archive.close()
  }
}

async function readAll(archive: ZipFile): Promise<Files> {
  const files = new Map<string, Uint8Array>()
  // Lower-cased names, since some file systems ignore letter case.
  const names = new Set<string>()
  let left = UNPACKED_BYTES_MAX
  for await (const entry of archive.eachEntry()) {
    const path = entry.fileName
    if (path.endsWith('/')) continue
    if (((entry.externalFileAttributes >>> 16) & KIND_OF_FILE) === SYMBOLIC_LINK) throw invalid('A crate has no links.')
    if (entry.isEncrypted()) throw invalid('A crate is not encrypted.')
    if (names.has(path.toLowerCase())) throw invalid('Two files of the archive have the same name.')
    names.add(path.toLowerCase())
    // Checked before anything is inflated; yauzl then enforces the declared size.
    left -= entry.uncompressedSize
    if (left < 0) throw invalid(`Unpacked, a crate of a request has at most ${UNPACKED_BYTES_MAX / 1024 / 1024} MiB.`)
    const chunks: Buffer[] = await (await archive.openReadStreamPromise(entry)).toArray()
    files.set(path, Buffer.concat(chunks))
  }
  return files
}

/** The error for an invalid crate. `reason` is static text about the crate alone. */
export function invalid(reason: string, cause?: unknown): StimnetError {
  return new StimnetError('CRATE_INVALID', reason, { reason, ...(cause === undefined ? {} : { cause }) })
}
