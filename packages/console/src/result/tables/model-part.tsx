/** A fitted model: its coefficients, the fit, one coefficient by institution, and what was released for it. */
import type { ModelResult } from '@stimnet/protocol'
import { type CoefficientRow, coefficientRows, MODEL_FAMILIES, releasedInWords, SITE_WORDS } from '@stimnet/sdk'
import { Scroll } from '../../parts/scroll.tsx'
import { count, intervalInWords, measured, pInWords } from '../../words/number.ts'
import { ModelSites } from './model-sites.tsx'

/** `nameOf`: of an institution, by its PeerId. */
export function ModelPart({ model, nameOf }: { model: ModelResult; nameOf: (site: string) => string }) {
  const title = MODEL_FAMILIES.find(({ statistic }) => statistic === model.kind)?.title ?? model.kind
  const sites = model.sites ?? []
  const how = sites.length > 1 ? `, ${SITE_WORDS[model.site]}` : ''
  return (
    <section className="stack" aria-label={`${title}: ${model.formula}`}>
      <Coefficients caption={`${title}: ${model.formula}${how}`} rows={coefficientRows(model, nameOf)} />
      <p className="prose">
        {fitInWords(model)} {model.note}
      </p>
      {sites.length > 1 && <ModelSites model={model} nameOf={nameOf} />}
      <p className="hint">{releasedInWords(model)}</p>
    </section>
  )
}

function Coefficients({ caption, rows }: { caption: string; rows: readonly CoefficientRow[] }) {
  const isCombined = rows.some(({ between }) => between !== undefined)
  const head = ['Estimate', 'Std. error', 't', 'p', '95 % interval', ...(isCombined ? ['τ²', 'I²', 'p of Q'] : [])]
  return (
    <Scroll label="Coefficients">
      <table className="result">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Term</th>
            {head.map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.term}>
              <th scope="row">{row.term}</th>
              <Numbers row={row} />
              {isCombined && <Between row={row} />}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Numbers({ row: { estimate, error, statistic, p, low, high } }: { row: CoefficientRow }) {
  return (
    <>
      {[estimate, error, statistic].map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three numbers in their order
        <td key={at} className="number">
          {known(value)}
        </td>
      ))}
      <td className="number">{pInWords(p)}</td>
      <td className="number">{intervalInWords(low, high)}</td>
    </>
  )
}

function Between({ row: { between } }: { row: CoefficientRow }) {
  return (
    <>
      <td className="number">{known(between?.tau2 ?? null)}</td>
      <td className="number">{between === undefined ? '–' : `${measured(100 * between.i2)} %`}</td>
      <td className="number">{pInWords(between?.qP ?? null)}</td>
    </>
  )
}

function known(value: number | null): string {
  return value === null ? '–' : measured(value)
}

function fitInWords({ n, df, sigma, r2, aic, log_likelihood: likelihood }: ModelResult): string {
  const said = [
    `n = ${count(n)}`,
    ...(df === null ? [] : [`df = ${count(df)}`]),
    ...(sigma === null ? [] : [`sigma = ${measured(sigma)}`]),
    ...(r2 === null ? [] : [`R² = ${measured(r2)}`]),
    ...(likelihood === null ? [] : [`log-likelihood = ${measured(likelihood)}`]),
    ...(aic === null ? [] : [`AIC = ${measured(aic)}`])
  ]
  return `${said.join(', ')}.`
}
