/** The choice of who signs the question, with the meaning of each signature. */
import { UNUSABLE } from '../../key/usable.ts'
import type { OwnKeyState } from '../../key/own-key.ts'
import { Segments } from '../../parts/segments.tsx'
import { hrefTo } from '../../route.ts'
import { plural } from '../../words/number.ts'
import type { About } from '../draft/about.ts'
import type { Change, Draft } from '../draft/draft.ts'

const SIGNERS = [
  { value: 'own', label: 'My own key' },
  { value: 'gateway', label: 'The gateway, for my account' }
] as const

/** One sentence per choice; a link to create a key if there is none. */
export function SignedBy(props: { draft: Draft; change: Change; about: About; own: OwnKeyState }) {
  const { draft, change, about, own } = props
  if (own.state === 'reading') return null
  if (own.state !== 'held') {
    return (
      <p className="prose">
        The gateway signs for your account, so only the gateway states what was asked.{' '}
        {own.state === 'unusable' ? (
          <span className="soft">{UNUSABLE[own.why]}</span>
        ) : (
          <a href={hrefTo('key')}>Sign with a key of your own</a>
        )}
      </p>
    )
  }
  return (
    <div className="stack">
      <p className="label" aria-hidden="true">
        Signed by
      </p>
      <Segments legend="Signed by" options={SIGNERS} value={draft.signer} choose={(signer) => change({ signer })} />
      {draft.signer === 'own' ? (
        <>
          <p className="prose">
            This browser signs with your key. Institutions can verify that you asked exactly this, and this browser can
            verify which receipts answer it.
          </p>
          <details>
            <summary>Signed as, and for whom</summary>
            <dl className="pairs">
              <Signed name="You" id={own.held.id} />
              {about.asked.map(({ peer_id, institution, node_id }) => (
                <Signed key={peer_id} name={institution || node_id} id={peer_id} />
              ))}
            </dl>
            {own.held.credentials.length > 0 && (
              <p className="hint">
                {plural(own.held.credentials.length, 'credential')} will be sent with it, if valid.
              </p>
            )}
          </details>
        </>
      ) : (
        <p className="prose">
          The gateway signs for your account: institutions see its signature, and only the gateway states what was
          asked.
        </p>
      )}
    </div>
  )
}

function Signed({ name, id }: { name: string; id: string }) {
  return (
    <div className="whole">
      <dt>{name}</dt>
      <dd>
        <code>{id}</code>
      </dd>
    </div>
  )
}
