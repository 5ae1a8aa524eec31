import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { LIMITS, SimulatedClock, StimnetError, seededRandom, type UploadedFile } from '@stimnet/protocol'
import { type FetchPiece, JobFiles, type JobWithFiles } from '../src/jobs/run/files.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const PIECE = LIMITS.uploadPieceBytesMax
const BYTES = randomBytes(2 * PIECE + 1_000)

const fileOf = (name: string, bytes: Uint8Array): UploadedFile => ({
  ...{ name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
})
const FILE = fileOf('grid.npy', BYTES)
const jobOf = (id: string, more: Partial<JobWithFiles> = {}): JobWithFiles => ({
  ...{ id, askedBy: 'asker', requestHash: `request ${id}`, uploads: [FILE], ...more }
})
const honest: FetchPiece = async (_peer, { offset }) => BYTES.subarray(offset, offset + PIECE)

async function room(t: TestContext, fetch: FetchPiece | undefined, open: JobWithFiles[] = []) {
  const directory = await scratchFolder(t)
  return { directory, ...(await reopened(directory, fetch, open)) }
}

async function reopened(directory: string, fetch: FetchPiece | undefined, open: JobWithFiles[] = []) {
  const clock = new SimulatedClock(1_750_000_000_000)
  const told: string[] = []
  const events = { served: ({ code = 'OK' }: { code?: string }) => void told.push(code) }
  const nobody: FetchPiece = (_peer, _ask, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const fetchPiece = fetch ?? nobody
  const files = await JobFiles.open({ directory, clock, random: seededRandom(1), events, fetchPiece }, open)
  return { files, clock, told }
}

/** Lets time pass until the work is done. */
async function during<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done = false
  const end = work.finally(() => {
    done = true
  })
  end.catch(() => undefined)
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    await clock.advance(1_000)
  }
  return end
}

