/** The cohort: conditions made of the catalog's declared levels and breakpoints. */
import { Select } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { filterInWords } from '../../words/question/filter.ts'
import { isGroupable } from '../../words/variable.ts'
import type { About } from '../draft/about.ts'
import { ConditionRow } from './condition-row.tsx'
import type { Change, Condition, Draft } from '../draft/draft.ts'
import { unfinished } from '../draft/unfinished.ts'

const CONDITIONS_MAX = 8

/** All conditions must hold. Without conditions, the cohort is everybody in the catalog. */
export function Conditions({ draft, change, about }: { draft: Draft; change: Change; about: About }) {
  const { conditions, whereElse, set } = draft
  const usable = about.variables
    .filter(({ variable }) => isGroupable(variable))
    .sort((a, b) => Number(about.lattice.has(b.ref)) - Number(about.lattice.has(a.ref)))
  const add = () => {
    const key = Math.max(0, ...conditions.map((one) => one.key)) + 1
    change({ conditions: [...conditions, { key, column: '', op: '=', values: [] }] })
  }
  const replace = (changed: Condition) =>
    change({ conditions: conditions.map((one) => (one.key === changed.key ? changed : one)) })
  return (
    <Panel
      title="Only those with"
      hint={
        about.lattice.size > 0
          ? 'This catalog has a lattice: conditions can use the variables marked ◆ and categories of tables with several rows per subject. Others are refused.'
          : 'Without a condition, the question is about everybody in the catalog.'
      }
    >
      {(about.sets.length > 0 || set !== '') && (
        <SetField set={set} about={about} choose={(name) => change({ set: name })} />
      )}
      {whereElse !== null && (
        <p className="row">
          <span>As it was asked: {filterInWords(whereElse)}</span>
          <button type="button" className="quiet" onClick={() => change({ whereElse: null })}>
            Remove
          </button>
        </p>
      )}
      {conditions.length > 0 && (
        <ul className="rows">
          {conditions.map((condition) => (
            <ConditionRow
              key={condition.key}
              condition={condition}
              lacks={unfinished(condition, about.variables)}
              usable={usable}
              lattice={about.lattice}
              replace={replace}
              remove={() => change({ conditions: conditions.filter((one) => one.key !== condition.key) })}
            />
          ))}
        </ul>
      )}
      <button type="button" disabled={conditions.length >= CONDITIONS_MAX} onClick={add}>
        Add a condition
      </button>
    </Panel>
  )
}

/** A set that is no longer offered stays visible, so that it can be removed. */
function SetField({ set, about, choose }: { set: string; about: About; choose: (name: string) => void }) {
  const chosen = about.sets.find(({ name }) => name === set)
  const names = [...about.sets.map(({ name }) => name), ...(set === '' || chosen ? [] : [set])]
  const limit = chosen?.where ? `, limited to those with ${filterInWords(chosen.where)}` : ''
  return (
    <Select
      label="Analysis set"
      hint={
        chosen
          ? `The people who have a value of each of ${chosen.complete_on.join(', ')}${limit}.`
          : 'Questions over a fixed set of people without missing values refuse each other less: choose the same set for all questions.'
      }
      none="Everybody, with or without missing values"
      options={names}
      value={set}
      choose={choose}
    />
  )
}
