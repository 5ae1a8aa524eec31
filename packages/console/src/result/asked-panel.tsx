/** The question, shown above every result: as this browser signed it, otherwise as the gateway reports it. */
import { programText } from '@stimnet/protocol'
import { type AskedQuestion, askedQuestionOf } from '@stimnet/sdk'
import type { ReactNode } from 'react'
import { Panel } from '../parts/panel.tsx'
import { Seen } from '../parts/seen.tsx'
import { Listing } from '../requests/listing.tsx'
import { askedInWords } from '../words/question/asked.ts'
import { moment } from '../words/time.ts'
import type { SignedHere } from './trust/answer.ts'

/** The question is always visible; the text of a script and the signature are collapsed. */
export function AskedPanel({ asked, signed }: { asked: AskedQuestion | undefined; signed: SignedHere | undefined }) {
  const shown = signed ? askedQuestionOf(signed, signed.targets) : asked
  if (shown === undefined) return null
  const hint = signed
    ? 'As this browser signed it, independent of the gateway.'
    : 'According to the gateway, which signed it for you.'
  return (
    <Panel title="What was asked" hint={hint}>
      <dl className="pairs">
        {askedInWords(shown, signed?.names).map(([name, text]) => (
          <Pair key={name} name={name}>
            <Seen>{text}</Seen>
          </Pair>
        ))}
      </dl>
      {!['statistic', 'sql'].includes(shown.script_type) && (
        <details>
          <summary>The program</summary>
          <Listing
            scriptType={shown.script_type}
            content={signed ? programText(signed.program) : shown.script_content}
            findings={[]}
          />
        </details>
      )}
      {signed && <Signature signed={signed} />}
    </Panel>
  )
}

function Signature({ signed }: { signed: SignedHere }) {
  const { targets, names } = signed
  return (
    <details>
      <summary>Signed {moment(new Date(signed.signedAtMs).toISOString())}</summary>
      <dl className="pairs">
        <Pair name="Signed by">
          <code>{signed.key}</code>
        </Pair>
        {targets.map((target) => (
          <Pair key={target} name={`For ${names[target] ?? 'an institution'}`}>
            <code>{target}</code>
          </Pair>
        ))}
        <Pair name="Request">
          <code>{signed.hash}</code>
        </Pair>
      </dl>
    </details>
  )
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="whole">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
