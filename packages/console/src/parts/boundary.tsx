/** What catches a page that breaks, so that the rest of the console stays. */
import { Component, type ReactNode } from 'react'
import { Notice } from './notice.tsx'

/** Shown again when another page is opened, or when it is asked for. */
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
          <strong>This page broke.</strong> That is a fault of the console, not of your question: whatever was asked
          goes on. <span className="code">{this.state.broken}</span>
        </p>
        <button type="button" onClick={() => this.setState({ broken: null })}>
          Show it again
        </button>
      </Notice>
    )
  }
}
