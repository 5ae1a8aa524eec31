/** The formula of a model as text, with the position of its error marked. */
import type { FormulaFault } from '@stimnet/sdk'
import { Field } from '../../parts/field.tsx'
import type { About } from '../draft/about.ts'
import type { Picked } from '../draft/draft.ts'
import { checkedModel } from '../statistic/model.ts'

/** Maximum length of a formula, characters. */
const CHARACTERS_MAX = 1_000

/** Below the formula is its error or the list of its coefficients. `isRead`: the other controls can show the formula. */
export function FormulaField(props: {
  picked: Picked
  type: (formula: string) => void
  about: About
  isRead: boolean
}) {
  const { picked, type, about, isRead } = props
  const { formula } = picked.model
  const checked = checkedModel(picked.model, about.asked)
  const fault = checked === undefined || checked.ok ? undefined : checked
  const hint =
    checked?.ok === true
      ? `Coefficients: ${checked.columns.join(', ')}.`
      : 'outcome ~ a + b; a:b is the product of both, a * b is a + b + a:b, - 1 leaves the intercept out; (1 | subject) gives each person an intercept, (1 + month | subject) a slope over visits as well.'
  return (
    <>
      <Field label="Formula" hint={hint} wrong={fault?.error.reason}>
        {(field) => (
          <input
            {...field}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            maxLength={CHARACTERS_MAX}
            placeholder="outcome ~ a + b"
            value={formula}
            onChange={(e) => type(e.target.value)}
          />
        )}
      </Field>
      {fault?.place !== undefined && <Marked formula={formula} place={fault.place} />}
      {!isRead && <p className="hint">While the formula is invalid, the choices above do not change.</p>}
    </>
  )
}

/** The formula with its error marked. The reason above gives the same position in words, for screen readers. */
function Marked({ formula, place }: { formula: string; place: FormulaFault }) {
  const from = place.at - 1
  const wrong = formula.slice(from, from + place.length)
  return (
    <p className="formula-fault" aria-hidden="true">
      <code>
        {formula.slice(0, from)}
        <mark>{wrong === '' ? '\u00a0…\u00a0' : wrong}</mark>
        {formula.slice(from + place.length)}
      </code>
    </p>
  )
}
