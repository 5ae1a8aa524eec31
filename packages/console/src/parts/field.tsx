/** A control with its label and, where there is one, a hint that a screen reader reads with it. */
import { type ReactNode, useId } from 'react'

/** What the control takes over. */
export interface FieldProps {
  readonly id: string
  readonly 'aria-describedby'?: string
}

/** `children` makes the control. */
export function Field(props: { label: string; hint?: ReactNode; children: (field: FieldProps) => ReactNode }) {
  const id = useId()
  const { label, hint, children } = props
  const described = hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, ...described })}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}