describe('a file of a job', () => {
  test('is fetched piece by piece, read with its bytes checked, and gone when the job ends', async (t) => {
    const { files, directory, told } = await room(t, honest)
    await files.fetch(jobOf('a'))
    const [read] = await files.read('a', [FILE])
    assert.deepEqual(Buffer.from(read?.bytes ?? []), BYTES)
    assert.equal(read?.name, 'grid.npy')
    assert.deepEqual(told, [])
    await files.drop(jobOf('a'))
    assert.deepEqual(await readdir(directory), [])
    await assert.rejects(files.read('a', [FILE]), { code: 'UPLOAD_UNAVAILABLE' })
  })

  test('that is other bytes than the request names is not kept', async (t) => {
    const other = Buffer.from(BYTES)
    other[5] = (other[5] ?? 0) ^ 1
    const liars: Record<string, FetchPiece> = {
      'one bit off': async (_peer, { offset }) => other.subarray(offset, offset + PIECE),
      shorter: async (_peer, { offset }) => BYTES.subarray(offset, offset + 10),
      nothing: async () => new Uint8Array(),
      'longer at the end': async (_peer, { offset }) =>
        offset < 2 * PIECE ? BYTES.subarray(offset, offset + PIECE) : randomBytes(1_001),
      'without end': async () => randomBytes(PIECE),
      'a larger piece': async () => BYTES
    }
    for (const [name, fetch] of Object.entries(liars)) {
      let pieces = 0
      const { files, directory, told } = await room(t, (...ask) => {
        pieces += 1
        return fetch(...ask)
      })
      await files.fetch(jobOf('a'))
      assert.deepEqual(told, ['UPLOAD_UNAVAILABLE'], name)
      assert.ok(pieces <= 3, name)
      assert.deepEqual(await readdir(join(directory, 'a')), [], name)
      await assert.rejects(files.read('a', [FILE]), { code: 'UPLOAD_UNAVAILABLE' }, name)
    }
  })

  test('changed on the disk since is not run', async (t) => {
    const { files, directory } = await room(t, honest)
    await files.fetch(jobOf('a'))
    await writeFile(join(directory, 'a', FILE.sha256), BYTES.subarray(1))
    await assert.rejects(files.read('a', [FILE]), { code: 'UPLOAD_UNAVAILABLE' })
  })

  test('is asked for again while its peer is away, and no longer than its time', async (t) => {
    let asked = 0
    const away = async () => {
      asked += 1
      throw new StimnetError('PEER_UNREACHABLE', 'away')
    }
    const { files, clock, told } = await room(t, away)
    await during(clock, files.fetch(jobOf('a')))
    assert.deepEqual(told, ['DEADLINE'])
    assert.ok(asked > 5 && asked < 60, String(asked))
    const back = await room(t, async (...ask) => {
      asked += 1
      if (asked % 2 === 0) throw new StimnetError('INTERRUPTED', 'cut')
      return honest(...ask)
    })
    await during(back.clock, back.files.fetch(jobOf('a')))
    assert.equal((await back.files.read('a', [FILE])).length, 1)
  })

  test('of a peer that never answers ends at its deadline', async (t) => {
    const hangs: FetchPiece = (_peer, _ask, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const { files, clock, told } = await room(t, hangs)
    await during(clock, files.fetch(jobOf('a')))
    assert.deepEqual(told, ['DEADLINE'])
  })

  test('is refused for good where the peer says that there is no such request', async (t) => {
    let asked = 0
    const { files, told } = await room(t, async () => {
      asked += 1
      throw new StimnetError('JOB_UNKNOWN', 'no')
    })
    await files.fetch(jobOf('a'))
    assert.deepEqual([told, asked], [['JOB_UNKNOWN'], 1])
  })

  test('of one slow peer keeps nobody else waiting', async (t) => {
    const slow: FetchPiece = (peer, ask, signal) =>
      peer === 'slow'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : honest(peer, ask, signal)
    const { files, clock } = await room(t, slow)
    const stuck = [files.fetch(jobOf('a', { askedBy: 'slow' })), files.fetch(jobOf('b', { askedBy: 'slow' }))]
    await files.fetch(jobOf('c'))
    assert.equal((await files.read('c', [FILE])).length, 1)
    // The end of a job stops fetching its files before the deadline.
    await Promise.all([
      files.drop(jobOf('a', { askedBy: 'slow' })),
      files.drop(jobOf('b', { askedBy: 'slow' })),
      ...stuck
    ])
    assert.equal(clock.now(), 1_750_000_000_000)
  })

  test('left by an earlier life is kept where its job is open, and cleared away where not', async (t) => {
    const { files, directory } = await room(t, honest)
    await files.fetch(jobOf('a'))
    await files.fetch(jobOf('b'))
    await mkdir(join(directory, 'stranger'))
    const again = await reopened(directory, undefined, [jobOf('a')])
    assert.deepEqual(await readdir(directory), ['a'])
    // The file is already here, so no peer is asked, although there is no connection to any peer yet.
    await again.files.fetch(jobOf('a'))
    assert.equal((await again.files.read('a', [FILE])).length, 1)
  })

  test('waits for a way to its peer, and gives up waiting when the node stops', async (t) => {
    const { files, told } = await room(t, undefined)
    const fetching = files.fetch(jobOf('a'))
    await files.stop()
    await fetching
    assert.deepEqual(told, ['NODE_ERROR'])
  })

  test('takes room that is bounded in all and for one peer, and given back at the end', async (t) => {
    const { files } = await room(t, honest)
    const large: UploadedFile[] = [0, 1].map((at) => ({ ...FILE, name: `${at}`, size: LIMITS.uploadBytesMax }))
    const half = LIMITS.jobUploadBytesMax / 2 / (2 * LIMITS.uploadBytesMax)
    for (let at = 0; at < half; at++) files.takeRoom('asker', large)
    assert.throws(() => files.takeRoom('asker', large), { code: 'QUEUE_FULL' })
    for (let at = 0; at < half; at++) files.takeRoom('another', large)
    assert.throws(() => files.takeRoom('third', large), { code: 'QUEUE_FULL' })
    await files.drop(jobOf('a', { uploads: large }))
    files.takeRoom('third', large)
    files.leaveRoom('third', large)
    files.takeRoom('asker', large)
  })
})
