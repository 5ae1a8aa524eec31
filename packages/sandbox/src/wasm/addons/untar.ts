/** A reader for archives of npm packages that accepts only regular files. */
import { gunzipSync } from 'node:zlib'
import { StimnetError } from '@stimnet/protocol'

const BLOCK_BYTES = 512

/** One file, with its path below the archive's folder `package/`. */
export interface ArchivedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * Reads a .tgz archive in memory. Throws SANDBOX_UNAVAILABLE if it is broken or its contents exceed `bytesMax`, and for every entry that
 * could write outside of its folder: links, devices, paths that leave the folder, long names for the next entry.
 */
export function filesIn(archive: Uint8Array, options: { bytesMax: number }): ArchivedFile[] {
  const tar = unzipped(archive, options.bytesMax)
  const files = new Map<string, ArchivedFile>()
  for (let at = 0; at + BLOCK_BYTES <= tar.length; ) {
    const head = tar.subarray(at, at + BLOCK_BYTES)
    // An empty block marks the end.
    if (head.every((byte) => byte === 0)) return [...files.values()]
    const { path, size, type } = entryOf(head)
    const end = at + BLOCK_BYTES + size
    if (end > tar.length) break
    if (type === '0') {
      const file = { path: belowPackage(path), bytes: tar.subarray(at + BLOCK_BYTES, end) }
      if (files.has(file.path)) throw refused(`${path} twice`)
      files.set(file.path, file)
    } else if (type !== '5') throw refused(`${path}, which is no file`)
    at = BLOCK_BYTES * Math.ceil(end / BLOCK_BYTES)
  }
  throw refused('an archive that ends too early')
}

function unzipped(archive: Uint8Array, bytesMax: number): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: bytesMax })
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', 'unpacking an archive', { cause })
  }
}

function entryOf(head: Buffer): { path: string; size: number; type: string } {
  const text = (from: number, length: number) => head.toString('latin1', from, from + length).replace(/\0.*$/s, '')
  const number = (from: number, length: number) => {
    const digits = text(from, length).trim()
    if (!/^[0-7]+$/.test(digits)) throw refused('a number that is none')
    return Number.parseInt(digits, 8)
  }
  // For the checksum, the checksum field itself counts as eight spaces.
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  if (number(148, 8) !== sum) throw refused('a head with a wrong sum')
  const prefix = text(345, 155)
  const type = text(156, 1) || '0'
  return { path: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, size: number(124, 12), type }
}

/** The path below `package/`. Only simple names are accepted, so that no path leads out of the target folder. */
function belowPackage(path: string): string {
  const [folder, ...names] = path.split('/')
  const isPlain = names.length > 0 && names.every((name) => /^[A-Za-z0-9@_][A-Za-z0-9@_.+ -]*$/.test(name))
  if (folder !== 'package' || !isPlain) throw refused(`the path ${JSON.stringify(path)}`)
  return names.join('/')
}

function refused(what: string): StimnetError {
  return new StimnetError('SANDBOX_UNAVAILABLE', `unpacking an archive: ${what}`)
}
