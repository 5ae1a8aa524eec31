/** The researcher's own key in this browser: to generate or import it, to add credentials, and to remove it. */
import { CredentialsPart } from '../key/credentials-part.tsx'
import { ForgetAsked } from '../key/forget-asked.tsx'
import { ForgetKey } from '../key/forget-key.tsx'
import { KeyId } from '../key/key-id.tsx'
import { MakeKey } from '../key/make-key.tsx'
import { useOwnKey } from '../key/own-key.ts'
import { UNUSABLE } from '../key/usable.ts'
import { Empty } from '../parts/empty.tsx'
import { useHeadingAfter } from '../parts/following.ts'
import { Title } from '../parts/frame/title.tsx'

/** The key of this account in this browser. */
export function KeyPage() {
  const own = useOwnKey()
  useHeadingAfter(own.state)
  return (
    <>
      <Title lead="With a key of your own, what you asked and which answer belongs to it can be proved without trusting a gateway.">
        Your key
      </Title>
      {own.state === 'reading' && <p className="loading">Looking for your key …</p>}
      {own.state === 'unusable' && (
        <Empty title="No key can be kept here">
          {UNUSABLE[own.why]} The gateway signs for your account instead. <code>stimnet key</code> makes a key for the
          command line.
        </Empty>
      )}
      {own.state === 'none' && <MakeKey />}
      {own.state === 'held' && (
        <>
          <KeyId held={own.held} />
          <CredentialsPart held={own.held} />
          <ForgetAsked account={own.held.account} />
          <ForgetKey held={own.held} />
        </>
      )}
    </>
  )
}
