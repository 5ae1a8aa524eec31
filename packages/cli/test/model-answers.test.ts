import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelResult } from '@stimnet/protocol'
import { type Broadcast, type ForestRow, FormulaError } from '@stimnet/sdk'
import { forestLines } from '../src/answer/forest.ts'
import { modelForest, modelLines } from '../src/answer/models.ts'
import { faultText, stopOf } from '../src/ask/model.ts'

const MODEL: ModelResult = {
  ...{ kind: 'regression', formula: 'weight ~ age + sex', outcome: 'weight', site: 'fixed' },
  coefficients: [
    { term: '(Intercept)', estimate: 60.25, error: 1.5, statistic: 40.1667, p: 1e-20, interval: [57.3, 63.2] },
    { term: 'site[12D3]', estimate: -1.5, error: 0.5, statistic: -3, p: 0.0027, interval: [-2.48, -0.52] },
    { term: 'sex[male]', estimate: null, error: null, statistic: null, p: null, interval: null }
  ],
  ...{ n: 200, df: 198, sigma: 4.125, r2: 0.31, adjusted_r2: 0.3, log_likelihood: -560.5, aic: 1127 },
  note: 'Not estimated, because they follow from the terms before them: sex[male].',
  sites: [
    {
      site: '12D2',
      n: 90,
      sigma: 4,
      coefficients: [{ term: '(Intercept)', estimate: 60, error: 2, statistic: 30, p: 0, interval: [56, 64] }]
    },
    {
      site: '12D3',
      n: 110,
      sigma: 4,
      coefficients: [{ term: '(Intercept)', estimate: 58, error: 2, statistic: 29, p: 0, interval: [54, 62] }]
    }
  ]
}

test('a model is a table of coefficients, its fit in a line, and each institution by itself', () => {
  const parts = [
    { peer_id: '12D2', node_id: 'n2', institution: 'North' },
    { peer_id: '12D3', node_id: 'n3', institution: 'Centre' }
  ]
  const institutions = { '12D3': 'Centre (…D3)' }
  const answer = { pooled: { models: [MODEL], institutions }, parts } as unknown as Broadcast
  const text = modelLines(answer).join('')
  assert.match(text, /Linear regression, weight ~ age \+ sex: with the institution as a factor/)
  assert.match(text, /term +estimate +std\. error +t +p +95 % from +to/)
  assert.match(text, /site\[Centre \(…D3\)\] +-1\.5 +0\.5 +-3 +0\.0027 +-2\.48 +-0\.52/)
  assert.match(text, /sex\[male\] +· +· +· +· +· +·/)
  assert.match(
    text,
    /n = 200, df = 198, sigma = 4\.125, R² = 0\.31, log-likelihood = -560\.5, AIC = 1127\. Not estimated/
  )
  assert.match(text, /Each institution by itself[\s\S]*North +90 +60\nCentre \(…D3\) +110 +58/)
  assert.match(modelForest(answer, '(Intercept)').join(''), /^ {2}North [\s\S]*^ {2}Centre \(…D3\) [\s\S]*^ {2}Pooled/m)
  assert.deepEqual(modelLines({ pooled: { models: [] }, parts: [] } as unknown as Broadcast), [])
})

