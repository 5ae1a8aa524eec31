import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ATTACKS } from './attacks/index.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { carryOutAll, type Finding, startWorlds, type Worlds } from './harness.ts'
import { supportMin } from './solve.ts'

describe('an attack, with the target among the subjects and without', () => {
  let worlds: Worlds | undefined
  const findings = new Map<string, Finding>()

  before(async () => {
    worlds = await startWorlds(ATTACKS)
    for (const finding of await carryOutAll(ATTACKS, worlds)) findings.set(finding.attack.id, finding)
  })
  after(() => worlds?.stop())

  for (const { id, attack, expected, open } of ATTACKS) {
    const title = `${id} ${attack}: ${expected}${open === undefined ? '' : ' is what it must become'}`
    test(title, open === undefined ? {} : { todo: open }, () => {
      const finding = findings.get(id)
      assert.ok(finding)
      assert.deepEqual(finding.faults, [])
      // A known open hole fails here until it is closed.
      if (open !== undefined) assert.fail(open)
    })
  }

  test('every end that was shown lay on the release grid, and was sealed with that time', () => {
    assert.ok(worlds)
    assert.deepEqual([...worlds.target.offGrid, ...worlds.without.offGrid], [])
  })
})

test('every attack stands in the page of docs, and no other', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/redteam.md'), 'utf8')
  const listed = [...page.matchAll(/^\| ([A-Z]\d\d[a-z]?) +\|/gm)].map((match) => match[1] ?? '')
  assert.deepEqual(
    // Reconstruction attacks (N…) have their own table and test.
    listed.filter((id) => !id.startsWith('N')),
    [...ATTACKS, ...ELSEWHERE].map(({ id }) => id)
  )
})

test('what is tried elsewhere is tried: its test is there', async () => {
  for (const { id, where } of ELSEWHERE) {
    if (where.startsWith('not yet built')) continue
    await assert.doesNotReject(readFile(join(import.meta.dirname, '../..', where)), `${id}: ${where}`)
  }
})

test('the solver finds the one person that three large answers leave', () => {
  const sets = [
    ['t', 'a', 'b', 'c', 'd', 'e'],
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'],
    ['f', 'g', 'h', 'i', 'j']
  ]
  assert.equal(supportMin(sets.map((set) => new Set(set))), 1)
  assert.equal(supportMin([new Set(['a', 'b', 'c', 'd', 'e'])]), 5)
})
