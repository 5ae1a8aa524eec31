/** A statistic by name: over which variables, in which groups. */
import { STATISTICS } from '@stimnet/sdk'
import { Field } from '../../parts/field.tsx'
import { plural } from '../../words/number.ts'
import { isGroupable, isNumeric } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import type { Change, Picked } from '../draft/draft.ts'
import { OF_BOTH, OF_CATEGORIES, OF_LEVEL, ONE_GROUPING, UNGROUPED, WITH_INTERVAL } from '../draft/fits.ts'
import { familyIn } from '../draft/model.ts'
import { readQuantiles } from '../draft/quantiles.ts'
import { ModelBuilder } from './model-builder.tsx'
import { VariablePicker } from './variable-picker.tsx'

const OVER_ANYTHING = ['count', 'histogram', 'quantile']
const GROUPS_MAX = 3
/** These have no form here yet: survival is asked for with a time and an event, components with numbers and their scale. */
const WITHOUT_FORM = ['kaplan_meier', 'log_rank', 'pca']
const PICKED = STATISTICS.filter(({ name }) => !WITHOUT_FORM.includes(name))

/** Only variables that fit the statistic can be chosen. */
export function StatisticPicker({ picked, change, about }: { picked: Picked; change: Change; about: About }) {
  const statistic = STATISTICS.find(({ name }) => name === picked.name)
  const set = (more: Partial<Picked>) => change({ picked: { ...picked, ...more } })
  return (
    <>
      <Field label="Statistic" hint={statistic?.summary}>
        {(field) => (
          <select
            {...field}
            value={picked.name}
            onChange={(e) => set({ name: e.target.value, variables: [], level: '' })}
          >
            {PICKED.map(({ name, summary }) => (
              <option key={name} value={name} title={summary}>
                {name.replaceAll('_', ' ')}
              </option>
            ))}
          </select>
        )}
      </Field>
      {familyIn(picked.name) !== undefined ? (
        <ModelBuilder picked={picked} set={set} about={about} />
      ) : (
        <Chosen picked={picked} set={set} about={about} />
      )}
    </>
  )
}

interface PartProps {
  picked: Picked
  set: (more: Partial<Picked>) => void
  about: About
}

/** The variables of a statistic, its groups, and what else it takes. */
function Chosen({ picked, set, about }: PartProps) {
  const statistic = STATISTICS.find(({ name }) => name === picked.name)
  const wanted = about.variables.filter(({ variable }) => {
    if (OF_CATEGORIES.includes(picked.name)) return isGroupable(variable)
    if (OF_BOTH.includes(picked.name)) return isNumeric(variable) || isGroupable(variable)
    if (picked.name === 'histogram' || picked.name === 'quantile') return isNumeric(variable)
    return OVER_ANYTHING.includes(picked.name) || isNumeric(variable)
  })
  const groupable = about.variables.filter(({ variable }) => isGroupable(variable))
  const [, most] = statistic?.variables ?? [0, 0]
  return (
    <>
      <VariablePicker
        legend={`Of (at most ${plural(most, 'variable')})`}
        variables={wanted}
        chosen={picked.variables}
        most={most}
        choose={(variables) => set({ variables, level: '' })}
      />
      {!UNGROUPED.includes(picked.name) && (
        <VariablePicker
          legend="In groups of"
          variables={groupable}
          chosen={picked.by}
          most={ONE_GROUPING.includes(picked.name) ? 1 : GROUPS_MAX}
          choose={(by) => set({ by })}
        />
      )}
      <Arguments picked={picked} set={set} about={about} />
      {WITH_INTERVAL.includes(picked.name) && (
        <Choice is={picked.interval} set={(interval) => set({ interval })} words="95 % confidence intervals as well" />
      )}
    </>
  )
}

function Choice({ is, set, words }: { is: boolean; set: (is: boolean) => void; words: string }) {
  return (
    <label className="choice">
      <input type="checkbox" checked={is} onChange={(e) => set(e.target.checked)} />
      <span>{words}</span>
    </label>
  )
}

function Arguments({ picked, set, about }: PartProps) {
  const [first] = picked.variables.map((chosen) => about.variables.find(({ ref }) => ref === chosen)?.variable)
  if (OF_LEVEL.includes(picked.name) || (picked.name === 'meta' && first?.type === 'category')) {
    const levels = first?.levels ?? []
    return (
      <Field label="Level whose share is asked for">
        {(field) => (
          <select {...field} value={picked.level} onChange={(e) => set({ level: e.target.value })}>
            <option value="">Choose …</option>
            {levels.map((level) => (
              <option key={level}>{level}</option>
            ))}
          </select>
        )}
      </Field>
    )
  }
  if (picked.name === 'quantile') {
    const read = readQuantiles(picked.q)
    return (
      <Field
        label="Quantiles"
        hint="Numbers from 0.05 to 0.95. If left empty, the quartiles."
        wrong={read.ok ? undefined : read.why}
      >
        {(field) => (
          <input
            {...field}
            placeholder="0.25, 0.5, 0.75"
            value={picked.q}
            onChange={(e) => set({ q: e.target.value })}
          />
        )}
      </Field>
    )
  }
  if (picked.name === 'one_sample') {
    return (
      <Field label="Compared with" hint="The number that the mean would be without an effect. If left empty, 0.">
        {(field) => <input {...field} value={picked.value} onChange={(e) => set({ value: e.target.value })} />}
      </Field>
    )
  }
  if (picked.name === 'anova') {
    const words = 'Each group with each other as well (p after Holm)'
    return <Choice is={picked.pairwise} set={(pairwise) => set({ pairwise })} words={words} />
  }
  if (picked.name === 'moments') {
    return <Choice is={picked.kurtosis} set={(kurtosis) => set({ kurtosis })} words="Kurtosis as well" />
  }
  return null
}
