/** Tests of the TypeScript SDK's README: its examples are files that compile, occur in it literally, and run. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { type Federation, PASSWORD, startFederation } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const SDK = join(import.meta.dirname, '../../packages/sdk')
const FILES = (await readdir(join(SDK, 'examples'))).sort()

/** The required output of each example. */
const SAID: Readonly<Record<string, RegExp>> = {
  'ask-many.ts': /100 %.*completed[\s\S]*female/,
  'model.ts': /site\[.* .*\][\s\S]*Released by each[\s\S]*Pooled[\s\S]*at character 16: .*Did you mean age/,
  'one-job.ts': /completed[\s\S]*JOB_UNKNOWN 404/,
  'sign-and-verify.ts': /verified[\s\S]*every receipt holds: \[ \d+ \]/
}

describe('the page of the TypeScript SDK', () => {
  let federation: Federation
  const end = atEnd()
  before(async () => {
    federation = await startFederation(end, 3)
    await federation.peers[0]?.accounts.put({ name: 'demo', roles: ['researcher'], password: PASSWORD })
  })

  test('shows every example as it is, and no other', async () => {
    const page = await readFile(join(SDK, 'README.md'), 'utf8')
    const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code)
    const files = await Promise.all(FILES.map((file) => readFile(join(SDK, 'examples', file), 'utf8')))
    assert.deepEqual(new Set(shown), new Set(files))
    assert.deepEqual(FILES, Object.keys(SAID).sort())
  })

  for (const file of FILES) {
    test(`${file} runs as it stands there`, async () => {
      const child = spawn(process.execPath, [join(SDK, 'examples', file)], {
        env: {
          PATH: process.env.PATH ?? '',
          STIMNET_URL: federation.peers[0]?.gatewayUrl ?? '',
          STIMNET_PASSWORD: PASSWORD
        }
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text
        })
      }
      const [code] = (await once(child, 'close')) as [number | null]
      assert.equal(code, 0, said)
      assert.match(said, SAID[file] ?? /^$/)
    })
  }
})
