/** The verdict whether the result is what the institutions signed, in plain words, with the evidence below. */
import type { VerifiedPart } from '@stimnet/sdk'
import { Notice } from '../../parts/notice.tsx'
import { Problem } from '../../parts/problem.tsx'
import { hrefTo } from '../../route.ts'
import { verdictOf } from './verdict.ts'
import type { Verification } from './verified.ts'

/** The verdict of this browser. `given`: number of receipts that came with the answer. */
export function Proof({ verification, given }: { verification: Verification; given: number }) {
  if (verification.state === 'failed') return <Problem error={verification.error} doing="Checking the receipts" />
  if (verification.state !== 'done') return <p className="loading">Checking the receipts in this browser …</p>
  const { verified, question } = verification
  const { tone, head, words, about, left } = verdictOf(verification, given)
  return (
    <>
      <Notice tone={tone} live>
        <p>
          <strong>{head}</strong> {words}
        </p>
        {about !== undefined && <p>{about}</p>}
        {left.length > 0 && (
          <>
            <p>Not in the result:</p>
            <ul>
              {left.map(({ peerId, name, why }) => (
                <li key={peerId}>
                  {name}: {why}
                </li>
              ))}
            </ul>
          </>
        )}
      </Notice>
      <details>
        <summary>The evidence</summary>
        <p className="hint">
          {!question && <GatewaysWord />} This page came from the gateway as well. If you do not trust the gateway, save
          the JSON and check each receipt with <code>stimnet verify</code>.
        </p>
        {verified.parts.map((part) => (
          <Evidence key={part.peerId} part={part} />
        ))}
      </details>
    </>
  )
}

function GatewaysWord() {
  return (
    <>
      This browser did not sign the question, or no longer remembers it. That these receipts answer it therefore rests
      on the gateway’s word; <a href={hrefTo('key')}>with a key of your own</a> it does not.
    </>
  )
}

function Evidence({ part }: { part: VerifiedPart }) {
  const { receipt } = part
  if (!receipt) return null
  const facts = {
    'Signed by': part.peerId,
    'Signed at': new Date(receipt.issuedAtMs).toISOString(),
    Job: receipt.result.jobId,
    'Answers request': receipt.receipt.requestHash,
    'Asked by key': `${receipt.receipt.requester}, ${custodyWords(receipt.receipt.custody)}`,
    ...(receipt.receipt.permit === '' ? {} : { 'Data permit': receipt.receipt.permit }),
    Output: receipt.receipt.outputHash,
    'Rules in force': receipt.receipt.policyHash,
    'In the log as record': receipt.logged ? `${receipt.logged.index + 1}, proved` : 'not proved'
  }
  return (
    <section className="evidence" aria-label={`Receipt of ${part.institution}`}>
      <h3>{part.institution}</h3>
      <dl>
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function custodyWords(custody: string): string {
  return custody === 'gateway' ? 'which a gateway keeps for an account' : 'kept by the requester'
}
