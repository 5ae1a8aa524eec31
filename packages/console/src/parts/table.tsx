/** A table that scrolls sideways where it is wider than the page. */
import type { ReactNode } from 'react'
import { Scroll } from './scroll.tsx'

/** The head of a column: for texts, for numbers, or for content that needs no visible head. `more`: text after the name. */
export type Head =
  | string
  | { readonly text: string; readonly more: ReactNode }
  | { readonly number: string; readonly more?: ReactNode }
  | { readonly hidden: string }

interface TableProps {
  readonly heads: readonly Head[]
  /** Rows. */
  readonly children: ReactNode
  /** Whether the table shows results, which have a style of their own. */
  readonly result?: true
  /** Whether the table stands alone on the page. */
  readonly panel?: true
}

/** `label`: the name of the table for screen readers; by default its caption. */
export function Table({
  label,
  caption,
  heads,
  result,
  panel,
  children
}: TableProps & ({ label: string; caption?: ReactNode } | { label?: undefined; caption: string })) {
  return (
    <Scroll label={label ?? caption} className={panel ? 'panel' : ''}>
      <table className={result ? 'result' : undefined}>
        {caption !== undefined && <caption>{caption}</caption>}
        <TableHead heads={heads} />
        <tbody>{children}</tbody>
      </table>
    </Scroll>
  )
}

/** The first row of a table. */
export function TableHead({ heads }: { heads: readonly Head[] }) {
  return (
    <thead>
      <tr>{heads.map(cellOf)}</tr>
    </thead>
  )
}

function cellOf(head: Head) {
  if (typeof head === 'string') return cellOf({ text: head, more: undefined })
  if ('hidden' in head) {
    return (
      <th key={head.hidden} scope="col">
        <span className="hidden">{head.hidden}</span>
      </th>
    )
  }
  const isNumber = 'number' in head
  const name = isNumber ? head.number : head.text
  return (
    <th key={name} scope="col" className={isNumber ? 'number' : undefined}>
      {name}
      {head.more}
    </th>
  )
}
