/** The whole console: whoever is signed in sees the page they are at, everybody else the door. */
import { groupsFor, pageAt } from './pages/listed.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { Shell } from './parts/frame/shell.tsx'
import { SessionProvider, useSession } from './session/session.tsx'

/** The console. */
export function App() {
  return (
    <SessionProvider>
      <Door />
    </SessionProvider>
  )
}

function Door() {
  const { account } = useSession()
  return account === null ? <SignIn /> : <Shell groupsFor={groupsFor} pageAt={pageAt} />
}
