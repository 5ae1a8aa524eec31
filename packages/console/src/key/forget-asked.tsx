/** Removes the signed questions from this browser and keeps the key. */
import { useState } from 'react'
import { Answers } from '../parts/answers.tsx'
import { useFollowing } from '../parts/following.ts'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { forgetAsked } from './asked.ts'

/** A button that asks for confirmation before it removes the questions. */
export function ForgetAsked({ account }: { account: string }) {
  const [state, setState] = useState<'closed' | 'asking' | 'forgotten'>('closed')
  const [error, setError] = useState<unknown>()
  const following = useFollowing(state)
  const forget = () => forgetAsked(account).then(() => setState('forgotten'), setError)
  return (
    <Panel
      title="Questions remembered here"
      hint="This browser remembers each question that this key signed, and compares with it what a gateway shows."
    >
      {error !== undefined && <Problem error={error} doing="Forgetting the questions" />}
      {state === 'asking' ? (
        <fieldset ref={following} className="stack" tabIndex={-1}>
          <legend>Forget what was asked here?</legend>
          <p className="prose">
            The answers stay at the gateway. Then only the gateway states which question they answer.
          </p>
          <Answers yes="Forget the questions now" no="Remember them" agree={forget} keep={() => setState('closed')} />
        </fieldset>
      ) : (
        <>
          {state === 'forgotten' && <p role="status">They are forgotten.</p>}
          <button ref={following} type="button" onClick={() => setState('asking')}>
            Forget old questions …
          </button>
        </>
      )}
    </Panel>
  )
}
