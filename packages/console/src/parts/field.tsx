/** A control, or a choice from a list, with its label and an optional hint that a screen reader reads with it. */
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

/** An option: its text, and the value that it stands for where that differs. */
export type Option = string | { readonly value: string | number; readonly text: string; readonly title?: string }

/** A choice from a list. `none`: the text of the empty choice; without it there is none. */
export function Select(props: {
  label: string
  hint?: ReactNode
  none?: string
  options: readonly Option[]
  value: string | number
  choose: (value: string) => void
}) {
  const { label, hint, none, options, value: chosen, choose } = props
  const empty = none === undefined ? [] : [{ value: '', text: none }]
  return (
    <Field label={label} hint={hint}>
      {(field) => (
        <select {...field} value={chosen} onChange={(e) => choose(e.target.value)}>
          {[...empty, ...options].map((option) => {
            const { value, text, title }: Exclude<Option, string> =
              typeof option === 'string' ? { value: option, text: option } : option
            return (
              <option key={value} value={value} title={title}>
                {text}
              </option>
            )
          })}
        </select>
      )}
    </Field>
  )
}
