import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { canBubblewrap, SECCOMP_DESCRIPTOR, sendFilter, underBubblewrap } from '../src/wasm/bubblewrap.ts'
import { findInstallation } from '../src/wasm/deno.ts'
import { seccompFilter } from '../src/wasm/seccomp.ts'

const { deno } = findInstallation()
const filter = seccompFilter(process.arch)
const works = await canBubblewrap(deno, filter)
const skip = works ? false : 'user namespaces are forbidden here, or bubblewrap is not installed'

/** Runs JavaScript under bubblewrap in a Deno with all permissions, so that only bubblewrap restricts it. */
async function inTheWall(code: string): Promise<{ code: number | null; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-wall-'))
  await writeFile(join(folder, 'attack.js'), code)
  const binds = { '/sandbox/deno': deno, '/sandbox/attack': folder }
  const words = underBubblewrap(
    [
      '/sandbox/deno',
      'run',
      '--no-config',
      '--no-lock',
      '--no-remote',
      '--cached-only',
      '-A',
      '/sandbox/attack/attack.js'
    ],
    binds
  )
  const [file = '', ...args] = words
  const child = spawn(file, args, {
    env: { STIMNET_SECRET: 'hidden' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: 20_000
  })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  child.stderr?.on('data', (chunk) => (output += chunk))
  assert.ok(filter)
  sendFilter(child.stdio[SECCOMP_DESCRIPTOR], filter)
  const code_ = await new Promise<number | null>((resolve) => child.once('close', resolve))
  await rm(folder, { recursive: true, force: true })
  return { code: code_, output }
}

test('bubblewrap alone, with all of Deno permitted, hides files, environment, processes and network', {
  skip
}, async () => {
  const listener = createServer((socket) => socket.destroy())
  let hits = 0
  listener.on('connection', () => hits++)
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const { output } = await inTheWall(`
    const say = (name, text) => console.log(name + ': ' + text)
    const refused = async (name, work) => { try { say(name, 'GOT ' + await work()) } catch (error) { say(name, 'refused ' + error.message) } }
    await refused('passwd', () => Deno.readTextFileSync('/etc/passwd'))
    await refused('etc', () => [...Deno.readDirSync('/etc')].length)
    await refused('home', () => [...Deno.readDirSync('/root')].length)
    await refused('write the root', () => Deno.writeTextFileSync('/left', 'x'))
    await refused('write dev', () => Deno.writeTextFileSync('/dev/left', 'x'))
    await refused('write itself', () => Deno.writeTextFileSync('/sandbox/attack/left', 'x'))
    await refused('connect', () => Deno.connect({ port: ${port} }))
    await refused('listen', () => Deno.listen({ port: 0 }))
    await refused('fetch', () => fetch('http://127.0.0.1:${port}/'))
    await refused('command', () => new Deno.Command('/bin/sh').outputSync())
    say('environment', Object.keys(Deno.env.toObject()).sort())
    say('root', [...Deno.readDirSync('/')].map(({ name }) => name).sort())
    say('processes', [...Deno.readDirSync('/proc')].filter(({ name }) => /^[0-9]+$/.test(name)).length)
    say('user', Deno.uid())
  `)
  listener.close()
  assert.doesNotMatch(output, /GOT/)
  assert.equal(output.match(/refused/g)?.length, 10, output)
  assert.match(output, /environment: DENO_DIR,DENO_NO_UPDATE_CHECK,NO_COLOR(,PWD)?\n/)
  assert.match(output, /root: dev,lib,(lib64,)?proc,sandbox,usr\n/)
  assert.match(output, /processes: [12]\n/)
  assert.match(output, /user: 65534/)
  assert.equal(hits, 0)
})

test('system calls that reach the kernel or other processes are refused', {
  skip: skip || process.arch !== 'x64'
}, async () => {
  const { output } = await inTheWall(`
    const libc = Deno.dlopen('libc.so.6', {
      syscall: { parameters: ['i64', 'i64', 'i64', 'i64', 'i64', 'i64'], result: 'i64' },
      __errno_location: { parameters: [], result: 'pointer' }
    }).symbols
    const call = (name, ...args) => {
      const [a, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n] = args.map(BigInt)
      const answer = libc.syscall(a, b, c, d, e, f)
      const errno = new Deno.UnsafePointerView(libc.__errno_location()).getInt32()
      console.log(name + ' ' + (answer === -1n ? errno : 'GOT ' + answer))
    }
    call('unshare', 272, 0x10000000)
    call('ptrace', 101, 0)
    call('memfd', 319, 0)
    call('io_uring', 425, 1)
    call('bpf', 321, 0)
    call('keyctl', 250, 0)
    call('mount', 165, 0)
    call('socket_inet', 41, 2, 1, 0)
    call('socket_vsock', 41, 40, 1, 0)
    call('socket_netlink', 41, 16, 3, 0)
    call('clone_newuser', 56, 0x10000011)
    call('clone3', 435, 0, 0)
    call('x32_getpid', 0x40000027)
    call('getpid', 39)
  `)
  for (const name of [
    'unshare',
    'ptrace',
    'memfd',
    'io_uring',
    'bpf',
    'keyctl',
    'mount',
    'socket_inet',
    'socket_vsock',
    'socket_netlink',
    'clone_newuser',
    'x32_getpid'
  ]) {
    assert.match(output, new RegExp(`^${name} 1$`, 'm'), output)
  }
  assert.match(output, /^clone3 38$/m)
  assert.match(output, /^getpid GOT \d+$/m)
})

test('for a processor with unknown system calls there is no seccomp filter, so bubblewrap is not used', async () => {
  assert.equal(seccompFilter('riscv64'), undefined)
  assert.equal(await canBubblewrap(deno, undefined), false)
  assert.equal(seccompFilter('arm64')?.length, (seccompFilter('x64')?.length ?? 0) - 4 * 16)
})
