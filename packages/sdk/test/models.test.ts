/** Formulas during editing, and fitted models as rows and text. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ModelResult, StimnetError } from '@stimnet/protocol'
import {
  coefficientRows,
  comparedTerms,
  forestRows,
  isLeftToMapping,
  modelCall,
  modelText,
  readFormula,
  releasedBy,
  writeFormula
} from '../src/index.ts'

const known = (term: string, estimate: number) => ({
  ...{ term, estimate, error: 0.5, statistic: estimate / 0.5, p: 0.02, interval: [estimate - 1, estimate + 1] }
})
const none = (term: string) => ({ term, estimate: null, error: null, statistic: null, p: null, interval: null })

/** A model with a category named `site`, one of whose levels has an institution's name. */
const MODEL: ModelResult = {
  ...{ kind: 'regression', formula: 'y ~ age + site', outcome: 'y', site: 'fixed' },
  coefficients: [known('(Intercept)', 5), known('site[P2]', 1), known('age', 2), known('site[left]', 3)],
  ...{ n: 90, df: 86, sigma: 1, r2: 0.5, adjusted_r2: 0.4, log_likelihood: -9, aic: 28, note: '' },
  sites: ['P1', 'P2'].map((site, at) => ({
    ...{ site, n: 40 + 10 * at, sigma: 1 },
    coefficients: [
      known('(Intercept)', 5 + at),
      known('age', 2),
      at === 0 ? none('site[left]') : known('site[left]', 3)
    ]
  }))
}
const nameOf = (site: string) => ({ P1: 'North', P2: '\u001b[2JSouth' })[site] ?? site

describe('a formula while it is written', () => {
  it('is read into its terms and written from them again', () => {
    const read = readFormula('y ~ a * t.b - 1')
    assert.deepEqual(read, { outcome: 'y', intercept: false, terms: [['a'], ['t.b'], ['a', 't.b']] })
    assert.ok(read)
    assert.equal(writeFormula(read), 'y ~ a + t.b + a:t.b - 1')
    assert.equal(writeFormula({ outcome: 'y', intercept: true, terms: [] }), 'y ~ 1')
    for (const text of ['', 'y', 'y ~ a +', 'y ~ log(a)', '~ a']) assert.equal(readFormula(text), undefined, text)
  })

  it('is the statistic of its family', () => {
    const asked = modelCall({ formula: 'y ~ a', site: 'meta', table: 't' })
    assert.deepEqual(
      [asked.name, asked.table, asked.arguments],
      ['regression', 't', { formula: 'y ~ a', site: 'meta' }]
    )
    const hazards = modelCall({ formula: 'died ~ a', family: 'cox', time: 'days' })
    assert.deepEqual(hazards.arguments, { formula: 'died ~ a', site: 'none', family: 'cox', time: 'days' })
    assert.throws(() => modelCall({ formula: 'y ~ a', family: 'gamma' as never }), RangeError)
  })

  it('is left to the institutions where a mapping may give its names, and for nothing else', () => {
    const error = new StimnetError('VARIABLE_UNKNOWN', 'x')
    assert.equal(isLeftToMapping({ error }, [{}]), true)
    assert.equal(isLeftToMapping({ error }, []), false)
    assert.equal(isLeftToMapping({ error: new StimnetError('PARAMETER_INVALID', 'x') }, [{}]), false)
  })
})

describe('a fitted model', () => {
  it('names institutions in its rows, and takes no category for one', () => {
    assert.deepEqual(
      coefficientRows(MODEL, nameOf).map(({ term }) => term),
      ['(Intercept)', 'site[\u001b[2JSouth]', 'age', 'site[left]']
    )
    assert.deepEqual(comparedTerms(MODEL), ['(Intercept)', 'age', 'site[left]'])
    // Three columns of the design, and the outcome.
    assert.deepEqual(releasedBy(MODEL), { columns: 4, sums: 10 })
    const [north, south, pooled] = forestRows(MODEL, 'site[left]', nameOf)
    assert.deepEqual([north?.estimate, north?.n, south?.estimate, south?.low], [null, 40, 3, 2])
    assert.deepEqual([pooled?.site, pooled?.isPooled, pooled?.n], [null, true, 90])
    assert.deepEqual([south?.isComparable, pooled?.isComparable], [true, true])
    const marked = MODEL.sites?.map((one) => {
      return { ...one, coefficients: one.coefficients.map((own) => ({ ...own, not_comparable: true as const })) }
    })
    const [, other] = forestRows({ ...MODEL, ...(marked && { sites: marked }) }, 'site[left]', nameOf)
    assert.deepEqual([other?.estimate, other?.isComparable], [3, false])
    // No institution has the column of another institution.
    assert.throws(() => forestRows(MODEL, 'site[P2]', nameOf), { code: 'PARAMETER_INVALID' })
  })

  it('is a text that cannot steer a terminal, with the fit of each institution', () => {
    const text = modelText(MODEL, nameOf)
    assert.doesNotMatch(text, /\p{Cc}(?<!\n)/u)
    assert.match(text, /^Linear regression, y ~ age \+ site: with the institution as a factor\nterm +estimate/)
    assert.match(text, /\nNorth +40 +5 +2 +·\n/)
    // A model of one institution has no separate fits.
    const { sites: _, ...own } = MODEL
    assert.doesNotMatch(modelText(own, nameOf), /by itself|as a factor/)
    const note = 'Not combined of P2, where they mean something else than their names say: age includes site[left].'
    assert.match(modelText({ ...MODEL, site: 'meta', note }, nameOf), / Not combined of [^P]*South, where they mean /)
  })
})