test('a forest plot has a line for each institution, zero where it is near, and says who estimates nothing', () => {
  const row = (institution: string, estimate: number | null, isPooled = false): ForestRow => {
    const [low, high] = estimate === null ? [null, null] : [estimate - 1, estimate + 1]
    return { site: institution, institution, n: 9, estimate, error: 1, low, high, isPooled, isComparable: true }
  }
  const near = forestLines('age', [row('North', 2), row('S\u001bth', null), row('Pooled', 2, true)])
  assert.equal(near[0], '\nage, with 95 % intervals\n')
  assert.match(near[1] ?? '', /^ {2}North {3}┊ +─+■─+ {2}2 \(1 to 3\)\n$/)
  assert.match(near[2] ?? '', /^ {2}S�th +not estimated\n$/)
  assert.match(near[3] ?? '', /^ {2}Pooled +┊ +═+◆═+ {2}2 \(1 to 3\)\n$/)
  assert.match(near[4] ?? '', /^ +0 +3\n$/)
  // An axis far from zero has its own ends.
  const far = forestLines('(Intercept)', [row('North', 500), row('Pooled', 500, true)]).join('')
  assert.doesNotMatch(far, /┊/)
  assert.match(far, / 499 +501\n$/)
  const other = forestLines('x', [
    row('North', 2),
    { ...row('South', 900), isComparable: false },
    row('Pooled', 2, true)
  ])
  assert.match(
    other.join(''),
    /\n {2}South +not comparable\n[^\n]*Pooled[^\n]*\n +0 +3\n$/,
    'and it does not widen the axis'
  )
  assert.equal(forestLines('x', [row('North', null), row('Pooled', null, true)]).length, 3)
})

test('a fault stands under its place, also far along a long formula', () => {
  const reason = 'The formula at character 200: the catalog has no variable.'
  const fault = (at: number, length = 4) => {
    const error = new FormulaError({ at, length, why: 'the catalog has no variable "agee"' }, reason)
    return faultText({ ok: false, error, place: error }, `y ~ ${'a + '.repeat(48)}agee + b`)
  }
  const [said, , formula = '', carets = ''] = fault(197).split('\n')
  assert.equal(said, 'stimnet model: PARAMETER_INVALID: The catalog has no variable "agee".')
  assert.equal(formula.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'agee')
  assert.ok(formula.length < 80)
  // A fault after the end of the formula has one caret.
  assert.match(fault(205, 9), /agee \+ b\n +\^\n$/)
  assert.doesNotMatch(fault(1).split('\n')[3] ?? '', /\^{5}/)
})

test('a model of counts shows odds ratios and its deviance, and one that separates says so by its code', () => {
  const coefficient = { term: 'sex[male]', estimate: 0.5, error: 0.25, statistic: 2, p: 0.0455, interval: [0.01, 0.99] }
  const model = {
    ...{ kind: 'glm', family: 'binomial', event: 'yes', formula: 'fell ~ sex', outcome: 'fell', site: 'none', n: 200 },
    coefficients: [{ ...coefficient, ratio: { estimate: 1.6487, interval: [1.01, 2.69] } }],
    ...{ df: 198, sigma: null, r2: null, adjusted_r2: null, log_likelihood: -100, aic: 204, note: '' },
    ...{ deviance: 200, null_deviance: 204.5, deviance_df: 198, dispersion: null, sites: [] }
  }
  const textOf = (more: object) =>
    modelLines({ pooled: { models: [{ ...model, ...more }] }, parts: [] } as unknown as Broadcast).join('')
  assert.match(textOf({}), /Logistic regression of yes, fell ~ sex: all institutions as one sample/)
  assert.match(textOf({}), /std\. error +z +p +95 % from +to +odds ratio +95 % from +to/)
  assert.match(textOf({}), /sex\[male\] .* 1\.649 +1\.01 +2\.69/)
  assert.match(textOf({}), /AIC = 204, deviance = 200 on 198, null deviance = 204\.5\./)
  assert.match(textOf({ code: 'SEPARATED', note: 'Separation: x.' }), /SEPARATED\. Separation: x\./)
})

