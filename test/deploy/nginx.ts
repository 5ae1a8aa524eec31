/** nginx in front of a gateway, with the files of the deployment, and requests to it. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deployFile, programAt } from './tools.ts'

/** An answer of nginx. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** A request. */
export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: string
  /** The address that the client has; 127.0.0.1 unless given. */
  readonly from?: string
}

/** Asks nginx. The path is sent as it is written. */
export async function ask(
  port: number,
  path: string,
  { body, from = '127.0.0.1', ...rest }: Asking = {}
): Promise<Answer> {
  const where = {
    host: '127.0.0.1',
    port,
    path,
    localAddress: from,
    agent: false,
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(60_000)
  }
  const asked = request({ ...where, ...rest, headers: { host: 'stimnet.hospital.example', ...rest.headers } })
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>
  asked.end(body)
  const [response] = await answered
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

/** A login. */
export const logIn = (name: string, password: string): Asking => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ username: name, password }).toString()
})

/** The site file as it is, but for ports, folders and the gateway's address. */
export function siteFor(at: {
  folder: string
  gatewayUrl: string
  port: number
  plainPort: number
  webPort: number
}): string {
  const changes: readonly (readonly [string, string])[] = [
    ['listen 443 ssl;', `listen 127.0.0.1:${at.port} ssl;`],
    ['listen 80;', `listen 127.0.0.1:${at.plainPort};`],
    ['server 127.0.0.1:8000;', `server ${new URL(at.gatewayUrl).host};`],
    ['server 127.0.0.1:4002;', `server 127.0.0.1:${at.webPort};`],
    ['/etc/stimnet/', `${at.folder}/`],
    ['/var/log/nginx/', `${at.folder}/`]
  ]
  return changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `nginx.conf has ${from}`)
    return text.replaceAll(from, to)
  }, deployFile('nginx.conf'))
}

/** nginx's own file around the site file, as Debian's, with everything that it writes in a folder. */
export async function writeNginx(folder: string, site: string): Promise<string> {
  await writeFile(join(folder, 'site.conf'), site)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const file = join(folder, 'nginx.conf')
  await writeFile(
    file,
    [
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      ...['daemon off;', 'worker_processes 1;', `pid ${folder}/nginx.pid;`, 'error_log stderr;'],
      ...['events { }', 'http {', ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`)],
      ...[`include ${folder}/site.conf;`, '}']
    ].join('\n')
  )
  return file
}

export async function startNginx(t: { after(fn: () => unknown): void }, folder: string, file: string): Promise<void> {
  const nginx = programAt('nginx') ?? ''
  const words = ['-p', folder, '-e', 'stderr', '-c', file]
  await promisify(execFile)(nginx, ['-t', ...words])
  // Its errors are discarded. In a pipe that nobody reads, nginx would block once the pipe is full: it writes a line for each request
  // without an answer from a gateway.
  const child = spawn(nginx, words, { stdio: ['ignore', 'ignore', 'ignore'] })
  const exited = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGTERM')
    await exited
  })
}

/** A key and a certificate for the site in a folder, signed by itself. */
export async function writeCertificate(folder: string): Promise<void> {
  const names = [
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=stimnet.hospital.example',
    '-addext',
    'subjectAltName=DNS:localhost'
  ]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', `${folder}/site.key`]
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...names, '-out', `${folder}/site.crt`])
}
