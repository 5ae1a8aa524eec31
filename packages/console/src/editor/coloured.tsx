/** A program with syntax colours, as text. */
import { Fragment } from 'react'
import { type Language, type Piece, piecesOf } from './highlight.ts'

/** A whole program. */
export function Coloured({ source, language }: { source: string; language: Language }) {
  return <Pieces pieces={piecesOf(source, language)} />
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  // biome-ignore-start lint/suspicious/noArrayIndexKey: pieces have no other name than their place
  return pieces.map(({ text, kind }, at) =>
    kind === 'plain' ? (
      <Fragment key={at}>{text}</Fragment>
    ) : (
      <span key={at} className={`hl-${kind}`}>
        {text}
      </span>
    )
  )
  // biome-ignore-end lint/suspicious/noArrayIndexKey: see above
}
