/** Vectors for receipts: valid receipts, and receipts that must be refused, each with its code. */
import {
  type AuditRecord,
  canonicalBytes,
  leafHash,
  messages,
  type Signer,
  SimulatedClock,
  seal,
  sha256Hex,
  signerFromSeed,
  toHex
} from '@stimnet/protocol'
import { AT_MS, proofOf, recordOf } from './log.ts'

const JOB = '9a356f92ccef294aa680e23d12212d1d'
const REQUEST = 'ab'.repeat(32)
const POLICY = 'cd'.repeat(32)
const NOTHING = new Uint8Array()

const OUTPUT = {
  kind: 'table',
  columns: [
    { name: 'sex', role: 'key', kind: 'level' },
    { name: 'n', role: 'measure', kind: 'subjects' }
  ],
  rows: [
    { values: ['female', 78], parts: { n: { add: 78 } } },
    { values: ['<b>male</b>', null], parts: {} }
  ],
  withheld: { groups: 0, cells: 1 },
  disclosure: {
    ...{ level: 'P1', claim: 'Größe', preset: 'default', policy_hash: POLICY, k: 5, round_base: 1, epoch: 'e' },
    ...{ cohort_hash: 'c', subjects: 150, suppressed_cells: 1, bits: null, code_hash: 'h', image: 'node' }
  }
}

interface End {
  readonly state?: string
  readonly code?: string
  readonly output?: Uint8Array
  readonly outputHash?: string
  readonly requestHash?: string
  readonly type?: 'job-result' | 'decision'
  readonly signer?: Signer
  /** The data permit that it states. */
  readonly permit?: string
  /** A false place in the log, which the receipt states. */
  readonly place?: { readonly auditHead?: string; readonly auditSequence?: number }
  /** The record in the log. Without a record, the receipt has no proof. */
  readonly logged?: Partial<AuditRecord> & {
    readonly detail?: object
    readonly closed?: boolean
    readonly root?: Uint8Array
  }
}

/** The contents of receipts.json. */
export async function receiptVectors() {
  const peer = await signerFromSeed(new Uint8Array(32).fill(2))
  const other = await signerFromSeed(new Uint8Array(32).fill(3))
  const output = canonicalBytes(OUTPUT)
  const detail = { state: 'completed', output: await sha256Hex(output), request: REQUEST, policy: POLICY }
  const blocked = {
    ...{ state: 'blocked', code: 'COHORT_NOT_RELEASABLE', output: NOTHING },
    logged: { kind: 'end', code: '', detail: { ...detail, state: 'blocked', output: await sha256Hex(NOTHING) } }
  }
  const release = { kind: 'release', detail }
  const underPermit = { kind: 'release', detail: { ...detail, permit: 'FD-2026-17' } }
  const holding: readonly (readonly [string, End])[] = [
    ['a release that stands in the log', { logged: release }],
    ['a release whose record stays closed', { logged: { ...release, closed: true } }],
    ['a release of a peer that proves nothing', {}],
    ['nothing was released', blocked],
    ['a release under a permit', { permit: 'FD-2026-17', logged: underPermit }]
  ]
  const refused: readonly (readonly [string, string, End])[] = [
    ['another peer signed it', 'SIGNATURE_INVALID', { signer: other, logged: release }],
    ['it is no result', 'TYPE_MISMATCH', { type: 'decision' }],
    ['another output', 'SIGNATURE_INVALID', { outputHash: 'ef'.repeat(32) }],
    ['another request', 'SIGNATURE_INVALID', { requestHash: 'ef'.repeat(32) }],
    ['not ended', 'MALFORMED', { state: 'running' }],
    ['completed without an output', 'MALFORMED', { output: NOTHING }],
    ['an output of an unknown kind', 'MALFORMED', { output: canonicalBytes({ ...OUTPUT, kind: 'rows' }) }],
    ['the log speaks of another job', 'SIGNATURE_INVALID', { logged: { ...release, jobId: '0'.repeat(32) } }],
    ['the log speaks of a refusal', 'SIGNATURE_INVALID', { logged: { kind: 'end', detail } }],
    [
      'the log speaks of other rules',
      'SIGNATURE_INVALID',
      { logged: { kind: 'release', detail: { ...detail, policy: '' } } }
    ],
    ['the log speaks of another place', 'SIGNATURE_INVALID', { logged: { ...release, sequence: 6 } }],
    ['it names another entry', 'SIGNATURE_INVALID', { logged: release, place: { auditHead: 'ef'.repeat(32) } }],
    ['it names another place', 'SIGNATURE_INVALID', { logged: release, place: { auditSequence: 6 } }],
    ['the log speaks of a permit', 'SIGNATURE_INVALID', { logged: underPermit }],
    ['another root of the log', 'SIGNATURE_INVALID', { logged: { ...release, root: new Uint8Array(32) } }]
  ]
  const cases = [
    ...holding.map(async ([name, end]) => ({ name, receipt: await receiptOf(end, peer), code: null })),
    ...refused.map(async ([name, code, end]) => ({ name, receipt: await receiptOf(end, peer), code }))
  ]
  return {
    about: 'Receipts of `peer` for `requestHash`. code: null where it holds, else what it is refused with.',
    ...{ peer: peer.id, requestHash: REQUEST, jobId: JOB, issuedAtMs: AT_MS, output: OUTPUT },
    cases: await Promise.all(cases)
  }
}

async function receiptOf(end: End, peer: Signer): Promise<string> {
  const outputJson = end.output ?? canonicalBytes(OUTPUT)
  const proof = end.logged ? await loggedOf(end.logged) : undefined
  const body = messages.JobResult.encode({
    ...{ jobId: JOB, state: end.state ?? 'completed', code: end.code ?? '', outputJson },
    receipt: {
      ...{ requestHash: end.requestHash ?? REQUEST, outputHash: end.outputHash ?? (await sha256Hex(outputJson)) },
      ...{ policyHash: POLICY, releasedAtMs: AT_MS, requester: peer.id, custody: 'requester', engine: 'node' },
      permit: end.permit ?? '',
      ...(proof ? { audit: proof, auditHead: toHex(await leafHash(proof.entry)), auditSequence: proof.index + 1 } : {}),
      ...end.place
    }
  })
  const { bytes: jws } = await seal({
    ...{ type: end.type ?? 'job-result', body, signer: end.signer ?? peer, lifetimeMs: Number.POSITIVE_INFINITY },
    ...{ clock: new SimulatedClock(AT_MS), nonce: new Uint8Array(16).fill(7) }
  })
  return new TextDecoder().decode(jws)
}

async function loggedOf({ detail = {}, closed, root, ...given }: NonNullable<End['logged']>) {
  const record = recordOf({ jobId: JOB, detailJson: JSON.stringify(detail), ...given })
  const proof = await proofOf(record)
  return { ...proof, root: root ?? proof.root, record: closed ? NOTHING : messages.AuditRecord.encode(record) }
}
