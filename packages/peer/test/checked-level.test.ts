/** Tests of a database whose disk changes single bits, and of databases of earlier versions. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Level } from 'level'
import { AuditLog } from '../src/store/log/audit-log.ts'
import { Database } from '../src/store/database.ts'
import type { Root } from '../src/store/level/level.ts'
import { damagedTables } from '../src/store/level/table-file.ts'
import { JOBS, keyOf, jobOf } from './read-damaged.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const FLIPS = 40
const run = promisify(execFile)

/** A database of 300 jobs, all of them in table files. */
async function stored(folder: string): Promise<string> {
  const directory = join(folder, 'db')
  const database = await Database.open({ directory }, () => 0)
  const jobs = database.json<object>('jobs')
  for (let n = 0; n < JOBS; n += 50) {
    await database.commit((draft) => {
      for (let m = n; m < n + 50; m++) draft.put(jobs, keyOf(m), jobOf(m))
      draft.audit({ kind: 'request', actor: 'x' })
    })
  }
  await database.close()
  const level = new Level<string, string>(directory)
  // `compactRange` exists in LevelDB only; the type of `level` also covers browsers, which lack it.
  await (level as unknown as { compactRange(from: string, to: string): Promise<void> }).compactRange('\u0000', '\uffff')
  await level.close()
  return directory
}

async function tableOf(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ldb'))
  assert.ok(names.length > 0)
  const sizes = await Promise.all(names.map(async (name) => (await readFile(join(directory, name))).length))
  return join(directory, names[sizes.indexOf(Math.max(...sizes))] ?? '')
}

/** The result for each database. If LevelDB ended the process while reading a database, the damage counts as noticed. */
async function readEach(directories: readonly string[]): Promise<string[]> {
  const found: string[] = []
  while (found.length < directories.length) {
    const args = [join(import.meta.dirname, 'read-damaged.ts'), ...directories.slice(found.length)]
    const { stdout, ended } = await run(process.execPath, args).then(
      ({ stdout }) => ({ stdout, ended: false }),
      ({ stdout, signal }: { stdout: string; signal: string }) => ({ stdout, ended: signal === 'SIGABRT' })
    )
    found.push(...stdout.split('\n').filter(Boolean))
    if (!ended) break
    found.push('refused')
  }
  return found
}

describe('a database on a disk that changes single bits', () => {
  test('serves nothing that was changed, and verifies as whole only what is', async (t) => {
    const folder = await scratchFolder(t)
    const directory = await stored(folder)
    assert.deepEqual(await readEach([directory]), ['whole'])
    const copies: string[] = []
    for (let flip = 0; flip < FLIPS; flip++) {
      const copy = join(folder, `copy-${flip}`)
      await cp(directory, copy, { recursive: true })
      const table = await tableOf(copy)
      const bytes = await readFile(table)
      const at = Math.floor((bytes.length * (flip + 0.5)) / FLIPS)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (flip % 8))
      await writeFile(table, bytes)
      copies.push(copy)
    }
    const found = await readEach(copies)
    assert.equal(found.length, FLIPS)
    assert.deepEqual([...new Set(found)], ['refused'])
  })

  test('names the record, and what to do', async (t) => {
    const directory = join(await scratchFolder(t), 'db')
    const database = await Database.open({ directory }, () => 0)
    await database.commit((draft) => draft.put(database.json<object>('jobs'), '0007', jobOf(7)))
    await database.close()
    const level = new Level<string, Buffer>(directory, { valueEncoding: 'buffer' })
    const changed = (await level.get('!jobs!0007')) ?? Buffer.alloc(0)
    changed[20] = (changed[20] ?? 0) ^ 1
    await level.put('!jobs!0007', changed)
    await level.close()
    assert.deepEqual((await Database.walk(directory)).damaged, ['jobs/0007'])
    const again = await Database.open({ directory }, () => 0)
    await assert.rejects(again.json('jobs').get('0007'), {
      code: 'STORE_UNAVAILABLE',
      message: /^the record jobs\/0007 is damaged: .*newest whole copy of db\/.*stimnet audit reconcile/
    })
    await assert.rejects(again.json('jobs').values().all(), { code: 'STORE_UNAVAILABLE' })
    await again.close()
  })

  test('is not seen in an unfinished file that belongs to nothing, which a merge that was cut short leaves behind', async (t) => {
    const directory = join(await scratchFolder(t), 'db')
    const database = await Database.open({ directory }, () => 0)
    await database.commit((draft) => draft.put(database.json<object>('jobs'), '0007', jobOf(7)))
    await database.close()
    await writeFile(join(directory, '000999.ldb'), 'half of a table')
    assert.deepEqual((await Database.lookInto(directory, 'jobs'))?.damaged, [])
    assert.deepEqual((await Database.walk(directory)).damaged, [])
  })

  test('is seen in every table where the manifest, which names those that count, is damaged as well', async (t) => {
    const directory = join(await scratchFolder(t), 'db')
    const database = await Database.open({ directory }, () => 0)
    await database.commit((draft) => draft.put(database.json<object>('jobs'), '0007', jobOf(7)))
    await database.close()
    await writeFile(join(directory, '000999.ldb'), 'half of a table')
    assert.deepEqual(await damagedTables(directory, { isOpen: false }), [])
    const manifest = join(directory, (await readdir(directory)).find((name) => name.startsWith('MANIFEST')) ?? '')
    const whole = await readFile(manifest)
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const changed = Buffer.from(whole)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await writeFile(manifest, changed)
      assert.deepEqual(await damagedTables(directory, { isOpen: false }), ['000999.ldb'], `bit ${bit}`)
    }
  })

  test('takes a whole value under another key for damage', async (t) => {
    const directory = join(await scratchFolder(t), 'db')
    const database = await Database.open({ directory }, () => 0)
    await database.commit((draft) => draft.put(database.json<object>('jobs'), '0007', jobOf(7)))
    await database.close()
    const level = new Level<string, Buffer>(directory, { valueEncoding: 'buffer' })
    await level.put('!jobs!0008', (await level.get('!jobs!0007')) ?? Buffer.alloc(0))
    await level.close()
    assert.deepEqual((await Database.walk(directory)).damaged, ['jobs/0008'])
  })
})

