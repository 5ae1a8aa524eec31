/** What is shown until an answer comes: the answer once there is one, the problem beside it where there is one. */
import type { ReactNode } from 'react'
import type { Loaded } from '../load.ts'
import { Problem } from './problem.tsx'

/** `children` shows the last good answer, also where the newest try failed. */
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
