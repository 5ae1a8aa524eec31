import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { balancesOf } from '../src/gateway/balances.ts'
import { parseConfig } from '../src/config/config.ts'
import { Database } from '../src/store/database.ts'
import { EVERYBODY, PrivacyLedger, rhoText, type Spending } from '../src/store/released/privacy-ledger.ts'

const CAPS = { lifetime: 100n, project: 30n }

const charge = (key: string, nanoRho: bigint, more: Partial<Spending> = {}): Spending => ({
  ...{ key, nanoRho, catalog: 'trial', scope: EVERYBODY, caps: CAPS, promised: false, jobId: `job-${key}` },
  ...more
})

interface Opened {
  readonly database: Database
  readonly ledger: PrivacyLedger
  spend(spending: Spending): Promise<boolean>
  /** Closes the database and opens it again, after `between` has changed the stored records. */
  reopen(between?: (database: Database) => Promise<void>): Promise<Opened>
}

async function open(t: TestContext, folder?: string): Promise<Opened> {
  const directory = folder ?? (await mkdtemp(join(tmpdir(), 'stimnet-ledger-')))
  if (folder === undefined) t.after(() => rm(directory, { recursive: true, force: true }))
  const database = await Database.open({ directory }, () => 0)
  t.after(() => database.close())
  const ledger = await PrivacyLedger.open(database)
  return {
    database,
    ledger,
    spend: (spending) => database.commit((draft) => ledger.spend(draft, spending)),
    async reopen(between) {
      await between?.(database)
      await database.close()
      return open(t, directory)
    }
  }
}

const exceeded = (reason: RegExp) => (error: { code?: string; reason?: string }) =>
  error.code === 'BUDGET_EXCEEDED' && reason.test(error.reason ?? '')

