import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withLifetime } from '../src/start/lifetime.ts'

describe('a lifetime', () => {
  test('closes the last opened first, once', async () => {
    const closed: string[] = []
    const lifetime = await withLifetime(async (lifetime) => {
      for (const name of ['a', 'b', 'c']) lifetime.keep(name, () => closed.push(name))
      return lifetime
    })
    await Promise.all([lifetime.close(), lifetime.close()])
    assert.deepEqual(closed, ['c', 'b', 'a'])
  })

  test('closes what was opened when a later step throws, and tells that step’s error', async () => {
    const closed: string[] = []
    await assert.rejects(
      withLifetime(async ({ keep }) => {
        keep('a', () => closed.push('a'))
        keep('b', () => {
          throw new Error('cannot close b')
        })
        throw new Error('cannot open c')
      }),
      /cannot open c/
    )
    assert.deepEqual(closed, ['a'])
  })

  test('repeats a piece of work until it is closed', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let runs = 0
    const lifetime = await withLifetime(async (lifetime) => {
      lifetime.every(1_000, () => {
        runs += 1
      })
      return lifetime
    })
    t.mock.timers.tick(2_500)
    assert.equal(runs, 2)
    await lifetime.close()
    t.mock.timers.tick(5_000)
    assert.equal(runs, 2)
  })
})
