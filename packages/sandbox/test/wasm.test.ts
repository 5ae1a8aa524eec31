import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openWasmSandbox, type Sandbox } from '../src/index.ts'
import { canBubblewrap } from '../src/wasm/bubblewrap.ts'
import { findInstallation } from '../src/wasm/deno.ts'
import { seccompFilter } from '../src/wasm/seccomp.ts'
import { ensureSnapshot } from '../src/wasm/snapshot.ts'
import { attempts } from './attempts.ts'
import { sandboxContract } from './contract.ts'
import { jobOf, LIMITS_OF_TESTS, notebookOf } from './jobs.ts'
import { below, canSeeProcesses, isRunning, until } from './processes.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const cacheDir = await scratchFolder({ after })
/** The key of a peer, with which its later processes accept the snapshot of the first. */
const snapshotKey = new Uint8Array(32).fill(7)

sandboxContract({
  name: 'wasm, inside bubblewrap where it works',
  open: () => openWasmSandbox({ cacheDir, snapshotKey, poolSize: 1 }),
  programs: {
    answers: 'result = {"n": 3}',
    fails: 'raise ValueError("of its own")',
    neverEnds: 'while True:\n  pass',
    leavesNothing: 'x = 1',
    leavesNoJson: 'import os\nopen(os.environ["OUTPUT_FILE"], "w").write(\'{"n": NaN}\')',
    answersTooMuch: 'result = "x" * 100_000',
    printsTooMuch: 'while True:\n  print("x" * 1000)',
    prints: 'print("printed by the program")\nresult = {"n": 3}'
  }
})

