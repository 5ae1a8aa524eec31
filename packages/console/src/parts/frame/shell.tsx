/** The frame around every page: navigation, the signed-in account, and the state of the connection to the gateway. */
import { type ComponentType, Suspense } from 'react'
import { type Place, usePlace } from '../../route.ts'
import type { Account } from '../../session/account.ts'
import { useAccount, useSession } from '../../session/session.tsx'
import { Boundary } from './boundary.tsx'
import { Expired } from './expired.tsx'
import { Navigation, type PageGroup } from './navigation.tsx'

interface Pages {
  readonly groupsFor: (account: Account) => readonly PageGroup[]
  readonly pageAt: (place: Place, account: Account) => ComponentType<{ place: Place }>
}

/** The frame of a signed-in console, around one of its pages. */
export function Shell({ groupsFor, pageAt }: Pages) {
  const { lost, expired } = useSession()
  const account = useAccount()
  const place = usePlace()
  const Page = pageAt(place, account)
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <Navigation groups={groupsFor(account)} />
      <div className="content">
        {lost && (
          <p className="notice warn" role="status">
            The gateway does not answer. What you see may be out of date; the console tries again every two seconds.
          </p>
        )}
        <main id="main" tabIndex={-1}>
          <Boundary key={`${place.page}/${place.id}`}>
            <Suspense fallback={<p className="loading">Opening …</p>}>
              <Page place={place} />
            </Suspense>
          </Boundary>
        </main>
      </div>
      {expired && <Expired name={account.name} />}
    </div>
  )
}
