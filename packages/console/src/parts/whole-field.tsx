/** A field for a whole number, which does not correct the text while it is being typed. */
import { useState } from 'react'
import { nearestWhole, wholeIn } from '../words/whole.ts'
import { Field } from './field.tsx'

/** Accepts 1 to `most`. An invalid text is corrected when the field loses the focus. */
export function WholeField(props: { label: string; most: number; value: number; set: (value: number) => void }) {
  const { label, most, value, set } = props
  const bounds = { least: 1, most }
  const [typed, setTyped] = useState<string>()
  const type = (text: string) => {
    setTyped(text)
    const whole = wholeIn(text, bounds)
    if (whole !== undefined) set(whole)
  }
  const leave = () => {
    const nearest = typed === undefined ? undefined : nearestWhole(typed, bounds)
    if (nearest !== undefined) set(nearest)
    setTyped(undefined)
  }
  return (
    <Field label={label}>
      {(field) => (
        <input
          {...field}
          inputMode="numeric"
          autoComplete="off"
          value={typed ?? String(value)}
          onChange={(event) => type(event.target.value)}
          onBlur={leave}
        />
      )}
    </Field>
  )
}
