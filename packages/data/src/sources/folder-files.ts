/** The files of a source that is a folder: none may lead out of the folder, and all together have a fingerprint. */
import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { StimnetError } from '@stimnet/protocol'

/** A file of a source folder. */
export interface FolderFile {
  readonly path: string
  /** Path relative to the folder, with slashes. */
  readonly inside: string
}

/** The real path of a folder, with links resolved. Throws SOURCE_INVALID if there is no such folder. */
export async function rootOf(folder: string): Promise<string> {
  return realpath(folder).catch((cause: unknown) => {
    throw new StimnetError('SOURCE_INVALID', `${folder}: there is no such folder`, { cause })
  })
}

/** Whether a path is a file. Throws SOURCE_INVALID for a file that leads out of the folder or is longer than `bytesMax`. */
export async function isFileInside(path: string, root: string, bytesMax = Number.POSITIVE_INFINITY): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined)
  if (!facts?.isFile()) return false
  if (!(await realpath(path)).startsWith(root + sep)) {
    throw new StimnetError('SOURCE_INVALID', `${path}: leads out of the folder of the dataset`)
  }
  if (facts.size <= bytesMax) return true
  throw new StimnetError('SOURCE_INVALID', `${path}: is longer than ${bytesMax} bytes`)
}

/** A text that changes whenever one of the files is written, added or removed. */
export async function printOfFiles(files: readonly FolderFile[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { path, inside } of files) {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    hash.update(`${inside}\0${[dev, ino, size, mtimeNs, ctimeNs].join('-')}\n`)
  }
  return hash.digest('hex')
}
