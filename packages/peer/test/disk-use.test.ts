import assert from 'node:assert/strict'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { diskUseOf } from '../src/store/disk-use.ts'
import { folderWith } from '../../../test/scratch.ts'

test('the use of a folder is that of all files in it, and follows what is written and deleted', async (t) => {
  const tables = Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`db/${i}.ldb`, 'x'.repeat(10)]))
  const folder = await folderWith(t, {
    ...tables,
    'db/000001.log': 'x',
    'uploads/a/b/c': 'four',
    'other/d': 'not counted'
  })
  await symlink('/etc', join(folder, 'uploads/link'))
  const read = diskUseOf(folder)
  const use = async () => Object.fromEntries((await read()).map(({ what, bytes }) => [what, bytes]))
  const { free, ...first } = await use()
  assert.deepEqual(first, { database: 12_001, uploads: 4 })
  assert.ok((free ?? 0) > 0)
  await rm(join(folder, 'db/7.ldb'))
  await writeFile(join(folder, 'db/1200.ldb'), 'x'.repeat(100))
  await writeFile(join(folder, 'db/000001.log'), 'x'.repeat(50))
  await mkdir(join(folder, 'federation'))
  const { free: _, ...second } = await use()
  assert.deepEqual(second, { database: 12_001 - 10 + 100 + 49, uploads: 4, federation: 0 })
})
