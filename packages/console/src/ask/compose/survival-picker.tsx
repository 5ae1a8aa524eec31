/** Survival curves, the log-rank test and hazard ratios: time, event, groups, and the times at which survival is read off. */
import { Field, Select } from '../../parts/field.tsx'
import { type SharedVariable, shapeOf } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import type { Picked } from '../draft/draft.ts'
import {
  categoriesOf,
  eventsOf,
  groupingsMax,
  isSurvival,
  levelsOfEvent,
  mayInteract,
  type SurvivalDraft,
  timesOf
} from '../statistic/survival.ts'
import { VariablePicker } from './variable-picker.tsx'

interface PickerProps {
  picked: Picked
  set: (more: Partial<Picked>) => void
  about: About
}

/** Only variables that can be a time, an event or a group can be chosen. */
export function SurvivalPicker({ picked, set, about: { variables } }: PickerProps) {
  const { survival, by, name } = picked
  if (!isSurvival(name)) return null
  const put = (more: Partial<SurvivalDraft>) => set({ survival: { ...survival, ...more } })
  const levels = levelsOfEvent(survival, variables)
  return (
    <>
      <Choice
        label="Time"
        hint="A number with declared breakpoints: they are the grid of the curves. Each person needs one row."
        some={timesOf(variables)}
        value={survival.time}
        choose={(time) => put({ time })}
      />
      <Choice
        label="Event"
        hint="The variable with the event. People without it were observed until their time."
        some={eventsOf(variables)}
        value={survival.event}
        choose={(event) => put({ event, level: '' })}
      />
      {levels.length > 0 && (
        <Select
          label="Level of those who had the event"
          none="Choose …"
          options={levels}
          value={survival.level}
          choose={(level) => put({ level })}
        />
      )}
      <VariablePicker
        legend="In groups of"
        variables={categoriesOf(variables).filter(({ ref }) => ref !== survival.event)}
        chosen={by}
        most={groupingsMax(name, survival)}
        choose={(chosen) =>
          set({
            by: chosen,
            survival: chosen.includes(survival.strata) ? { ...survival, strata: '' } : survival
          })
        }
      />
      {name === 'kaplan_meier' ? (
        <ReadOff survival={survival} put={put} />
      ) : (
        <Within picked={picked} put={put} variables={variables} />
      )}
    </>
  )
}

interface ChoiceProps {
  label: string
  hint: string
  some: readonly SharedVariable[]
  value: string
  choose: (ref: string) => void
  none?: string
}

function Choice({ label, hint, some, value, choose, none = 'Choose …' }: ChoiceProps) {
  const words = some.length === 0 ? 'The catalog has no suitable variable.' : hint
  return (
    <Select
      label={label}
      hint={words}
      none={none}
      options={some.map(({ ref, variable }) => ({ value: ref, text: `${ref} (${shapeOf(variable)})` }))}
      value={some.some(({ ref }) => ref === value) ? value : ''}
      choose={choose}
    />
  )
}

interface PartProps {
  put: (more: Partial<SurvivalDraft>) => void
}

function ReadOff({ survival: { times, until }, put }: PartProps & { survival: SurvivalDraft }) {
  return (
    <>
      <Field label="Survival at" hint="Times with commas between them, in the unit of the time. May be left empty.">
        {(field) => (
          <input {...field} placeholder="90, 365" value={times} onChange={(e) => put({ times: e.target.value })} />
        )}
      </Field>
      <Field label="Restricted mean until" hint="If left empty, the end of the shortest grid.">
        {(field) => <input {...field} value={until} onChange={(e) => put({ until: e.target.value })} />}
      </Field>
    </>
  )
}

function Within({ picked, put, variables }: PartProps & { picked: Picked; variables: readonly SharedVariable[] }) {
  const { survival, by } = picked
  const strata = categoriesOf(variables).filter(({ ref }) => ref !== survival.event && !by.includes(ref))
  return (
    <>
      <Choice
        label="Compared within levels of"
        hint="People are compared only within a level."
        some={strata}
        value={survival.strata}
        choose={(ref) => put({ strata: ref })}
        none="Nothing"
      />
      <label className="choice">
        <input type="checkbox" checked={survival.bySite} onChange={(e) => put({ bySite: e.target.checked })} />
        <span>Compare people within their own institution</span>
      </label>
      {mayInteract(picked.name, survival, by) && (
        <label className="choice">
          <input
            type="checkbox"
            checked={survival.interaction}
            onChange={(e) => put({ interaction: e.target.checked })}
          />
          <span>The hazard ratios of one differ between the levels of the other (interaction)</span>
        </label>
      )}
    </>
  )
}
