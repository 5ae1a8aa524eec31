/** A control with its label and an optional hint that a screen reader reads with it. */
import { type ReactNode, useId } from 'react'

/** The properties that the control must take over. */
export interface FieldProps {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

/** `children` renders the control. `wrong`: the reason why its value is invalid. */
export function Field(props: {
  label: string
  hint?: ReactNode
  wrong?: string | undefined
  children: (field: FieldProps) => ReactNode
}) {
  const id = useId()
  const { label, hint, wrong, children } = props
  const described = [hint === undefined ? '' : `${id}-hint`, wrong === undefined ? '' : `${id}-wrong`].filter(Boolean)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
        ...(wrong === undefined ? {} : { 'aria-invalid': true })
      })}
      {wrong !== undefined && (
        <p className="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}
