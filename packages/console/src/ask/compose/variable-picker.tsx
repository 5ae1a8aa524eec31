/** Checkboxes for a catalog's variables, each with its type and range. */
import { Badge } from '../../parts/badge.tsx'
import { type SharedVariable, shapeOf } from '../../words/variable.ts'

/** At most `most` variables can be selected. */
export function VariablePicker(props: {
  legend: string
  variables: readonly SharedVariable[]
  chosen: readonly string[]
  most: number
  choose: (refs: readonly string[]) => void
}) {
  const { legend, variables, chosen, most, choose } = props
  if (most === 0) return null
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {variables.map(({ ref, table, variable, differs }) => {
        const isChosen = chosen.includes(ref)
        return (
          <label key={ref} className="choice">
            <input
              type="checkbox"
              checked={isChosen}
              disabled={!isChosen && chosen.length >= most && most > 1}
              onChange={() => {
                if (isChosen) choose(chosen.filter((other) => other !== ref))
                else choose(most === 1 ? [ref] : [...chosen, ref])
              }}
            />
            <span>
              <span className="soft">{table}.</span>
              <strong>{variable.name}</strong> <span className="soft">{shapeOf(variable)}</span>{' '}
              {differs && <Badge tone="warn">described differently</Badge>}
            </span>
          </label>
        )
      })}
      {variables.length === 0 && <p className="hint">The catalog has no suitable variable.</p>}
    </fieldset>
  )
}
