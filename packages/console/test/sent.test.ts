/** A question whose answer was lost is the same question when sent again; and the console works in a browser that stores nothing. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedClock, StimnetError, signerFromSeed } from '@stimnet/protocol'
import { ApiError, signRequest } from '@stimnet/sdk'
import { EMPTY, isComposed } from '../src/ask/draft/draft.ts'
import { withFile, withoutFile } from '../src/ask/draft/files.ts'
import { forgetSent, isOutcomeUnknown, storedSent, storeSent } from '../src/ask/send/sent.ts'
import { keptIn } from '../src/session/storage.ts'

class MemoryStorage {
  readonly all = new Map<string, string>()
  getItem = (key: string) => this.all.get(key) ?? null
  setItem = (key: string, value: string) => void this.all.set(key, value)
  removeItem = (key: string) => void this.all.delete(key)
  clear = () => this.all.clear()
}

const storageOf = (own: MemoryStorage) => own as unknown as Storage

describe('a question on its way', () => {
  it('outlives a reload with its key, and byte for byte where it was signed here', async () => {
    const own = new MemoryStorage()
    const kept = keptIn(() => storageOf(own))
    const signer = await signerFromSeed(new Uint8Array(32).fill(1))
    const signed = await signRequest({
      ...{ signer, clock: new SimulatedClock(), catalog: 'trial', targets: [signer.id] },
      program: { kind: 'sql', sql: 'SELECT 1' }
    })
    storeSent({ text: 'q', key: 'k', signed, mayBeTaken: true }, kept)
    assert.deepEqual(storedSent(kept), { text: 'q', key: 'k', signed, mayBeTaken: true })
    storeSent({ text: 'q', key: 'k', mayBeTaken: false }, kept)
    assert.deepEqual(storedSent(kept), { text: 'q', key: 'k', mayBeTaken: false })
    forgetSent(kept)
    assert.equal(storedSent(kept), undefined)
  })

  it('is none where something else was kept in its place', () => {
    for (const text of ['null', '{', '[]', '{"text":1,"key":"k"}', '{"text":"q"}']) {
      assert.equal(storedSent({ get: () => text }), undefined, text)
    }
  })

  it('may have been taken where its answer was lost, and not where somebody said no', () => {
    for (const code of ['PEER_UNREACHABLE', 'DEADLINE', 'INTERRUPTED'] as const) {
      assert.ok(isOutcomeUnknown(new StimnetError(code, 'x')), code)
    }
    assert.ok(isOutcomeUnknown(new ApiError('NODE_ERROR', { status: 502 })))
    assert.equal(isOutcomeUnknown(new ApiError('BODY_INVALID', { status: 422 })), false)
    assert.equal(isOutcomeUnknown(new StimnetError('KEY_UNSUPPORTED', 'x')), false)
  })
})

describe('what a page keeps', () => {
  const refusing = () => {
    throw new DOMException('denied', 'SecurityError')
  }

  it('stays for as long as the page is open where the browser keeps nothing', () => {
    const kept = keptIn(refusing)
    assert.equal(kept.get('a'), null)
    assert.equal(kept.set('a', '1'), false)
    assert.equal(kept.get('a'), '1')
    kept.remove('a')
    assert.equal(kept.get('a'), null)
    kept.set('a', '1')
    kept.clear()
    assert.equal(kept.get('a'), null)
  })

  it('is never an older one because the newer had no room', () => {
    const own = new MemoryStorage()
    const kept = keptIn(() => storageOf(own))
    assert.ok(kept.set('draft', 'small'))
    own.setItem = refusing
    assert.equal(kept.set('draft', 'huge'), false)
    assert.equal(kept.get('draft'), 'huge')
    assert.equal(own.all.size, 0)
  })
})

describe('a draft', () => {
  it('is worth a question before it is thrown away once anything was composed', () => {
    assert.equal(isComposed({ ...EMPTY, catalog: 'trial', kind: 'sql', signer: 'gateway', targets: ['a'] }), false)
    assert.ok(isComposed({ ...EMPTY, sql: 'SELECT 1' }))
    assert.ok(isComposed({ ...EMPTY, person: { ...EMPTY.person, why: 'To learn.' } }))
  })

  it('takes a file that was sent beside what was ticked and unticked meanwhile', () => {
    const file = (id: string, name: string) => ({ file_id: id, name, sha256: id, size: 1 })
    const files = [file('a', 'a.csv'), file('b', 'b.csv')]
    assert.deepEqual(withFile(withoutFile(files, 'a'), file('c', 'b.csv')), [file('c', 'b.csv')])
    assert.deepEqual(withFile([], file('a', 'a.csv')), [file('a', 'a.csv')])
  })
})
