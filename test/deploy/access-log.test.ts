/** A test of the access log of a peer as an institution runs it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scratchFolder, spawnSite, until, writeSite } from '../mesh.ts'

test('a peer writes a line for each request if it is configured to, and none unless it is', async (t) => {
  const folder = await scratchFolder(t)
  for (const [at, access] of [true, false].entries()) {
    const config = { log: { level: 'warn', access }, catalogs: [] }
    const peer = await spawnSite(t, await writeSite(folder, at, { config }))
    let err = ''
    peer.process.stderr?.on('data', (text: string) => {
      err += text
    })
    await (await fetch(`${peer.gatewayUrl}/health?name=patient-4711`)).text()
    if (access) await until(() => err.includes('"access"'), 'the line is written')
    assert.equal(await peer.stop(), 0)
    const lines = err.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
    const found = lines.filter(({ msg }) => msg === 'access').map(({ route, status }) => [route, status])
    assert.deepEqual(found, access ? [['/health', 200]] : [])
    assert.ok(!err.includes('4711'))
  }
})
