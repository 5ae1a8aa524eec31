/** The researcher's credentials: entered once, then sent with each question that the key signs. */
import { systemClock } from '@stimnet/protocol'
import { type FormEvent, useState } from 'react'
import { useLoaded } from '../load.ts'
import { Badge } from '../parts/badge.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { fromNow } from '../words/time.ts'
import {
  CREDENTIALS_MAX,
  type Credential,
  faultsIn,
  linesOf,
  type ReadCredential,
  readCredential
} from './credentials.ts'
import { type HeldKey, keepCredentials } from './keys.ts'

const CHARACTERS_MAX = 40_000

/** Refuses credentials that were issued for another key, since institutions would refuse the whole question. */
export function CredentialsPart({ held }: { held: HeldKey }) {
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState<readonly string[]>([])
  const [error, setError] = useState<unknown>()
  const read = useLoaded(
    () => Promise.all(held.credentials.map(async (one) => ({ text: one, read: await readFor(held, one) }))),
    [held]
  )
  const add = async (event: FormEvent) => {
    event.preventDefault()
    const lines = linesOf(text).filter((line) => !held.credentials.includes(line))
    const whys = await faultsIn(text, (line) => readFor(held, line))
    const isMany = held.credentials.length + lines.length > CREDENTIALS_MAX
    setWrong(isMany ? [`At most ${CREDENTIALS_MAX} credentials can be kept. Remove some first.`, ...whys] : whys)
    if (isMany || whys.length > 0 || lines.length === 0) return
    if (await keep([...held.credentials, ...lines])) setText('')
  }
  const keep = async (credentials: readonly string[]) => {
    setError(undefined)
    try {
      await keepCredentials(held, credentials)
      return true
    } catch (caught) {
      setError(caught)
      return false
    }
  }
  return (
    <Panel title="Credentials" hint="They are sent with each question that this key signs. The gateway can read them.">
      {held.credentials.length === 0 && <p className="soft">No institution vouches for this key yet.</p>}
      <HeldList
        credentials={read.value ?? []}
        remove={(gone) => keep(held.credentials.filter((one) => one !== gone))}
      />
      <form className="stack" onSubmit={add}>
        <Field label="Add credentials" hint="The output of stimnet vouch, or GA4GH visas, one per line.">
          {(field) => (
            <textarea
              {...field}
              rows={3}
              maxLength={CHARACTERS_MAX}
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {wrong.length > 0 && <Refused whys={wrong} />}
        {error !== undefined && <Problem error={error} doing="Keeping the credentials" />}
        <button type="submit" disabled={text.trim() === ''}>
          Add
        </button>
      </form>
    </Panel>
  )
}

function Refused({ whys }: { whys: readonly string[] }) {
  return (
    <Notice tone="bad" live>
      {whys.map((why) => (
        <p key={why}>{why}</p>
      ))}
    </Notice>
  )
}

function HeldList(props: {
  credentials: readonly { readonly text: string; readonly read: ReadCredential }[]
  remove: (text: string) => void
}) {
  return (
    <ul className="credentials" aria-label="Credentials">
      {props.credentials.map(({ text, read }) => (
        <li key={text}>
          <Told read={read} />
          <button type="button" className="quiet" onClick={() => props.remove(text)}>
            Remove
          </button>
        </li>
      ))}
    </ul>
  )
}

function readFor({ id }: HeldKey, text: string): Promise<ReadCredential> {
  return readCredential(text, { key: id, clock: systemClock })
}

function Told({ read }: { read: ReadCredential }) {
  if (!read.ok) {
    return (
      <span>
        <Badge tone="warn">not sent</Badge> {read.why}
      </span>
    )
  }
  return <Held credential={read.credential} />
}

function Held({ credential: { says, by, endsAtMs, checked } }: { credential: Credential }) {
  return (
    <span>
      <strong>{says}</strong>, says <code>{by}</code>
      <br />
      <span className="soft">
        {endsAtMs === undefined ? 'Does not expire.' : `Expires ${fromNow(new Date(endsAtMs).toISOString())}.`}{' '}
        {checked ? 'The signature is valid.' : 'Institutions that know the issuer check its signature.'}
      </span>
    </span>
  )
}
