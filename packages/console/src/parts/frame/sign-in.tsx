/** The sign-in page: name and password for a token. */
import { useLoaded } from '../../load.ts'
import { Mark } from './mark.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { useTitle } from './title.tsx'
import { useSession } from '../../session/session.tsx'

/** The names and passwords of the demo accounts are shown on a demo peer only. */
export function SignIn() {
  const { client } = useSession()
  const health = useLoaded((signal) => client.health({ signal }), [client])
  useTitle('Sign in')
  return (
    <main className="door">
      <div className="door-card">
        <p className="door-brand">
          <Mark /> StimNet
        </p>
        <h1>{health.value?.institution ?? 'Sign in'}</h1>
        <p className="soft">
          Ask many institutions one question. Each answers from its own data and returns only aggregates that have
          passed its disclosure control.
        </p>
        <SignInForm />
        <p className="door-foot soft">
          {health.value
            ? `Peer ${health.value.node_id}, version ${health.value.version}.`
            : 'Looking for the gateway …'}{' '}
          The operator adds accounts with <code>stimnet account add</code>. Programs use the{' '}
          <a href="/docs">REST API</a>.
        </p>
      </div>
    </main>
  )
}
