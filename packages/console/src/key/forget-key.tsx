/** Taking the key out of this browser: asked twice, since nobody can undo it. */
import { useState } from 'react'
import { Answers } from '../parts/answers.tsx'
import { useFollowing } from '../parts/following.ts'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { forgetAsked } from './asked.ts'
import { forgetKey, type HeldKey } from './keys.ts'

/** On a machine of others this belongs to signing out. */
export function ForgetKey({ held }: { held: HeldKey }) {
  const [asking, setAsking] = useState(false)
  const following = useFollowing(asking)
  const [withAsked, setWithAsked] = useState(false)
  const [error, setError] = useState<unknown>()
  const forget = async () => {
    try {
      // The key goes last: it is what this part stands for.
      if (withAsked) await forgetAsked(held.account)
      await forgetKey(held.account)
    } catch (caught) {
      setError(caught)
    }
  }
  return (
    <Panel
      title="Forget the key"
      hint="Whoever uses this browser and this account can sign with it. On a machine that others use, forget it when you leave."
    >
      {error !== undefined && <Problem error={error} doing="Forgetting the key" />}
      {asking ? (
        <fieldset ref={following} className="stack" tabIndex={-1}>
          <legend>Forget {held.id}?</legend>
          <p className="prose">
            {held.origin === 'made'
              ? 'There is no copy: it is gone for good, and institutions that list it must list another.'
              : 'You can bring it again with its key file.'}{' '}
            Institutions that know it still do; have stewards remove its id to take it back.
          </p>
          <label className="choice">
            <input type="checkbox" checked={withAsked} onChange={(event) => setWithAsked(event.target.checked)} />
            <span>Also forget what was asked with it here: answers are then the gateway’s word again</span>
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
