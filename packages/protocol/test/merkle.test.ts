import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  leafHash,
  leafInput,
  nodeInput,
  provesConsistency,
  provesInclusion,
  subtreesOf
} from '../src/index.ts'

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

/** The definition of RFC 6962, literally: a slow reference for the fast implementation. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [first, second] = leaves
  if (!first) return sha256(new Uint8Array())
  if (!second) return first
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha256(nodeInput({ left: rootOf(leaves.slice(0, split)), right: rootOf(leaves.slice(split)) }))
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => sha256(leafInput(Uint8Array.of(i, i >> 8))))
const within = (leaves: readonly Uint8Array[]) => (range: LeafRange) => rootOf(leaves.slice(range.from, range.to))

describe('the tree over the log', () => {
  test('has the roots that the RFC’s own test data have', async () => {
    assert.equal(hex(rootOf([])), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    assert.equal(
      hex(await leafHash(new Uint8Array())),
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
    )
    const leaves = ['00', '10', '2021'].map((text) => sha256(leafInput(bytesOf(text))))
    assert.equal(hex(rootOf(leaves)), '7c464dec964a78bed0b50ae2102c4b3f93362198148dfac451c671a128e28265')
  })

  test('proves every entry of every log of up to 33 entries', async () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = leavesOf(size)
      const root = rootOf(leaves)
      for (const [index, leaf] of leaves.entries()) {
        const path = inclusionRanges(index, size).map(within(leaves))
        assert.ok(await provesInclusion({ leaf, index, size, path, root }), `${index} of ${size}`)
      }
    }
  })

  test('proves that every log of up to 33 entries goes on from every earlier state of it', async () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = leavesOf(size)
      for (let oldSize = 1; oldSize <= size; oldSize++) {
        const path = consistencyRanges(oldSize, size).map(within(leaves))
        const claim = { oldSize, oldRoot: rootOf(leaves.slice(0, oldSize)), size, root: rootOf(leaves), path }
        assert.ok(await provesConsistency(claim), `${oldSize} to ${size}`)
      }
    }
  })

  test('a range is made of full subtrees, side by side', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (from, length) => {
        let at = from
        for (const { level, index } of subtreesOf({ from, to: from + length })) {
          assert.equal(index * 2 ** level, at)
          at += 2 ** level
        }
        assert.equal(at, from + length)
      })
    )
  })

  test('also beyond 2^32 entries', () => {
    const size = 2 ** 40 + 12_345
    assert.ok(inclusionRanges(2 ** 33, size).length <= 41)
    assert.equal(consistencyRanges(2 ** 33, size).length > 0, true)
  })
})

describe('a proof that was tampered with proves nothing', () => {
  const size = 21
  const leaves = leavesOf(size)
  const root = rootOf(leaves)

  test('of an entry', async () => {
    for (let index = 0; index < size; index++) {
      const path = inclusionRanges(index, size).map(within(leaves))
      const leaf = leaves[index] ?? new Uint8Array()
      const whole = { leaf, index, size, path, root }
      const wrong = [
        { ...whole, leaf: sha256(leaf) },
        { ...whole, index: (index + 1) % size },
        { ...whole, index: -1 },
        { ...whole, index: 0.5 },
        { ...whole, index: size },
        { ...whole, root: sha256(root) },
        { ...whole, path: path.slice(1) },
        { ...whole, path: [...path, root] },
        { ...whole, path: [...path].reverse() },
        { ...whole, path: path.map((hash, i) => (i === 0 ? sha256(hash) : hash)) }
      ]
      for (const [at, claim] of wrong.entries()) {
        const same = at === 8 && path.length < 2
        assert.equal((await provesInclusion(claim)) && !same, false, `change ${at} of leaf ${index}`)
      }
    }
  })

  test('of a log that goes on from an earlier one', async () => {
    for (let oldSize = 1; oldSize < size; oldSize++) {
      const path = consistencyRanges(oldSize, size).map(within(leaves))
      const whole = { oldSize, oldRoot: rootOf(leaves.slice(0, oldSize)), size, root, path }
      const forked = leaves.map((leaf, i) => (i === 0 ? sha256(leaf) : leaf))
      const wrong = [
        { ...whole, oldRoot: rootOf(forked.slice(0, oldSize)) },
        { ...whole, root: rootOf(forked) },
        { ...whole, oldSize: oldSize + 1 },
        // A slightly larger size may fit the same path. Only the signature of a checkpoint binds a root to its size.
        { ...whole, size: oldSize - 1 },
        { ...whole, path: path.slice(1) },
        { ...whole, path: [...path, root] }
      ]
      for (const [at, claim] of wrong.entries()) {
        assert.equal(await provesConsistency(claim), false, `change ${at} from ${oldSize}`)
      }
    }
  })

  test('nor do hashes of another length: two nodes in one would hide a record that was exchanged', async () => {
    const [a, b, c, d] = leavesOf(4) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const both = (left: Uint8Array, right: Uint8Array) => new Uint8Array([...left, ...right])
    const node = (input: Uint8Array) => sha256(both(Uint8Array.of(1), input))
    const pair = node(both(a, b))
    const oldRoot = rootOf([a, b, c])
    const exchanged = sha256(leafInput(Uint8Array.of(99)))
    const hidden = node(both(exchanged, d))
    const forged = node(both(both(pair, c), hidden))
    const path = [new Uint8Array(), both(exchanged, d), both(pair, c)]
    assert.equal(await provesConsistency({ oldSize: 3, oldRoot, size: 4, root: forged, path }), false)
    const claim = { leaf: exchanged, index: 2, size: 4, path: [d, both(pair, c)], root: forged }
    assert.equal(await provesInclusion(claim), false)
  })

  test('the same size has one root', async () => {
    assert.ok(await provesConsistency({ oldSize: size, oldRoot: root, size, root, path: [] }))
    assert.ok(!(await provesConsistency({ oldSize: size, oldRoot: sha256(root), size, root, path: [] })))
  })
})
