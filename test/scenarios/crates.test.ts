/** Tests of Five Safes RO-Crates: a study is exported, verified elsewhere, and imported as a request. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { openPromise } from 'yauzl'
import { PASSWORD, scratchFolder, startFederation, stimnetIn } from '../mesh.ts'

/** The contents of one file of an archive, found by the end of its path. */
async function entryIn(archive: string, ending: string): Promise<Buffer> {
  const zip = await openPromise(archive, { lazyEntries: true })
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith(ending)) continue
    return Buffer.concat(await (await zip.openReadStreamPromise(entry)).toArray())
  }
  throw new Error(`no ${ending} in ${archive}`)
}

describe('a Five Safes RO-Crate', () => {
  test('of a broadcast holds receipts that verify, and asks for the same again elsewhere', async (t) => {
    const federation = await startFederation(t, 2)
    const [first, second] = federation.peers
    const client = await federation.client(0)
    const { id } = await client.submitBroadcast({
      targets: '*',
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql',
      script_content: 'SELECT sex, COUNT(DISTINCT subject_id) AS n FROM subjects GROUP BY sex',
      where: { column: 'subjects.age', op: '>=', values: [65] },
      project: 'dbs',
      title: 'Sex of those from 65'
    })
    for await (const _ of client.watchBroadcast(id)) void _
    const broadcast = await client.broadcast(id)

    const folder = await scratchFolder(t)
    const stimnet = stimnetIn(folder)
    const login = await stimnet(['login', 'ada', '--url', first?.gatewayUrl ?? ''], `${PASSWORD}\n`)
    assert.equal(login.code, 0, login.err)
    const url = ['--url', first?.gatewayUrl ?? '']
    const out = await stimnet(['crate', 'export', id, '--out', 'study.zip', ...url])
    assert.equal(out.code, 0, out.err)
    assert.equal((await stimnet(['crate', 'export', id, '--out', 'study.zip', ...url])).code, 2, 'nothing is replaced')

    // Each receipt in the crate can be verified by itself.
    for (const { peer_id } of broadcast.parts) {
      await writeFile(`${folder}/receipt.jws`, await entryIn(`${folder}/study.zip`, `/receipts/${peer_id}.jws`))
      const held = await stimnet(['verify', 'receipt.jws', '--peer', peer_id])
      assert.equal(held.code, 0, held.err)
    }

    const read = await stimnet(['crate', 'read', 'study.zip', ...url])
    assert.equal(JSON.parse(read.out).title, 'Sex of those from 65')
    assert.match(read.err, /assessments in the crate were left out/)

    const unread = await stimnet(['crate', 'submit', 'study.zip', ...url])
    assert.equal(unread.code, 2)
    assert.match(unread.err, /in your name/)

    // The same question by another account at another institution has the same answer.
    const other = await federation.client(1)
    const { submission } = await other.readCrate(await readFile(`${folder}/study.zip`))
    const again = await other.submitBroadcast(submission)
    for await (const _ of other.watchBroadcast(again.id)) void _
    const { pooled } = await other.broadcast(again.id)
    assert.deepEqual(pooled, broadcast.pooled)
    assert.ok(second)
  })
})
