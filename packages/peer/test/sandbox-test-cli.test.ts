import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { ATTACKS, type EngineReport } from '@stimnet/sandbox'
import { exitOf, reportText, sandboxTest } from '../src/cli/serve/sandbox-test.ts'
import { recordingIo } from '../../../test/recording-io.ts'

const attack = ATTACKS[0] ?? assert.fail()

function report(isClean: boolean, outcome: 'contained' | 'open' = 'contained'): EngineReport {
  const verdict = outcome === 'open' ? { outcome, by: 'it got\u001b through' } : { outcome, by: 'refused' }
  const results = [{ attack, verdict, isAdmitted: outcome === 'contained' }]
  return { grade: 'docker', isHere: true, languages: ['python'], results, left: [], isClean }
}
const absent: EngineReport = { grade: 'docker+gvisor', isHere: false, why: 'no runsc', howTo: 'Install gVisor.' }

describe('stimnet sandbox test', () => {
  const run = async (values: Parameters<typeof sandboxTest>[0]) => {
    const io = recordingIo()
    const exit = await sandboxTest(values, io)
    return { exit, ...io.said }
  }

  test('lists every attack with what it tries, and runs none', async () => {
    const { exit, out } = await run({ list: true, json: true })
    assert.equal(exit, 0)
    const ids = JSON.parse(out).map(({ id }: { id: string }) => id)
    assert.deepEqual(
      ids,
      ATTACKS.map(({ id }) => id)
    )
    assert.match((await run({ list: true, only: 'loop.deaf' })).out, /loop\.deaf .*Run for ever/)
  })

  test('says when there is no attack of that name', async () => {
    assert.equal((await run({ only: 'nothing.such' })).exit, 2)
    await assert.rejects(run({ engine: 'podman' }), { code: 'PARAMETER_INVALID' })
    await assert.rejects(run({ engine: 'wasm', runtime: 'runsc' }), { code: 'PARAMETER_INVALID' })
  })

  test('attacks the embedded sandbox without any configuration', async () => {
    const here = process.cwd()
    process.chdir(tmpdir())
    try {
      const { exit, out } = await run({ engine: 'wasm', only: 'files.secret,js.fetch' })
      assert.equal(exit, 0, out)
      assert.match(out, /files\.secret +a file with a secret +contained/)
      assert.match(
        out,
        /wasm \(.*python.*\): 2 contained, 0 bounded, 0 open, 0 unjudged; nothing left behind\. It holds/
      )
    } finally {
      process.chdir(here)
    }
  })

  test('ends with exit code 1 where one engine does not hold, or none is here', () => {
    assert.equal(exitOf([report(true)]), 0)
    assert.equal(exitOf([report(true), absent]), 0)
    assert.equal(exitOf([report(true), report(false)]), 1)
    assert.equal(exitOf([absent]), 1)
    assert.equal(exitOf([]), 1)
  })

  test('shows a hole in capitals, what is not here with what to do, and nothing that steers the terminal', () => {
    const text = reportText(report(false, 'open'))
    assert.match(text, /OPEN +it got. through/)
    assert.match(text, /1 open.*DOES NOT hold/)
    assert.ok(!text.includes('\u001b'))
    assert.match(reportText(absent), /not available \(no runsc\)\. Install gVisor\./)
    assert.match(reportText({ ...report(false), left: ['container 1'] } as EngineReport), /LEFT BEHIND: container 1/)
  })
})
