/** Verifies a proof file: that a record is in a peer's log, as signed by the peer and its witnesses. Needs no network. */
import type { AuditProof } from '@stimnet/api'
import {
  isSame,
  type AuditRecord,
  auditProofFileSchema,
  type Checkpoint,
  openCheckpoint,
  StimnetError,
  verifyAuditProof
} from '@stimnet/protocol'

/** Largest time of a JavaScript date, ms. */
const DATE_MS_MAX = 8.64e15

/** The contents of a verified proof. */
export interface VerifiedProof {
  /** PeerId of the log's peer. */
  readonly peer: string
  /** Sequence number of the record, from 1. */
  readonly sequence: number
  /** Absent if the proof does not contain the record. */
  readonly record: AuditRecord | undefined
  /** The signed state of the log: size, root, witnesses. */
  readonly checkpoint: Checkpoint
}

/**
 * Verifies a proof. Throws MALFORMED for an invalid file; SIGNATURE_INVALID if a signature is wrong, the record is not in the log,
 * or the peer is not the expected one. The reader must judge whether the witnesses are independent institutions.
 */
export async function verifyAuditFile(text: string, expected: { readonly peer?: string } = {}): Promise<VerifiedProof> {
  const parsed = auditProofFileSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw new StimnetError('MALFORMED', 'reading a proof', { cause: parsed.error })
  const { entry, path, root, record, checkpoint: note, index, size } = parsed.data
  const { peer, checkpoint } = await checkpointIn(note, expected)
  const proof = {
    index,
    size,
    entry: bytesOf(entry),
    path: path.map(bytesOf),
    root: bytesOf(root),
    record: bytesOf(record)
  }
  const proven = await verifyAuditProof(proof)
  if (checkpoint.size !== size || !isSame(checkpoint.root, proven.root)) {
    throw new StimnetError('SIGNATURE_INVALID', 'a proof against another state of the log')
  }
  return { peer, sequence: index + 1, record: proven.record, checkpoint }
}

/** A checkpoint, and the peer whose log it is of. Throws the errors of `verifyAuditFile`. */
export async function checkpointIn(
  note: string,
  expected: { readonly peer?: string }
): Promise<{ peer: string; checkpoint: Checkpoint }> {
  const peer = /^stimnet\/(\S+)\n/.exec(note)?.[1] ?? ''
  if (expected.peer !== undefined && expected.peer !== peer) {
    throw new StimnetError('SIGNATURE_INVALID', 'a proof from another log')
  }
  return { peer, checkpoint: await openCheckpoint(note, { peer }) }
}

/** The proof as the text of a file. */
export function proofText(proof: AuditProof): string {
  return `${JSON.stringify(proof, null, 2)}\n`
}

/** The contents of a record for display. The details stay in a field of their own, since their names are chosen by whoever wrote them. */
export function recordFacts(record: AuditRecord): Record<string, unknown> {
  const { sequence, atMs, kind, actor, jobId, code, detailJson } = record
  const at = Number.isFinite(atMs) && Math.abs(atMs) <= DATE_MS_MAX ? new Date(atMs).toISOString() : `${atMs}`
  return { sequence, at, kind, actor, job: jobId, code, detail: detailJson === '' ? {} : jsonOf(detailJson) }
}

/** Throws MALFORMED. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading a proof', { cause })
  }
}

/** Bytes from base64. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
