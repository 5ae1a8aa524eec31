import assert from 'node:assert/strict'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { LIMITS, SimulatedClock, seededRandom } from '@stimnet/protocol'
import { Shares } from '../src/requests/shares.ts'
import { Database } from '../src/store/database.ts'
import type { RequestRecord } from '../src/store/requests.ts'
import { UploadStore } from '../src/store/uploads.ts'
import { uploadMethods } from '../src/gateway/upload-view.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const START_MS = 1_750_000_000_000

async function room(t: TestContext) {
  const directory = await scratchFolder(t)
  const clock = new SimulatedClock(START_MS)
  const database = await Database.open({ memory: true }, () => clock.now())
  let seed = 0
  const open = () => UploadStore.open({ database, directory, clock, random: seededRandom(++seed) })
  return { directory, clock, database, open, store: await open() }
}

const bytes = (text: string) => new TextEncoder().encode(text)
const data = (owner: string, text: string, filename = 'grid.csv') =>
  ({ owner, kind: 'data', filename, bytes: bytes(text) }) as const

describe('what an account uploads', () => {
  test('is its own alone: another account finds it neither by id nor by number nor by its bytes', async (t) => {
    const { store, database } = await room(t)
    const { id, number, sha256, size } = await store.add(data('ada', 'secret'))
    assert.equal(store.find('ada', id)?.id, id)
    assert.equal(store.find('ada', String(number))?.id, id)
    assert.equal(store.findBytes('ada', { sha256, size })?.id, id)
    assert.equal(store.find('bob', id), undefined)
    assert.equal(store.find('bob', String(number)), undefined)
    assert.equal(store.findBytes('bob', { sha256, size }), undefined)
    assert.deepEqual(store.list('bob'), [])
    assert.equal(await store.remove('bob', id), false)
    assert.equal((await database.auditLog.read({ limit: 1 }))[0]?.kind, 'upload')
    assert.equal(await store.remove('ada', id), true)
    await assert.rejects(store.read(id, { offset: 0, length: 1 }), { code: 'UPLOAD_UNAVAILABLE' })
  })

  test('lies on the disk under an id, readable for this user alone, whatever it is called', async (t) => {
    const { store, directory } = await room(t)
    const { id, name } = await store.add(data('ada', 'x', '<b>.csv'))
    assert.deepEqual(await readdir(directory), [id])
    assert.equal((await stat(join(directory, id))).mode & 0o777, 0o600)
    assert.equal(name, '_b_.csv')
    assert.equal(await readFile(join(directory, id), 'utf8'), 'x')
  })

  test('is read in pieces, and empty past its end', async (t) => {
    const { store } = await room(t)
    const { id } = await store.add(data('ada', 'abcdef'))
    const piece = async (offset: number, length: number) =>
      new TextDecoder().decode(await store.read(id, { offset, length }))
    assert.deepEqual(
      [await piece(0, 4), await piece(4, 4), await piece(6, 4), await piece(2 ** 31, 4)],
      [...['abcd', 'ef', '', '']]
    )
  })

  test('is bounded in number and bytes for each owner, also for many that come together', async (t) => {
    const { store } = await room(t)
    const many = await Promise.allSettled(
      Array.from({ length: LIMITS.uploadsPerOwnerMax + 5 }, (_, at) => store.add(data('ada', `${at}`)))
    )
    assert.equal(many.filter(({ status }) => status === 'fulfilled').length, LIMITS.uploadsPerOwnerMax)
    await assert.rejects(store.add(data('ada', 'one more')), { code: 'UPLOADS_FULL' })
    await store.add(data('bob', 'others go on'))
    const whole = { ...data('eve', ''), bytes: new Uint8Array(LIMITS.uploadBytesMax) }
    for (let at = 0; at < LIMITS.uploadBytesPerOwnerMax / LIMITS.uploadBytesMax; at++) await store.add(whole)
    await assert.rejects(store.add(data('eve', 'x')), { code: 'UPLOADS_FULL' })
  })

  test('is gone after its time, unless an open request needs it', async (t) => {
    const { store, clock, directory } = await room(t)
    const used = await store.add(data('ada', 'used'))
    const idle = await store.add(data('ada', 'idle'))
    await clock.advance(LIMITS.uploadLifetimeMs)
    // An expired file is no longer returned, whether it has been removed or not.
    assert.equal(store.find('ada', idle.id), undefined)
    const record = { id: 'r', uploads: [{ id: used.id, sha256: used.sha256 }] } as unknown as RequestRecord
    const shares = new Shares({ uploads: store, requests: { get: async () => record, open: async () => [record] } })
    await shares.sweep()
    assert.deepEqual(await readdir(directory), [used.id])
    assert.equal((await store.read(used.id, { offset: 0, length: 10 })).length, 4)
    await store.sweep(() => false)
    assert.deepEqual(await readdir(directory), [])
  })

  test('is there after a restart; half-written files and records without a file are cleared away', async (t) => {
    const { store, open, directory } = await room(t)
    const kept = await store.add(data('ada', 'kept'))
    const lost = await store.add(data('ada', 'lost'))
    await rm(join(directory, lost.id))
    await writeFile(join(directory, 'half.part'), 'x')
    const again = await open()
    assert.deepEqual(
      again.list('ada').map(({ id }) => id),
      [kept.id]
    )
    assert.deepEqual(await readdir(directory), [kept.id])
    assert.ok((await again.add(data('ada', 'next'))).number > kept.number)
  })

  test('is not deleted under a request that needs it', async (t) => {
    const { store } = await room(t)
    const { id, sha256 } = await store.add(data('ada', 'x'))
    const record = { id: 'r', uploads: [{ id, sha256 }] } as unknown as RequestRecord
    const account = { name: 'ada', roles: ['researcher'] } as const
    const needed = uploadMethods({ uploads: store, requests: { open: async () => [record] } })
    await assert.rejects(needed.removeUpload(id, account), { code: 'PARAMETER_INVALID' })
    const free = uploadMethods({ uploads: store, requests: { open: async () => [] } })
    assert.equal(await free.removeUpload(id, account), true)
    assert.equal(await free.removeUpload(id, account), false)
  })
})

