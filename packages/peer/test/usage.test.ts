import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ShownFact } from '@stimnet/privacy'
import { type Code, P1_ASK, SimulatedClock, SubjectSet } from '@stimnet/protocol'
import { ScopeMeter } from '../src/jobs/release/meters.ts'
import type { JobPlan } from '../src/jobs/admit/validate.ts'
import type { Facts } from '../src/policy/decision.ts'
import { projectIsListed, refusalsAreLeft, scriptBitsAreLeft } from '../src/policy/usage.ts'
import { AnsweredStore } from '../src/store/released/answered.ts'
import { Database } from '../src/store/database.ts'
import { RecentBits } from '../src/store/released/recent-bits.ts'
import { ScriptBitStore } from '../src/store/released/script-bits.ts'

const DAY = 24 * 3_600_000

async function stores(t: TestContext) {
  const clock = new SimulatedClock()
  const database = await Database.open({ memory: true }, () => clock.now())
  t.after(() => database.close())
  const [refusals, scriptBits] = [await RecentBits.open(database, 'refusal-bits'), await ScriptBitStore.open(database)]
  const taken = await RecentBits.open(database, 'taken-bits')
  return { clock, database, refusals, taken, scriptBits, answered: new AnsweredStore(database) }
}

const planOf = (changes: object = {}): JobPlan =>
  ({
    isOfWholeCells: false,
    privacy: P1_ASK,
    catalog: { epoch: 'e' },
    schema: {},
    program: { kind: 'sql', sql: '' },
    ...changes
  }) as unknown as JobPlan
const SCRIPT = { program: { kind: 'script', language: 'python', code: '' } }

const useOf = async (meter: ScopeMeter, plan: JobPlan, asker: { issuer: string; askedBy: string }) =>
  meter.useFor(plan, asker, await meter.isRepeated(plan))

const ADA = { issuer: 'ada', askedBy: 'hospital', jobId: 'job' }
const BEN = { issuer: 'ben', askedBy: 'hospital', jobId: 'job' }
const told = (requester: string, bits: number, atMs: number, scope = 'trial!global') => ({
  scope,
  requester,
  bits,
  atMs
})

