import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const SCRIPT = join(import.meta.dirname, '../../scripts/simulate.ts')

/** Large sizes. */
const RUNS = [
  '--world directory --peers 1000 --runs 3',
  '--world jobs --peers 50 --hours 0.2',
  '--world jobs --peers 8 --hours 0.2 --runs 20'
]

describe('the simulation in full size breaks no wall', () => {
  for (const run of RUNS) {
    it(run, async () => {
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const child = spawn(process.execPath, [SCRIPT, ...run.split(' ')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      let out = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
      assert.equal(code, 0, out)
    })
  }
})
