/** The console: the current page if somebody is signed in, else the sign-in page. */
import { groupsFor, pageAt } from './pages/listed.tsx'
import { SignIn } from './parts/frame/sign-in.tsx'
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
