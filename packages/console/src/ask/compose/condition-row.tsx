/** One condition: a variable, and the declared levels or the bound with which it is compared. */
import { boundInWords, boundText, type SharedVariable, unitInWords } from '../../words/variable.ts'
import type { Condition } from '../draft/draft.ts'

interface RowProps {
  readonly condition: Condition
  /** What is missing in the condition; undefined if it is complete. */
  readonly lacks: string | undefined
  readonly usable: readonly SharedVariable[]
  readonly lattice: ReadonlySet<string>
  replace(condition: Condition): void
  remove(): void
}

/** Only declared levels and bounds can be chosen. */
export function ConditionRow({ condition, lacks, usable, lattice, replace, remove }: RowProps) {
  const found = usable.find(({ ref }) => ref === condition.column)
  const name = found?.variable.name ?? 'new condition'
  return (
    <li className="row condition">
      <select
        aria-label="Variable"
        value={condition.column}
        onChange={(e) => replace({ ...condition, column: e.target.value, op: '=', values: [] })}
      >
        <option value="">Choose a variable …</option>
        {usable.map(({ ref }) => (
          <option key={ref} value={ref}>
            {lattice.has(ref) ? `◆ ${ref}` : ref}
          </option>
        ))}
      </select>
      {found && found.variable.levels.length > 0 && <Levels condition={condition} found={found} replace={replace} />}
      {found && found.variable.levels.length === 0 && <Bound condition={condition} found={found} replace={replace} />}
      <button type="button" className="quiet" aria-label={`Remove the condition on ${name}`} onClick={remove}>
        Remove
      </button>
      {lacks !== undefined && <p className="wrong">{lacks}</p>}
    </li>
  )
}

type PartProps = Pick<RowProps, 'condition' | 'replace'> & { found: SharedVariable }

function Levels({ condition, found, replace }: PartProps) {
  const { values } = condition
  return (
    <fieldset className="choices inline">
      <legend className="hidden">Levels of {found.variable.name}</legend>
      {found.variable.levels.map((level) => (
        <label key={level} className="choice">
          <input
            type="checkbox"
            checked={values.includes(level)}
            onChange={(e) => {
              const next = e.target.checked ? [...values, level] : values.filter((other) => other !== level)
              replace({ ...condition, op: '=', values: next })
            }}
          />
          <span>{level}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Bound({ condition, found, replace }: PartProps) {
  const { breakpoints, name, unit } = found.variable
  return (
    <>
      <select
        aria-label={`Side of the bound of ${name}`}
        value={condition.op}
        onChange={(e) => replace({ ...condition, op: e.target.value === '<' ? '<' : '>=' })}
      >
        <option value="=">Choose …</option>
        <option value="<">below</option>
        <option value=">=">from</option>
      </select>
      <select
        aria-label={`Bound of ${name}`}
        value={condition.values[0] ?? ''}
        onChange={(e) => replace({ ...condition, values: [e.target.value] })}
      >
        <option value="">Choose …</option>
        {breakpoints.map((bound) => (
          <option key={bound} value={boundText(found.variable, bound)}>
            {boundInWords(found.variable, bound)} {unitInWords(unit)}
          </option>
        ))}
      </select>
    </>
  )
}