describe('bits that refusals told a requester', () => {
  test('survive a restart, are those of one scope, and lapse after thirty days', async (t) => {
    const { database, refusals } = await stores(t)
    const start = 1_000_000
    for (const at of [start, start + DAY]) await database.commit((draft) => refusals.note(draft, told('ada', 3, at)))
    const again = await RecentBits.open(database, 'refusal-bits')
    for (const store of [refusals, again]) {
      assert.equal(store.bits('trial!global', 'ada', start + DAY), 6)
      assert.equal(store.bits('trial!global', 'ben', start + DAY), 0)
      assert.equal(store.bits('other!global', 'ada', start + DAY), 0)
      assert.deepEqual(store.told('trial!global', start + DAY), [{ requester: 'ada', bits: 6 }])
      assert.equal(store.bits('trial!global', 'ada', start + 30 * DAY), 3)
      assert.equal(store.bits('trial!global', 'ada', start - DAY), 6, 'a clock set back forgets nothing')
    }
  })

  test('are not counted when the batch that would tell them is not written', async (t) => {
    const { database, refusals } = await stores(t)
    await database.commit((draft) => refusals.note(draft, told('ada', 1, 5)))
    const failing = database.commit((draft) => {
      refusals.note(draft, told('ada', 1, 6))
      refusals.note(draft, told('ben', 1, 6))
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual([refusals.bits('trial!global', 'ada', 7), refusals.bits('trial!global', 'ben', 7)], [1, 0])
  })

  test('stay as many when there are more refusals than are kept one by one', async (t) => {
    const { database, refusals } = await stores(t)
    for (let i = 0; i < 1_100; i++) await database.commit((draft) => refusals.note(draft, told('ada', 2, 100 + i)))
    assert.equal(refusals.bits('trial!global', 'ada', 2_000), 2_200)
  })

  test('are those of what the gate, the ledgers or disclosure refused, and of each withheld cell', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalBitsMax: 20, scriptBitsMax: 100 })
    const end = (code: Code, changes: object = {}) =>
      parts.database.commit((draft) => meter.charge(draft, planOf(changes), { code }, ADA))
    await end('COHORT_NOT_RELEASABLE')
    assert.equal((await useOf(meter, planOf(), ADA)).refusalBits, 1)
    await end('COHORT_NOT_RELEASABLE', { isOfWholeCells: true })
    await end('COHORT_NOT_RELEASABLE', { privacy: { ...P1_ASK, level: 'P2', rho: '0.1' } })
    for (const code of ['NODE_ERROR', 'CANCELLED', 'FILTER_OFF_LATTICE'] as const) await end(code)
    assert.equal((await useOf(meter, planOf(), ADA)).refusalBits, 1)
    const output = {
      output: { withheld: { groups: 2, cells: 3 }, disclosure: {} }
    } as never
    for (let again = 0; again < 2; again++) {
      await parts.database.commit((draft) => meter.charge(draft, planOf({ cohort: { a: 1 } }), { output }, ADA))
      assert.equal((await useOf(meter, planOf(), ADA)).refusalBits, 6, 'the same answer again tells nothing more')
    }
    const leftOut = { kind: 'table', withheld: { groups: 0, cells: 0 }, left_out: ['Some people.'], disclosure: {} }
    const partial = { output: { output: leftOut } } as never
    await parts.database.commit((draft) => meter.charge(draft, planOf({ cohort: { b: 1 } }), partial, ADA))
    assert.equal((await useOf(meter, planOf(), ADA)).refusalBits, 7)
  })

  test('are those of what answers show beside their numbers, once for each fact about the same people', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalBitsMax: 20, scriptBitsMax: 100 })
    const output = { output: { withheld: { groups: 0, cells: 1 }, disclosure: {} } }
    const [some, others] = [SubjectSet.of(40, [1, 2, 3]), SubjectSet.of(40, [1, 2, 4])]
    const answer = async (question: number, shown: readonly ShownFact[], changes: object = {}) => {
      const plan = planOf({ cohort: { question }, ...changes })
      await parts.database.commit((draft) => meter.charge(draft, plan, { output, shown } as never, ADA))
      return (await useOf(meter, planOf(), ADA)).refusalBits
    }
    const lacking = { what: 'lacking t.x', of: some }
    assert.equal(await answer(1, [lacking]), 2, 'a withheld cell and a fact')
    assert.equal(await answer(2, [lacking]), 3, 'a withheld cell')
    assert.equal(await answer(2, [{ what: 'lacking t.y', of: some }]), 3, 'the same answer again')
    assert.equal(await answer(3, [lacking, { what: 'lacking t.y', of: some }, { ...lacking, of: others }]), 6)
    assert.equal(await answer(4, [lacking], { catalog: { epoch: 'next' } }), 8, 'of other data')
    assert.equal(await answer(5, [{ ...lacking, what: 'joined' }], { isOfWholeCells: true }), 8, 'of whole base cells')
    const limits = { refusalBitsMax: 9, scriptBitsMax: 100 }
    const again = new ScopeMeter({ ...parts, answered: new AnsweredStore(parts.database) }, 'trial!global', limits)
    const plan = planOf({ cohort: { question: 6 } })
    await parts.database.commit((draft) => again.charge(draft, plan, { output, shown: [lacking] } as never, ADA))
    assert.equal((await useOf(again, planOf(), ADA)).refusalBits, 9, 'known after a restart')
  })

  test('are told to the requester in tens, and each ten after the first costs a bit itself', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalBitsMax: 25, scriptBitsMax: 100 })
    const refuse = () =>
      parts.database.commit((draft) => meter.charge(draft, planOf(), { code: 'COHORT_NOT_RELEASABLE' }, ADA))
    const steps = async () => [(await useOf(meter, planOf(), ADA)).refusalBits, meter.refusalsOf(ADA)?.bits]
    assert.deepEqual(await steps(), [0, 0])
    await refuse()
    assert.deepEqual(await steps(), [1, 10])
    for (let i = 0; i < 9; i++) await refuse()
    assert.deepEqual(await steps(), [10, 10])
    await refuse()
    assert.deepEqual(await steps(), [12, 20])
    for (let i = 0; i < 9; i++) await refuse()
    assert.deepEqual(await steps(), [22, 25], 'at most what there is')
    assert.deepEqual(meter.refusalsOf(BEN), { bits: 10, bitsMax: 25 }, 'of all of the institution: a fifth')
    const unlimited = new ScopeMeter(parts, 'x!global', { refusalBitsMax: Number.POSITIVE_INFINITY, scriptBitsMax: 1 })
    assert.equal(unlimited.refusalsOf(ADA), undefined)
  })

  test('are one requester’s own; an institution’s many keys are told five times as many together', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalBitsMax: 20, scriptBitsMax: 100 })
    const refuse = (asker: typeof ADA) =>
      parts.database.commit((draft) => meter.charge(draft, planOf(), { code: 'COHORT_NOT_RELEASABLE' }, asker))
    for (let i = 0; i < 19; i++) await refuse(ADA)
    assert.equal((await useOf(meter, planOf(), ADA)).refusalBits, 20, 'and that there are more than ten was told')
    assert.equal((await useOf(meter, planOf(), BEN)).refusalBits, 4, 'nobody’s curiosity closes it to others')
    for (let i = 0; i < 79; i++) await refuse({ ...ADA, issuer: `key ${i}` })
    assert.equal((await useOf(meter, planOf(), BEN)).refusalBits, 20, 'a key costs nothing')
    assert.equal((await useOf(meter, planOf(), { issuer: 'eve', askedBy: 'elsewhere' })).refusalBits, 0)
    assert.equal(meter.used.refusalBits, 20, 'of the requester who was told most, not of all of an institution')
  })

  test('keep nobody from what was answered before', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalBitsMax: 0, scriptBitsMax: 100 })
    const output = {
      output: { withheld: { groups: 0, cells: 0 }, disclosure: {} }
    } as never
    assert.equal((await useOf(meter, planOf(), ADA)).refusalWouldTell, true)
    await parts.database.commit((draft) => meter.charge(draft, planOf(), { output }, ADA))
    const again = new ScopeMeter({ ...parts, answered: new AnsweredStore(parts.database) }, 'trial!global', {
      refusalBitsMax: 0,
      scriptBitsMax: 100
    })
    for (const one of [meter, again]) {
      assert.equal((await useOf(one, planOf(), BEN)).refusalWouldTell, false, 'to anybody')
      assert.equal((await useOf(one, planOf({ cohort: { other: 1 } }), ADA)).refusalWouldTell, true)
      assert.equal((await useOf(one, planOf({ catalog: { epoch: 'next' } }), ADA)).refusalWouldTell, true)
    }
  })
})