describe('what a script sees', () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await openWasmSandbox({ cacheDir, snapshotKey, poolSize: 2, warmFrom: 'open' })
  })
  after(() => sandbox?.close())

  const resultOf = async (job: Parameters<Sandbox['run']>[0]): Promise<unknown> => {
    const outcome = await sandbox.run(job, LIMITS_OF_TESTS)
    assert.ok(outcome.ok, JSON.stringify(outcome))
    return JSON.parse(outcome.result)
  }

  test('tables come as lists of dicts, numbers as numbers and what is missing as None', async () => {
    const rows = [
      { subject_id: 'S1', age: 61, sex: 'F', visit_date: '2024-01-02', weight: 70.5 },
      { subject_id: 'S2', age: null, sex: 'M', visit_date: null, weight: null },
      { subject_id: 'S,3', age: 70, sex: 'F', visit_date: '2024-03-04', weight: 81 }
    ]
    const code = `
from data_loader import load_data
import stimnet
result = [load_data(), load_data("subjects"), stimnet.tables["subjects"], load_data("subjects.csv")]`
    assert.deepEqual(await resultOf(jobOf(code)), [{ subjects: rows }, rows, rows, rows])
  })

  test('an older script finds its folder, its configuration and its output file', async () => {
    const code = `
import csv, json, os, sys
if __name__ == "__main__":
    config = json.load(open(os.environ["JOB_CONFIG"]))
    with open(os.path.join(os.environ["DATA_ROOT"], "subjects.csv")) as file:
        ages = [int(row["age"]) for row in csv.DictReader(file) if row["age"]]
    config.pop("tables")
    with open(os.environ["OUTPUT_FILE"], "w") as file:
        json.dump({"ages": ages, "config": config, "k": os.environ["MIN_COHORT_SIZE"]}, file)
    result = "not this one"
    sys.exit(0)`
    assert.deepEqual(await resultOf(jobOf(code)), {
      ages: [61, 70],
      k: '7',
      config: {
        job_id: 'job-1',
        script_type: 'python',
        parameters: { threshold: 5 },
        filters: { sex: 'F' },
        data_catalog_id: 'clinical_trial_data',
        uploaded_files: [],
        min_cohort_size: 7
      }
    })
  })

  test('uploaded files lie in a folder of their own, can be read and not be changed, and say what they are', async () => {
    const bytes = Uint8Array.of(0, 255, 10, 13)
    const uploads = [
      { name: 'grid.npy', bytes, sha256: 'ab' },
      { name: 'helper.py', bytes: Buffer.from('answer = 42'), sha256: 'cd' }
    ]
    const code = `
import json, os, stimnet
root = os.environ["UPLOADS_ROOT"]
config = json.load(open(os.environ["JOB_CONFIG"]))["uploaded_files"]
scope = {}
exec(open(stimnet.uploads["helper.py"]).read(), scope)
def tries(work):
    try:
        work()
        return "done"
    except OSError:
        return "refused"
result = {
    "names": sorted(os.listdir(root)),
    "bytes": list(open(os.path.join(root, "grid.npy"), "rb").read()),
    "config": config,
    "answer": scope["answer"],
    "write": tries(lambda: open(os.path.join(root, "grid.npy"), "wb")),
    "add": tries(lambda: open(os.path.join(root, "new"), "wb")),
    "tables": sorted(os.listdir(os.environ["DATA_ROOT"])),
}`
    assert.deepEqual(await resultOf(jobOf(code, { uploads })), {
      ...{ names: ['grid.npy', 'helper.py'], bytes: [...bytes], answer: 42, write: 'refused', add: 'refused' },
      config: [
        { name: 'grid.npy', path: '/data/uploads/grid.npy', size: 4, sha256: 'ab' },
        { name: 'helper.py', path: '/data/uploads/helper.py', size: 11, sha256: 'cd' }
      ],
      tables: ['subjects.csv', 'uploads']
    })
  })

  test('its environment is that and nothing of this machine', async () => {
    const names = ['DATA_ROOT', 'HOME', 'JOB_CONFIG', 'LANG', 'MIN_COHORT_SIZE', 'OUTPUT_FILE', 'TZ', 'UPLOADS_ROOT']
    assert.deepEqual(await resultOf(jobOf('import os\nresult = sorted(os.environ)')), names)
  })

  test('released values make one object, before a name `result`', async () => {
    const code = `
import stimnet
stimnet.release("mean_age", 65.5)
stimnet.release("quartiles", 61, 65.5, 70)
stimnet.release("age", n=2, mean=65.5)
save_result("threshold", stimnet.parameters["threshold"])
result = "not this one"`
    assert.deepEqual(await resultOf(jobOf(code)), {
      mean_age: 65.5,
      quartiles: [61, 65.5, 70],
      age: { n: 2, mean: 65.5 },
      threshold: 5
    })
  })

  test('a script that exits in trouble has failed, whatever it left', async () => {
    const code = 'import sys\nsave_result("a", 1)\nsys.exit(2)'
    const outcome = await sandbox.run(jobOf(code), LIMITS_OF_TESTS)
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'PROGRAM_FAILED')
  })

  test("a notebook's cells run in order and share their names; its own commands do nothing", async () => {
    const notebook = notebookOf(
      '%matplotlib inline\n!pip install numpy\nimport stimnet\nn = 1\nn',
      'stimnet.release("n", n + 1)'
    )
    assert.deepEqual(await resultOf(jobOf('', notebook)), { n: 2 })
  })

  test('a text that is no notebook has failed before anything runs', async () => {
    const outcome = await sandbox.run(jobOf('result = 1', { language: 'jupyter' }), LIMITS_OF_TESTS)
    assert.equal(outcome.ok ? 'ok' : outcome.code, 'PROGRAM_FAILED')
  })

  test('chance differs from job to job, though all start from the same memory', async () => {
    const code = 'import random, uuid\nresult = [random.random(), str(uuid.uuid4())]'
    const [first, second] = [await resultOf(jobOf(code)), await resultOf(jobOf(code))] as [unknown[], unknown[]]
    assert.notEqual(first[0], second[0])
    assert.notEqual(first[1], second[1])
  })

  test('all libraries it names can be found', async () => {
    const { libraries } = await sandbox.describe()
    const code = `
import importlib.util
result = [n for n in ${JSON.stringify([...libraries('python')])} if n != "__main__" and importlib.util.find_spec(n) is None]`
    assert.deepEqual(await resultOf(jobOf(code)), [])
  })

  test('more jobs at once than allowed are refused, not queued without end', async () => {
    const narrow = await openWasmSandbox({ cacheDir, snapshotKey, poolSize: 0, runsMax: 1 })
    const both = await Promise.all([1, 2].map(() => narrow.run(jobOf('result = 1'), LIMITS_OF_TESTS)))
    assert.deepEqual(
      both.map((outcome) => (outcome.ok ? 'ok' : outcome.code)),
      ['ok', 'SANDBOX_UNAVAILABLE']
    )
    await narrow.close()
  })
})

test('a sandbox reports whether it runs in bubblewrap, and refuses to open without it if it is required', async () => {
  const plain = await openWasmSandbox({ cacheDir, snapshotKey, poolSize: 0, bubblewrap: 'never' })
  assert.equal((await plain.describe()).grade, 'wasm')
  await plain.close()
  const required = openWasmSandbox({ cacheDir, snapshotKey, poolSize: 0, bubblewrap: 'require' })
  const works = await canBubblewrap(findInstallation().deno, seccompFilter(process.arch))
  if (!works) await assert.rejects(required, { code: 'SANDBOX_UNAVAILABLE' })
  else {
    const walled = await required
    assert.equal((await walled.describe()).grade, 'wasm+bwrap')
    const names = Object.entries(attempts(9)).map(([name, code]) => [name, code])
    const outcome = await walled.run(
      jobOf(`
import js, json
got = []
for name, code in json.loads(${JSON.stringify(JSON.stringify(names))}):
    try:
        exec(code, {})
        got.append(name)
    except BaseException:
        pass
result = [got, str(js.process.argv)]`),
      LIMITS_OF_TESTS
    )
    assert.ok(outcome.ok, JSON.stringify(outcome))
    const { sha256 } = await ensureSnapshot(findInstallation(), { cacheDir, key: snapshotKey })
    // The program does not even see the names of this machine's folders.
    assert.deepEqual(JSON.parse(outcome.result), [
      [],
      `/sandbox/deno,/sandbox/runner/runner.js,serve,/sandbox/pyodide,/sandbox/memory.bin,${sha256},cold`
    ])
    await walled.close()
  }
})

