import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type Catalog, parseSql } from '@stimnet/data'
import { effectiveSettings } from '@stimnet/privacy'
import { privacyAskSchema, seededRandom } from '@stimnet/protocol'
import { Charges, scopeOf } from '../src/jobs/release/charge.ts'
import { noiseOf } from '../src/jobs/admit/noise.ts'
import type { CatalogPrivacy } from '../src/jobs/release/privacy.ts'
import type { JobPlan } from '../src/jobs/admit/validate.ts'
import { Database } from '../src/store/database.ts'
import type { JobRecord } from '../src/store/jobs.ts'
import { EVERYBODY, PrivacyLedger } from '../src/store/released/privacy-ledger.ts'
import { scratchFolder } from '../../../test/scratch.ts'
import { makeWorld } from '../../../test/data-world.ts'

const CONFIG = {
  name: 'trial',
  subject_key: 'id',
  budget: { project_rho: '0.02' },
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', breakpoints: [65], minimum: 18, maximum: 100 },
        { name: 'sex', type: 'category', levels: ['F', 'M'] }
      ]
    }
  ]
}

async function catalogOf(budget: object = CONFIG.budget): Promise<Catalog> {
  const people = Array.from({ length: 60 }, (_, i) => `p${i},${40 + (i % 40)},${i % 2 === 0 ? 'F' : 'M'}`)
  const world = await makeWorld({ ...CONFIG, budget }, { 'people.csv': `id,age,sex\n${people.join('\n')}\n` })
  return world.open()
}

const COUNT = 'SELECT COUNT(DISTINCT id) AS n FROM people'

function planOf(catalog: Catalog, { sql = COUNT, epsilon = '0.1', rho = '' } = {}): JobPlan {
  const privacy = privacyAskSchema.parse({ level: 'P2', ...(rho === '' ? { epsilon } : { rho }) })
  const plan = parseSql(sql, catalog.descriptor)
  return { catalog, plan, privacy, noise: noiseOf({ plan, privacy, sitesPerPerson: 1 }, catalog) } as never
}

const PRIVACY = { settings: effectiveSettings({ preset: 'default' }), policyHash: '' } as CatalogPrivacy

const jobOf = (id: string, more: Partial<JobRecord> = {}): JobRecord =>
  ({ id, issuer: 'key-1', custody: 'requester', ...more }) as JobRecord

/** One run of a node: its memory is lost with it. Each run draws different noise. */
async function live(t: TestContext, folder: string, seed: number) {
  const database = await Database.open({ directory: join(folder, 'db') }, () => 0)
  const ledger = await PrivacyLedger.open(database)
  const doubt = { of: false }
  const charges = new Charges({ database, ledger, random: seededRandom(seed), open: false, doubted: () => doubt.of })
  let open = true
  const die = async () => {
    if (open) await database.close()
    open = false
  }
  t.after(die)
  const run = (job: JobRecord, plan: JobPlan, signal = new AbortController().signal) =>
    charges.run(job, plan, PRIVACY, signal)
  const publish = async (job: JobRecord, plan: JobPlan) => {
    const answer = await run(job, plan)
    const output = await database.commit((draft) => answer.disclose(draft))
    answer.settled()
    return output.json
  }
  const spends = async () =>
    (await database.auditLog.read({ limit: 500 })).filter(({ kind }) => kind === 'spend').length
  return { database, ledger, charges, doubt, run, publish, spends, die }
}

const broken = (catalog: Catalog, method: 'cohort' | 'reduceBounded'): Catalog => ({
  ...catalog,
  [method]: () => Promise.reject(new Error('the disk is gone'))
})

