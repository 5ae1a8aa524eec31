import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Partition } from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'

const SUBJECTS = 1_000_000
const K = 5
const COHORTS = 24

/** A number for each subject and question, the same each time. */
function mixed(subject: number, salt: number): number {
  let hash = Math.imul(subject ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** What the rule says, item by item: each part of each atom is nobody, or at least k. */
function split(labels: Uint32Array, set: SubjectSet): { labels: Uint32Array; isFine: boolean } {
  const names = new Map<number, number>()
  const counts: number[] = []
  const next = new Uint32Array(labels.length)
  for (let i = 0; i < labels.length; i++) {
    const key = (labels[i] ?? 0) * 2 + (set.has(i) ? 1 : 0)
    const name = names.get(key) ?? names.size
    names.set(key, name)
    counts[name] = (counts[name] ?? 0) + 1
    next[i] = name
  }
  return { labels: next, isFine: counts.every((count) => count >= K) }
}

test('over a million subjects the atoms are what walking all of them by hand gives, cohort by cohort', () => {
  const source = seededRandom(3)
  let atoms = Partition.start(SUBJECTS)
  let labels: Uint32Array = new Uint32Array(SUBJECTS)
  let [released, refused] = [0, 0]
  for (let at = 0; at < COHORTS; at++) {
    const set = SubjectSet.none(SUBJECTS)
    // Every third one differs from all by a few people, which must not be told apart from them.
    const few = at % 3 === 2 ? 1 + Math.floor(randomUnit(source) * 8) : 0
    const share = 0.05 + 0.9 * randomUnit(source)
    for (let i = few; i < SUBJECTS; i++) if (few > 0 || mixed(i, at % 6) / 2 ** 32 < share) set.add(i)
    const expected = split(labels, set)
    const admission = atoms.admit([set], K)
    assert.equal(admission.ok, expected.isFine, `cohort ${at}`)
    if (!admission.ok) {
      refused++
      continue
    }
    released++
    atoms = admission.next
    labels = expected.labels
    assert.ok(atoms.isUnionOfAtoms(set) && atoms.smallestAtom >= K)
  }
  assert.equal(atoms.atoms, new Set(labels).size)
  assert.ok(released > 4 && refused > 2, `${released} released, ${refused} refused`)
  const bytes = atoms.toBytes()
  assert.ok(bytes.length <= SUBJECTS * 4 + 64, 'four bytes a subject are kept, however much was released')
  assert.ok(Partition.fromBytes(bytes, SUBJECTS).equals(atoms))
})