describe('a database of a version without checksums', () => {
  const COUNT = 2_500

  /** A database in the form of earlier versions: JSON, bytes and an audit log, directly in LevelDB. */
  async function ofBefore(folder: string): Promise<string> {
    const directory = join(folder, 'db')
    const level = new Level<string, string>(directory)
    const root = level as unknown as Root
    const log = await AuditLog.open(root)
    log.append({ kind: 'start', actor: 'node' }, 1)
    await root.batch(log.takePending().operations as never)
    const things = root.sublevel<string, object>('things', { valueEncoding: 'json' })
    const bytes = root.sublevel<string, Uint8Array>('atoms', { valueEncoding: 'view' })
    for (let n = 0; n < COUNT; n++) await things.put(`${n}`, jobOf(n))
    await bytes.put('a', Uint8Array.of(0, 1, 2, 255))
    await bytes.put('empty', new Uint8Array())
    await level.close()
    return directory
  }

  test('opens with all that is in it, and has checksums from then on', async (t) => {
    const directory = await ofBefore(await scratchFolder(t))
    for (const opening of ['first', 'second']) {
      const database = await Database.open({ directory }, () => 0)
      const things = database.json<object>('things')
      assert.equal((await things.keys().all()).length, COUNT, opening)
      assert.deepEqual(await things.getMany(['0', `${COUNT - 1}`]), [jobOf(0), jobOf(COUNT - 1)])
      const atoms = database.root.sublevel<string, Uint8Array>('atoms', { valueEncoding: 'view' })
      assert.deepEqual(Uint8Array.from((await atoms.get('a')) ?? []), Uint8Array.of(0, 1, 2, 255))
      assert.equal((await atoms.get('empty'))?.length, 0)
      assert.equal((await database.auditLog.verify()).ok, true)
      assert.deepEqual((await database.walk()).damaged, [])
      await database.close()
    }
  })

  test('that was stopped in the middle of getting them goes on where it was', async (t) => {
    const directory = await ofBefore(await scratchFolder(t))
    const level = new Level<string, string>(directory)
    const before = level.batch.bind(level)
    let batches = 0
    Object.assign(level, {
      batch: (...ask: Parameters<typeof before>) => {
        batches += 1
        return batches === 2 ? Promise.reject(new Error('the power went')) : before(...ask)
      }
    })
    const { CheckedLevel } = await import('../src/store/level/checked-level.ts')
    await assert.rejects(new CheckedLevel(level as never).open())
    await level.close()
    const database = await Database.open({ directory }, () => 0)
    assert.equal((await database.walk()).values, COUNT + 2 + 4 + 2, 'things, atoms; log, tree and head; two markers')
    assert.deepEqual((await database.walk()).damaged, [])
    assert.deepEqual(await database.json<object>('things').get('7'), jobOf(7))
    await database.close()
  })
})
