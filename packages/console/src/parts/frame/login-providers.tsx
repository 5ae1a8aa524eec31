/** Buttons for login by an identity provider, if the gateway knows any. */
import { beginLogin } from '@stimnet/sdk'
import { useState } from 'react'
import { useLoaded } from '../../load.ts'
import { keepVerifier } from '../../session/returned.ts'
import { useSession } from '../../session/session.tsx'
import { Problem } from '../problem.tsx'

/** Empty if there is no provider; the form for name and password is above. */
export function LoginProviders() {
  const { client } = useSession()
  const [error, setError] = useState<unknown>()
  const providers = useLoaded((signal) => client.loginProviders({ signal }), [client])
  if (!providers.value || providers.value.length === 0) return null
  const begin = async (name: string) => {
    const { url, verifier } = await beginLogin(location.origin, name)
    keepVerifier(verifier)
    location.assign(url)
  }
  return (
    <div className="stack">
      <p className="soft">Or with your institution’s login:</p>
      {providers.value.map(({ name, title }) => (
        <button key={name} type="button" onClick={() => begin(name).catch(setError)}>
          {title}
        </button>
      ))}
      {error !== undefined && <Problem error={error} doing="Opening the login page" />}
    </div>
  )
}
