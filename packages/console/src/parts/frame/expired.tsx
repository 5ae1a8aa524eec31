/** Signing in again over the page that one was at: nothing on it is lost. */
import { useEffect, useRef } from 'react'
import { useSession } from '../../session/session.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { focusHeading } from './title.tsx'

/** Opens by itself, and goes when the sign-in worked: the focus is then where it was. */
export function Expired({ name }: { name: string }) {
  const { signOut } = useSession()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    // The name is known; what is missing is the password.
    dialog.current?.querySelector<HTMLInputElement>('input[type=password]')?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus()
      else focusHeading()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby="expired"
      onCancel={(event) => event.preventDefault()}
      onClose={({ currentTarget }) => currentTarget.showModal()}
    >
      <h2 id="expired">Your sign-in has ended</h2>
      <p>Sign in again to continue here. Nothing on this page is lost.</p>
      <SignInForm name={name} />
      <p>
        <button type="button" className="quiet" onClick={signOut}>
          Sign out instead
        </button>
      </p>
    </dialog>
  )
}
