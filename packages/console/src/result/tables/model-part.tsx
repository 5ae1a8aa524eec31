/** A fitted model: its coefficients, its fit, one coefficient by institution, and the numbers that were released for it. */
import type { ModelResult } from '@stimnet/protocol'
import {
  type CoefficientRow,
  coefficientRows,
  fitInWords,
  modelTitle,
  noteInWords,
  RATIO_WORDS,
  randomInWords,
  releasedInWords,
  SITE_WORDS
} from '@stimnet/sdk'
import { Fragment } from 'react'
import { Scroll } from '../../parts/scroll.tsx'
import { intervalInWords, measured, pInWords } from '../../words/number.ts'
import { ModelSites } from './model-sites.tsx'

/** `nameOf`: the name of an institution by its PeerId. */
export function ModelPart({ model, nameOf }: { model: ModelResult; nameOf: (site: string) => string }) {
  const title = modelTitle(model)
  const sites = model.sites ?? []
  const how = sites.length > 1 ? `, ${SITE_WORDS[model.site]}` : ''
  return (
    <section className="stack" aria-label={`${title}: ${model.formula}`}>
      {model.kind === 'combat' && <Harmonised caption={`${title}: ${model.formula}`} model={model} nameOf={nameOf} />}
      {model.kind === 'pca' && <Components caption={`${title}: ${model.formula}`} model={model} />}
      {model.kind !== 'pca' && model.kind !== 'combat' && (
        <Coefficients
          caption={`${title}: ${model.formula}${how}`}
          rows={coefficientRows(model, nameOf)}
          ratio={model.kind === 'glm' ? capital(RATIO_WORDS[model.family ?? 'poisson']) : undefined}
        />
      )}
      <p className="prose">
        {fitInWords(model)} {randomInWords(model)} {noteInWords(model, nameOf)}
      </p>
      {sites.length > 1 && model.kind !== 'pca' && <ModelSites model={model} nameOf={nameOf} />}
      <p className="hint">{releasedInWords(model)}</p>
    </section>
  )
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

interface HarmonisedProps {
  caption: string
  model: ModelResult
  nameOf: (site: string) => string
}

/** Each feature at each institution before and after harmonisation, and the regression of the harmonised values on the covariates. */
function Harmonised({ caption, model: { harmonised = [] }, nameOf }: HarmonisedProps) {
  const head = ['n', 'Mean before', 'SD before', 'Mean', 'SD', 'Location', 'Shrunk', 'Scale', 'Shrunk']
  return harmonised.map(({ feature, sites, n, mean, sd, coefficients }) => (
    <Fragment key={feature}>
      <Scroll label={`Harmonised ${feature}`}>
        <table className="result">
          <caption>
            {caption}; {feature}
          </caption>
          <Head of="Institution" names={head} />
          <tbody>
            {sites.map((one) => (
              <NumbersOf
                key={one.site}
                name={nameOf(one.site)}
                values={[
                  ...[one.n, one.mean_before, one.sd_before, one.mean, one.sd],
                  ...[one.location, one.shrunk_location, one.scale, one.shrunk_scale]
                ]}
              />
            ))}
            <NumbersOf name="Pooled" values={[n, null, null, mean, sd, null, null, null, null]} />
          </tbody>
        </table>
      </Scroll>
      {coefficients.length > 1 && (
        <Coefficients
          caption={`Harmonised ${feature} on the covariates`}
          rows={coefficientRows({ coefficients }, nameOf)}
          ratio={undefined}
        />
      )}
    </Fragment>
  ))
}

function NumbersOf({ name, values }: { name: string; values: readonly (number | null)[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: numbers in the order of their columns
        <td key={at} className="number">
          {value === null ? '' : measured(value)}
        </td>
      ))}
    </tr>
  )
}

/** One column per component: its share of the variance, then the loadings. */
function Components({ caption, model: { components = [] } }: { caption: string; model: ModelResult }) {
  const terms = components[0]?.loadings.map(({ term }) => term) ?? []
  const lines: readonly (readonly [string, readonly number[]])[] = [
    ['Standard deviation', components.map(({ sd }) => sd)],
    ['Share of the variance', components.map(({ proportion }) => proportion)],
    ...terms.map((term, at) => [term, components.map(({ loadings }) => loadings[at]?.loading ?? 0)] as const)
  ]
  return (
    <Scroll label="Components">
      <table className="result">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Variable</th>
            {components.map(({ cumulative }, at) => (
              <th key={cumulative} scope="col" className="number">
                PC{at + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(([name, values]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, at) => (
                <td key={components[at]?.cumulative} className="number">
                  {measured(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** The head of a table; a name in `names` may occur twice. */
function Head({ of, names }: { of: string; names: readonly string[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">{of}</th>
        {names.map((name, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two columns have the same name
          <th key={at} scope="col" className="number">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}

interface CoefficientsProps {
  caption: string
  rows: readonly CoefficientRow[]
  /** The name of the ratio in a model of counts; undefined for other models. */
  ratio: string | undefined
}

function Coefficients({ caption, rows, ratio }: CoefficientsProps) {
  const isCombined = rows.some(({ between }) => between !== undefined)
  const isNoisy = rows.some(({ noise }) => noise !== undefined)
  const head = [
    ...['Estimate', 'Std. error', ratio === undefined ? 't' : 'z', 'p', '95 % interval'],
    ...(isNoisy ? ['Error by noise'] : []),
    ...(ratio === undefined ? [] : [ratio, '95 % interval']),
    ...(isCombined ? ['τ²', 'I²', 'p of Q'] : [])
  ]
  return (
    <Scroll label="Coefficients">
      <table className="result">
        <caption>{caption}</caption>
        <Head of="Term" names={head} />
        <tbody>
          {rows.map((row) => (
            <tr key={row.term}>
              <th scope="row">{row.term}</th>
              <Numbers row={row} />
              {isNoisy && <td className="number">{known(row.noise ?? null)}</td>}
              {ratio !== undefined && <Ratio row={row} />}
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

function Ratio({ row: { ratio } }: { row: CoefficientRow }) {
  return (
    <>
      <td className="number">{known(ratio?.estimate ?? null)}</td>
      <td className="number">{intervalInWords(ratio?.low ?? null, ratio?.high ?? null)}</td>
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
