import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runCommand } from '@stimnet/machine'
import { reviewCommand } from '../src/cli/serve/review.ts'
import { recordingIo } from '../../../test/recording-io.ts'

describe('stimnet review', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stimnet-review-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const review = async (name: string, text: string, ...options: string[]) => {
    const file = join(folder, name)
    await writeFile(file, text)
    const io = recordingIo()
    const exit = await runCommand(reviewCommand, [file, ...options], io)
    return { exit, ...io.said }
  }

  test('lists what a script touches, line by line', async () => {
    const { exit, out } = await review('a.py', 'import os as o\n\no.system("ls")\n')
    assert.equal(exit, 0)
    assert.match(out, /^ +3 +process +o\.system +os\.system$/m)
  })

  test('names the cell of a notebook', async () => {
    const cells = ['x = 1', 'open("y")'].map((source) => ({ cell_type: 'code', source }))
    const { out } = await review('a.ipynb', JSON.stringify({ nbformat: 4, cells }))
    assert.match(out, /^ +2 +1 +file +open$/m)
  })

  test('reads R and SQL too, and any file whose language is told', async () => {
    assert.match((await review('a.R', 'system("ls")')).out, /process +system/)
    assert.match((await review('a.sql', 'SELECT AVG(age) FROM s WHERE sex = 1')).out, /filter +s\.sex = 1/)
    assert.match((await review('a.txt', 'eval("1")', '--language', 'python')).out, /eval +eval/)
    await assert.rejects(review('a.txt', ''), { code: 'PARAMETER_INVALID' })
  })

  test('says where a script stops being one, with exit code 1', async () => {
    const { exit, err } = await review('b.py', 'x = 1\ndef f(:\n')
    assert.equal(exit, 1)
    assert.match(err, /line 2/)
    await assert.rejects(review('b.sql', 'SELECT 1'), { code: 'SQL_NOT_SUPPORTED' })
  })

  test('gives the same as JSON, and says where there was more', async () => {
    const { out } = await review('c.py', 'eval("1")', '--json')
    assert.deepEqual(JSON.parse(out).findings, [{ kind: 'eval', what: 'eval', line: 1 }])
    assert.match((await review('d.py', 'eval("1")\n'.repeat(300))).err, /not complete: there is more/)
  })

  test('a script cannot steer the terminal of who reads it', async () => {
    const { out } = await review('e.py', 'getattr(x, "\u001b[2J" + y)')
    assert.ok(!out.includes('\u001b'))
  })
})