describe('what another peer may fetch', () => {
  async function sharing(t: TestContext, state: string) {
    const { store } = await room(t)
    const { id, sha256 } = await store.add(data('ada', 'abc'))
    const other = await store.add(data('ada', 'not part of it'))
    const record = {
      ...{ id: 'r', requestHash: 'h', uploads: [{ id, sha256 }] },
      parts: [{ peerId: 'asked', state }]
    } as unknown as RequestRecord
    const shares = new Shares({ uploads: store, requests: { get: async () => record, open: async () => [record] } })
    const ask = (from: string, more: object = {}) =>
      shares.answer({ requestHash: 'h', sha256, offset: 0, ...more }, from)
    return { shares, record, ask, sha256, other }
  }

  test('is a file that a request sent to that very peer names, while it has not ended', async (t) => {
    const { shares, record, ask, other } = await sharing(t, 'queued')
    await assert.rejects(ask('asked'), { code: 'JOB_UNKNOWN' })
    shares.offer(record)
    assert.equal(new TextDecoder().decode((await ask('asked')).piece), 'abc')
    await assert.rejects(ask('stranger'), { code: 'JOB_UNKNOWN' })
    await assert.rejects(ask('asked', { requestHash: 'x' }), { code: 'JOB_UNKNOWN' })
    await assert.rejects(ask('asked', { sha256: other.sha256 }), { code: 'JOB_UNKNOWN' })
    assert.equal((await ask('asked', { offset: 3 })).piece.length, 0)
  })

  test('is nothing of a request that has ended there', async (t) => {
    const { shares, record, ask } = await sharing(t, 'completed')
    shares.offer(record)
    await assert.rejects(ask('asked'), { code: 'JOB_UNKNOWN' })
  })
})