describe('a charge', () => {
  test('is on disk before the first row is read', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const node = await live(t, folder, 1)
    let spentAtFirstRead: bigint | undefined
    const watched: Catalog = {
      ...catalog,
      cohort: (filter) => {
        spentAtFirstRead ??= node.ledger.spent('trial')
        return catalog.cohort(filter)
      }
    }
    await node.publish(jobOf('1'), planOf(watched))
    assert.equal(spentAtFirstRead, 5_000_000n)
  })

  test('is made once, wherever the node stops between paying and publishing, and what was shown is never drawn again', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const plan = planOf(catalog)
    const job = jobOf('1')
    const stops: ((node: Awaited<ReturnType<typeof live>>) => Promise<unknown>)[] = [
      (node) => node.run(job, planOf(broken(catalog, 'cohort'))),
      (node) => node.run(job, planOf(broken(catalog, 'reduceBounded'))),
      (node) => node.run(job, plan, AbortSignal.abort(new Error('cancelled'))),
      // The answer is computed, and the node stops before the batch that publishes it.
      (node) => node.run(job, plan),
      async (node) => {
        const answer = await node.run(job, plan)
        await node.database.commit(async (draft) => {
          await answer.disclose(draft)
          throw new Error('something else of the batch')
        })
      }
    ]
    for (const [i, stop] of stops.entries()) {
      const node = await live(t, folder, i)
      await stop(node).catch(() => undefined)
      assert.equal(await node.spends(), 1, `after stop ${i}`)
      await node.die()
    }
    const last = await live(t, folder, 100)
    const shown = await last.publish(job, plan)
    assert.equal(await last.spends(), 1)
    await last.die()
    const next = await live(t, folder, 200)
    assert.equal(await next.publish(job, plan), shown)
    assert.equal(await next.publish(jobOf('2'), plan), shown, 'another job with the same request')
    assert.equal(next.ledger.spent('trial'), 5_000_000n)
  })

  test('is not given back to whoever cancels', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const node = await live(t, folder, 1)
    await assert.rejects(node.run(jobOf('1'), planOf(catalog), AbortSignal.abort(new Error('cancelled'))))
    assert.equal(node.ledger.spent('trial'), 5_000_000n)
  })

  test('asked a thousand times gives one answer for one price: averaging has nothing to average', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const node = await live(t, folder, 1)
    const plan = planOf(catalog)
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => node.publish(jobOf(`${i}`), plan)))
    assert.equal(new Set(answers).size, 1)
    assert.equal(await node.spends(), 1)
  })

  test('of a question that only reads differently is made again', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const node = await live(t, folder, 1)
    const both = (a: string, b: string) => `${COUNT} WHERE ${a} AND ${b}`
    await node.publish(jobOf('1'), planOf(catalog, { sql: both("sex = 'F'", 'age >= 65') }))
    await node.publish(jobOf('2'), planOf(catalog, { sql: both('age >= 65', "sex = 'F'") }))
    await node.publish(jobOf('3'), planOf(catalog, { sql: both("sex IN ('F')", 'age >= 65') }))
    assert.equal(await node.spends(), 3)
    await assert.rejects(node.publish(jobOf('4'), planOf(catalog, { epsilon: '0.11' })), { code: 'BUDGET_EXCEEDED' })
    assert.equal(node.ledger.spent('trial'), 15_000_000n)
  })

  test('is held against one key, which tells accounts apart; against a listed project with all its keys; or against everybody where a key is free', async () => {
    const catalog = await catalogOf()
    const listed = { config: { privacy: { projects: [{ name: 'alpha', requesters: ['a', 'b'] }] } } } as never
    const shut = { open: false, catalog }
    assert.equal(scopeOf({ issuer: 'a', project: 'alpha' }, shut), 'a', 'a project that nobody listed is a free word')
    assert.equal(scopeOf({ issuer: 'a', project: 'alpha' }, { open: false, catalog: listed }), 'project:alpha')
    assert.equal(scopeOf({ issuer: 'a', project: 'beta' }, { open: false, catalog: listed }), 'a')
    assert.equal(scopeOf({ issuer: 'a', project: '' }, { open: true, catalog }), EVERYBODY)
  })

  test('of one account leaves the budgets of the others as they were, up to what the catalog holds over its life', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf({ project_rho: '0.02', lifetime_rho: '0.05' })
    const node = await live(t, folder, 1)
    const by = (issuer: string, sql: string) =>
      node.publish(jobOf(`${issuer} ${sql}`, { issuer, custody: 'gateway' }), planOf(catalog, { sql, epsilon: '0.2' }))
    const women = `${COUNT} WHERE sex = 'F'`
    const shown = await by('ada', COUNT)
    await assert.rejects(by('ada', women), { code: 'BUDGET_EXCEEDED', reason: /0 is left of this project or account/ })
    assert.equal(await by('eve', COUNT), shown, 'what was answered is free for everybody, and never drawn again')
    await by('eve', women)
    await assert.rejects(by('mia', `${COUNT} WHERE age >= 65`), { reason: /0\.01 of the catalog's life/ })
    assert.equal(node.ledger.spent('trial'), 40_000_000n)
  })

  test('that does not fit is refused with the largest amount that does, before anything is read', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = broken(await catalogOf(), 'cohort')
    const node = await live(t, folder, 1)
    const signOff = node.charges.over({ decide: () => ({ allow: true }) } as never)
    const decide = (privacy: object, sql: string = COUNT) =>
      signOff.decide({ checked: { opened: { issuer: 'key-1' } } } as never, planOf(catalog, { sql, ...privacy }))
    const reasonOf = (decision: ReturnType<typeof decide>) => (decision.allow ? 'allowed' : decision.reason)
    const mean = 'SELECT AVG(age) AS a FROM people'
    for (const [privacy, sql] of [
      [{ epsilon: '0.9' }, COUNT],
      [{ epsilon: '0.9' }, mean],
      [{ epsilon: '', rho: '0.9' }, mean]
    ] as const) {
      const reason = reasonOf(decide(privacy, sql))
      const [, word = '', amount = ''] = /The largest (epsilon|rho) that fits is ([0-9.]+): /.exec(reason) ?? []
      assert.equal(reasonOf(decide({ [word]: amount }, sql)), 'allowed', reason)
      const more = String(Number((Number(amount) * 1.01).toPrecision(6)))
      assert.match(reasonOf(decide({ [word]: more }, sql)), /The largest/, `${more} would have fitted as well`)
    }
    await node.database.commit((draft) => {
      const caps = { lifetime: 10n ** 10n, project: 20_000_000n }
      const spending = { key: 'x', catalog: 'trial', scope: 'key-1', nanoRho: 20_000_000n, caps, promised: false }
      node.ledger.spend(draft, { ...spending, jobId: '1' })
    })
    assert.match(reasonOf(decide({ epsilon: '0.01' })), /0 is left .* No amount of this question fits any more\.$/)
    node.doubt.of = true
    assert.doesNotMatch(reasonOf(decide({ epsilon: '0.01' })), /fits/, 'more would not help there')
  })

  test('waits for the steward where others saw more of the log than there is, but what was shown stays shown', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const node = await live(t, folder, 1)
    const shown = await node.publish(jobOf('1'), planOf(catalog))
    const other = planOf(catalog, { epsilon: '0.05' })
    await node.run(jobOf('2'), other)
    node.doubt.of = true
    assert.equal(await node.publish(jobOf('3'), planOf(catalog)), shown)
    const refused = { code: 'LOG_BEHIND', reason: /seen more of this institution’s log/ }
    await assert.rejects(node.publish(jobOf('4'), planOf(catalog, { epsilon: '0.01' })), refused)
    await assert.rejects(
      node.publish(jobOf('5'), other),
      refused,
      'paid, and perhaps answered in the life that was lost'
    )
    await node.ledger.loseUnanswered()
    node.doubt.of = false
    const spent = node.ledger.spent('trial')
    await node.publish(jobOf('6'), other)
    assert.equal(node.ledger.spent('trial'), spent + 1_250_000n)
    assert.equal(await node.publish(jobOf('7'), planOf(catalog)), shown)
  })

  test('that does not fit reads nothing', async (t) => {
    const folder = await scratchFolder(t)
    const catalog = await catalogOf()
    const node = await live(t, folder, 1)
    const unread = broken(catalog, 'cohort')
    await assert.rejects(node.run(jobOf('1'), planOf(unread, { epsilon: '0.3' })), { code: 'BUDGET_EXCEEDED' })
    assert.equal(await node.spends(), 0)
  })
})
