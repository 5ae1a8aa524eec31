/** Whether the result is what the institutions signed, said first and in plain words; the evidence below. */
import { CODES } from '@stimnet/protocol'
import type { VerifiedPart } from '@stimnet/sdk'
import { Notice } from '../parts/notice.tsx'
import { Problem } from '../parts/problem.tsx'
import { hrefTo } from '../route.ts'
import { plural } from '../words/number.ts'
import type { Verification } from './verified.ts'

/** The verdict of this browser. `given`: receipts that came with the answer. */
export function Proof({ verification, given }: { verification: Verification; given: number }) {
  if (verification.state === 'failed') return <Problem error={verification.error} doing="Checking the receipts" />
  if (verification.state !== 'done') return <p className="loading">Checking the receipts in this browser …</p>
  const { verified, agrees, question } = verification
  const { parts } = verified
  const holding = parts.filter((part) => part.verified).length
  const released = parts.some(({ output }) => output !== null)
  const left = parts.filter((part) => !part.verified)
  const isProven = left.every(hasRefused)
  return (
    <>
      <Notice tone={!agrees || holding < given ? 'bad' : isProven ? 'good' : 'warn'} live>
        <p>
          <strong>{given === 0 ? 'No institution gave a receipt.' : `${holding} of ${given} receipts hold.`}</strong>{' '}
          {given === 0
            ? isProven
              ? 'Each refused, and signed that: nothing ran, and nothing was released.'
              : 'That nothing ran is the gateway’s word.'
            : holding === 0
              ? 'Nothing that is shown here is an answer to this question.'
              : released
                ? releasedWords(agrees)
                : 'Nothing was released, and each of them signed that.'}
        </p>
        {holding > 0 && (
          <p>
            {question
              ? `This answers the question that this browser signed: each of these receipts names it. It was signed for ${plural(question.targets.length, 'institution')}.`
              : 'The gateway says which question it answers.'}
          </p>
        )}
        {left.length > 0 && (
          <>
            <p>Not in the result:</p>
            <ul>
              {left.map((part) => (
                <li key={part.peerId}>
                  {part.institution || part.peerId}: {whyLeft(part)}
                </li>
              ))}
            </ul>
          </>
        )}
      </Notice>
      <details>
        <summary>The evidence</summary>
        <p className="hint">
          {!question && <GatewaysWord />} This page came from the gateway as well: whoever does not trust it saves the
          JSON, and checks each receipt with <code>stimnet verify</code>.
        </p>
        {parts.map((part) => (
          <Evidence key={part.peerId} part={part} />
        ))}
      </details>
    </>
  )
}

/** For good, under its signature: what may be taken when it is sent again could have been answered after all. */
function hasRefused({ decision }: VerifiedPart): boolean {
  if (decision === undefined || decision.allowed) return false
  return decision.code !== undefined && !CODES[decision.code].retry
}

function whyLeft(part: VerifiedPart): string {
  const { receipt, decision, code } = part
  if (hasRefused(part)) return `it refused, and signed that (${code}).`
  if (code === 'PEER_UNKNOWN') return 'this browser asked nobody of that key.'
  if (decision?.allowed) return 'it took the question, and no receipt of it is here.'
  if (receipt === undefined && code === 'SIGNATURE_INVALID')
    return 'its receipt does not hold, or answers another question.'
  return `no receipt. Why (${code ?? 'no code'}) is the gateway’s word.`
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
