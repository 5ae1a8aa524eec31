/** Catches the error of a page that fails to render, so that the rest of the console keeps working. */
import { Component, type ReactNode } from 'react'
import { Notice } from '../notice.tsx'

/** React does not retry a page whose script failed to load, so the button reloads the whole console. */
export class Boundary extends Component<{ children: ReactNode }, { broken: string | null }> {
  override state = { broken: null as string | null }

  static getDerivedStateFromError(error: unknown): { broken: string } {
    return { broken: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    if (this.state.broken === null) return this.props.children
    return (
      <Notice tone="bad" live>
        <p>
          <strong>This page could not be shown.</strong> Questions that were sent continue, and what you composed is
          kept. <span className="code">{this.state.broken}</span>
        </p>
        <button type="button" onClick={() => location.reload()}>
          Reload the console
        </button>
      </Notice>
    )
  }
}
