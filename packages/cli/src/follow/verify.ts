/** `stimnet verify`: verifies a receipt, a proof or an extract in a file. Needs no network, no peer and no login. */
import { readFile } from 'node:fs/promises'
import { command, EXIT, given, type Io, printable, refuse } from '@stimnet/machine'
import { LIMITS, StimnetError } from '@stimnet/protocol'
import { recordFacts, verifyAuditFile, verifyPermitFile, verifyReceipt } from '@stimnet/sdk'

/** `stimnet verify`. Exit code 1: the verification failed. */
export const verifyCommand = command({
  name: 'verify',
  usage: 'FILE --peer PEERID [--request HASH] [--json]',
  summary: 'Checks a receipt, or proofs from the audit log, offline.',
  details: `
FILE contains a receipt (the field receipt of a job), the JSON of a job, a proof from stimnet audit prove, or an extract from stimnet
audit export. The command checks the institution's signature, the signed values, and the entry of the job's end in the audit log; for
proofs and extracts also the signatures of all witnesses; for an extract also that each record and the terms of the permit are the
same as in the log. It cannot check that an extract is complete. --peer names the institution that must have signed: a receipt alone
does not prove who owns a key.

  stimnet job 3f2a91c4 --json > job.json && stimnet verify job.json --peer 12D3KooW…
  stimnet verify release-41.json --peer 12D3KooW…`,
  options: {
    peer: { type: 'string', value: 'PEERID', help: 'The institution that must have signed' },
    request: { type: 'string', value: 'HASH', help: 'The hash of the signed request that the receipt must answer' },
    json: { type: 'boolean', help: 'Print its contents as JSON' }
  },
  positionals: [1, 1, 'FILE'],
  run: async (values, [file = ''], io) => {
    const peer = given(
      '--peer',
      values.peer,
      ': the PeerId of the institution that must have signed. stimnet peers lists them'
    )
    const text = await readBounded(file)
    const told = isProof(text)
      ? await proofFacts(text, peer)
      : isExtract(text)
        ? await extractFacts(text, peer)
        : await receiptFacts(receiptIn(text), {
            expectedPeer: peer,
            ...(values.request ? { requestHash: values.request } : {})
          })
    print(told, values.json, io)
    return EXIT.ok
  }
})

async function proofFacts(text: string, peer: string): Promise<Record<string, unknown>> {
  const proof = await verifyAuditFile(text, { peer })
  return {
    holds: 'the record is in the log',
    log: proof.peer,
    record: proof.sequence,
    of: proof.checkpoint.size,
    witnesses: witnessesIn(proof),
    ...(proof.record ? recordFacts(proof.record) : {})
  }
}

async function extractFacts(text: string, peer: string): Promise<Record<string, unknown>> {
  const verified = await verifyPermitFile(text, { peer })
  const { permit, records, after } = verified.extract
  return {
    holds:
      verified.closed === 0
        ? 'every record is in the log and is the same there'
        : 'every record is in the log, and those that are not closed are the same there',
    log: verified.peer,
    permit: permit.terms.id,
    terms: verified.areTermsProved
      ? 'the same as when they were entered'
      : 'not proved: this file lacks the record of their entry',
    records: records.length,
    of: verified.checkpoint.size,
    closed: `${verified.closed}: their number, hour and kind are proved; job and state are unproved statements of the file`,
    state_of_permit: `${permit.state}, as the file says`,
    ...(after === null ? {} : { more: `after record ${after}` }),
    witnesses: witnessesIn(verified)
  }
}

function witnessesIn({ checkpoint }: Pick<Awaited<ReturnType<typeof verifyAuditFile>>, 'checkpoint'>): string[] {
  return checkpoint.witnesses.map((one) => `${one.peer} at ${new Date(one.atMs).toISOString()}`)
}

async function receiptFacts(
  text: string,
  expected: { expectedPeer: string; requestHash?: string }
): Promise<Record<string, unknown>> {
  const { result, receipt, output, logged } = await verifyReceipt(text, expected)
  return {
    holds: 'signed by the institution, over this request and these values',
    institution: expected.expectedPeer,
    job: result.jobId,
    state: result.state,
    ...(result.code ? { code: result.code } : {}),
    released: new Date(receipt.releasedAtMs).toISOString(),
    request: receipt.requestHash,
    requester: receipt.requester,
    custody: receipt.custody,
    ...(receipt.permit ? { permit: receipt.permit } : {}),
    epoch: receipt.epoch,
    code_hash: receipt.codeHash,
    ran_in: [receipt.engine, receipt.grade, receipt.image].filter(Boolean).join(', '),
    policy_hash: receipt.policyHash,
    ...(output ? { assurance: output.disclosure.level, claim: output.disclosure.claim } : {}),
    log: logged ? `record ${logged.index + 1} of ${logged.size} in its audit log` : 'not proved by this receipt'
  }
}

function print(told: Record<string, unknown>, asJson: boolean | undefined, io: Io): void {
  if (asJson) {
    io.out(`${JSON.stringify(told, null, 2)}\n`)
    return
  }
  for (const [name, value] of Object.entries(told)) {
    const plain = typeof value === 'object' ? JSON.stringify(value) : String(value)
    const text = Array.isArray(value) ? value.join('\n                ') || 'none' : plain
    io.out(`${name.replaceAll('_', ' ').padEnd(16)}${text.split('\n').map(printable).join('\n')}\n`)
  }
}

async function readBounded(file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    return refuse(`${file} cannot be read`, cause)
  }
  if (text.length <= LIMITS.evidenceFileCharactersMax) return text.trim()
  const reason = `The file has more than ${LIMITS.evidenceFileCharactersMax / 1024 / 1024} Mi characters; no receipt, proof or extract has.`
  throw new StimnetError('TOO_LARGE', `reading ${file}`, { reason })
}

function isProof(text: string): boolean {
  return text.startsWith('{') && typeof (parsed(text) as { entry?: unknown }).entry === 'string'
}

function isExtract(text: string): boolean {
  return text.startsWith('{') && Array.isArray((parsed(text) as { records?: unknown }).records)
}

/** The receipt in a file: the whole text, or the receipt in the JSON of a job or a part. */
function receiptIn(text: string): string {
  if (!text.startsWith('{')) return text
  const { receipt } = parsed(text) as { receipt?: unknown }
  if (typeof receipt === 'string') return receipt
  const reason = 'The file holds neither a receipt nor a proof. Of a broadcast, save the receipt of one part.'
  throw StimnetError.told('MALFORMED', reason)
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading JSON', { cause })
  }
}
