/** Receipts that hold, and receipts that must be refused, each with its code. */
import {
  type AuditRecord,
  auditCommitmentInput,
  auditEntry,
  canonicalBytes,
  leafHash,
  messages,
  nodeInput,
  type Signer,
  SimulatedClock,
  seal,
  sha256Hex,
  signerFromSeed,
  toHex
} from '@stimnet/protocol'

const ISSUED_AT_MS = 1_750_000_000_000
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
  /** What the log says of it; without one the peer proves nothing. */
  readonly logged?: Partial<AuditRecord> & {
    readonly detail?: object
    readonly closed?: boolean
    readonly root?: Uint8Array
  }
}

/** The text of the file, as a value. */
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
  const holding: readonly (readonly [string, End])[] = [
    ['a release that stands in the log', { logged: release }],
    ['a release whose record stays closed', { logged: { ...release, closed: true } }],
    ['a release of a peer that proves nothing', {}],
    ['nothing was released', blocked]
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
    ['another root of the log', 'SIGNATURE_INVALID', { logged: { ...release, root: new Uint8Array(32) } }]
  ]
  const cases = [
    ...holding.map(async ([name, end]) => ({ name, receipt: await receiptOf(end, peer), code: null })),
    ...refused.map(async ([name, code, end]) => ({ name, receipt: await receiptOf(end, peer), code }))
  ]
  return {
    about: 'Receipts of `peer` for `requestHash`. code: null where it holds, else what it is refused with.',
    ...{ peer: peer.id, requestHash: REQUEST, jobId: JOB, issuedAtMs: ISSUED_AT_MS, output: OUTPUT },
    cases: await Promise.all(cases)
  }
}

async function receiptOf(end: End, peer: Signer): Promise<string> {
  const outputJson = end.output ?? canonicalBytes(OUTPUT)
  const proof = end.logged ? await proofOf(end.logged) : undefined
  const body = messages.JobResult.encode({
    ...{ jobId: JOB, state: end.state ?? 'completed', code: end.code ?? '', outputJson },
    receipt: {
      ...{ requestHash: end.requestHash ?? REQUEST, outputHash: end.outputHash ?? (await sha256Hex(outputJson)) },
      ...{ policyHash: POLICY, releasedAtMs: ISSUED_AT_MS, requester: peer.id, custody: 'requester', engine: 'node' },
      ...(proof ? { audit: proof, auditHead: toHex(await leafHash(proof.entry)), auditSequence: proof.index + 1 } : {})
    }
  })
  const jws = await seal({
    ...{ type: end.type ?? 'job-result', body, signer: end.signer ?? peer, lifetimeMs: Number.POSITIVE_INFINITY },
    ...{ clock: new SimulatedClock(ISSUED_AT_MS), nonce: new Uint8Array(16).fill(7) }
  })
  return new TextDecoder().decode(jws)
}

/** Number 5 of a log of 7. */
async function proofOf({ detail = {}, closed, root, ...given }: NonNullable<End['logged']>) {
  const record: AuditRecord = {
    ...{ sequence: 5, atMs: ISSUED_AT_MS, kind: 'release', actor: 'key', jobId: JOB, code: '' },
    ...{ detailJson: JSON.stringify(detail), hash: NOTHING, salt: new Uint8Array(16).fill(9), ...given }
  }
  const entry = auditEntry(record, await sha256Hex(auditCommitmentInput(record)))
  const others = Array.from({ length: 7 }, (_, at) => leafHash(Uint8Array.of(at)))
  const leaves = await Promise.all(others.map((other, at) => (at === 4 ? leafHash(entry) : other)))
  const [a, b, c, d, e, f, g] = leaves as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array
  ]
  const left = await nodeHash(await nodeHash(a, b), await nodeHash(c, d))
  const whole = await nodeHash(left, await nodeHash(await nodeHash(e, f), g))
  return {
    ...{ entry, index: 4, size: 7, path: [f, g, left], root: root ?? whole },
    record: closed ? NOTHING : messages.AuditRecord.encode(record)
  }
}

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', nodeInput({ left, right })))
}
