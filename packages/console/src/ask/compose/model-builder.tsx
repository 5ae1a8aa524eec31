/** A model, chosen part by part; its formula stands below and can be written instead. */
import type { FormulaTerms } from '@stimnet/sdk'
import { useState } from 'react'
import { Field } from '../../parts/field.tsx'
import { Segments } from '../../parts/segments.tsx'
import { isNumeric, type SharedVariable, shapeOf } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import type { Picked } from '../draft/draft.ts'
import {
  FACTORS_MAX,
  FORM_FAMILIES,
  familyIn,
  largerIn,
  NUMBERS_MAX,
  pairsIn,
  SITE_CHOICES,
  shownModel,
  singlesIn,
  withOutcome,
  withPair,
  withVariables,
  writeModel
} from '../draft/model.ts'
import { FormulaField } from './formula-field.tsx'
import { VariablePicker } from './variable-picker.tsx'

interface BuilderProps {
  picked: Picked
  set: (more: Partial<Picked>) => void
  about: About
}

/** While the formula has a fault, the controls show the last one without and cannot be used: what somebody types is not overwritten. */
export function ModelBuilder({ picked, set, about }: BuilderProps) {
  const { model } = picked
  const { variables } = about
  const read = shownModel(model.formula, variables)
  const [last, setLast] = useState<FormulaTerms | undefined>(read)
  const isEmpty = model.formula.trim() === ''
  const shown = isEmpty ? undefined : (read ?? last)
  const write = (terms: FormulaTerms) => {
    setLast(terms)
    set({ model: { ...model, formula: writeModel(terms, variables) } })
  }
  const type = (formula: string) => {
    setLast(shownModel(formula, variables) ?? last)
    set({ model: { ...model, formula } })
  }
  return (
    <>
      <Family picked={picked} set={set} />
      <fieldset className="stack" disabled={!isEmpty && read === undefined}>
        <legend className="hidden">Parts of the model</legend>
        <Outcome shown={shown} variables={variables} write={write} />
        {shown !== undefined && <Terms shown={shown} variables={variables} write={write} />}
      </fieldset>
      <FormulaField picked={picked} type={type} about={about} isRead={isEmpty || read !== undefined} />
      <Sites picked={picked} set={set} />
    </>
  )
}

/** The families of models. */
function Family({ picked, set }: Omit<BuilderProps, 'about'>) {
  return (
    <Field label="Family" hint="What the outcome is.">
      {(field) => (
        <select {...field} value={familyIn(picked.name)?.statistic} onChange={(e) => set({ name: e.target.value })}>
          {FORM_FAMILIES.map(({ name, statistic, title, outcome }) => (
            <option key={name} value={statistic}>
              {title}: the outcome is a {outcome}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface PartProps {
  variables: readonly SharedVariable[]
  write: (terms: FormulaTerms) => void
}

function Outcome({ shown, variables, write }: PartProps & { shown: FormulaTerms | undefined }) {
  return (
    <Field label="Outcome" hint="The number that the model explains.">
      {(field) => (
        <select
          {...field}
          value={variables.some(({ ref }) => ref === shown?.outcome) ? shown?.outcome : ''}
          onChange={(e) => write(withOutcome(shown, e.target.value))}
        >
          <option value="" disabled>
            Choose …
          </option>
          {variables
            .filter(({ variable }) => isNumeric(variable))
            .map(({ ref, variable }) => (
              <option key={ref} value={ref}>
                {ref} ({shapeOf(variable)})
              </option>
            ))}
        </select>
      )}
    </Field>
  )
}

function Terms({ shown, variables, write }: PartProps & { shown: FormulaTerms }) {
  const offered = variables.filter(({ ref }) => ref !== shown.outcome)
  const numbers = offered.filter(({ variable }) => isNumeric(variable))
  const factors = offered.filter(({ variable }) => variable.type === 'category' && variable.levels.length > 0)
  const singles = singlesIn(shown)
  const pickerOf = (legend: string, some: readonly SharedVariable[], most: number) => {
    const refs = some.map(({ ref }) => ref)
    return (
      <VariablePicker
        legend={legend}
        variables={some}
        chosen={singles.filter((ref) => refs.includes(ref))}
        most={most}
        choose={(chosen) => write(withVariables(shown, refs, chosen))}
      />
    )
  }
  return (
    <>
      {pickerOf('Numbers in the model', numbers, NUMBERS_MAX)}
      {pickerOf('Factors in the model; the first level is what the others are compared with', factors, FACTORS_MAX)}
      <Products shown={shown} variables={variables} write={write} />
    </>
  )
}

function Products({ shown, variables, write }: PartProps & { shown: FormulaTerms }) {
  const pairs = pairsIn(shown, variables)
  const larger = largerIn(shown)
  const bare = (ref: string) => ref.slice(ref.indexOf('.') + 1)
  if (pairs.length === 0 && larger.length === 0) return null
  return (
    <fieldset className="choices">
      <legend>Products of two (interactions)</legend>
      {pairs.map((pair) => (
        <label key={pair.refs.join()} className="choice">
          <input type="checkbox" checked={pair.isChosen} onChange={() => write(withPair(shown, pair))} />
          <span>
            <strong>{pair.refs.map(bare).join(' × ')}</strong>
          </span>
        </label>
      ))}
      <p className="hint">Whether one variable matters more, or less, where the other is higher or another level.</p>
      {larger.length > 0 && <p className="hint">In the formula besides: {larger.join(', ')}.</p>}
    </fieldset>
  )
}

function Sites({ picked, set }: Omit<BuilderProps, 'about'>) {
  const { model } = picked
  const { site } = model
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        How institutions enter
      </span>
      <Segments
        legend="How institutions enter"
        options={SITE_CHOICES}
        value={site}
        choose={(chosen) => set({ model: { ...model, site: chosen } })}
      />
      <p className="hint">{SITE_CHOICES.find(({ value }) => value === site)?.hint}</p>
    </div>
  )
}
