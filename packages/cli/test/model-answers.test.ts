import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelResult } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { modelLines } from '../src/answer/models.ts'

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
    { peer_id: '12D2', node_id: 'north' },
    { peer_id: '12D3', node_id: 'south' }
  ]
  const text = modelLines({ pooled: { models: [MODEL] }, parts } as unknown as Broadcast).join('')
  assert.match(text, /Linear regression, weight ~ age \+ sex: with the institution as a factor/)
  assert.match(text, /term +estimate +std\. error +t +p +95 % from +to/)
  assert.match(text, /site\[south\] +-1\.5 +0\.5 +-3 +0\.0027 +-2\.48 +-0\.52/)
  assert.match(text, /sex\[male\] +· +· +· +· +· +·/)
  assert.match(
    text,
    /n = 200, df = 198, sigma = 4\.125, R² = 0\.31, log-likelihood = -560\.5, AIC = 1127\. Not estimated/
  )
  assert.match(text, /Each institution by itself[\s\S]*north +90 +60\nsouth +110 +58/)
  assert.deepEqual(modelLines({ pooled: { models: [] }, parts: [] } as unknown as Broadcast), [])
})