test('a folder whose name Deno would take for two is refused', async () => {
  const folder = join(cacheDir, 'a,b')
  await assert.rejects(openWasmSandbox({ cacheDir: folder, poolSize: 0, bubblewrap: 'never' }), {
    code: 'SANDBOX_UNAVAILABLE'
  })
})

describe('processes and files of the embedded sandbox', { skip: !canSeeProcesses }, () => {
  test('after closing no process is left, whether it ran or waited', async () => {
    const others = new Set(below(process.pid))
    const sandbox = await openWasmSandbox({ cacheDir, snapshotKey, poolSize: 2, warmFrom: 'open' })
    const running = sandbox.run(jobOf('while True: pass'), LIMITS_OF_TESTS)
    await until(() => below(process.pid).length > others.size, { msMax: 5_000 })
    await new Promise((resolve) => setTimeout(resolve, 500))
    await sandbox.close()
    await running
    assert.ok(await until(() => below(process.pid).every((pid) => others.has(pid)), { msMax: 1_000 }))
  })

  test('when its peer is killed, what waits and what runs dies with it', async () => {
    const script = `
      import { openWasmSandbox } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
      const sandbox = await openWasmSandbox({ cacheDir: ${JSON.stringify(cacheDir)}, snapshotKey: new Uint8Array(32).fill(7), poolSize: 2,
        warmFrom: 'open', bubblewrap: process.argv[1] })
      const run = (code) => sandbox.run({ jobId: 'j', language: 'python', code, parameters: {}, filters: {}, catalogId: 'c', tables: [],
        minCohortSize: 5 }, { wallTimeMsMax: 60000, memoryBytesMax: 2 ** 30, outputBytesMax: 1000 })
      // Once through, so that one is warm and the endless one really runs when this peer is killed.
      await Promise.all([run('result = 1'), run('result = 1')])
      while (!(await run('result = 1')).usage.warm) {}
      run('while True: pass')
      setTimeout(() => console.log('running'), 1000)`
    for (const wall of ['never', 'auto']) {
      const peer = spawn(process.execPath, ['--input-type=module', '-e', script, wall], {
        stdio: ['ignore', 'pipe', 'inherit']
      })
      await new Promise((resolve) => peer.stdout.once('data', resolve))
      const orphans = below(peer.pid ?? 0)
      assert.ok(orphans.length >= 2, `${orphans}`)
      peer.kill('SIGKILL')
      assert.ok(await until(() => !orphans.some(isRunning), { msMax: 3_000 }), `${wall}: ${orphans.filter(isRunning)}`)
    }
  })

  test('two peers that start at once build one snapshot, whole', async () => {
    const own = await mkdtemp(join(tmpdir(), 'stimnet-sandbox-'))
    const script = `
      import { openWasmSandbox } from ${JSON.stringify(fileURLToPath(new URL('../src/index.ts', import.meta.url)))}
      const snapshotKey = new Uint8Array(32).fill(7)
      await (await openWasmSandbox({ cacheDir: ${JSON.stringify(own)}, poolSize: 0, snapshotKey })).close()`
    const codes = await Promise.all(
      [1, 2].map(() => {
        const peer = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
        return new Promise((resolve) => peer.once('close', resolve))
      })
    )
    assert.deepEqual(codes, [0, 0])
    assert.equal((await readdir(own)).length, 1)
    const before = await stat(join(own, (await readdir(own))[0] ?? '', 'memory.bin'))
    const sandbox = await openWasmSandbox({ cacheDir: own, poolSize: 0, snapshotKey })
    const after = await stat(join(own, (await readdir(own))[0] ?? '', 'memory.bin'))
    assert.equal(after.ino, before.ino, 'a later start with the same key builds none')
    const outcome = await sandbox.run(jobOf('result = 1'), LIMITS_OF_TESTS)
    assert.ok(outcome.ok)
    await sandbox.close()
    await rm(own, { recursive: true, force: true })
  })
})
