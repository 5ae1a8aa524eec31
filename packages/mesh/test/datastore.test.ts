import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
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

  it('of peers are forgotten above their number, the one written longest ago first, and never the own one', async () => {
    const store = newStore()
    const datastore = await LevelDatastore.open(store, { peers: 3 })
    const self = peerIdFromString('12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5')
    datastore.keep(self)
    const own = `/peers/${self.toCID().toString()}`
    await datastore.put(new Key(own), bytes('own'))
    for (const name of ['a', 'b', 'c', 'a', 'd', 'e']) await datastore.put(new Key(`/peers/${name}`), bytes(name))
    assert.deepEqual(await keysIn(datastore, '/peers/'), ['/peers/a', own, '/peers/d', '/peers/e'].sort())
    await assert.rejects(datastore.get(new Key('/peers/b')), { name: 'NotFoundError' })
    await assert.rejects(datastore.put(new Key('/peers/a'), new Uint8Array(16 * 1024 + 1)), RangeError)
    await store.put('/peers/large', new Uint8Array(20_000))
    const again = await LevelDatastore.open(store, { peers: 3 })
    assert.equal(await again.has(new Key('/peers/large')), false, 'entries of earlier versions are deleted')
  })

  it('of one provider are bounded, and give way before those of others', async () => {
    const store = newStore()
    const limits = { dht: { perOwner: 4, total: 6 } }
    const datastore = await LevelDatastore.open(store, limits)
    const put = (owner: string, key: string) => datastore.put(new Key(`/dht/provider/${key}/${owner}`), bytes('1'))
    const of = async (owner: string) =>
      (await keysIn(datastore, '/dht/')).filter((name) => name.endsWith(`/${owner}`)).map((name) => name.split('/')[3])
    await put('honest', 'x')
    for (const key of ['a', 'b', 'c', 'd', 'a', 'e', 'f']) await put('greedy', key)
    assert.deepEqual(await of('greedy'), ['a', 'd', 'e', 'f'], 'a was renewed')
    for (const key of ['y', 'z']) await put('honest', key)
    assert.deepEqual(
      [await of('honest'), await of('greedy')],
      [
        ['x', 'y', 'z'],
        ['a', 'e', 'f']
      ]
    )
    await put('another', 'w')
    assert.deepEqual([await of('another'), (await of('honest')).length + (await of('greedy')).length], [['w'], 5])
    await assert.rejects(put('honest', 'k'.repeat(300)), RangeError)
    const again = await LevelDatastore.open(store, limits)
    await again.delete(new Key('/dht/provider/w/another'))
    await again.put(new Key('/dht/provider/v/another'), bytes('1'))
    assert.equal((await keysIn(again, '/dht/')).length, 6, 'what is deleted makes room')
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
