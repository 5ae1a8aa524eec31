/** The text shown if an address leads to nothing: a heading, possible reasons, and a link back. */
import { hrefTo } from '../../route.ts'
import { Empty } from '../empty.tsx'
import { Title } from './title.tsx'

/** `back`: the page that lists the existing items, and its name within a sentence, such as "your questions". */
export function NotHere(props: { title: string; why: string; back: { readonly at: string; readonly name: string } }) {
  const { title, why, back } = props
  return (
    <>
      <Title>{title}</Title>
      <Empty title="Nothing is at this address">
        {why} <a href={hrefTo(back.at)}>Back to {back.name}</a>
      </Empty>
    </>
  )
}
