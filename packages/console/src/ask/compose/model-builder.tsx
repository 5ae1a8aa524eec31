/** Builds a model from its parts; the formula below shows the model and can be edited as text. */
import { type FormulaTerms, MODEL_FAMILIES } from '@stimnet/sdk'
import { useState } from 'react'
import { Field } from '../../parts/field.tsx'
import { Segments } from '../../parts/segments.tsx'
import { isNumeric, type SharedVariable, shapeOf } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import type { Picked } from '../draft/draft.ts'
import {
  FACTORS_MAX,
  isInRounds,
  isOfCounts,
  isOutcome,
  largerIn,
  type ModelDraft,
  NUMBERS_MAX,
  pairsIn,
  SITE_CHOICES,
  shownModel,
  singlesIn,
  withFamily,
  withOutcome,
  withPair,
  withVariables,
  writeModel
} from '../statistic/model.ts'
import { personIn } from '../statistic/random.ts'
import { FormulaField } from './formula-field.tsx'
import { RandomEffects } from './random-effects.tsx'
import { VariablePicker } from './variable-picker.tsx'

interface BuilderProps {
  picked: Picked
  set: (more: Partial<Picked>) => void
  about: About
}

/** While the formula has an error, the controls show the last valid formula and are disabled, so that they do not overwrite the text. */
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
        <Outcome shown={shown} variables={variables} write={write} model={model} />
        {shown !== undefined && model.family === 'binomial' && (
          <Event
            shown={shown}
            variables={variables}
            model={model}
            choose={(event) => set({ model: { ...model, event } })}
          />
        )}
        {shown !== undefined && <Terms shown={shown} variables={variables} write={write} model={model} />}
        {shown !== undefined && mayHaveSeveralRows(shown, model, about) && (
          <RandomEffects
            shown={shown}
            variables={variables}
            model={model}
            write={write}
            estimateBy={(likelihood) => set({ model: { ...model, likelihood } })}
          />
        )}
      </fieldset>
      <FormulaField picked={picked} type={type} about={about} isRead={isEmpty || read !== undefined} />
      <Sites picked={picked} set={set} about={about} />
    </>
  )
}

/** Whether a person may have several rows of the outcome, so that a linear model can have random effects of people. */
function mayHaveSeveralRows(shown: FormulaTerms, model: ModelDraft, { oneRow }: About): boolean {
  if (isOfCounts(model)) return false
  return personIn(shown) !== undefined || !oneRow.some((table) => shown.outcome.startsWith(`${table}.`))
}

/** The families of models. Each family has its own kind of outcome, so choosing another family clears the formula. */
function Family({ picked: { model }, set }: Omit<BuilderProps, 'about'>) {
  const choose = (name: string) => {
    const family = MODEL_FAMILIES.find((one) => one.name === name)
    if (family !== undefined) set({ model: withFamily(model, family.name) })
  }
  return (
    <Field label="Family" hint="The kind of the outcome.">
      {(field) => (
        <select {...field} value={model.family} onChange={(e) => choose(e.target.value)}>
          {/* A Cox model has no form here: its page in rounds shows it, asked by stimnet model or an SDK. */}
          {MODEL_FAMILIES.filter(({ name }) => name !== 'cox').map(({ name, title, outcome }) => (
            <option key={name} value={name}>
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
  model: ModelDraft
}

function Outcome({ shown, variables, write, model }: PartProps & { shown: FormulaTerms | undefined }) {
  const family = MODEL_FAMILIES.find(({ name }) => name === model.family)
  const wanted = variables.filter((one) => family !== undefined && isOutcome(family, one))
  const hint = `The ${family?.outcome ?? 'number'} that the model explains.`
  return (
    <Field label="Outcome" hint={wanted.length === 0 ? 'The catalog has no suitable variable.' : hint}>
      {(field) => (
        <select
          {...field}
          value={variables.some(({ ref }) => ref === shown?.outcome) ? shown?.outcome : ''}
          onChange={(e) => write(withOutcome(shown, e.target.value))}
        >
          <option value="" disabled>
            Choose …
          </option>
          {wanted.map(({ ref, variable }) => (
            <option key={ref} value={ref}>
              {ref} ({shapeOf(variable)})
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface EventProps extends Omit<PartProps, 'write'> {
  shown: FormulaTerms
  choose: (event: string) => void
}

/** The level of the outcome whose probability a logistic model describes. */
function Event({ shown, variables, model, choose }: EventProps) {
  const levels = variables.find(({ ref }) => ref === shown.outcome)?.variable.levels ?? []
  return (
    <Field label="Level that is modelled" hint="Odds ratios are those of this level.">
      {(field) => (
        <select {...field} value={model.event} onChange={(e) => choose(e.target.value)}>
          <option value="">{levels[1] ?? ''} (the second)</option>
          {levels.map((level) => (
            <option key={level}>{level}</option>
          ))}
        </select>
      )}
    </Field>
  )
}

function Terms({ shown, variables, write, model }: PartProps & { shown: FormulaTerms }) {
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
      {isOfCounts(model) && numbers.some(({ ref }) => singles.includes(ref)) && (
        <p className="hint">
          With a number in it the institutions fit such a model together, in round 0 and up to three rounds after it.
          The page of the fit carries their signed answers from round to round. Only catalogs of synthetic data answer.
        </p>
      )}
      {pickerOf('Factors in the model; the other levels are compared with the first', factors, FACTORS_MAX)}
      <Products shown={shown} variables={variables} write={write} model={model} />
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
      <p className="hint">Whether the effect of one variable depends on the other.</p>
      {larger.length > 0 && <p className="hint">In the formula besides: {larger.join(', ')}.</p>}
    </fieldset>
  )
}

/**
 * The ways in which institutions cannot enter the model: a model in rounds has no factor for institutions, and a model has only one kind of
 * random groups.
 */
function sitesUnfit(model: ModelDraft, { asked, variables }: About): readonly string[] {
  if (isInRounds(model, asked)) return ['fixed', 'random']
  return isOfCounts(model) || personIn(shownModel(model.formula, variables)) !== undefined ? ['random'] : []
}

function Sites({ picked, set, about }: BuilderProps) {
  const { model } = picked
  const { site } = model
  const unfit = sitesUnfit(model, about)
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        How institutions enter
      </span>
      <Segments
        legend="How institutions enter"
        options={SITE_CHOICES.filter(({ value }) => value === site || !unfit.includes(value))}
        value={site}
        choose={(chosen) => set({ model: { ...model, site: chosen } })}
      />
      <p className="hint">{SITE_CHOICES.find(({ value }) => value === site)?.hint}</p>
    </div>
  )
}
