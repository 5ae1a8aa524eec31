/** The form for name and password. Its content is kept if the sign-in fails. */
import { type FormEvent, useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { Field } from '../field.tsx'
import { LoginProviders } from './login-providers.tsx'
import { Problem } from '../problem.tsx'

/** `name`: the account whose session has expired, if there is one. */
export function SignInForm({ name: known = '' }: { name?: string }) {
  const { signIn, refused } = useSession()
  const [name, setName] = useState(known)
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await signIn(name, password)
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <>
      <form className="stack" onSubmit={submit}>
        <Field label="User name">
          {(field) => (
            <input {...field} autoComplete="username" required value={name} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <Field label="Password">
          {(field) => (
            <input
              {...field}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(e) => setPassword(e.target.value)}
            />
          )}
        </Field>
        {(error ?? refused) !== undefined && <Problem error={error ?? refused} />}
        <button className="primary" type="submit" disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
      <LoginProviders />
    </>
  )
}
