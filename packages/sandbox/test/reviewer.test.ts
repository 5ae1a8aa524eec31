import assert from 'node:assert/strict'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { reviewOf } from '../src/index.ts'

/** A script with many comments that contain an apostrophe, for which the grammar is slow. */
const tangled = (lines: number) => `x = 1\n${"# it's a line that is not left out\n".repeat(lines)}y = 2\n`

/** Runs `work` while several threads per processor compute without end. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const spinning = Array.from({ length: availableParallelism() * 6 }, () => new Worker('for (;;) {}', { eval: true }))
  await Promise.all(spinning.map((worker) => once(worker, 'online')))
  try {
    return await work()
  } finally {
    await Promise.all(spinning.map((worker) => worker.terminate()))
  }
}

describe('reading scripts apart', () => {
  test('long comments cost nothing, wherever they stand, and lines are still counted', async () => {
    const many = '# what somebody wrote about it\n'.repeat(5_000)
    for (const code of [`${many}import os\n`, `import os\n${many}`, `def f():\n  import os\n${many}  return 1\n`]) {
      const { imports } = await reviewOf('python', code)
      assert.ok(imports.ok)
      assert.deepEqual(
        imports.modules.map(({ name }) => name),
        ['os']
      )
    }
    assert.deepEqual(await reviewOf('python', `${many}x = = 1\n`), {
      ...{ imports: { ok: false, line: 5_001 }, findings: [], isCut: false }
    })
  })

  test('no code hides in what looks like a comment', async () => {
    for (const code of ['x = """\n# """; import os\n', "x = '''\n# '''; import os\n", '"""\n#"""\nimport os\n']) {
      const { imports } = await reviewOf('python', code)
      assert.ok(imports.ok && imports.modules.some(({ name }) => name === 'os'), code)
    }
    // In R, a name in backticks may span several lines.
    const { findings } = await reviewOf('r', '`a\n# b` <- 1; eval(x)\n')
    assert.ok(findings.some(({ kind }) => kind === 'eval'))
  })

  test('what is made to take long is given up, nobody else waits for it, and the next one is read', async () => {
    const [slow, turns] = [reviewOf('python', tangled(7_000)), { taken: 0 }]
    const turn = setInterval(() => (turns.taken += 1), 1)
    const { imports } = await slow
    clearInterval(turn)
    assert.match(
      imports.ok ? '' : (imports.why ?? ''),
      /^The script could not be read here in a second of processor time/
    )
    // The main thread stays free while the reviewing thread is busy for half a second or longer.
    assert.ok(turns.taken > 20, `${turns.taken} turns`)
    assert.equal((await reviewOf('python', 'import re\n')).imports.ok, true)
    // The machine may have been slow, so the script is reviewed again when it is sent again.
    assert.notEqual(reviewOf('python', tangled(7_000)), slow)
  })

  test('a busy machine refuses no script that takes little processor time', async () => {
    const { imports } = await whileBusy(() => reviewOf('python', `import os\n${'x = (1, 2, [3, 4])\n'.repeat(2_000)}`))
    assert.ok(imports.ok, JSON.stringify(imports))
  })

  test('the same script is read once, and too many at one time are told so', async () => {
    assert.equal(reviewOf('r', 'x <- 1\n'), reviewOf('r', 'x <- 1\n'))
    const asked = Array.from({ length: 40 }, (_, i) => reviewOf('python', `x = ${i}\n`))
    const outcomes = await Promise.allSettled(asked)
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    assert.deepEqual([...new Set(refused)], ['QUEUE_FULL'])
    assert.ok(refused.length >= 8 && refused.length < 40)
    // A script that was refused is reviewed when it is sent again.
    assert.equal((await reviewOf('python', 'x = 39\n')).imports.ok, true)
  })
})
