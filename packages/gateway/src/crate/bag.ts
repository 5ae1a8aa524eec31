/** BagIt 1.0 (RFC 8493) with SHA-512: a folder with a manifest by which changes to its files are detected. */
import { createHash } from 'node:crypto'
import { type Files, invalid } from './zip.ts'

const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'
const MANIFEST = 'manifest-sha512.txt'
const TAG_MANIFEST = 'tagmanifest-sha512.txt'
/** Maximum size of a manifest, which has a line for each of at most 64 files. */
const MANIFEST_BYTES_MAX = 128 * 1024
const HASH_CHARACTERS = 128
const SPACES_MAX = 8

/** Metadata of a bag. */
export interface BagInfo {
  /** Name of the folder. */
  readonly folder: string
  /** Identifier, a UUID as URN. */
  readonly identifier: string
  readonly organization: string
  readonly dateMs: number
}

/** A bag with the payload. */
export function bagOf(payload: Files, info: BagInfo): Files {
  const data = new Map([...payload].map(([path, bytes]) => [`data/${path}`, bytes]))
  const octets = [...payload.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  const tags = new Map([
    ['bagit.txt', utf8(DECLARATION)],
    [
      'bag-info.txt',
      utf8(
        [
          `Source-Organization: ${oneLine(info.organization)}`,
          `External-Identifier: ${info.identifier}`,
          `Bagging-Date: ${new Date(info.dateMs).toISOString().slice(0, 10)}`,
          `Payload-Oxum: ${octets}.${payload.size}\n`
        ].join('\n')
      )
    ],
    [MANIFEST, manifestOf(data)]
  ])
  const all = [...tags, [TAG_MANIFEST, manifestOf(tags)] as const, ...data]
  return new Map(all.map(([path, bytes]) => [`${info.folder}/${path}`, bytes]))
}

/**
 * The payload of the only bag in an archive. Throws CRATE_INVALID for another layout, a list of files to fetch, or a file that is
 * missing, not in the manifest, or different from its hash there.
 */
export function payloadIn(files: Files): Files {
  const [first = ''] = files.keys()
  const folder = first.slice(0, first.indexOf('/') + 1)
  if (folder === '' || [...files.keys()].some((path) => !path.startsWith(folder))) {
    throw invalid('A crate is one folder in its archive.')
  }
  const bag = new Map([...files].map(([path, bytes]) => [path.slice(folder.length), bytes]))
  const declaration = text(bag.get('bagit.txt') ?? new Uint8Array())
  if (!/^BagIt-Version: 1\.\d+$/im.test(declaration)) throw invalid('There is no bag (BagIt 1.0) in the archive.')
  // Fetching would let a stranger make the gateway send requests from within the institution.
  if (bag.has('fetch.txt')) throw invalid('Put every file into the crate: nothing is fetched (fetch.txt).')
  const payload = new Map([...bag].filter(([path]) => path.startsWith('data/')))
  const manifest = bag.get(MANIFEST)
  if (!manifest) throw invalid(`The bag has no ${MANIFEST}.`)
  assertHolds(manifest, payload, { complete: true })
  const tags = new Map([...bag].filter(([path]) => !payload.has(path)))
  const tagManifest = tags.get(TAG_MANIFEST)
  if (tagManifest) assertHolds(tagManifest, tags, { complete: false })
  return new Map([...payload].map(([path, bytes]) => [path.slice('data/'.length), bytes]))
}

/** Checks that every file in a manifest has its hash; if `complete`, also that every file is in the manifest. */
function assertHolds(manifest: Uint8Array, files: Files, { complete }: { complete: boolean }): void {
  const named = new Map<string, string>()
  if (manifest.length > MANIFEST_BYTES_MAX) throw invalid('A manifest of the bag is too long.')
  for (const line of text(manifest).replaceAll('\r\n', '\n').split('\n')) {
    if (line === '') continue
    const { hash, path } = lineOf(line)
    if (named.has(path)) throw invalid('A manifest of the bag names a file twice.')
    named.set(path, hash)
  }
  for (const [path, hash] of named) {
    const bytes = files.get(path)
    if (!bytes || sha512(bytes) !== hash) throw invalid('A file of the bag is not what its manifest says.')
  }
  if (complete && named.size !== files.size) throw invalid('The manifest does not name every file of the bag.')
}

function manifestOf(files: Files): Uint8Array {
  return utf8([...files].map(([path, bytes]) => `${sha512(bytes)}  ${path}\n`).join(''))
}

/** Splits a line into hash and path, by position and not by a regular expression, whose run time an attacker could control. */
function lineOf(line: string): { hash: string; path: string } {
  const hash = line.slice(0, HASH_CHARACTERS).toLowerCase()
  const rest = line.slice(HASH_CHARACTERS)
  const written = rest.trimStart()
  const isSeparated = written.length < rest.length && rest.length - written.length <= SPACES_MAX
  const path = unescaped(written.startsWith('*') ? written.slice(1) : written)
  if (/^[0-9a-f]{128}$/.test(hash) && isSeparated && path !== '' && !/[\r\n\u2028\u2029]/.test(written))
    return { hash, path }
  throw invalid('A manifest of the bag is not well formed.')
}

/** Decodes a path: RFC 8493 writes line ends and percent signs as %0A, %0D and %25. */
function unescaped(path: string): string {
  return path.replaceAll(/%0[ad]|%25/gi, (code) => decodeURIComponent(code))
}

function sha512(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex')
}

function oneLine(words: string): string {
  return words.replaceAll(/\s+/g, ' ')
}

/** A text as UTF-8 bytes. */
export function utf8(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

/** UTF-8 bytes as a text. Throws CRATE_INVALID. */
export function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw invalid('A file that should be text is not UTF-8.', cause)
  }
}
