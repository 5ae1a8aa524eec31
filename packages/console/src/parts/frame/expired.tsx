/** A sign-in dialog over the current page, so that nothing on the page is lost. */
import { useEffect, useRef } from 'react'
import { useSession } from '../../session/session.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { focusHeading } from './title.tsx'

/** Opens by itself and closes after the sign-in; the focus then returns to where it was. */
export function Expired({ name }: { name: string }) {
  const { signOut } = useSession()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    // The name is known, so the focus goes to the password.
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
