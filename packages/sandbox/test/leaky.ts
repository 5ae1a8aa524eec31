/** A sandbox without any isolation. The attack suite must find it open; a suite that does not could detect no leak at all. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox, SandboxOutcome } from '../src/index.ts'

const RUNNER = `
import json, os, sys
scope = {}
exec(compile(sys.stdin.read(), "script.py", "exec"), scope)
if "result" in scope:
    with open(os.environ["OUTPUT_FILE"], "w") as file: json.dump(scope["result"], file)
`

/** Runs programs with the machine's own Python, as this user, with this environment. */
export function leakySandbox(python: string): Sandbox {
  return {
    engine: 'fake',
    describe: async () => ({
      ...{ engine: 'fake', grade: 'none', languages: ['python'] },
      image: () => 'this machine',
      libraries: () => new Set()
    }),
    pool: () => ({ waitingMax: 0, waiting: 0 }),
    isAvailable: async () => true,
    run: async (job): Promise<SandboxOutcome> => {
      const folder = await mkdtemp(join(tmpdir(), 'stimnet-leaky-'))
      const file = join(folder, 'result.json')
      const env = { ...process.env, OUTPUT_FILE: file }
      const child = spawn(python, ['-c', RUNNER], { env, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
      let log = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          log += chunk
        })
      }
      child.stdin.end(job.code)
      // Not `close`, because processes that the program left may keep its outputs open.
      const code = await new Promise((resolve) => child.once('exit', resolve))
      const result = await readFile(file, 'utf8').catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
      const usage = { wallTimeMs: 1, peakMemoryBytes: undefined, outputBytes: log.length, warm: false }
      if (code === 0 && result !== undefined) return { ok: true, result, log, usage }
      return { ok: false, code: 'PROGRAM_FAILED', log, usage }
    },
    close: async () => {}
  }
}
