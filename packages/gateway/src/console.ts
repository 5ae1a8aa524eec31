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

/** One route for the page at `/` and one for each file in `assets`. Files of other kinds are not served. */
export function consoleRoutes(folder: string): Route[] {
  const page = fileRoute('/', join(folder, 'index.html'))
  const assets = existsSync(join(folder, 'assets')) ? readdirSync(join(folder, 'assets')) : []
  const named = assets.filter((name) => /^[\w.-]+$/.test(name) && extname(name) in TYPES)
  return [page, ...named.map((name) => fileRoute(`/assets/${name}`, join(folder, 'assets', name)))]
}

function fileRoute(path: string, file: string): Route {
  const plain = readFileSync(file)
  const packed = gzipSync(plain)
  const own = {
    ...PAGE_HEADERS,
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    vary: 'accept-encoding',
    ...(HASHED.test(path) ? { 'cache-control': FOR_EVER } : {})
  }
  return route({
    method: 'GET',
    path,
    id: `console ${path}`,
    tag: 'Console',
    summary: 'The console',
    access: 'open',
    // Not rate-limited: serving it takes no work, and a whole institution may have one address.
    limited: false,
    answer: z.string(),
    handle: ({ header, headers }) =>
      /\bgzip\b/.test(header('accept-encoding') ?? '')
        ? new Response(packed, { headers: headers({ ...own, 'content-encoding': 'gzip' }) })
        : new Response(plain, { headers: headers(own) })
  })
}
