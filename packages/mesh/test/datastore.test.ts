import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Key } from 'interface-datastore'
import { LevelDatastore } from '../src/connect/datastore.ts'
import { newStore } from './network.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array) => new TextDecoder().decode(value)

async function keysIn(datastore: LevelDatastore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of datastore.queryKeys({ prefix })) keys.push(key.toString())
  return keys
}

describe("libp2p's records", () => {
  it('are kept across a restart, and found by their prefix', async () => {
    const store = newStore()
    const first = await LevelDatastore.open(store)
    for (const name of ['/peers/a', '/peers/b', '/dht/provider/x/a', '/peersx'])
      await first.put(new Key(name), bytes(name))
    first.close()
    const second = await LevelDatastore.open(store)
    assert.equal(text(await second.get(new Key('/peers/b'))), '/peers/b')
    assert.deepEqual(await keysIn(second, '/peers/'), ['/peers/a', '/peers/b'])
    assert.deepEqual(await keysIn(second, '/dht/'), ['/dht/provider/x/a'])
    const values: string[] = []
    for await (const { value } of second.query({ prefix: '/peers/' })) values.push(text(value))
    assert.deepEqual(values, ['/peers/a', '/peers/b'])
  })

  it('that are gone are not found, also not in the memory beside the store', async () => {
    const datastore = await LevelDatastore.open(newStore())
    const key = new Key('/peers/a')
    await assert.rejects(datastore.get(key), { name: 'NotFoundError' })
    await datastore.put(key, bytes('here'))
    assert.equal(await datastore.has(key), true)
    await datastore.delete(key)
    assert.equal(await datastore.has(key), false)
    await assert.rejects(datastore.get(key), { name: 'NotFoundError' })
  })

  it('do not change with the buffer they came from', async () => {
    const datastore = await LevelDatastore.open(newStore())
    const buffer = bytes('first')
    await datastore.put(new Key('/peers/a'), buffer)
    buffer.fill(0)
    assert.equal(text(await datastore.get(new Key('/peers/a'))), 'first')
  })

  it('too large to be a record of ours are refused', async () => {
    const datastore = await LevelDatastore.open(newStore())
    await assert.rejects(datastore.put(new Key('/dht/record/a'), new Uint8Array(256 * 1024 + 1)), RangeError)
  })

  it('written after the end vanish, and touch the closed store no more', async () => {
    const store = newStore()
    const datastore = await LevelDatastore.open(store)
    await datastore.put(new Key('/peers/a'), bytes('here'))
    datastore.close()
    await store.close()
    await datastore.put(new Key('/peers/b'), bytes('late'))
    await datastore.delete(new Key('/peers/a'))
    assert.equal(await datastore.has(new Key('/peers/a')), false)
    assert.deepEqual(await keysIn(datastore, '/peers/'), [])
  })
})
