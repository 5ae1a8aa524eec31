import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')
const HOOK = join(ROOT, 'test/redteam/hook.mjs')

/** Defects that are planted while a source is loaded, and the run that must find each. */
const DEFECTS = [
  {
    what: 'a noisy answer that nobody pays for',
    file: 'packages/peer/src/jobs/release/charge.ts',
    from: 'if (!ledger.isPaid(key)) {\n      const',
    to: 'if (plan === null) {\n      const',
    run: '--world jobs --seed 1 --peers 4 --hours 0.03',
    found: 'no answer leaves without its entry in a ledger'
  },
  {
    what: 'a request that is not known again when it arrives twice',
    file: 'packages/peer/src/jobs/admit.ts',
    from: 'if (earlier) return answerAgain(parts, earlier, checked, askedBy)',
    to: '',
    run: '--world jobs --seed 3 --peers 6 --hours 0.04 --faults doubled',
    found: 'who asked and who answered say the same of every job'
  },
  {
    what: 'a peer that goes on listing who was revoked',
    file: 'packages/peer/src/digests/store.ts',
    from: 'return peerId === this.#circle.self || this.#circle.permits(peerId)',
    to: 'return true',
    run: '--world directory --seed 1 --peers 20 --hours 0.01',
    found: 'list a peer that they know is revoked'
  }
] as const

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly isLoaded: boolean
}

/** Runs the simulation with a source that is changed while it is loaded. No file is written. */
async function runWith({ file, from, to, run }: (typeof DEFECTS)[number]): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-planted-'))
  try {
    const mark = join(folder, 'loaded')
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
    const parameters = ['--import', HOOK, join(ROOT, 'scripts/simulate.ts'), ...run.split(' ')]
    const mutation = JSON.stringify({ file, from, to, mark })
    const child = spawn(process.execPath, parameters, { cwd: ROOT, env: { ...env, STIMNET_MUTATION: mutation } })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
    }
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    const isLoaded = (await readFile(mark, 'utf8').catch(() => '')) !== ''
    return { code, out, isLoaded }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('a planted defect breaks a wall of the simulation, which prints how to see it again', () => {
  for (const defect of DEFECTS) {
    it(defect.what, async () => {
      assert.equal((await readFile(join(ROOT, defect.file), 'utf8')).split(defect.from).length, 2, 'the place is there')
      const { code, out, isLoaded } = await runWith(defect)
      assert.ok(isLoaded, out)
      assert.equal(code, 1, out)
      assert.ok(out.includes(`BROKEN: `) && out.includes(defect.found), out)
      assert.ok(out.includes(`again: npm run simulate -- ${defect.run}`), out)
    })
  }
})
