/** Removes the key from this browser, after confirmation, since the removal cannot be undone. */
import { useState } from 'react'
import { Answers } from '../parts/answers.tsx'
import { useFollowing } from '../parts/following.ts'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { forgetAsked } from './asked.ts'
import { forgetKey, type HeldKey } from './keys.ts'

/** A button that removes the key. On a shared computer, the key should be removed before signing out. */
export function ForgetKey({ held }: { held: HeldKey }) {
  const [asking, setAsking] = useState(false)
  const following = useFollowing(asking)
  const [withAsked, setWithAsked] = useState(false)
  const [error, setError] = useState<unknown>()
  const forget = async () => {
    try {
      // Remove the key last: this part of the page is shown as long as the key exists.
      if (withAsked) await forgetAsked(held.account)
      await forgetKey(held.account)
    } catch (caught) {
      setError(caught)
    }
  }
  return (
    <Panel
      title="Forget the key"
      hint="Everybody who uses this browser with this account can sign with it. On a shared machine, forget it when you leave."
    >
      {error !== undefined && <Problem error={error} doing="Forgetting the key" />}
      {asking ? (
        <fieldset ref={following} className="stack" tabIndex={-1}>
          <legend>Forget {held.id}?</legend>
          <p className="prose">
            {held.origin === 'made'
              ? 'There is no copy: the key will be lost, and institutions that list it must list a new one.'
              : 'You can import it again from its key file.'}{' '}
            Institutions that list it still accept it; ask their stewards to remove its id.
          </p>
          <label className="choice">
            <input type="checkbox" checked={withAsked} onChange={(event) => setWithAsked(event.target.checked)} />
            <span>
              Also forget the questions asked with it here. Then only the gateway states which question an answer
              belongs to.
            </span>
          </label>
          <Answers yes="Forget it now" no="Keep it" agree={forget} keep={() => setAsking(false)} />
        </fieldset>
      ) : (
        <button ref={following} type="button" className="danger" onClick={() => setAsking(true)}>
          Forget the key …
        </button>
      )}
    </Panel>
  )
}
