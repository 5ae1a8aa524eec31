/** The key in this browser: its id, how stewards use the id, and how long the browser keeps the key. */
import { useState } from 'react'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { Panel } from '../parts/panel.tsx'
import { moment } from '../words/time.ts'
import type { HeldKey, Origin } from './keys.ts'
import { isLasting } from './lasting.ts'

const ORIGINS: Readonly<Record<Origin, string>> = {
  made: 'Made here, without a copy: if this browser’s data are cleared, the key is lost.',
  copied: 'Made here; a copy was saved. The command below puts it where stimnet looks for it.',
  file: 'Imported from a key file. The file itself was not changed.'
}

/** The id is public and may be shown to anybody. */
export function KeyId({ held }: { held: HeldKey }) {
  const lasting = useLoaded(isLasting, [held.id])
  return (
    <Panel title="Your key" aside={<Badge tone="good">signs here</Badge>}>
      <p className="key-id">
        <code>{held.id}</code> <Copy text={held.id} />
      </p>
      <p className="prose">
        {ORIGINS[held.origin]} Kept since {moment(new Date(held.keptAtMs).toISOString())} for this account in this
        browser. The page can sign with it but cannot read it. Signing out keeps it.
        {lasting.value === false && ' The browser may delete it when storage space is short.'}
      </p>
      {held.origin === 'copied' && (
        <pre className="code">install -m 600 researcher.key ~/.config/stimnet/researcher.key</pre>
      )}
      <h3>What an institution needs</h3>
      <p className="prose">
        Send the id to the institutions that you want to ask. A steward adds it to <code>requesters</code> in the
        configuration of the peer. Or your own institution vouches for it, which all institutions that trust it accept:
      </p>
      <pre className="code">{`stimnet vouch ${held.id} --name "Your Name"`}</pre>
    </Panel>
  )
}

function Copy({ text }: { text: string }) {
  const [said, setSaid] = useState('')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid('Copying failed. Select the id and copy it by hand.')
    )
  return (
    <>
      <button type="button" onClick={copy}>
        Copy the id
      </button>{' '}
      <span role="status" className="soft">
        {said}
      </span>
    </>
  )
}
