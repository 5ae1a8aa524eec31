/** One coefficient of a model by institution, as a forest plot and as a table with the same numbers. */
import type { ModelResult } from '@stimnet/protocol'
import { comparedTerms, type ForestRow, forestRows } from '@stimnet/sdk'
import { useState } from 'react'
import { Field } from '../../parts/field.tsx'
import { Scroll } from '../../parts/scroll.tsx'
import { type Forest, ForestPlot } from '../../plots/forest-plot.tsx'
import { count, intervalInWords, measured, pInWords } from '../../words/number.ts'

/** The coefficient shown first is the first one after the intercept. */
export function ModelSites({ model, nameOf }: { model: ModelResult; nameOf: (site: string) => string }) {
  const terms = comparedTerms(model)
  const [chosen, setChosen] = useState(() => terms.find((term) => term !== '(Intercept)') ?? terms[0] ?? '')
  const term = terms.includes(chosen) ? chosen : (terms[0] ?? '')
  const rows = forestRows(model, term, nameOf)
  return (
    <>
      <Field label="Coefficient by institution">
        {(field) => (
          <select {...field} value={term} onChange={(event) => setChosen(event.target.value)}>
            {terms.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
      </Field>
      <Scroll label={`Forest plot of ${term}`}>
        <ForestPlot forest={forestOf(term, rows)} />
      </Scroll>
      <SitesTable term={term} rows={rows} />
      <p className="prose">{differingInWords(model, term)}</p>
    </>
  )
}

/** The forest plot of a term. It leaves out the institutions where the coefficient does not mean what its name says. */
export function forestOf(term: string, rows: readonly ForestRow[]): Forest {
  const [alike, others] = [rows.filter((row) => row.isComparable), rows.filter((row) => !row.isComparable)]
  const estimates = alike.flatMap(({ institution: name, estimate: value, low, high, isPooled }) =>
    value === null || low === null || high === null ? [] : [{ name, value, low, high, isPooled }]
  )
  const notDrawn = others.map(({ institution: name }) => ({ name, why: 'not comparable' }))
  return { title: `Coefficient of ${term}`, estimates, nothingAt: 0, notDrawn }
}

function SitesTable({ term, rows }: { term: string; rows: readonly ForestRow[] }) {
  return (
    <Scroll label="Institutions">
      <table className="result">
        <caption>Coefficient of {term} by institution</caption>
        <thead>
          <tr>
            <th scope="col">Institution</th>
            {['n', 'Estimate', 'Std. error', '95 % interval'].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ site, institution, n, estimate, error, low, high, isComparable }) => (
            <tr key={site ?? ''}>
              <th scope="row">{institution}</th>
              <td className="number">{count(n)}</td>
              <td className="number">
                {estimate === null ? 'not estimated' : measured(estimate)}
                {!isComparable && <span className="soft"> (not comparable)</span>}
              </td>
              <td className="number">{error === null ? '–' : measured(error)}</td>
              <td className="number">{intervalInWords(low, high)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** The heterogeneity of a coefficient between institutions, if it was combined by meta-analysis; otherwise how to request that. */
function differingInWords({ site, coefficients }: ModelResult, term: string): string {
  const between = coefficients.find((one) => one.term === term)?.between
  if (site !== 'meta')
    return 'How much the institutions differ is tested by the same model with one fit each, combined.'
  if (between === undefined) return `Too few institutions estimate ${term} for a comparison between them.`
  const { tau2, i2, q, q_p: p, prediction } = between
  const words = pInWords(p)
  const told = words.startsWith('<') ? words : `= ${words}`
  const [low, high] = prediction ?? []
  const further =
    low === undefined || high === undefined
      ? ''
      : ` A further institution lies from ${measured(low)} to ${measured(high)}, 19 times of 20.`
  return `Between institutions: τ² ${measured(tau2)}, I² ${measured(100 * i2)} %, Q = ${measured(q)}, p ${told}.${further}`
}
