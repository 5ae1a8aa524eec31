/** The variables that differ between the chosen institutions, with the researcher's mappings for them. */
import type { VariableMapping } from '@stimnet/protocol'
import type { OwnKeyState } from '../../key/own-key.ts'
import { Field, Select } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { isNumeric } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import { type Difference, differencesIn } from './differing.ts'
import { type Change, type Draft, signingKey } from '../draft/draft.ts'
import { type LocalVariable, standingIn, withMapping } from '../draft/mappings.ts'

/** Empty if the institutions agree on all variables of the question. */
export function Differing(props: { draft: Draft; change: Change; about: About; own: OwnKeyState }) {
  const { draft, change, about, own } = props
  const differences = differencesIn(draft, about, { own: signingKey(draft, own) !== undefined })
  if (differences.length === 0) return null
  return (
    <Panel
      title="Where institutions differ"
      hint={
        'Numbers with different meanings are never pooled: nothing is sent while there is a difference. Map the variables ' +
        'of an institution to those of the others, or leave the institution out.'
      }
    >
      <ul className="rows">
        {differences.map((difference) => (
          <DifferenceRow
            key={`${difference.peer} ${difference.variable}`}
            difference={difference}
            say={(next) => change({ mappings: withMapping(draft.mappings, difference, next) })}
          />
        ))}
      </ul>
    </Panel>
  )
}

interface RowProps {
  readonly difference: Difference
  say(next: VariableMapping | undefined): void
}

function DifferenceRow({ difference, say }: RowProps) {
  const { institution, variable, faults, mapping, skeleton } = difference
  const what = `${variable} at ${institution}`
  return (
    <li className="row difference">
      <div className="stack">
        <p>
          <code>{variable}</code> at <strong>{institution}</strong>
        </p>
        {faults.length === 0 ? (
          <p className="hint">Resolved: it is mapped to the variable of the others.</p>
        ) : (
          <ul className="faults">
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
        {mapping && <MappingFields difference={difference} mapping={mapping} say={say} />}
      </div>
      {mapping ? (
        <button
          type="button"
          className="quiet"
          aria-label={`Remove the mapping of ${what}`}
          onClick={() => say(undefined)}
        >
          Remove
        </button>
      ) : (
        <button type="button" aria-label={`Map it: ${what}`} onClick={() => say(skeleton)}>
          Map it
        </button>
      )}
    </li>
  )
}

type MappingProps = RowProps & { readonly mapping: VariableMapping }

function MappingFields({ difference, mapping, say }: MappingProps) {
  const { institution, candidates, wanted } = difference
  const local = candidates.find(({ ref }) => ref === mapping.local)
  const levels = wanted?.levels ?? []
  const choose = (ref: string) =>
    say(
      standingIn(
        mapping,
        candidates.find((one) => one.ref === ref),
        levels
      )
    )
  return (
    <div className="fields">
      <Select
        label={`At ${institution} it is called`}
        none="Choose …"
        options={candidates.map(({ ref }) => ref)}
        value={mapping.local}
        choose={choose}
      />
      {local && isNumeric(local) && <Factor difference={difference} mapping={mapping} say={say} local={local} />}
      {mapping.levels.map((pair, at) => (
        <Select
          key={pair.local}
          label={`Its “${pair.local}” means`}
          none="Choose …"
          options={levels}
          value={pair.level}
          choose={(level) =>
            say({ ...mapping, levels: mapping.levels.map((one, i) => (i === at ? { ...one, level } : one)) })
          }
        />
      ))}
    </div>
  )
}

function Factor({ difference, mapping, say, local }: MappingProps & { local: LocalVariable }) {
  const there = local.unit || 'its unit'
  const here = difference.wanted?.unit || 'the unit of the others'
  return (
    <Field
      label={`One ${there} is how many ${here}?`}
      hint="A number above zero, such as 0.001. Leave it empty if the unit is the same; enter 1 if only its name differs."
    >
      {(field) => (
        <input
          {...field}
          inputMode="decimal"
          value={mapping.scale}
          onChange={(e) => say({ ...mapping, scale: e.target.value.trim() })}
        />
      )}
    </Field>
  )
}