test('principal components are columns of loadings under their shares of the variance', () => {
  const component = (sd: number, proportion: number) => ({
    ...{ sd, proportion, cumulative: 1 },
    loadings: ['age', 'score'].map((term) => ({ term, loading: 0.75 }))
  })
  const model = {
    ...{ kind: 'pca', formula: '~ age + score', outcome: 'score', site: 'none', coefficients: [], n: 150, df: null },
    ...{ sigma: null, r2: null, adjusted_r2: null, log_likelihood: null, aic: null, note: '' },
    ...{ components: [component(1.2, 0.72), component(0.75, 0.28)], sites: [] }
  }
  const text = modelLines({ pooled: { models: [model] }, parts: [] } as unknown as Broadcast).join('')
  assert.match(text, /Principal components, ~ age \+ score/)
  assert.match(text, /PC1 +PC2\n.*\nstandard deviation +1\.2 +0\.75\nproportion of variance +0\.72 +0\.28/)
  assert.match(text, /age +0\.75 +0\.75/)
  assert.match(text, /the 6 sums of products of 2 variables and of the constant 1, and so how many people/)
})

test('a harmonisation is a table for each feature, before and after, and its regression on the covariates', () => {
  const site = (name: string, at: number) => ({
    ...{ site: name, n: 40, location: 0.5 * at, scale: 1.2, shrunk_location: 0.25 * at, shrunk_scale: 1.1 },
    ...{ mean_before: 7 + at, sd_before: 2, mean: 7.5, sd: 1.75 }
  })
  const coefficient = { term: 'age', estimate: 0.25, error: 0.125, statistic: 2, p: 0.0489, interval: [0.01, 0.49] }
  const feature = (name: string) => ({
    ...{ feature: name, grand_mean: 7.5, pooled_sd: 2, n: 80, mean: 7.5, sd: 1.75 },
    ...{
      sites: [site('12D2', -1), site('12D3', 1)],
      coefficients: [{ ...coefficient, term: '(Intercept)' }, coefficient]
    }
  })
  const model = {
    ...{ kind: 'combat', formula: 'depth + thick ~ age', outcome: 'thick', site: 'fixed', coefficients: [], n: 80 },
    ...{ df: null, sigma: null, r2: null, adjusted_r2: null, log_likelihood: null, aic: null, note: '' },
    harmonised: [feature('depth'), feature('thick')]
  }
  const institutions = { '12D2': 'North', '12D3': 'South' }
  const text = modelLines({ pooled: { models: [model], institutions }, parts: [] } as unknown as Broadcast).join('')
  assert.match(text, /^\nComBat harmonisation, depth \+ thick ~ age\n\ndepth\ninstitution +n +mean before/)
  assert.match(text, /\nNorth +40 +6 +2 +7\.5 +1\.75 +-0\.5 +-0\.25 +1\.2 +1\.1\n/)
  assert.match(text, /\nPooled +80 +· +· +7\.5 +1\.75/)
  assert.match(text, /\nthick\n[\s\S]*harmonised on +estimate[\s\S]*\nage +0\.25 +0\.125 +2 +0\.0489 +0\.01 +0\.49\n/)
  assert.match(text, /n = 80\.\n\nReleased by each institution: the 10 sums of products of 4 columns/)
})

test('nothing is asked where every institution would refuse, and several rows of a person can be asked anyway', () => {
  const refused = (...sites: string[]) => ({ sites, isRefused: true })
  const several = (...sites: string[]) => ({ sites, isRefused: false })
  const codeOf = (hints: Parameters<typeof stopOf>[0], anyway = false) =>
    stopOf(hints, { roster: ['12D2', '12D3'], anyway })?.code
  assert.equal(codeOf([refused('12D2', '12D3')], true), 'PROGRAM_NOT_PERMITTED')
  assert.equal(codeOf([several('12D2', '12D3')]), 'COHORT_NOT_RELEASABLE')
  assert.equal(codeOf([refused('12D2'), several('12D3')]), 'COHORT_NOT_RELEASABLE')
  assert.equal(codeOf([several('12D2', '12D3')], true), undefined)
  // Two hints about one institution do not concern the other.
  assert.equal(codeOf([refused('12D2'), several('12D2')]), undefined)
  assert.equal(codeOf([]), undefined)
  assert.match(
    stopOf([several('12D2')], { roster: ['12D2'], anyway: false })?.text ?? '',
    /the question is not sent.* --anyway/
  )
})
