/** What somebody else wrote, with nothing in it that cannot be seen: such a character stands there by its name. */
import { seenParts } from '../words/unseen.ts'

/** Set apart from the words around it, whatever direction it is written in. */
export function Seen({ children }: { children: string }) {
  return (
    <bdi>
      {seenParts(children.replaceAll('\r\n', '\n')).map(({ text, isUnseen }, at) =>
        isUnseen ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name than their place
          <mark key={at} className="unseen" title="A character that cannot be seen">
            {text}
          </mark>
        ) : (
          text
        )
      )}
    </bdi>
  )
}
