/** The way to every page that this account can use. */
import { hrefTo, usePlace } from '../route.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { Mark } from './mark.tsx'
import { groupsFor } from './pages.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

/** Grouped by who needs them. */
export function Navigation() {
  const account = useAccount()
  const { signOut } = useSession()
  const { page } = usePlace()
  return (
    <header className="side">
      <a className="brand" href={hrefTo('')}>
        <Mark /> StimNet
      </a>
      <nav aria-label="Pages">
        {groupsFor(account).map(({ name, pages }) => (
          <div key={name} className="nav-group">
            <p className="nav-name">{name}</p>
            <ul>
              {pages.map(({ at, label, below }) => (
                <li key={at}>
                  <a href={hrefTo(at)} {...(at === page || below === page ? { 'aria-current': 'page' } : {})}>
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="side-foot">
        <ThemeSwitch />
        <p className="who">
          <strong>{account.name}</strong>
          <span className="soft">{account.roles.join(', ')}</span>
        </p>
        <button type="button" className="quiet" onClick={signOut}>
          Sign out
        </button>
      </div>
    </header>
  )
}
