/** The random effects of each person in a linear model, and how it is estimated. */
import type { FormulaTerms, RandomTerm } from '@stimnet/sdk'
import { Field } from '../../parts/field.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Segments } from '../../parts/segments.tsx'
import { type SharedVariable, shapeOf } from '../../words/variable.ts'
import type { ModelDraft } from '../statistic/model.ts'
import {
  centredAmong,
  CORRELATIONS,
  isAboutZero,
  LIKELIHOOD_CHOICES,
  OF_PERSON,
  type OfPerson,
  ofPersonIn,
  personIn,
  timesAmong,
  withPerson,
  withTime
} from '../statistic/random.ts'

interface EffectsProps {
  readonly shown: FormulaTerms
  readonly variables: readonly SharedVariable[]
  readonly model: ModelDraft
  readonly write: (terms: FormulaTerms) => void
  readonly estimateBy: (likelihood: ModelDraft['likelihood']) => void
}

/** The controls write `(1 | subject)`, `(1 + time | subject)` or `(1 + time || subject)` into the formula. */
export function RandomEffects({ shown, variables, model, write, estimateBy }: EffectsProps) {
  const times = timesAmong(variables.filter(({ table }) => table === tableOf(shown.outcome)))
  const kind = ofPersonIn(shown)
  const [first] = times
  const choose = (next: OfPerson) => {
    if (next === 'nothing') write(withPerson(shown, undefined))
    if (next === 'intercept') write(withPerson(shown, {}))
    if (next === 'slope' && first !== undefined) write(withPerson(shown, { slope: first.ref }))
  }
  const offered = OF_PERSON.filter(({ value }) => value !== 'slope' || kind === 'slope' || first !== undefined)
  return (
    <>
      <Choice legend="Of each person" options={offered} value={kind} choose={choose} />
      {kind !== 'slope' && first === undefined && (
        <p className="hint">
          A slope of each person needs a time of visits: a category of this table with three levels or more, all of
          which are numbers. The catalog’s steward can derive one from the visits.
        </p>
      )}
      {kind === 'slope' && <Slope shown={shown} times={times} write={write} />}
      {kind !== 'nothing' && (
        <Choice legend="Estimated by" options={LIKELIHOOD_CHOICES} value={model.likelihood} choose={estimateBy} />
      )}
    </>
  )
}

interface SlopeProps extends Pick<EffectsProps, 'shown' | 'write'> {
  readonly times: readonly SharedVariable[]
}

function Slope({ shown, times, write }: SlopeProps) {
  const { slope = '', isUncorrelated } = personIn(shown) ?? {}
  const chosen = times.find(({ ref }) => ref === slope)
  const correlation = isUncorrelated ? 'uncorrelated' : 'correlated'
  const correlate = (next: typeof correlation) => {
    const person: Omit<RandomTerm, 'group'> = next === 'correlated' ? { slope } : { slope, isUncorrelated: true }
    write(withPerson(shown, person))
  }
  return (
    <>
      <Field label="Time of the visits" hint="Its levels are numbers; in this model it is a number everywhere.">
        {(field) => (
          <select {...field} value={chosen?.ref ?? ''} onChange={(event) => write(withTime(shown, event.target.value))}>
            {chosen === undefined && (
              <option value="" disabled>
                {slope}
              </option>
            )}
            {times.map(({ ref, variable }) => (
              <option key={ref} value={ref}>
                {ref} ({shapeOf(variable)})
              </option>
            ))}
          </select>
        )}
      </Field>
      <Choice legend="Intercept and slope" options={CORRELATIONS} value={correlation} choose={correlate} />
      {isUncorrelated && chosen !== undefined && !isAboutZero(chosen.variable.levels) && (
        <Origin chosen={chosen} centred={centredAmong(times, slope)} take={(ref) => write(withTime(shown, ref))} />
      )}
    </>
  )
}

interface OriginProps {
  readonly chosen: SharedVariable
  /** Times of the catalog with zero in their middle. */
  readonly centred: readonly SharedVariable[]
  readonly take: (ref: string) => void
}

/** Without correlation, the fit depends on the origin of time. */
function Origin({ chosen, centred, take }: OriginProps) {
  const { name } = chosen.variable
  return (
    <Notice tone="warn" live>
      <p>
        Without correlation the fit depends on where {name} is 0. At one end of the visits intercepts and slopes usually
        correlate. Allow the correlation, or use a time with 0 in the middle of the visits.
        {centred.length === 0 && ' The catalog has none: its steward can derive one.'}
      </p>
      {centred.map(({ ref, variable }) => (
        <button key={ref} type="button" onClick={() => take(ref)}>
          Take {variable.name} ({variable.levels.join(', ')})
        </button>
      ))}
    </Notice>
  )
}

interface ChoiceProps<T extends string> {
  readonly legend: string
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint: string }[]
  readonly value: T
  readonly choose: (value: T) => void
}

/** A choice with the meaning of the chosen option below it. */
function Choice<T extends string>({ legend, options, value, choose }: ChoiceProps<T>) {
  return (
    <div className="field">
      <span className="label" aria-hidden="true">
        {legend}
      </span>
      <Segments legend={legend} options={options} value={value} choose={choose} />
      <p className="hint">{options.find((one) => one.value === value)?.hint}</p>
    </div>
  )
}

function tableOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'))
}
