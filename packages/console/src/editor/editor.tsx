/** The editor of a program: a plain text area with syntax colours painted behind it. */
import { LIMITS } from '@stimnet/protocol'
import { type UIEvent, useRef, useState } from 'react'
import type { FieldProps } from '../parts/field.tsx'
import { bytesInWords } from '../words/number.ts'
import { Coloured } from './coloured.tsx'
import type { Language } from './highlight.ts'

interface EditorProps extends FieldProps {
  readonly value: string
  readonly language: Language
  /** Minimum number of visible lines; default 8. */
  readonly linesMin?: number
  onChange(value: string): void
}

/** Maximum size of a program in bytes; institutions refuse larger ones. */
const BYTES_MAX = LIMITS.scriptBytesMax

const LINES_MIN = 8
const LINES_MAX = 28

/** The Tab key moves the focus out of the field, so that keyboard users can leave it. */
export function Editor({ value, language, linesMin = LINES_MIN, onChange, ...field }: EditorProps) {
  const behind = useRef<HTMLPreElement>(null)
  const [refusedBytes, setRefusedBytes] = useState<number>()
  const write = (text: string) => {
    const bytes = new TextEncoder().encode(text).length
    setRefusedBytes(bytes > BYTES_MAX ? bytes : undefined)
    if (bytes <= BYTES_MAX) onChange(text)
  }
  const follow = ({ currentTarget }: UIEvent<HTMLTextAreaElement>) => {
    if (!behind.current) return
    behind.current.scrollTop = currentTarget.scrollTop
    behind.current.scrollLeft = currentTarget.scrollLeft
  }
  const lines = Math.min(LINES_MAX, Math.max(linesMin, value.split('\n').length + 1))
  return (
    <>
      <div className="editor">
        <pre ref={behind} aria-hidden="true">
          <Coloured source={value} language={language} />
          {'\n'}
        </pre>
        <textarea
          {...field}
          rows={lines}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          value={value}
          onScroll={follow}
          onChange={(event) => write(event.target.value)}
        />
      </div>
      {refusedBytes !== undefined && (
        <p className="wrong" role="alert">
          That would be {bytesInWords(refusedBytes)}; at most {bytesInWords(BYTES_MAX)} are allowed. The text was not
          changed.
        </p>
      )}
    </>
  )
}