describe('bits of a scope', () => {
  test('are told by how a script ends too, unless its cohort was refused before it ran', async (t) => {
    const parts = await stores(t)
    const meter = new ScopeMeter(parts, 'trial!global', { refusalBitsMax: 20, scriptBitsMax: 7 })
    const end = (code: Code) => parts.database.commit((draft) => meter.charge(draft, planOf(SCRIPT), { code }, ADA))
    await end('COHORT_NOT_RELEASABLE')
    assert.deepEqual([meter.bitsLeft, (await useOf(meter, planOf(), ADA)).refusalBits], [7, 1])
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
    refusalBits: 0,
    refusalBitsMax: 3,
    refusalWouldTell: true,
    scriptBits: 0,
    scriptBitsMax: 10,
    scriptBitsLeast: 3
  }
  const facts = (changes: object): Facts =>
    ({ issuer: 'key', custody: 'requester', programWord: 'sql', catalog: { name: 'trial' }, use, ...changes }) as Facts
  const code = (decision: ReturnType<typeof refusalsAreLeft>) => (decision.allow ? 'allowed' : decision.code)

  test('takes the last bit and not one more; what tells nothing goes on', () => {
    const at = (refusalBits: number, more: object = {}) =>
      code(refusalsAreLeft(facts({ use: { ...use, refusalBits, ...more } })))
    assert.deepEqual([at(2), at(3), at(4)], ['allowed', 'REFUSALS_EXHAUSTED', 'REFUSALS_EXHAUSTED'])
    assert.equal(at(4, { refusalWouldTell: false }), 'allowed')
    assert.equal(at(0, { refusalBitsMax: 0 }), 'REFUSALS_EXHAUSTED', 'none at all can be allowed')
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
