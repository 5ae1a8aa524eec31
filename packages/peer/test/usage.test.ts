import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Code, P1_ASK, SimulatedClock } from '@stimnet/protocol'
import { ScopeMeter } from '../src/jobs/meters.ts'
import type { JobPlan } from '../src/jobs/validate.ts'
import type { Facts } from '../src/policy/decision.ts'
import { projectIsListed, refusalsAreLeft, scriptBitsAreLeft } from '../src/policy/usage.ts'
import { Database } from '../src/store/database.ts'
import { RefusalStore } from '../src/store/refusals.ts'
import { ScriptBitStore } from '../src/store/script-bits.ts'

const DAY = 24 * 3_600_000

async function stores(t: TestContext) {
  const clock = new SimulatedClock()
  const database = await Database.open({ memory: true }, () => clock.now())
  t.after(() => database.close())
  const [refusals, scriptBits] = [await RefusalStore.open(database), await ScriptBitStore.open(database)]
  return { clock, database, refusals, scriptBits }
}

const planOf = (changes: object = {}): JobPlan =>
  ({ isOfWholeCells: false, privacy: P1_ASK, program: { kind: 'sql', sql: '' }, ...changes }) as unknown as JobPlan
const SCRIPT = { program: { kind: 'script', language: 'python', code: '' } }

describe('refusals of a scope', () => {
  test('survive a restart, are those of one scope, and lapse after thirty days', async (t) => {
    const { database, refusals } = await stores(t)
    const start = 1_000_000
    for (const at of [start, start + DAY]) await database.commit((draft) => refusals.note(draft, 'trial!global', at))
    const again = await RefusalStore.open(database)
    for (const store of [refusals, again]) {
      assert.equal(store.count('trial!global', start + DAY), 2)
      assert.equal(store.count('other!global', start + DAY), 0)
      assert.equal(store.count('trial!global', start + 30 * DAY), 1)
      assert.equal(store.count('trial!global', start - DAY), 2, 'a clock set back forgets nothing')
    }
  })

  test('are not counted when the batch that would tell them is not written', async (t) => {
    const { database, refusals } = await stores(t)
    await database.commit((draft) => refusals.note(draft, 'a', 5))
    const failing = database.commit((draft) => {
      refusals.note(draft, 'a', 6)
      refusals.note(draft, 'b', 6)
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual([refusals.count('a', 7), refusals.count('b', 7)], [1, 0])
  })

  test('count what the gate, the atoms or disclosure refused, and nothing else', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalsMax: 20, scriptBitsMax: 100 })
    const end = (code: Code, changes: object = {}) =>
      parts.database.commit((draft) => meter.charge(draft, planOf(changes), { code }))
    await end('COHORT_NOT_RELEASABLE')
    assert.equal(meter.useFor(planOf()).refusals, 1)
    await end('COHORT_NOT_RELEASABLE', { isOfWholeCells: true })
    await end('COHORT_NOT_RELEASABLE', { privacy: { ...P1_ASK, level: 'P2', rho: '0.1' } })
    for (const code of ['NODE_ERROR', 'CANCELLED', 'FILTER_OFF_LATTICE'] as const) await end(code)
    assert.equal(meter.useFor(planOf()).refusals, 1)
  })
})

describe('bits of a scope', () => {
  test('are told by how a script ends too, unless its cohort was refused before it ran', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalsMax: 20, scriptBitsMax: 7 })
    const end = (code: Code) => parts.database.commit((draft) => meter.charge(draft, planOf(SCRIPT), { code }))
    await end('COHORT_NOT_RELEASABLE')
    assert.deepEqual([meter.bitsLeft, meter.useFor(planOf()).refusals], [7, 1])
    await end('PROGRAM_FAILED')
    await end('TIME_LIMIT')
    assert.equal(meter.bitsLeft, 1)
    assert.equal((await ScriptBitStore.open(parts.database)).told('trial!global'), 6)
    await end('OUTPUT_NOT_RELEASABLE')
    assert.equal(meter.bitsLeft, 0, 'never below nothing')
  })

  test('are not spent when the batch is not written', async (t) => {
    const { database, scriptBits } = await stores(t)
    const failing = database.commit((draft) => {
      scriptBits.spend(draft, 'a', 6)
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.equal(scriptBits.told('a'), 0)
  })
})

describe('policy on what a scope has used', () => {
  const use = {
    refusals: 0,
    refusalsMax: 3,
    refusalWouldTell: true,
    scriptBits: 0,
    scriptBitsMax: 10,
    scriptBitsLeast: 3
  }
  const facts = (changes: object): Facts =>
    ({ issuer: 'key', custody: 'requester', programWord: 'sql', catalog: { name: 'trial' }, use, ...changes }) as Facts
  const code = (decision: ReturnType<typeof refusalsAreLeft>) => (decision.allow ? 'allowed' : decision.code)

  test('takes the last refusal and not one more; whole base cells go on', () => {
    const at = (refusals: number, more: object = {}) =>
      code(refusalsAreLeft(facts({ use: { ...use, refusals, ...more } })))
    assert.deepEqual([at(2), at(3), at(4)], ['allowed', 'REFUSALS_EXHAUSTED', 'REFUSALS_EXHAUSTED'])
    assert.equal(at(4, { refusalWouldTell: false }), 'allowed')
    assert.equal(at(0, { refusalsMax: 0 }), 'REFUSALS_EXHAUSTED', 'none at all can be allowed')
  })

  test('runs a script while what it tells at least still fits', () => {
    const at = (scriptBits: number, programWord = 'python') =>
      code(scriptBitsAreLeft(facts({ programWord, use: { ...use, scriptBits } })))
    assert.deepEqual(
      [at(7), at(8), at(8, 'sql'), at(8, 'statistic')],
      ['allowed', 'BUDGET_EXCEEDED', 'allowed', 'allowed']
    )
  })

  test('knows a project by its name and a key listed with it, both', () => {
    const projects = [
      { name: 'alpha', requesters: ['key'] },
      { name: 'beta', requesters: ['other'] }
    ]
    const at = (changes: object) => code(projectIsListed(facts({ catalog: { name: 'trial', projects }, ...changes })))
    assert.equal(at({ project: 'alpha' }), 'allowed')
    for (const project of ['beta', 'gamma', '', undefined]) assert.equal(at({ project }), 'PURPOSE_NOT_PERMITTED')
    assert.equal(at({ project: 'alpha', custody: 'gateway' }), 'CUSTODY_NOT_PERMITTED')
    assert.equal(code(projectIsListed(facts({ project: 'anything' }))), 'allowed', 'elsewhere a project is a word')
  })
})
