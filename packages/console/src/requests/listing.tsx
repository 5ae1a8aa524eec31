/** The text of a program with line numbers; lines with findings are marked. */
import { type Language, languageOf, linesOf } from '../editor/highlight.ts'
import { Seen } from '../parts/seen.tsx'
import { cellsToRead } from './cells.ts'

interface Finding {
  readonly kind: string
  readonly what: string
  readonly line: number
  readonly cell: number | null
}

/** `findings` refer to lines; in a notebook, to cells and their lines. */
export function Listing(props: { scriptType: string; content: string; findings: readonly Finding[] }) {
  const { scriptType, content, findings } = props
  const cells = cellsToRead(scriptType, content)
  return cells.map((cell) => (
    <div key={cell.number} className="stack">
      {cells.length > 1 && <h3>Cell {cell.number}</h3>}
      <Lines
        source={cell.source}
        language={languageOf(cell.language)}
        marked={findings.filter((finding) => finding.cell === null || finding.cell === cell.number)}
      />
    </div>
  ))
}

function Lines(props: { source: string; language: Language; marked: readonly Finding[] }) {
  const { source, language, marked } = props
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse
    <section className="listing" tabIndex={0} aria-label="Program">
      <ol>
        {linesOf(source.replaceAll('\r\n', '\n'), language).map((pieces, at) => {
          const found = marked.filter(({ line }) => line === at + 1)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line's number is its name
            <li key={at} className={found.length > 0 ? 'marked' : ''}>
              <span>{at + 1}</span>
              <span title={found.map(({ kind, what }) => `${kind}: ${what}`).join('\n')}>
                {pieces.map(({ text, kind }, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name than their place
                  <span key={place} className={kind === 'plain' ? undefined : `hl-${kind}`}>
                    <Seen>{text}</Seen>
                  </span>
                ))}
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
