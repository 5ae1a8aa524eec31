/** What catches a page that breaks, so that the rest of the console stays. */
import { Component, type ReactNode } from 'react'
import { Notice } from '../notice.tsx'

/** A page whose script did not come is not asked for twice by one console, so it is loaded again as a whole. */
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
