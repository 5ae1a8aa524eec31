import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { createOptions } from '../src/docker/create.ts'
import type { Engine } from '../src/docker/engine.ts'
import { LogReader } from '../src/docker/log.ts'
import type { Remover } from '../src/docker/remover.ts'
import seccomp from '../src/docker/seccomp.json' with { type: 'json' }
import { ContainerSlot } from '../src/docker/slot.ts'
import { StreamSplitter } from '../src/docker/streams.ts'
import { MiB } from './jobs.ts'

const options = createOptions(
  {
    kind: 'python',
    imageId: 'sha256:0',
    labels: { a: 'b' },
    memoryBytesMax: 100 * MiB,
    cpuSecondsMax: 60,
    isGvisor: false
  },
  'cold'
)
const host = options.HostConfig as Record<string, unknown>

test('a container gets no network, no writable root, no privilege, no folder of the machine and no log', () => {
  assert.equal(options.NetworkDisabled, true)
  assert.equal(options.User, '65534:65534')
  assert.deepEqual([host.NetworkMode, host.IpcMode, host.ReadonlyRootfs], ['none', 'none', true])
  assert.deepEqual([host.CapDrop, host.LogConfig], [['ALL'], { Type: 'none' }])
  assert.deepEqual((host.SecurityOpt as string[])[0], 'no-new-privileges')
  for (const name of ['Binds', 'Mounts', 'VolumesFrom', 'Devices', 'CapAdd', 'PidMode', 'UsernsMode'])
    assert.equal(host[name], undefined, name)
})

test('a container has a bound on memory, swap, processes, processor, files and each of its folders', () => {
  assert.deepEqual([host.Memory, host.MemorySwap], [100 * MiB, 100 * MiB])
  assert.deepEqual([host.PidsLimit, host.NanoCpus], [64, 1e9])
  for (const mount of Object.values(host.Tmpfs as Record<string, string>))
    assert.match(mount, /noexec,nosuid,nodev,.*size=\d+,nr_inodes=\d+/)
  assert.ok((host.Ulimits as { Name: string }[]).some(({ Name }) => Name === 'cpu'))
})

test('an engine that is stopped waits for no program: it is killed at once', () => {
  assert.equal(options.StopSignal, 'SIGKILL')
})

test('a container that ends without a word is started once more, and what it ended with is said', async () => {
  const started = async (words: readonly string[]) => {
    const attached: PassThrough[] = []
    const engine = {
      create: async () => 'id',
      attach: async () => attached[attached.push(new PassThrough()) - 1],
      start: async () => {
        const word = words[attached.length - 1] ?? ''
        const socket = attached.at(-1)
        if (word !== '') socket?.write(Buffer.concat([headOf(1, word.length), Buffer.from(word)]))
        else socket?.end().resume()
      },
      end: async () => ({ exitCode: 137, ranOutOfMemory: false })
    } as unknown as Engine
    const remover = { remove: async () => {} } as unknown as Remover
    const signal = AbortSignal.timeout(20_000)
    const settings = { kind: 'python', imageId: '', labels: {}, memoryBytesMax: 1, cpuSecondsMax: 1 } as const
    const starting = ContainerSlot.start(
      { engine, remover },
      { ...settings, isGvisor: false },
      { mode: 'warm', signal }
    )
    const said = await starting.then(
      ({ isAlive }) => isAlive,
      (error) => error.message
    )
    return [said, attached.length]
  }
  assert.deepEqual(await started(['', 'READY\n']), [true, 2])
  const why = 'starting a container: it ended without a word, with exit code 137'
  assert.deepEqual(await started(['', '', 'READY\n']), [why, 2])
})

test('system calls are refused unless they are named, and none is named that leads out', () => {
  assert.equal(seccomp.defaultAction, 'SCMP_ACT_ERRNO')
  const free = seccomp.syscalls.filter(({ action, ...rule }) => action === 'SCMP_ACT_ALLOW' && !('args' in rule))
  const names = new Set(free.flatMap((rule) => rule.names))
  const out = `socket socketpair clone clone3 ptrace process_vm_readv process_vm_writev bpf perf_event_open userfaultfd mount umount2 pivot_root
    chroot unshare setns keyctl add_key request_key io_uring_setup memfd_create memfd_secret open_by_handle_at personality kexec_load
    init_module finit_module mknod mknodat shmget msgget semget mq_open pidfd_getfd syslog reboot swapon fanotify_init`
  for (const name of out.split(/\s+/)) assert.ok(!names.has(name), name)
  const sockets = seccomp.syscalls.find((rule) => rule.names.includes('socket'))
  assert.deepEqual(sockets?.args, [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }])
})

test('what a container says is taken apart alike, however it arrives', () => {
  const piece = fc.record({ stream: fc.constantFrom(1, 2), bytes: fc.uint8Array({ maxLength: 40 }) })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.integer({ min: 1, max: 30 }), (pieces, step) => {
      const sent = Buffer.concat(pieces.flatMap(({ stream, bytes }) => [headOf(stream, bytes.length), bytes]))
      const got: Record<number, Buffer[]> = { 1: [], 2: [] }
      const splitter = new StreamSplitter({
        stdout: (chunk) => got[1]?.push(Buffer.from(chunk)),
        stderr: (chunk) => got[2]?.push(Buffer.from(chunk))
      })
      for (let at = 0; at < sent.length; at += step) splitter.push(sent.subarray(at, at + step))
      for (const stream of [1, 2]) {
        const wanted = Buffer.concat(pieces.filter((one) => one.stream === stream).map(({ bytes }) => bytes))
        assert.ok(Buffer.concat(got[stream] ?? []).equals(wanted))
      }
    }),
    { numRuns: 200 }
  )
})

test('what is printed arrives whole and without the mark of its end, however it is cut', () => {
  const mark = Buffer.from('\x04END\x04\n')
  const text = fc.constantFrom('', 'a', '\x04', '\x04END', 'END\x04\n', '\x04\x04END\n', 'said\n')
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 6 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (texts, isMarked, step) => {
        // The mark is also recognised if a program prints it, so texts that contain the mark are left out here.
        fc.pre(!Buffer.from(texts.join('')).includes(mark))
        const printed = Buffer.from(texts.join(''))
        const sent = isMarked ? Buffer.concat([printed, mark]) : printed
        const got: Buffer[] = []
        const reader = new LogReader((chunk) => got.push(Buffer.from(chunk)))
        for (let at = 0; at < sent.length; at += step) reader.push(sent.subarray(at, at + step))
        reader.flush()
        assert.equal(Buffer.concat(got).toString(), printed.toString())
      }
    ),
    { numRuns: 300 }
  )
})

test('the mark is seen once all of it has come, and what follows is counted all the same', async () => {
  let bytes = 0
  const reader = new LogReader((chunk) => {
    bytes += chunk.length
  })
  let isMarked = false
  const marked = reader.marked.then(() => {
    isMarked = true
  })
  reader.push(Buffer.from('a\x04END\x04'))
  await new Promise(setImmediate)
  assert.deepEqual([isMarked, bytes], [false, 1])
  reader.push(Buffer.from('\nb'))
  await marked
  for (let count = 0; count < 10; count++) reader.push(Buffer.from('x'.repeat(1000)))
  assert.equal(bytes, 10_002)
})

function headOf(stream: number, length: number): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(length, 4)
  return head
}
