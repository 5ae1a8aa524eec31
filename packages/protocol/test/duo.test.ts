import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DATA_USE_MODIFIERS, dataUseSchema, INVESTIGATIONS, matchDataUse } from '../src/index.ts'

const PARKINSON = 'MONDO:0005180'
const use = (permission: string, more: object = {}) => dataUseSchema.parse({ permission, ...more })
const verdict = (of: ReturnType<typeof use>, ...purpose: string[]) => matchDataUse(of, purpose).verdict
const [NRES, GRU, HMB, DS, POA] = ['DUO:0000004', 'DUO:0000042', 'DUO:0000006', 'DUO:0000007', 'DUO:0000011'] as const

describe('whether data may be used for a purpose', () => {
  test('no restriction and general research take every known purpose', () => {
    for (const purpose of Object.keys(INVESTIGATIONS)) {
      assert.equal(verdict(use(NRES), purpose), 'permitted')
      assert.equal(verdict(use(GRU), purpose), 'permitted')
    }
    assert.equal(verdict(use(NRES)), 'permitted')
    assert.equal(verdict(use(GRU)), 'refused', 'a purpose must be stated')
  })

  test('biomedical data serve biomedical research, on any disease, and no ancestry research', () => {
    for (const purpose of ['DUO:0000037', 'DUO:0000038', 'DUO:0000039', 'DUO:0000040', 'DUO:0000031', PARKINSON]) {
      assert.equal(verdict(use(HMB), purpose), 'permitted', purpose)
    }
    assert.equal(verdict(use(HMB), 'DUO:0000033'), 'refused')
    assert.equal(verdict(use(HMB), 'DUO:0000037', 'DUO:0000032'), 'refused', 'one purpose too many')
    assert.equal(verdict(use(HMB), 'DUO:0000034'), 'people')
  })

  test('data for a disease serve that disease; a disease that may be a kind of it is for people', () => {
    const data = use(DS, { diseases: [PARKINSON] })
    assert.equal(verdict(data, PARKINSON), 'permitted')
    assert.equal(verdict(data, 'DUO:0000040', PARKINSON), 'permitted')
    assert.equal(verdict(data, 'MONDO:0008199'), 'people')
    assert.equal(verdict(data, 'DUO:0000037'), 'refused')
    assert.equal(verdict(data, 'DUO:0000031'), 'permitted')
  })

  test('ancestry data serve ancestry research alone', () => {
    assert.equal(verdict(use(POA), 'DUO:0000033'), 'permitted')
    assert.equal(verdict(use(POA), 'DUO:0000033', 'DUO:0000037'), 'refused')
    assert.equal(verdict(use(POA), 'DUO:0000033', PARKINSON), 'refused')
  })

  test('modifiers take away', () => {
    const only = (...modifiers: string[]) => use(GRU, { modifiers })
    assert.equal(verdict(only('DUO:0000015'), 'DUO:0000031'), 'refused')
    const methods = use(DS, { diseases: [PARKINSON], modifiers: ['DUO:0000015'] })
    assert.equal(verdict(methods, 'DUO:0000031', PARKINSON), 'permitted')
    assert.equal(verdict(only('DUO:0000016'), 'DUO:0000037'), 'refused')
    assert.equal(verdict(only('DUO:0000016'), 'DUO:0000038'), 'permitted')
    assert.equal(verdict(only('DUO:0000044'), 'DUO:0000033'), 'refused')
    assert.equal(verdict(only('DUO:0000045'), 'DUO:0000037'), 'people')
    assert.equal(verdict(only('DUO:0000045'), 'DUO:0000037', 'DUO:0000045'), 'permitted')
    assert.equal(verdict(only('DUO:0000018'), 'DUO:0000037', 'DUO:0000045'), 'people')
    assert.equal(verdict(only('DUO:0000018'), 'DUO:0000037', 'DUO:0000045', 'DUO:0000046'), 'permitted')
  })

  test('what no rule can judge goes to people, each modifier and each unknown word', () => {
    const judged = ['DUO:0000015', 'DUO:0000016', 'DUO:0000018', 'DUO:0000044', 'DUO:0000045', 'DUO:0000046']
    for (const modifier of Object.keys(DATA_USE_MODIFIERS).filter((term) => !judged.includes(term))) {
      const match = matchDataUse(use(GRU, { modifiers: [modifier] }), ['DUO:0000037'])
      assert.deepEqual([match.verdict, match.reason.includes(modifier)], ['people', true])
    }
    for (const word of ['DUO:9999999', 'curiosity', '__proto__', 'constructor']) {
      assert.equal(verdict(use(GRU), 'DUO:0000037', word), 'people', word)
    }
  })

  test('a clear no counts before a doubt', () => {
    const data = use(HMB, { modifiers: ['DUO:0000021'] })
    assert.equal(verdict(data, 'DUO:0000033'), 'refused')
  })

  test('a disease is named with the disease permission, and with nothing else', () => {
    assert.equal(dataUseSchema.safeParse({ permission: DS }).success, false)
    assert.equal(dataUseSchema.safeParse({ permission: GRU, diseases: [PARKINSON] }).success, false)
    assert.equal(dataUseSchema.safeParse({ permission: 'GRU' }).success, false)
  })
})
