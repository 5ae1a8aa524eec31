/** Proves one record to somebody who sees nothing else of the log. The proof is verified here and saved as a file. */
import { proofText, recordFacts, verifyAuditFile } from '@stimnet/sdk'
import { useLoaded } from '../load.ts'
import { Notice } from '../parts/notice.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { saveFile } from '../parts/save.ts'
import { useSession } from '../session/session.tsx'
import { plural } from '../words/number.ts'

/** The saved file can be verified with `stimnet verify`. */
export function Prove({ sequence }: { sequence: number }) {
  const { client } = useSession()
  const proven = useLoaded(
    async (signal) => {
      const [proof, { peer_id: peer }] = await Promise.all([
        client.auditProof(sequence, { signal }),
        client.health({ signal })
      ])
      const text = proofText(proof)
      return { text, verified: await verifyAuditFile(text, { peer }) }
    },
    [client, sequence]
  )
  return (
    <Waiting of={proven} doing="Proving the record">
      {({ text, verified }) => (
        <div className="stack">
          <Notice tone="good" live>
            Record {verified.sequence} is in the log of {plural(verified.checkpoint.size, 'record')} that the
            institution signed. This browser checked the path and the signatures.
          </Notice>
          {verified.record && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse
            <pre className="note" tabIndex={0}>
              {JSON.stringify(recordFacts(verified.record), null, 2)}
            </pre>
          )}
          <button
            type="button"
            onClick={() => saveFile(`record-${verified.sequence}.proof.json`, 'application/json', text)}
          >
            Save the proof
          </button>
        </div>
      )}
    </Waiting>
  )
}
