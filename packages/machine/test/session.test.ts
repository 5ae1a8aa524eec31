/** Tests of the gateway that a command uses if none is named. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { gatewayUrl } from '../src/login/session.ts'
import { scratchFolder } from '../../../test/scratch.ts'

/** A token that expires after this number of seconds. */
function token(seconds: number): string {
  const payload = { exp: Math.floor(Date.now() / 1000) + seconds }
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`
}

test('a command without --url asks the gateway at which its person is logged in, if it is one', async (t) => {
  const folder = await scratchFolder(t)
  const sessionFile = join(folder, 'session.json')
  const [north, south] = ['https://north.example', 'https://south.example'] as const
  const asked = (more: { url?: string; token?: string } = {}, url?: string) =>
    gatewayUrl(url, { sessionFile, url: undefined, token: undefined, ...more })
  const loggedIn = (tokens: Record<string, string>) => {
    const all = Object.fromEntries(Object.entries(tokens).map(([at, one]) => [at, { token: one }]))
    return writeFile(sessionFile, JSON.stringify(all), { mode: 0o600 })
  }
  assert.equal(await asked(), 'http://127.0.0.1:8000', 'nowhere')
  await loggedIn({ [north]: token(60) })
  assert.equal(await asked(), north)
  assert.equal(await asked({ url: south }), south, 'STIMNET_URL wins')
  assert.equal(await asked({ url: south }, north), north, '--url wins')
  assert.equal(await asked({ token: 'key' }), 'http://127.0.0.1:8000', 'a key of the environment goes nowhere else')
  await loggedIn({ [north]: token(-60) })
  assert.equal(await asked(), north, 'which then asks for a login')
  await loggedIn({ [north]: token(-60), [south]: token(60) })
  assert.equal(await asked(), south, 'a login that has ended does not count')
  await loggedIn({ [north]: 'unreadable', [south]: token(60) })
  await assert.rejects(asked(), {
    code: 'PARAMETER_INVALID',
    message: 'You are logged in at https://north.example and https://south.example. Say with --url which one is meant.'
  })
})