describe('the ledger', () => {
  test('charges a request once, however often it comes, also after a restart', async (t) => {
    const first = await open(t)
    assert.equal(await first.spend(charge('a', 10n)), true)
    assert.equal(await first.spend(charge('a', 10n)), false)
    const second = await first.reopen()
    assert.equal(await second.spend(charge('a', 10n, { jobId: 'another job' })), false)
    assert.equal(second.ledger.spent('trial'), 10n)
  })

  test('refuses what does not fit, which costs nothing: a smaller question is still answered', async (t) => {
    const { ledger, spend } = await open(t)
    await spend(charge('a', 20n))
    await assert.rejects(spend(charge('b', 11n)), exceeded(/0\.00000001 is left/))
    assert.equal(await spend(charge('c', 10n)), true)
    await assert.rejects(
      spend(charge('d', 1n)),
      exceeded(/, 0 is left of all who ask and 0\.00000007 of the catalog's life\.$/)
    )
    assert.equal(ledger.spent('trial'), 30n)
  })

  test('holds both caps: of a project, and of the catalog over all projects', async (t) => {
    const { ledger, spend } = await open(t)
    for (const scope of ['a', 'b', 'c']) await spend(charge(scope, 30n, { scope }))
    await assert.rejects(spend(charge('d', 11n, { scope: 'd' })), exceeded(/0\.00000001 of the catalog's life/))
    assert.equal(await spend(charge('e', 10n, { scope: 'e' })), true)
    assert.equal(ledger.spent('trial'), 100n)
    assert.equal(await spend(charge('f', 30n, { catalog: 'other' })), true, 'another catalog has its own')
  })

  test('of fifty at once lets through as many as fit, and never one more', async (t) => {
    const { database, ledger, spend } = await open(t)
    const caps = { lifetime: 1000n, project: 100n }
    const tried = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => spend(charge(`k${i}`, 7n, { caps }))))
    assert.equal(tried.filter(({ status }) => status === 'fulfilled').length, 14)
    assert.equal(ledger.spent('trial'), 98n)
    const records = await database.auditLog.read({ limit: 100 })
    assert.equal(
      records.filter(({ kind }) => kind === 'spend').length,
      14,
      'each is in the audit log, the refused are not'
    )
  })

  test('forgets a charge whose batch was not written', async (t) => {
    const { database, ledger } = await open(t)
    const broken = database.commit((draft) => {
      ledger.spend(draft, charge('a', 10n))
      ledger.answer(draft, 'a', '{}')
      throw new Error('something else in the same batch')
    })
    await assert.rejects(broken)
    assert.deepEqual([ledger.spent('trial'), ledger.isPaid('a'), ledger.count], [0n, false, 0])
    assert.equal(await ledger.answerOf('a'), undefined)
  })

  test('keeps the one answer of a request', async (t) => {
    const first = await open(t)
    await first.spend(charge('a', 10n))
    assert.equal(await first.ledger.answerOf('a'), undefined)
    await first.database.commit((draft) => first.ledger.answer(draft, 'a', '{"n":1}'))
    first.ledger.settled('a')
    assert.equal(await (await first.reopen()).ledger.answerOf('a'), '{"n":1}')
  })

  test('says what was spent and left, in ρ and in ε', async (t) => {
    const { ledger, spend } = await open(t)
    const caps = { lifetime: 500_000_000n, project: 24_400_000n }
    await spend(charge('a', 20_000_000n, { caps }))
    const { catalogs } = parseConfig({
      institution: 'x',
      catalogs: [
        {
          ...{ name: 'trial', subject_key: 'id' },
          tables: [{ name: 't', file: 't.csv', variables: [{ name: 'v', type: 'text' }] }]
        }
      ]
    })
    const [life, everybody] = balancesOf(ledger, catalogs)
    assert.deepEqual([life?.scope, life?.rho_spent, life?.rho_left, life?.rho_cap], ['all', '0.02', '3.09', '3.11'])
    assert.deepEqual([everybody?.scope, everybody?.rho_left, everybody?.rho_cap], ['*', '0.291', '0.311'])
    assert.ok(Number(life?.epsilon_spent) > 0.8 && Number(life?.epsilon_spent) < 1)
    assert.deepEqual([rhoText(0n), rhoText(1n), rhoText(1_500_000_000n)], ['0', '0.000000001', '1.5'])
  })
})

describe('an old ledger put back', () => {
  /** Restores an earlier state of the ledger's own records, as a backup would, and leaves the audit log unchanged. */
  async function forget({ root }: Database) {
    for (const name of ['privacy-totals', 'privacy-spends', 'privacy-answers', 'privacy-meta']) {
      await root.sublevel<string, string>(name, {}).clear()
    }
  }

  test('is noticed: nothing more is spent until the steward has reconciled it', async (t) => {
    const first = await open(t)
    await first.spend(charge('a', 20n))
    const second = await first.reopen(forget)
    assert.equal(second.ledger.behind, true)
    await assert.rejects(second.spend(charge('b', 1n)), exceeded(/reconcile/))
    assert.equal(await second.ledger.reconcile(), 1)
    assert.equal(second.ledger.spent('trial'), 20n)
    await assert.rejects(second.spend(charge('b', 11n)), exceeded(/left/))
    const third = await second.reopen()
    assert.deepEqual([third.ledger.behind, third.ledger.spent('trial')], [false, 20n])
  })

  test('pays for no answer again whose bytes it lost: they were shown, and other noise would be', async (t) => {
    const first = await open(t)
    await first.spend(charge('a', 10n))
    await first.database.commit((draft) => first.ledger.answer(draft, 'a', '{"n":1}'))
    const second = await first.reopen(forget)
    await second.ledger.reconcile()
    assert.equal(second.ledger.isPaid('a'), false)
    assert.equal(await second.spend(charge('a', 10n)), true)
    assert.equal(second.ledger.spent('trial'), 20n)
    const third = await second.reopen()
    assert.equal(third.ledger.isPaid('a'), true)
  })

  test('is taken for what it is also where it has a charge whose answer came after the backup', async (t) => {
    const first = await open(t)
    await first.spend(charge('a', 10n))
    const second = await first.reopen()
    await second.database.commit((draft) => second.ledger.answer(draft, 'a', '{"n":1}'))
    await second.spend(charge('b', 10n))
    const third = await second.reopen(async ({ root }) => {
      const json = { valueEncoding: 'json' } as const
      await root.sublevel<string, string>('privacy-answers', {}).clear()
      await root.sublevel<string, unknown>('privacy-spends', json).del('b')
      await root.sublevel<string, unknown>('privacy-meta', json).put('count', 1)
    })
    assert.equal(await third.ledger.reconcile(), 2)
    assert.deepEqual([third.ledger.isPaid('a'), third.ledger.isPaid('b')], [false, false])
    assert.equal(third.ledger.spent('trial'), 20n)
    await third.spend(charge('a', 10n))
    const fourth = await third.reopen(forget)
    await fourth.ledger.reconcile()
    assert.equal(fourth.ledger.spent('trial'), 30n, 'what was paid twice counts twice')
  })

  test('is noticed at the next start too, when only a start stands after the last charge', async (t) => {
    const first = await open(t)
    await first.spend(charge('a', 10n))
    await first.database.commit((draft) =>
      draft.audit({ kind: 'start', actor: 'node', detail: { spends: first.ledger.count } })
    )
    assert.equal((await first.reopen(forget)).ledger.behind, true)
  })
})
