/** Vectors for inclusion proofs: valid proofs, and proofs that must be refused, each with its code. */
import { cosign, messages, type Signer, signCheckpoint, signerFromSeed } from '@stimnet/protocol'
import { AT_MS, proofOf, recordOf } from './log.ts'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const signerOf = (byte: number) => signerFromSeed(new Uint8Array(32).fill(byte))

/** The contents of proofs.json. */
export async function proofVectors() {
  const [peer, witness, other] = [await signerOf(2), await signerOf(3), await signerOf(4)]
  const detailJson = '{"state":"completed","words":"Größe <b>"}'
  const good = await fileOf({ detailJson }, peer, witness)
  const strange = await fileOf({ detailJson: '{}' }, peer, witness)
  const [own = '', seen = ''] = good.checkpoint.split('\n').slice(4)
  const refused: readonly (readonly [string, string, object])[] = [
    ['another log', 'SIGNATURE_INVALID', await fileOf({ detailJson }, other, witness)],
    ['another state of the log', 'SIGNATURE_INVALID', { ...good, checkpoint: strange.checkpoint }],
    ['another record', 'SIGNATURE_INVALID', { ...good, record: strange.record }],
    ['another entry', 'SIGNATURE_INVALID', { ...good, entry: strange.entry }],
    ['another place', 'SIGNATURE_INVALID', { ...good, index: 3 }],
    ['another length', 'SIGNATURE_INVALID', { ...good, size: 8 }],
    ['a longer path', 'SIGNATURE_INVALID', { ...good, path: [...good.path, good.root] }],
    [
      'not signed by its own log',
      'SIGNATURE_INVALID',
      { ...good, checkpoint: good.checkpoint.replace(`${own}\n`, '') }
    ],
    [
      'a witness whose words were changed',
      'SIGNATURE_INVALID',
      { ...good, checkpoint: good.checkpoint.replace(seen, `${seen.slice(0, -6)}AAAA==`) }
    ],
    ['a signature of another kind', 'SIGNATURE_INVALID', { ...good, checkpoint: good.checkpoint.replace(own, seen) }],
    ['a note without its end', 'MALFORMED', { ...good, checkpoint: good.checkpoint.trimEnd() }],
    ['a place that is no count', 'MALFORMED', { ...good, index: '4' }],
    ['bytes that are no base64', 'MALFORMED', { ...good, root: '%' }],
    ['no checkpoint', 'MALFORMED', { ...good, checkpoint: undefined }]
  ]
  return {
    about: 'Proofs from the log of `peer`. code: null where it holds, else what it is refused with.',
    ...{ peer: peer.id, witness: witness.id, atMs: AT_MS, sequence: 5, size: 7, detailJson },
    cases: [
      { name: 'a record that stands in the log', proof: good, code: null },
      { name: 'a record that stays closed', proof: { ...good, record: '' }, code: null },
      ...refused.map(([name, code, proof]) => ({ name, proof, code }))
    ]
  }
}

async function fileOf(given: { detailJson: string }, peer: Signer, witness: Signer) {
  const record = recordOf(given)
  const { entry, path, root, index, size } = await proofOf(record)
  const note = await signCheckpoint({ size, root }, peer)
  return {
    ...{ entry: base64(entry), index, size, path: path.map(base64), root: base64(root) },
    record: base64(messages.AuditRecord.encode(record)),
    checkpoint: `${note}${await cosign(note, { signer: witness, atMs: AT_MS })}`
  }
}
