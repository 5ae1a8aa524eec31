/** Zip archives, written for people and read from strangers. */
import { StimnetError } from '@stimnet/protocol'
import { fromBufferPromise, type ZipFile } from 'yauzl'
import yazl from 'yazl'

/** Files by their path in the archive. */
export type Files = ReadonlyMap<string, Uint8Array>

/** A request has a script, its metadata and a few files beside them. */
const ENTRIES_MAX = 64
/** Of everything unpacked: a script of 256 KiB, metadata, and what other tools add. */
const UNPACKED_BYTES_MAX = 4 * 1024 * 1024
const SYMBOLIC_LINK = 0o120_000
const KIND_OF_FILE = 0o170_000

/** Every file with the same date, so that the same content is the same archive. */
export async function zipOf(files: Files, dateMs: number): Promise<Uint8Array> {
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
 * What is in an archive, in memory alone: no path of it ever reaches a file system. Throws CRATE_INVALID for paths that lead
 * out of it (`../`, absolute, backslashes), links, encryption, two files of one name, a size that is not the one it says, or
 * more than 64 files or 4 MiB.
 */
export async function filesIn(bytes: Uint8Array): Promise<Files> {
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
  // Names that one file system would take for one.
  const names = new Set<string>()
  let left = UNPACKED_BYTES_MAX
  for await (const entry of archive.eachEntry()) {
    const path = entry.fileName
    if (path.endsWith('/')) continue
    if (((entry.externalFileAttributes >>> 16) & KIND_OF_FILE) === SYMBOLIC_LINK) throw invalid('A crate has no links.')
    if (entry.isEncrypted()) throw invalid('A crate is not encrypted.')
    if (names.has(path.toLowerCase())) throw invalid('Two files of the archive have the same name.')
    names.add(path.toLowerCase())
    // Before a byte is inflated; yauzl then sees to it that there are no more than that.
    left -= entry.uncompressedSize
    if (left < 0) throw invalid(`Unpacked, a crate of a request has at most ${UNPACKED_BYTES_MAX / 1024 / 1024} MiB.`)
    const chunks: Buffer[] = await (await archive.openReadStreamPromise(entry)).toArray()
    files.set(path, Buffer.concat(chunks))
  }
  return files
}

/** Why a crate is none; static, about the crate alone. */
export function invalid(reason: string, cause?: unknown): StimnetError {
  return new StimnetError('CRATE_INVALID', reason, { reason, ...(cause === undefined ? {} : { cause }) })
}
