import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { Accounts } from '../src/store/accounts/accounts.ts'
import { scratchFolder } from '../../../test/scratch.ts'

async function accountsFile(t: TestContext): Promise<string> {
  const folder = await scratchFolder(t)
  return join(folder, 'accounts.json')
}

/** Opens the file with hashes at a hundredth of the usual cost: the tested behaviour does not depend on the cost. */
const open = (file: string) => Accounts.open(file, { N: 2 ** 10, r: 8, p: 1 })

describe('gateway accounts', () => {
  test('the right password opens, a wrong one and an unknown name do not', async (t) => {
    const accounts = await open(await accountsFile(t))
    await accounts.put({ name: 'ada', roles: ['researcher'], password: 'a long enough one' })
    assert.equal((await accounts.authenticate('ada', 'a long enough one'))?.name, 'ada')
    assert.equal(await accounts.authenticate('ada', 'another long one'), null)
    assert.equal(await accounts.authenticate('eve', 'a long enough one'), null)
    assert.equal(await accounts.authenticate('__proto__', 'a long enough one'), null)
  })

  test('the file holds no password and is closed to others', async (t) => {
    const file = await accountsFile(t)
    const accounts = await open(file)
    await accounts.put({ name: 'ada', roles: ['researcher'], password: 'a long enough one' })
    assert.doesNotMatch(await readFile(file, 'utf8'), /long enough/)
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o077, 0)
  })

  test('accounts outlive a restart, and a removed one does not', async (t) => {
    const file = await accountsFile(t)
    await (await open(file)).put({ name: 'ada', roles: ['auditor'], password: 'a long enough one' })
    const again = await open(file)
    assert.deepEqual(again.get('ada')?.roles, ['auditor'])
    assert.equal(await again.remove('ada'), true)
    assert.equal((await open(file)).get('ada'), undefined)
  })

  test('a hash of earlier parameters is made anew at the login, and nothing else changes', async (t) => {
    const file = await accountsFile(t)
    const salt = Buffer.alloc(16, 1)
    const old = scryptSync('a long enough one', salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 })
    const dated = `scrypt$32768$8$1$${salt.toString('base64url')}$${old.toString('base64url')}`
    await writeFile(file, JSON.stringify({ accounts: [{ name: 'ada', roles: ['researcher'], password: dated }] }), {
      mode: 0o600
    })
    const accounts = await Accounts.open(file)
    assert.equal(await accounts.authenticate('ada', 'another long one'), null)
    assert.equal(accounts.get('ada')?.password, dated)
    assert.ok(await accounts.authenticate('ada', 'a long enough one'))
    const after = (await Accounts.open(file)).get('ada')
    // OWASP's minimum: N = 2^17, r = 8, p = 1.
    assert.match(after?.password ?? '', /^scrypt\$131072\$8\$1\$/)
    assert.equal(after?.generation, '')
    assert.ok(await accounts.authenticate('ada', 'a long enough one'))
  })

  test('another token secret outlives a restart, and a running peer takes it up', async (t) => {
    const file = await accountsFile(t)
    const running = await open(file)
    assert.equal(running.tokenEpoch, '')
    await (await open(file)).rotateTokens()
    await running.refresh()
    assert.match(running.tokenEpoch, /^[0-9a-f]{32}$/)
    assert.equal((await open(file)).tokenEpoch, running.tokenEpoch)
  })

  test('a running peer sees what another process changed', async (t) => {
    const file = await accountsFile(t)
    const running = await open(file)
    const other = await open(file)
    await other.put({ name: 'ada', roles: ['researcher'], password: 'a long enough one' })
    await running.refresh()
    assert.ok(running.get('ada'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await other.remove('ada')
    await running.refresh()
    assert.equal(running.get('ada'), undefined)
  })

  test('many changes at once are all kept, with nothing left beside the file', async (t) => {
    const file = await accountsFile(t)
    const accounts = await open(file)
    const names = Array.from({ length: 6 }, (_, at) => `ada-${at}`)
    const password = 'a long enough one'
    await Promise.all([
      ...names.map((name) => accounts.put({ name, roles: ['researcher'], password })),
      ...names.map((name) => accounts.setLockedOut(`clinic:${name}`, true)),
      ...names.map(() => accounts.refresh())
    ])
    const read = await open(file)
    assert.deepEqual(
      read
        .list()
        .map(({ name }) => name)
        .sort(),
      names.toSorted()
    )
    assert.equal(read.lockedOut.length, 6)
    assert.deepEqual(await readdir(dirname(file)), ['accounts.json'])
  })

  test('processes that write at once never see each other’s half file', async (t) => {
    const file = await accountsFile(t)
    const several = await Promise.all(Array.from({ length: 5 }, () => open(file)))
    await Promise.all(several.map((accounts, at) => accounts.setLockedOut(`clinic:${at}`, true)))
    assert.equal((await open(file)).lockedOut.length, 1)
  })

  test('a change that cannot be written is told, and the next one is tried all the same', async (t) => {
    const file = await accountsFile(t)
    const accounts = await open(join(file, 'accounts.json'))
    await writeFile(file, 'a file where the folder should be')
    await assert.rejects(accounts.setLockedOut('clinic:ada', true), { code: 'ENOTDIR' })
    await rm(file)
    await accounts.setLockedOut('clinic:eve', true)
    assert.deepEqual(accounts.lockedOut, ['clinic:ada', 'clinic:eve'])
  })

  test('a role that does not exist and a name that could be a path are refused', async (t) => {
    const accounts = await open(await accountsFile(t))
    const password = 'a long enough one'
    await assert.rejects(accounts.put({ name: 'ada', roles: ['root'], password }), { code: 'PARAMETER_INVALID' })
    await assert.rejects(accounts.put({ name: '../ada', roles: ['researcher'], password }), {
      code: 'PARAMETER_INVALID'
    })
  })

  test('a file that is no accounts file stops the start', async (t) => {
    const file = await accountsFile(t)
    await writeFile(file, '{"accounts": "all"}', { mode: 0o600 })
    await assert.rejects(open(file), { code: 'CONFIG_INVALID' })
  })

  test('only a few passwords are checked at once', async (t) => {
    const accounts = await open(await accountsFile(t))
    const checks = await Promise.allSettled(Array.from({ length: 12 }, () => accounts.authenticate('eve', 'x')))
    const refused = checks.filter((check) => check.status === 'rejected')
    assert.ok(refused.length >= 8)
    assert.equal((refused[0] as PromiseRejectedResult).reason.code, 'RATE_LIMITED')
  })
})
