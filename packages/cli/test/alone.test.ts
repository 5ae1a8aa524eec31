/** Tests of the command `stimnet` in an installation without the package of a peer. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { SERVING } from '@stimnet/peer/commands'
import { ASKING, DECIDING } from '../src/commands.ts'

const root = join(import.meta.dirname, '../../..')

interface Locked {
  readonly link?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Locked>>
}

/** The packages that npm installs with a package, by name: all its dependencies, without optional peer dependencies. */
function installedWith(name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name)) return found
  found.add(name)
  const { link, resolved = '', ...own } = packages[`node_modules/${name}`] ?? {}
  const { dependencies = {} } = link ? (packages[resolved] ?? {}) : own
  for (const other of Object.keys(dependencies)) installedWith(other, found)
  return found
}

/** Module hooks for a process in which our sources can import only these packages. */
const hiding = (there: ReadonlySet<string>) => `
import { isBuiltin, registerHooks } from 'node:module'
const there = new Set(${JSON.stringify([...there])})
registerHooks({
  resolve(specifier, context, next) {
    const isBare = !/^(?:[./]|[a-z]+:)/.test(specifier) && !isBuiltin(specifier)
    const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
    if (isBare && !there.has(name) && !context.parentURL?.includes('/node_modules/')) {
      throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' })
    }
    return next(specifier, context)
  }
})`

describe('the command without the package of a peer', () => {
  const there = installedWith('@stimnet/cli')

  const stimnet = async (...args: string[]) => {
    const hooks = `data:text/javascript,${encodeURIComponent(hiding(there))}`
    const child = spawn(process.execPath, ['--import', hooks, join(root, 'packages/cli/src/main.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '' }
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { code: await ended, out, err }
  }

  test('brings the SDK and neither a database nor a network nor a sandbox', () => {
    const ours = [...there].filter((name) => name.startsWith('@stimnet/')).map((name) => name.slice('@stimnet/'.length))
    assert.deepEqual(ours.sort(), ['api', 'cli', 'machine', 'protocol', 'sdk', 'statistics'])
    const heavy = /^(?:@duckdb|@libp2p|@chainsafe)\/|^(?:libp2p|level|classic-level|dockerode|hono|pyodide|deno)$/
    assert.deepEqual(
      [...there].filter((name) => heavy.test(name)),
      []
    )
    assert.ok(['level', 'libp2p', '@duckdb/node-api'].every((name) => installedWith('@stimnet/peer').has(name)))
  })

  test('loads and has every command that needs a gateway alone', async () => {
    const { code, out, err } = await stimnet('--help')
    assert.equal(code, 0, err)
    for (const name of Object.keys({ ...ASKING, ...DECIDING }))
      assert.match(out, new RegExp(`^ {2}${name} +[A-Z]`, 'm'))
    for (const name of Object.keys(SERVING)) assert.doesNotMatch(out, new RegExp(`^ {2}${name} +[A-Z]`, 'm'))
    assert.match(out, /npm install -g @stimnet\/peer$/m)
    const away = await stimnet('catalogs', '--url', 'http://127.0.0.1:1')
    assert.deepEqual([away.code, /PEER_UNREACHABLE/.test(away.err)], [3, true])
  })

  test('says what to install for the commands of a peer', async () => {
    const { code, err } = await stimnet('start', '--config', 'stimnet.yaml')
    assert.equal(code, 2)
    assert.match(
      err,
      /^stimnet: There is no command start\.\nThe commands of a peer, .*: npm install -g @stimnet\/peer$/m
    )
  })
})
