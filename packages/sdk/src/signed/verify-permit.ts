/** Verifies an extract of an audit log under a data permit, from a file: each of its records must be in the log. Needs no network. */
import { type PermitRecords, permitRecordsShape } from '@stimnet/api'
import {
  type AuditRecord,
  canonicalJson,
  type Checkpoint,
  parseJsonObject,
  sha256Hex,
  StimnetError,
  verifyAuditProof
} from '@stimnet/protocol'
import { bytesOf, checkpointIn, jsonOf, recordFacts } from './verify-proof.ts'

type Extracted = PermitRecords['records'][number]

/** The content of a verified extract. Nobody can prove that no record is missing from it. */
export interface VerifiedPermitRecords {
  /** The PeerId of the peer whose log it is. */
  readonly peer: string
  readonly extract: PermitRecords
  /** Whether the extract contains the record by which these terms were entered. */
  readonly areTermsProved: boolean
  /** The records of which only sequence number, hour and kind are proved. */
  readonly closed: number
  readonly checkpoint: Checkpoint
}

/** An extract as the text of a file. A peer makes extracts so that this text is never longer than the verification accepts. */
export function extractText(extract: PermitRecords): string {
  return `${JSON.stringify(extract, null, 2)}\n`
}

/**
 * Verifies an extract. Throws MALFORMED for a text that is not an extract. Throws SIGNATURE_INVALID if a signature does not fit, a record
 * is not in the log or differs from its record in the log, the terms are not those that were entered, or the peer is not the expected one.
 */
export async function verifyPermitFile(
  text: string,
  expected: { readonly peer?: string } = {}
): Promise<VerifiedPermitRecords> {
  const parsed = permitRecordsShape.safeParse(jsonOf(text))
  if (!parsed.success) throw new StimnetError('MALFORMED', 'reading an extract', { cause: parsed.error })
  const extract = parsed.data
  const { peer, checkpoint } = await checkpointIn(extract.checkpoint, expected)
  if (extract.peer_id !== peer) throw new StimnetError('SIGNATURE_INVALID', 'an extract of another log')
  const records: (AuditRecord | undefined)[] = []
  for (const [at, one] of extract.records.entries()) {
    if (one.shown.sequence <= (extract.records[at - 1]?.shown.sequence ?? 0)) throw otherwise()
    records.push(await verifyShown(one, checkpoint, peer))
  }
  const { id } = extract.permit.terms
  const entered = records.flatMap((record) => (record === undefined ? [] : enteredBy(record, id)))
  const hash = await sha256Hex(new TextEncoder().encode(canonicalJson(extract.permit.terms)))
  if (extract.permit.terms_hash !== hash || entered.some((terms) => terms !== hash)) {
    throw new StimnetError('SIGNATURE_INVALID', 'other terms than were entered')
  }
  const closed = records.filter((record) => record === undefined).length
  return { peer, extract, areTermsProved: entered.length > 0, closed, checkpoint }
}

/**
 * The record behind a proof; undefined if the record stays closed. Throws SIGNATURE_INVALID if the extract shows the record differently.
 */
async function verifyShown(
  { shown, proof }: Extracted,
  { size, root }: Checkpoint,
  peer: string
): Promise<AuditRecord | undefined> {
  const entry = bytesOf(proof.entry)
  const path = proof.path.map(bytesOf)
  const opened = bytesOf(proof.record)
  const { sequence } = shown
  const { record, leaf } = await verifyAuditProof({ entry, path, size, root, record: opened, index: sequence - 1 })
  const { n, kind, hour } = parseJsonObject(new TextDecoder().decode(entry))
  const { job_id: job, hash, ...facts } = shown
  const isShown =
    record === undefined
      ? saysLittle(shown, peer) && Math.floor(Date.parse(shown.at) / HOUR_MS) * HOUR_MS === hour
      : canonicalJson(recordFacts(record)) === canonicalJson({ ...facts, job })
  if (n === sequence && kind === shown.kind && hash === leaf && isShown) return record
  throw otherwise()
}

const HOUR_MS = 3_600_000

/**
 * Kinds of records that an extract may keep closed, because some of their content depends on data; and the content that it may show of
 * each.
 */
const CLOSABLE: readonly string[] = ['end']
const SAID: readonly string[] = ['state', 'request', 'permit']

/**
 * Whether a closed record shows no more than its kind permits. Otherwise, anybody who passes an extract on could close any record and
 * rewrite it.
 */
function saysLittle({ kind, actor, detail }: Extracted['shown'], peer: string): boolean {
  return CLOSABLE.includes(kind) && actor === peer && Object.keys(detail).every((key) => SAID.includes(key))
}

function otherwise(): StimnetError {
  return new StimnetError('SIGNATURE_INVALID', 'a record that is shown otherwise than it is')
}

/** The hash of the terms that a record enters for a permit. */
function enteredBy({ kind, detailJson }: AuditRecord, id: string): unknown[] {
  if (kind !== 'permit') return []
  const { permit, granted, terms } = parseJsonObject(detailJson)
  return permit === id && granted === true ? [terms] : []
}
