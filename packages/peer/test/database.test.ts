import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Database } from '../src/store/database.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const inMemory = () => Database.open({ memory: true }, () => 1_000)

describe('the single writer', () => {
  test('writes everything of a change or nothing of it', async () => {
    const database = await inMemory()
    const box = database.json<number>('box')
    await assert.rejects(
      database.commit((draft) => {
        draft.put(box, 'a', 1)
        draft.audit({ kind: 'request', actor: 'x' })
        throw new Error('changed its mind')
      })
    )
    assert.equal(await box.get('a'), undefined)
    assert.deepEqual(await database.auditLog.read({ limit: 10 }), [])
    await database.close()
  })

  test('takes back what memory took for granted when the rest of a change throws', async () => {
    const database = await inMemory()
    let partition = 'before'
    const changing = database.commit((draft) => {
      partition = 'after'
      draft.undo(() => {
        partition = 'before'
      })
      throw new Error('the seal failed')
    })
    await assert.rejects(changing)
    assert.equal(partition, 'before')
    await database.close()
  })

  test('prepares changes in order, each seeing what the one before decided', async () => {
    const database = await inMemory()
    const box = database.json<number>('box')
    let next = 0
    const numbers = await Promise.all(
      Array.from({ length: 50 }, () =>
        database.commit((draft) => {
          next += 1
          draft.put(box, String(next), next)
          return next
        })
      )
    )
    assert.deepEqual(
      numbers,
      Array.from({ length: 50 }, (_, i) => i + 1)
    )
    assert.equal((await box.keys().all()).length, 50)
    await database.close()
  })

  test('a failed change between good ones leaves their audit chain whole', async () => {
    const database = await inMemory()
    const results = await Promise.allSettled([
      database.commit((draft) => draft.audit({ kind: 'request', actor: 'a' })),
      database.commit((draft) => {
        draft.audit({ kind: 'request', actor: 'b' })
        throw new Error('no')
      }),
      database.commit((draft) => draft.audit({ kind: 'request', actor: 'c' }))
    ])
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled']
    )
    const verified = await database.auditLog.verify()
    assert.ok(verified.ok)
    assert.equal(verified.records, 2)
    await database.close()
  })

  test('stops for good when a batch cannot be written: nothing is answered that is not on disk', async () => {
    const database = await inMemory()
    const box = database.json<number>('box')
    const { root } = database
    root.batch = (() => Promise.reject(new Error('no space left on device'))) as never
    await assert.rejects(
      database.commit((draft) => draft.put(box, 'a', 1)),
      { code: 'STORE_UNAVAILABLE' }
    )
    assert.ok(database.failure)
    await assert.rejects(
      database.commit((draft) => draft.put(box, 'b', 1)),
      { code: 'STORE_UNAVAILABLE' }
    )
    await database.close()
  })

  test('refuses a directory that another process holds', async (t) => {
    const directory = await scratchFolder(t)
    const first = await Database.open({ directory }, () => 0)
    await assert.rejects(
      Database.open({ directory }, () => 0),
      { code: 'STORE_UNAVAILABLE' }
    )
    await first.close()
  })
})
