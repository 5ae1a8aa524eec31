/** The navigation, with all pages that the account may open. */
import { useRef, useState } from 'react'
import { hrefTo, usePlace } from '../../route.ts'
import type { Role } from '@stimnet/sdk'
import { useAccount, useSession } from '../../session/session.tsx'
import { Mark } from './mark.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

/** Pages for one kind of user. */
export interface PageGroup {
  readonly name: string
  readonly pages: readonly {
    readonly at: string
    readonly label: string
    /** The pages of one item that open from this page; the link is marked as current there as well. */
    readonly below?: readonly string[]
    readonly roles: readonly Role[]
  }[]
}

/** Links grouped by kind of user. */
export function Navigation({ groups }: { groups: readonly PageGroup[] }) {
  const { page } = usePlace()
  const menu = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  // A new page takes the focus when it opens. If the current page is chosen again, the focus must stay visible.
  const close = () => {
    setOpen(false)
    menu.current?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the links and buttons in it
    <header className="side" data-open={open} onKeyDown={({ key }) => key === 'Escape' && open && close()}>
      <div className="side-head">
        <a className="brand" href={hrefTo('')} onClick={close}>
          <Mark /> StimNet
        </a>
        <button
          ref={menu}
          type="button"
          className="menu"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
      </div>
      <Menu groups={groups} page={page} close={close} />
    </header>
  )
}

/** Collapsed on narrow screens. */
function Menu({ groups, page, close }: { groups: readonly PageGroup[]; page: string; close: () => void }) {
  const account = useAccount()
  const { signOut } = useSession()
  return (
    <div id="menu" className="side-menu">
      <nav aria-label="Pages">
        {groups.map(({ name, pages }) => (
          <div key={name} className="nav-group">
            <p className="nav-name">{name}</p>
            <ul>
              {pages.map(({ at, label, below }) => (
                <li key={at}>
                  <a
                    href={hrefTo(at)}
                    onClick={close}
                    {...(at === page || below?.includes(page) ? { 'aria-current': 'page' } : {})}
                  >
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
    </div>
  )
}
