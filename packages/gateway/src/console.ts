/** The built files of the console, read at start and served from memory, so that no request can name a file of this machine. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { PAGE_HEADERS } from './http/answer.ts'
import { type Route, route } from './http/route.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml'
}

/** Cache header for names that contain a hash of the contents, which never change. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const HASHED = /-[\w-]{8}\.\w+$/

/** Whether a folder contains a built console. */
export function holdsConsole(folder: string | undefined): folder is string {
  return folder !== undefined && existsSync(join(folder, 'index.html'))
}

/** A file of the console. */
export interface ConsoleFile {
  /** The path at which it is served. */
  readonly path: string
  readonly plain: Buffer<ArrayBuffer>
  readonly packed: Buffer<ArrayBuffer>
  /** Its headers, without those that every answer has. */
  readonly headers: Readonly<Record<string, string>>
}

/** The page at `/` and each file in `assets`. Files of other kinds are not served. */
export function consoleFiles(folder: string): ConsoleFile[] {
  const assets = existsSync(join(folder, 'assets')) ? readdirSync(join(folder, 'assets')) : []
  const named = assets.filter((name) => /^[\w.-]+$/.test(name) && extname(name) in TYPES)
  return [
    fileAt('/', join(folder, 'index.html')),
    ...named.map((name) => fileAt(`/assets/${name}`, join(folder, 'assets', name)))
  ]
}

function fileAt(path: string, file: string): ConsoleFile {
  const plain = readFileSync(file)
  const headers = {
    ...PAGE_HEADERS,
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    vary: 'accept-encoding',
    ...(HASHED.test(path) ? { 'cache-control': FOR_EVER } : {})
  }
  return { path, plain, packed: gzipSync(plain), headers }
}

/** The bytes of a file for a client, compressed if it accepts that, and their headers. */
export function contentOf(
  { headers, plain, packed }: ConsoleFile,
  accepted: string | undefined
): { headers: Readonly<Record<string, string>>; bytes: Buffer<ArrayBuffer> } {
  return /\bgzip\b/.test(accepted ?? '')
    ? { headers: { ...headers, 'content-encoding': 'gzip' }, bytes: packed }
    : { headers, bytes: plain }
}

/** One route for each file. */
export function consoleRoutes(folder: string): Route[] {
  return consoleFiles(folder).map((file) =>
    route({
      method: 'GET',
      path: file.path,
      id: `console ${file.path}`,
      tag: 'Console',
      summary: 'The console',
      access: 'open',
      // Not rate-limited: serving it takes no work, and a whole institution may have one address.
      limited: false,
      answer: z.string(),
      handle: (ask) => {
        const { headers, bytes } = contentOf(file, ask.header('accept-encoding'))
        return new Response(bytes, { headers: ask.headers(headers) })
      }
    })
  )
}
