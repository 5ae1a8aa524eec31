/** Tests of the recipe for R: the code on its documentation page is run against two institutions. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { spawn } from 'node:child_process'
import { verifyReceipt } from '@stimnet/sdk'
import { type Federation, PASSWORD, scratchFolder, startFederation } from '../mesh.ts'

const PAGE = join(import.meta.dirname, '../../docs/clients/r.md')

const probe = spawnSync('Rscript', ['-e', 'library(httr2); library(jsonlite)'])
const skip = probe.status !== 0 && 'no R with httr2 and jsonlite here'

/** Runs the code of the page, after `change` was applied to it. Returns its output and exit code. */
async function recipe(t: { after(fn: () => unknown): void }, mesh: Federation, change = (code: string) => code) {
  const page = await readFile(PAGE, 'utf8')
  const code = [...page.matchAll(/^```r\n(.*?)^```/gms)].map((block) => block[1] ?? '').join('\n')
  const gateway = code.replaceAll('http://127.0.0.1:8000', mesh.peers[0]?.gatewayUrl ?? '')
  const folder = await scratchFolder(t)
  const file = join(folder, 'recipe.R')
  await writeFile(file, change(gateway.replace('"demo", "demo"', `"ada", "${PASSWORD}"`)))
  const child = spawn('Rscript', ['--vanilla', file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { ...said, status, folder }
}

test('the recipe for R logs in, broadcasts, pools and keeps receipts that hold', { skip }, async (t) => {
  const mesh = await startFederation(t, 2)
  const { out, err, status, folder } = await recipe(t, mesh)
  assert.equal(status, 0, err)
  const counts = [...out.matchAll(/^\d+ +(?:female|male) +(\d+) +[\d.]+$/gm)].map((match) => Number(match[1]))
  assert.equal(counts.length, 2, out)
  assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 300)
  assert.match(out, /^University Hospital North completed *$/m)
  for (const [at, { peerId }] of mesh.peers.entries()) {
    const receipt = await readFile(join(folder, `node-${at + 1}.receipt`), 'utf8')
    assert.equal((await verifyReceipt(receipt, { expectedPeer: peerId })).result.state, 'completed')
  }

  const wrong = await recipe(t, mesh, (code) => code.replace(PASSWORD, 'wrong'))
  assert.notEqual(wrong.status, 0)
  assert.match(wrong.err, /CREDENTIALS_INVALID: /)

  const unknown = await recipe(t, mesh, (code) => code.replace('clinical_trial_data', 'no_such_catalog'))
  assert.notEqual(unknown.status, 0)
  assert.match(unknown.err, /NO_PROVIDERS|CATALOG_UNKNOWN/)
})
