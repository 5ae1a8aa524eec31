/** Shows a text that others wrote; invisible characters are replaced by their code points. */
import { seenParts } from '../words/unseen.ts'

/** Isolated from the surrounding text, whatever its writing direction. */
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
