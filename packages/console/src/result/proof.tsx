/** Whether the result is what the institutions signed, said first and in plain words; the evidence below. */
import type { VerifiedPart } from '@stimnet/sdk'
import { Notice } from '../parts/notice.tsx'
import { Problem } from '../parts/problem.tsx'
import { hrefTo } from '../route.ts'
import type { Verification } from './verified.ts'

/** The verdict of this browser. `given`: receipts that came with the answer. */
export function Proof({ verification, given }: { verification: Verification; given: number }) {
  if (verification.state === 'failed') return <Problem error={verification.error} doing="Checking the receipts" />
  if (verification.state !== 'done') return <p className="loading">Checking the receipts in this browser …</p>
  if (given === 0) {
    return <Notice tone="calm">No institution gave a receipt: nothing ran, and nothing was released.</Notice>
  }
  const { verified, agrees, question } = verification
  const holding = verified.parts.filter((part) => part.verified).length
  const released = verified.parts.some(({ output }) => output !== null)
  const left = verified.parts.filter((part) => !part.verified)
  return (
    <>
      <Notice tone={agrees && holding === given ? 'good' : 'bad'} live>
        <p>
          <strong>
            {holding} of {given} receipts hold.
          </strong>{' '}
          {holding === 0
            ? 'Nothing that is shown here is an answer to this question.'
            : released
              ? releasedWords(agrees)
              : 'Nothing was released, and each of them signed that.'}
        </p>
        {holding > 0 && (
          <p>
            {question
              ? 'This answers the question that this browser signed: each of these receipts names it.'
              : 'The gateway says which question it answers.'}
          </p>
        )}
        {left.length > 0 && (
          <p>
            Not in the result:{' '}
            {left
              .map(({ institution, peerId, code }) => `${institution || peerId} (${code ?? 'no receipt'})`)
              .join(', ')}
            .
          </p>
        )}
      </Notice>
      <details>
        <summary>The evidence</summary>
        <p className="hint">
          {!question && <GatewaysWord />} This page came from the gateway as well: whoever does not trust it saves the
          JSON, and checks each receipt with <code>stimnet verify</code>.
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
      This browser did not sign the question, or no longer remembers it. That these receipts answer it is therefore the
      gateway’s word; <a href={hrefTo('key')}>with a key of your own</a> it is not.
    </>
  )
}

function releasedWords(agrees: boolean): string {
  const checked =
    'This browser checked each institution’s signature and hashes, and pooled the result again from the signed parts alone.'
  return agrees
    ? `${checked} It is what the gateway shows.`
    : `${checked} It differs from what the gateway says: trust what is shown here.`
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
    Output: receipt.receipt.outputHash,
    'Rules in force': receipt.receipt.policyHash,
    'In the log as record': receipt.logged ? `${receipt.logged.index + 1}, proven` : 'not proven'
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
  return custody === 'gateway' ? 'which a gateway keeps for an account' : 'kept by whoever asked'
}
