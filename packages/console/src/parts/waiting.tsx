/** Shows a loading message until the answer comes, then the answer, with the error of a later attempt beside it. */
import type { ReactNode } from 'react'
import type { Loaded } from '../load.ts'
import { Problem } from './problem.tsx'

/** `children` renders the last good answer, also if the latest attempt failed. */
export function Waiting<T>(props: { of: Loaded<T>; doing: string; children: (value: T) => ReactNode }) {
  const { of, doing, children } = props
  return (
    <>
      {of.error !== undefined && <Problem error={of.error} doing={doing} again={of.reload} />}
      {of.value !== undefined && children(of.value)}
      {of.value === undefined && of.error === undefined && (
        <p className="loading" role="status">
          {doing} …
        </p>
      )}
    </>
  )
}
