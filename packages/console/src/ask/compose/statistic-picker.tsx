/** Chooses a statistic by name, its variables and its groups. */
import { isModelName, STATISTICS } from '@stimnet/sdk'
import { Field, Select } from '../../parts/field.tsx'
import { plural } from '../../words/number.ts'
import { isGroupable, isNumeric } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import type { Change, Picked } from '../draft/draft.ts'
import { OF_BOTH, OF_CATEGORIES, OF_LEVEL, ONE_GROUPING, UNGROUPED, WITH_INTERVAL } from '../statistic/fits.ts'
import { readQuantiles } from '../statistic/quantiles.ts'
import { isSurvival, survivalChosen } from '../statistic/survival.ts'
import { ModelBuilder } from './model-builder.tsx'
import { SurvivalPicker } from './survival-picker.tsx'
import { VariablePicker } from './variable-picker.tsx'

const OVER_ANYTHING = ['count', 'histogram', 'quantile']
const GROUPS_MAX = 3
const COVARIATES_MAX = 6

/** Only variables that fit the statistic can be chosen. */
export function StatisticPicker({ picked, change, about }: { picked: Picked; change: Change; about: About }) {
  const statistic = STATISTICS.find(({ name }) => name === picked.name)
  const set = (more: Partial<Picked>) => change({ picked: { ...picked, ...more } })
  // Survival statistics group by categories only, and the covariates of ComBat are not groups: the groups are cleared.
  const hasOwn = (name: string) => isSurvival(name) || name === 'combat'
  const choose = (name: string) =>
    set({
      name,
      variables: [],
      level: '',
      survival: survivalChosen(name, picked.survival),
      ...(hasOwn(name) || hasOwn(picked.name) ? { by: [] } : {})
    })
  return (
    <>
      <Select
        label="Statistic"
        hint={statistic?.summary}
        options={STATISTICS.map(({ name, summary }) => ({
          value: name,
          text: name.replaceAll('_', ' '),
          title: summary
        }))}
        value={picked.name}
        choose={choose}
      />
      <Parts picked={picked} set={set} about={about} />
    </>
  )
}

/** The controls for the parts of the chosen statistic. */
function Parts(props: PartProps) {
  const { name } = props.picked
  if (isModelName(name)) return <ModelBuilder {...props} />
  return isSurvival(name) ? <SurvivalPicker {...props} /> : <Chosen {...props} />
}

interface PartProps {
  picked: Picked
  set: (more: Partial<Picked>) => void
  about: About
}

/** The variables of a statistic, its groups, and its other arguments. */
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
      {picked.name === 'combat' && (
        <VariablePicker
          legend="Covariates: their differences between institutions stay"
          variables={about.variables.filter(
            ({ ref, variable }) =>
              !picked.variables.includes(ref) && (isNumeric(variable) || variable.levels.length > 0)
          )}
          chosen={picked.by}
          most={COVARIATES_MAX}
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
      <Select
        label="Level whose share is asked for"
        none="Choose …"
        options={levels}
        value={picked.level}
        choose={(level) => set({ level })}
      />
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
      <Field label="Compared with" hint="The mean without an effect. If left empty, 0.">
        {(field) => <input {...field} value={picked.value} onChange={(e) => set({ value: e.target.value })} />}
      </Field>
    )
  }
  if (picked.name === 'anova') {
    const words = 'Also compare each pair of groups (p after Holm)'
    return <Choice is={picked.pairwise} set={(pairwise) => set({ pairwise })} words={words} />
  }
  if (picked.name === 'pca') {
    const words = 'Scale each variable to variance 1 (components of the correlations)'
    return <Choice is={picked.scaled} set={(scaled) => set({ scaled })} words={words} />
  }
  if (picked.name === 'moments') {
    return <Choice is={picked.kurtosis} set={(kurtosis) => set({ kurtosis })} words="Kurtosis as well" />
  }
  return null
}
