/** The Merkle tree of RFC 6962 over the audit log, grown leaf by leaf. The hash of each full subtree is stored once. */
import { hash as hashOf } from 'node:crypto'
import { type LeafRange, leafInput, nodeInput, StimnetError, type Subtree, subtreesOf } from '@stimnet/protocol'
import type { Operation, Root, Sublevel } from '../level/level.ts'

type Hash = Uint8Array<ArrayBuffer>

/** A state of the tree: its size, and the hashes of its full subtrees, from left to right. */
export interface TreeState {
  readonly size: number
  readonly edge: readonly Hash[]
}

/** The tree of an empty log. */
export const EMPTY_TREE: TreeState = { size: 0, edge: [] }

const nodeKey = ({ level, index }: Subtree): string =>
  `${String(level).padStart(2, '0')}/${String(index).padStart(16, '0')}`

/** The hash of a leaf. */
export function leafHashOf(entry: Uint8Array): Hash {
  return sha256(leafInput(entry))
}

/** Adds one leaf. Returns the new tree and the nodes that became full. */
export function grown(tree: TreeState, leaf: Hash): { tree: TreeState; nodes: readonly (Subtree & { hash: Hash })[] } {
  const edge = [...tree.edge]
  const nodes: (Subtree & { hash: Hash })[] = []
  let hash = leaf
  // As in binary counting: each trailing 1 bit in the old size is a subtree that becomes full with its right half.
  for (let level = 1, index = tree.size; index % 2 === 1; level++) {
    index = (index - 1) / 2
    hash = sha256(nodeInput({ left: edge.pop() ?? hash, right: hash }))
    nodes.push({ level, index, hash })
  }
  edge.push(hash)
  return { tree: { size: tree.size + 1, edge }, nodes }
}

/** The root over all leaves. Without leaves, the hash of the empty string. */
export function rootOf({ edge }: TreeState): Hash {
  return edge.length === 0 ? sha256(new Uint8Array()) : folded(edge)
}

/** The inclusion path of the next leaf in the tree that it will complete: the hashes before the leaf, lowest first. */
export function pathOfNext({ edge }: TreeState): Hash[] {
  return [...edge].reverse()
}

/** The stored nodes of the tree. */
export class AuditNodes {
  readonly #nodes: Sublevel<Uint8Array>
  readonly #leaf: (index: number) => Promise<Hash>

  constructor(root: Root, leaf: (index: number) => Promise<Hash>) {
    this.#nodes = root.sublevel<string, Uint8Array>('audit-tree', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
    this.#leaf = leaf
  }

  put(node: Subtree & { hash: Hash }): Operation {
    return { type: 'put', sublevel: this.#nodes, key: nodeKey(node), value: node.hash }
  }

  /** Loads the tree of `size` leaves. Throws AUDIT_BROKEN if a node is missing. */
  async load(size: number): Promise<TreeState> {
    const edge = await Promise.all(subtreesOf({ from: 0, to: size }).map((subtree) => this.#hashOf(subtree)))
    return { size, edge }
  }

  /** The root over a range of leaves. Throws AUDIT_BROKEN. */
  async rootOfRange(range: LeafRange): Promise<Hash> {
    return folded(await Promise.all(subtreesOf(range).map((subtree) => this.#hashOf(subtree))))
  }

  async #hashOf(subtree: Subtree): Promise<Hash> {
    if (subtree.level === 0) return this.#leaf(subtree.index)
    const bytes = await this.#nodes.get(nodeKey(subtree))
    if (bytes?.length !== 32) throw new StimnetError('AUDIT_BROKEN', `node ${nodeKey(subtree)} of the tree is missing`)
    return Uint8Array.from(bytes)
  }
}

function folded(edge: readonly Hash[]): Hash {
  return edge.reduceRight((right, left) => sha256(nodeInput({ left, right })))
}

function sha256(bytes: Uint8Array): Hash {
  return Uint8Array.from(hashOf('sha256', bytes, 'buffer'))
}
