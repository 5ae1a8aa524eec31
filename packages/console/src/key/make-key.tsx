/** The three ways to get a key, shown to an account without one. */
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import { useState } from 'react'
import { Field } from '../parts/field.tsx'
import { useFollowing } from '../parts/following.ts'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { saveFile } from '../parts/save.ts'
import { useAccount } from '../session/session.tsx'
import { freshKey, freshKeyWithCopy, keyOfFile } from './bring.ts'
import { type HeldKey, keepKey } from './keys.ts'
import { keepLonger } from './lasting.ts'

type WithCopy = Awaited<ReturnType<typeof freshKeyWithCopy>>

const saveCopy = ({ file }: WithCopy) => saveFile('researcher.key', 'text/plain', file)

/** A key without a copy is stored at once. A key with a copy is stored when the researcher confirms that the copy was saved. */
export function MakeKey() {
  const { name: account } = useAccount()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [unsaved, setUnsaved] = useState<WithCopy>()
  const keeping = { account, clock: systemClock }
  const doing = (work: () => Promise<void>) => async () => {
    setBusy(true)
    setError(undefined)
    await work().catch(setError)
    setBusy(false)
    void keepLonger()
  }
  const make = doing(async () => keepKey(await freshKey(keeping)))
  const makeWithCopy = doing(async () => {
    const fresh = await freshKeyWithCopy({ ...keeping, random: cryptographicRandom })
    saveCopy(fresh)
    setUnsaved(fresh)
  })
  const keep = (held: HeldKey) => doing(() => keepKey(held))()
  const bring = (file: File) => doing(async () => keepKey(await keyOfFile(file, keeping)))()
  return (
    <>
      {error !== undefined && <Problem error={error} doing="Keeping the key" />}
      <Panel title="Make a key" hint="Ed25519, made and kept by this browser for this account alone.">
        <div className="steps">
          <WithCopyStep
            unsaved={unsaved}
            busy={busy}
            make={makeWithCopy}
            keep={keep}
            discard={() => setUnsaved(undefined)}
          />
          <section className="step stack" aria-labelledby="without-copy">
            <h2 id="without-copy">Without a copy</h2>
            <p>
              The key cannot leave this browser. If the browser’s data are cleared, the key is lost: you must make a new
              one, and stewards must list that.
            </p>
            <button type="button" disabled={busy || unsaved !== undefined} onClick={make}>
              Make a key
            </button>
          </section>
        </div>
      </Panel>
      <ImportPanel busy={busy} bring={bring} />
    </>
  )
}

function WithCopyStep(props: {
  unsaved: WithCopy | undefined
  busy: boolean
  make: () => void
  keep: (held: HeldKey) => void
  discard: () => void
}) {
  const { unsaved, busy, make, keep, discard } = props
  const following = useFollowing(unsaved)
  return (
    <section className="step stack" aria-labelledby="with-copy">
      <h2 id="with-copy">With a copy</h2>
      <p>
        Saves a key file that <code>stimnet</code> and the SDKs can read too. Keep it as secret as a password: whoever
        has it can ask in your name.
      </p>
      {unsaved ? (
        <div ref={following} className="stack" tabIndex={-1}>
          <p>
            <strong>Check that researcher.key was saved.</strong> When you confirm, this page deletes its copy of the
            key, and nobody can get the key out of the browser any more.
          </p>
          <div className="actions">
            <button type="button" className="primary" disabled={busy} onClick={() => keep(unsaved.held)}>
              I have saved it
            </button>
            <button type="button" disabled={busy} onClick={() => saveCopy(unsaved)}>
              Save it again
            </button>
            <button type="button" disabled={busy} onClick={discard}>
              Discard it
            </button>
          </div>
        </div>
      ) : (
        <button ref={following} type="button" className="primary" disabled={busy} onClick={make}>
          Make a key and save a copy
        </button>
      )}
    </section>
  )
}

function ImportPanel({ busy, bring }: { busy: boolean; bring: (file: File) => void }) {
  return (
    <Panel title="Import a key">
      <Field
        label="Key file"
        hint="A file made by stimnet key, usually ~/.config/stimnet/researcher.key. It is read in this browser and not sent anywhere."
      >
        {(field) => (
          <input
            {...field}
            type="file"
            disabled={busy}
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? []
              if (file) bring(file)
              // Clear the field, so that the page does not keep the file and the same file can be chosen again.
              currentTarget.value = ''
            }}
          />
        )}
      </Field>
    </Panel>
  )
}
