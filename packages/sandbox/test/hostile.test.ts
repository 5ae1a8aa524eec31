import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openWasmSandbox, type Sandbox, type SandboxLimits, type SandboxOutcome } from '../src/index.ts'
import { attempts } from './attempts.ts'
import { openBait, classOf as outcomeClass, jobOf, LIMITS_OF_TESTS, MiB, tryAll } from './jobs.ts'
import { below, canSeeProcesses, isRunning, until } from './processes.ts'

describe('a hostile program', () => {
  let cacheDir: string
  let sandbox: Sandbox
  let bait: Awaited<ReturnType<typeof openBait>>

  before(async () => {
    process.env.STIMNET_SECRET = 'hidden'
    cacheDir = await mkdtemp(join(tmpdir(), 'stimnet-sandbox-'))
    // Without bubblewrap, so that the tests check the protection that every machine has.
    sandbox = await openWasmSandbox({ cacheDir, poolSize: 1, warmFrom: 'open', bubblewrap: 'never' })
    bait = await openBait()
  })
  after(async () => {
    await sandbox?.close()
    bait?.close()
    await rm(cacheDir, { recursive: true, force: true })
  })

  const run = (code: string, limits: Partial<SandboxLimits> = {}): Promise<SandboxOutcome> =>
    sandbox.run(jobOf(code), { ...LIMITS_OF_TESTS, ...limits })
  const classOf = (code: string, limits: Partial<SandboxLimits> = {}) => outcomeClass(run(code, limits))

  test('gets at no file, no environment, no other process and no network', async () => {
    const outcome = await run(tryAll(attempts(bait.port)))
    assert.ok(outcome.ok, JSON.stringify(outcome))
    assert.deepEqual(JSON.parse(outcome.result), { got: [] }, outcome.log)
    assert.equal(bait.hits(), 0)
  })

  test('starts workers that may do no more than itself', async () => {
    const worker = `
      const say = (text) => Deno.stderr.writeSync(new TextEncoder().encode(text + '\\n'))
      say('the worker runs')
      for (const attempt of [() => Deno.readTextFileSync('/etc/passwd'), () => Deno.env.toObject(), () => Deno.hostname(),
        () => Deno.writeTextFileSync('/tmp/stimnet-left-behind', 'x'), () => new Deno.Command('/bin/true').outputSync()]) {
        try { attempt(); say('GOT ' + attempt) } catch (error) { say('refused ' + error.name) }
      }
      fetch('http://127.0.0.1:${bait.port}/').then(() => say('GOT fetch'), (error) => say('refused ' + error.name))
      Deno.connect({ port: ${bait.port} }).then(() => say('GOT connect'), (error) => say('refused ' + error.name))
    `
    const outcome = await run(`
import js, time
worker = js.process.getBuiltinModule("node:worker_threads").Worker
worker.new(${JSON.stringify(worker)}, js.JSON.parse('{"eval": true}'))
time.sleep(1.5)
result = 1`)
    assert.match(outcome.log, /the worker runs/)
    assert.match(outcome.log, /refused NotCapable/)
    assert.doesNotMatch(outcome.log, /GOT/)
    assert.equal(bait.hits(), 0)
  })

  test('imports nothing from anywhere', async () => {
    const sources = [
      'node:fs',
      'file:///etc/hostname',
      `http://127.0.0.1:${bait.port}/x.js`,
      'npm:zod',
      'jsr:@std/fs',
      'data:text/javascript,1'
    ]
    // An import completes in a later turn of the event loop, which never comes here. Only the listener could detect it.
    await run(
      `from pyodide.code import run_js\nfor source in ${JSON.stringify(sources)}:\n  run_js("(s) => { import(s) }")(source)\nimport time\ntime.sleep(1)`
    )
    assert.equal(bait.hits(), 0)
  })

  for (const [name, code] of Object.entries({
    'a list that grows': 'x = []\nwhile True: x.append(list(range(100000)))',
    'byte arrays': 'x = []\nwhile True: x.append(bytearray(50_000_000))',
    'a file in memory': 'f = open("/tmp/x", "wb")\nwhile True: f.write(b"x" * 10_000_000)',
    'array buffers of JavaScript':
      'import js\nx = []\nwhile True:\n  a = js.Uint8Array.new(50_000_000)\n  a.fill(1)\n  x.append(a)',
    'objects of JavaScript':
      'from pyodide.code import run_js\nrun_js("const a=[]; for(;;) a.push({x: Math.random(), y: [1]})")'
  })) {
    test(`is stopped at its memory limit: ${name}`, async () => {
      const outcome = await run(code, { memoryBytesMax: 600 * MiB })
      assert.equal(outcome.ok ? 'ok' : outcome.code, 'MEMORY_LIMIT', outcome.log)
      // A measurement of memory may be a little late.
      assert.ok((outcome.usage.peakMemoryBytes ?? 0) < 1000 * MiB, `${outcome.usage.peakMemoryBytes}`)
    })
  }

  test('that is deaf to interrupts is ended all the same', async () => {
    const deaf =
      'import js\nprint(js.process.pid)\nwhile True:\n  try:\n    while True: pass\n  except BaseException: pass'
    // Enough time on a busy machine to find out which process it is.
    const outcome = await run(deaf, { wallTimeMsMax: 5_000 })
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'TIME_LIMIT')
    const pid = Number(/^\d+$/m.exec(outcome.log)?.[0])
    assert.ok(pid > 0, outcome.log)
    if (canSeeProcesses) assert.ok(await until(() => !isRunning(pid), { msMax: 30_000 }), `${pid} still runs`)
  })

  test('that loops in JavaScript or sleeps is ended too', async () => {
    const js = 'from pyodide.code import run_js\nrun_js("for(;;) {}")'
    assert.equal(await classOf(js, { wallTimeMsMax: 1_000 }), 'TIME_LIMIT')
    assert.equal(await classOf('import time\ntime.sleep(100)', { wallTimeMsMax: 1_000 }), 'TIME_LIMIT')
  })

  for (const [name, code] of Object.entries({
    'deep recursion': 'def f(n): return f(n + 1) + 1\nf(0)',
    'recursion without a limit':
      'import sys\nsys.setrecursionlimit(10**9)\nclass A:\n  def __repr__(self): return repr(self)\nrepr(A())',
    'os._exit': 'import os\nopen(os.environ["OUTPUT_FILE"], "w").write("1")\nos._exit(0)',
    abort: 'import os\nos.abort()',
    'a write through a wild pointer': 'import ctypes\nctypes.memset(0, 0, 30_000_000)\nresult = 1',
    'a result deeper than any table': 'result = x = []\nfor i in range(100):\n  y = []\n  x.append(y)\n  x = y',
    'a result that is not a number': 'result = float("nan")',
    'a library that is not there': 'import numpy\nresult = 1'
  })) {
    test(`fails by itself, and only itself: ${name}`, async () => {
      assert.equal(await classOf(code), 'PROGRAM_FAILED')
    })
  }

  test('writes to the descriptors it was started with and reaches the log alone', async () => {
    const outcome = await run('import os\nos.write(1, b"READY\\nR\\0\\0\\0\\1" + b"7")\nos.write(2, b"x")\nresult = 1')
    assert.ok(outcome.ok)
    assert.equal(outcome.result, '1')
  })

  test('that forges a second answer has none at all', async () => {
    const forge = `from pyodide.code import run_js
run_js("""
import('node:process')
const bytes = new Uint8Array([0x52, 0, 0, 0, 1, 0x37])
globalThis.Deno = { errors: {} }
process.stdout.write(bytes)
""")
result = 1`
    assert.equal(await classOf(forge), 'PROGRAM_FAILED')
  })

  test('leaves nothing to the next one', async () => {
    const leave = `
import builtins, js, os, sys, random, json
open("/tmp/left", "w").write("secret")
builtins.left = sys.left = js.globalThis.left = "secret"
os.environ["LEFT"] = "secret"
try:
    open("/data/subjects.csv", "a").write("secret")
except OSError:
    pass
result = [str(js.process.pid), random.random()]`
    const look = `
import builtins, js, os, sys, random
found = [os.path.exists("/tmp/left"), hasattr(builtins, "left"), hasattr(sys, "left"), hasattr(js.globalThis, "left"),
  "LEFT" in os.environ, "secret" in open("/data/subjects.csv").read()]
result = [str(js.process.pid), random.random(), any(found)]`
    const first = JSON.parse(await classOf(leave))
    const second = JSON.parse(await classOf(look))
    assert.notEqual(first[0], second[0])
    assert.notEqual(first[1], second[1])
    assert.equal(second[2], false)
  })

  test('whose process is killed under it is told as the fault of the node', { skip: !canSeeProcesses }, async () => {
    const own = await openWasmSandbox({ cacheDir, poolSize: 0 })
    const others = new Set(below(process.pid))
    const running = own.run(jobOf('while True: pass'), LIMITS_OF_TESTS)
    const mine = () => below(process.pid).filter((pid) => !others.has(pid))
    await until(() => mine().length > 0, { msMax: 5_000 })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    for (const pid of mine()) process.kill(pid, 'SIGKILL')
    const outcome = await running
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'SANDBOX_UNAVAILABLE')
    await own.close()
  })
})
