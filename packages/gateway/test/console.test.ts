/** The console's files as a gateway serves them: the built ones, and no other file of the machine. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { openHouse } from './house.ts'

const SCRIPT = 'export const built = true\n'.repeat(40)
let folder = ''

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'stimnet-console-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Console</title>')
  writeFileSync(join(folder, 'assets', 'index-AbCd_123.js'), SCRIPT)
  writeFileSync(join(folder, 'assets', 'mark.svg'), '<svg/>')
  writeFileSync(join(folder, 'assets', 'index.js.map'), '{}')
  writeFileSync(join(folder, 'stamp'), 'of the build')
})
after(() => rmSync(folder, { recursive: true, force: true }))

const house = () => openHouse({ consoleDir: folder })

describe('a gateway with a built console', () => {
  it('serves its page at the bare address, under a policy that permits its own files alone', async () => {
    const page = await house().ask('GET', '/')
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<title>Console/)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'/)
    assert.match(policy, /require-trusted-types-for 'script'; trusted-types 'none'$/)
    assert.doesNotMatch(policy, /unsafe|https?:|data:/)
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
  })

  it('lets what has its hash in its name be kept for ever, and nothing else', async () => {
    const script = await house().ask('GET', '/assets/index-AbCd_123.js')
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.match(script.headers.get('cache-control') ?? '', /immutable/)
    assert.equal(await script.text(), SCRIPT)
    assert.equal((await house().ask('GET', '/assets/mark.svg')).headers.get('cache-control'), 'no-cache')
  })

  it('packs for whoever can unpack', async () => {
    const headers = { 'accept-encoding': 'br, gzip' }
    const packed = await house().ask('GET', '/assets/index-AbCd_123.js', { headers })
    assert.equal(packed.headers.get('content-encoding'), 'gzip')
    const bytes = Buffer.from(await packed.arrayBuffer())
    assert.ok(bytes.length < SCRIPT.length)
    assert.equal(gunzipSync(bytes).toString(), SCRIPT)
  })

  it('serves no other file, however it is asked for', async () => {
    const paths = [
      '/stamp',
      '/assets/../stamp',
      '/assets/%2e%2e/stamp',
      '/assets/..%2fstamp',
      '/assets/..%5cstamp',
      '/assets//etc/passwd',
      '/assets/',
      '/assets/index.js.map',
      '/assets/constructor'
    ]
    for (const path of paths) assert.equal((await house().ask('GET', path)).status, 404, path)
  })

  it('serves what was there at the start, whatever happens to the folder afterwards', async () => {
    const opened = house()
    writeFileSync(join(folder, 'assets', 'late.js'), 'late')
    writeFileSync(join(folder, 'index.html'), 'other')
    assert.equal((await opened.ask('GET', '/assets/late.js')).status, 404)
    assert.match(await (await opened.ask('GET', '/')).text(), /<title>Console/)
  })

  it('takes no other method, and keeps the API and its documentation where they were', async () => {
    assert.equal((await house().ask('POST', '/')).status, 405)
    assert.equal((await house().ask('GET', '/docs')).status, 200)
    assert.equal((await house().ask('GET', '/health')).status, 200)
    const document = await (await house().ask('GET', '/openapi.json')).text()
    assert.doesNotMatch(document, /\/assets\//)
  })

  it('is not refused to a whole institution behind one address', async () => {
    const opened = openHouse({ consoleDir: folder, rate: { perMinutePerIdentity: 3, loginPerMinute: 3 } })
    for (let i = 0; i < 20; i++) assert.equal((await opened.ask('GET', '/assets/mark.svg')).status, 200)
  })
})

describe('a gateway without a built console', () => {
  it('leads to the documentation, whether no folder was named or an empty one', async () => {
    for (const consoleDir of [undefined, join(folder, 'nothing')]) {
      const response = await openHouse({ consoleDir }).ask('GET', '/')
      assert.equal(response.headers.get('location'), '/docs')
    }
  })
})
