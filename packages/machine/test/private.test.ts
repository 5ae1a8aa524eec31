/** Tests of files and folders that only their owner may read. */
import assert from 'node:assert/strict'
import { chmod, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { closeFolder, makeFolder, openToOthers, readPrivate, writePrivate } from '../src/files/private.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const skip = process.platform === 'win32' && 'there are no such permissions'

describe('a private file', { skip }, () => {
  test('is refused where others can read it, and where a link stands in its place', async (t) => {
    const folder = await scratchFolder(t)
    const file = join(folder, 'session.json')
    assert.equal(await readPrivate(file), undefined)
    await writePrivate(file, 'secret')
    assert.equal(await readPrivate(file), 'secret')
    for (const mode of [0o640, 0o604, 0o620]) {
      await chmod(file, mode)
      await assert.rejects(readPrivate(file), { code: 'CONFIG_INVALID', message: /can be read by others: chmod 600/ })
    }
    await chmod(file, 0o600)
    await symlink(file, join(folder, 'link'))
    await assert.rejects(readPrivate(join(folder, 'link')), { code: 'CONFIG_INVALID', message: /is a link/ })
  })

  test('is made closed, also in place of a link, whose target stays as it was', async (t) => {
    const folder = await scratchFolder(t)
    const target = join(folder, 'target')
    await writeFile(target, 'another')
    await symlink(target, join(folder, 'session.json'))
    await writePrivate(join(folder, 'session.json'), 'secret')
    assert.equal(await readPrivate(join(folder, 'session.json')), 'secret')
    assert.equal((await stat(target)).size, 'another'.length)
  })
})

describe('a folder', { skip }, () => {
  test('is closed with all that is in it, and no link is followed', async (t) => {
    const folder = await scratchFolder(t)
    const [inner, outside] = [join(folder, 'a', 'b'), join(folder, 'outside')]
    await makeFolder(inner)
    await writeFile(join(inner, 'file'), '')
    await writeFile(outside, '')
    await symlink(outside, join(inner, 'link'))
    for (const path of [join(folder, 'a'), inner, join(inner, 'file'), outside]) await chmod(path, 0o755)
    assert.equal((await openToOthers(join(folder, 'a'))).length, 3)
    await closeFolder(join(folder, 'a'))
    assert.deepEqual(await openToOthers(join(folder, 'a')), [])
    assert.equal((await stat(outside)).mode & 0o777, 0o755)
  })

  test('that cannot be made is told, and not tried for ever', { skip: process.platform !== 'linux' }, async () => {
    await assert.rejects(makeFolder('/proc/stimnet/data'), { code: 'ENOENT' })
  })
})
