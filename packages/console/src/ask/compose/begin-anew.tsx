/** Clears the form, after confirmation if anything would be lost. */
import { useId, useState } from 'react'
import { Answers } from '../../parts/answers.tsx'
import { useFollowing } from '../../parts/following.ts'
import { focusHeading } from '../../parts/frame/title.tsx'
import { type Draft, isComposed } from '../draft/draft.ts'

/** `begin` empties the form. */
export function BeginAnew({ draft, begin }: { draft: Draft; begin: () => void }) {
  const id = useId()
  const [asking, setAsking] = useState(false)
  const following = useFollowing(asking)
  const anew = () => {
    begin()
    focusHeading()
  }
  if (!asking || !isComposed(draft)) {
    return (
      <button
        ref={following}
        type="button"
        className="quiet"
        onClick={() => (isComposed(draft) ? setAsking(true) : anew())}
      >
        Start over
      </button>
    )
  }
  return (
    <fieldset ref={following} className="asks" tabIndex={-1} aria-labelledby={id}>
      <p id={id}>Start over? What you composed will be lost.</p>
      <Answers
        yes="Yes, start over"
        no="Keep it"
        agree={() => {
          setAsking(false)
          anew()
        }}
        keep={() => setAsking(false)}
      />
    </fieldset>
  )
}
