import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { outputSchema, type Filter } from '@stimnet/protocol'
import { fitModel, planOfStatistic } from '@stimnet/statistics'
import { assertRefused, gramOfAnswer, type ModelStudy, open, people, type StudyRow, VARIABLES } from './model-study.ts'

const WITH_OUTCOMES = [
  ...VARIABLES.map((one) => (one.name === 'centre' ? { ...one, levels: ['A', 'B'] } : one)),
  { name: 'fell', type: 'category', levels: ['no', 'yes'] },
  { name: 'falls', type: 'integer', minimum: 0, maximum: 20 }
]

/** People with falls, which are more frequent in centre B and among women. */
function fallers(size: number, seed: number): StudyRow[] {
  return people(size, seed).map((row, i) => {
    const risk = (row.sex === 'female' ? 3 : 2) + (row.centre === 'B' ? 2 : 0)
    return { ...row, fell: (i * 7) % 10 < risk ? 'yes' : 'no', falls: (i * 5) % (risk + 1) }
  })
}

function ask(study: ModelStudy, name: string, more: object, where?: Filter) {
  const call = { name, variables: [], by: [], arguments: {}, ...more }
  return study.ask(planOfStatistic(call, study.catalog.descriptor), where)
}
const glm = (study: ModelStudy, formula: string, family: string, where?: Filter) =>
  ask(study, 'regression', { arguments: { formula, family } }, where)

describe('A model of counts', () => {
  test('releases the table of its categories and nothing else, and is fitted from it', async (t) => {
    const rows = fallers(400, 3)
    const study = await open(t, rows, { variables: WITH_OUTCOMES })
    const told = await glm(study, 'fell ~ sex + centre', 'binomial')
    const gram = gramOfAnswer(told)
    const wanted = ['A', 'B'].flatMap((centre) =>
      ['female', 'male'].map((sex) => {
        const own = rows.filter((row) => row.centre === centre && row.sex === sex)
        return { levels: [centre, sex], n: own.length, sum: `${own.filter(({ fell }) => fell === 'yes').length}` }
      })
    )
    const sorted = [...(gram.table?.cells ?? [])].sort((a, b) => (a.levels.join() < b.levels.join() ? -1 : 1))
    assert.deepEqual([gram.table?.by, sorted, gram.upper, gram.n], [['centre', 'sex'], wanted, [], 400])
    assert.ok(told.ok)
    assert.equal(outputSchema.parse(told.output).kind, 'table')
    const { models = [] } = told.output
    assert.deepEqual([models[0]?.kind, models[0]?.family, models[0]?.event], ['glm', 'binomial', 'yes'])
    assert.deepEqual({ ...fitModel([{ site: '', gram }]), sites: undefined }, { ...models[0], sites: undefined })
    // The model disclosed the content of a table of the three variables, so the table costs nothing more now.
    const before = study.ledger
    assert.ok((await study.statistic('table', ['sex', 'centre', 'fell'])).ok)
    assert.equal(study.ledger, before, 'nothing new was told')
  })

  test('of sums has the exact sum of each cell; of real people with rounded means there is none, but one of events is', async (t) => {
    const rows = fallers(400, 4)
    const sums = (await open(t, rows, { variables: WITH_OUTCOMES })) as ModelStudy
    const gram = gramOfAnswer(await glm(sums, 'falls ~ sex', 'poisson'))
    for (const { levels, n, sum } of gram.table?.cells ?? []) {
      const own = rows.filter(({ sex }) => sex === levels[0])
      assert.deepEqual([n, sum], [own.length, `${own.reduce((all, { falls }) => all + Number(falls), 0)}`])
    }
    const real = await open(t, rows, { variables: WITH_OUTCOMES, precision: 'statistical', synthetic: false })
    assertRefused(await glm(real, 'falls ~ sex', 'poisson'), /rounded numbers/)
    assert.ok((await glm(real, 'fell ~ sex + centre', 'binomial')).ok)
    const coarse = await open(t, rows, { variables: WITH_OUTCOMES, overrides: { roundBase: 5 } })
    assertRefused(await glm(coarse, 'fell ~ sex', 'binomial'), /rounded numbers/)
  })

  test('with a cell of few people, or with few who lack a value, is refused as a whole', async (t) => {
    const rows = fallers(400, 5)
    // Three women of centre A fell.
    let women = 0
    const rare = rows.map((row) =>
      row.sex === 'female' && row.centre === 'A' ? { ...row, fell: women++ < 3 ? 'yes' : 'no' } : row
    )
    const study = await open(t, rare, { variables: WITH_OUTCOMES })
    assertRefused(await glm(study, 'fell ~ sex + centre', 'binomial'), /in the question subjects by/)
    assert.ok((await glm(study, 'fell ~ sex', 'binomial')).ok)
    const lacking = rows.map((row, i) => (i < 3 ? { ...row, fell: null } : row))
    const few = await open(t, lacking, { variables: WITH_OUTCOMES, sets: { main: { complete_on: ['sex', 'fell'] } } })
    assertRefused(await glm(few, 'fell ~ sex', 'binomial'), /few people lack a value|all but few/)
    const gram = gramOfAnswer(await glm(few, 'fell ~ sex', 'binomial', few.catalog.setFilter('main')))
    assert.equal(gram.n, 395)
  })
})

describe('A harmonisation', () => {
  test('releases the sums of a linear model of its last feature on all else, judged like it and at its price', async (t) => {
    const rows = people(500, 7)
    const study = await open(t, rows)
    const asked = { variables: ['score', 'marker'], arguments: { covariates: ['grade', 'dose'] } }
    const told = await ask(study, 'combat', asked)
    assert.ok(told.ok, told.ok ? '' : told.why)
    const gram = gramOfAnswer(told)
    assert.deepEqual(gram.fit, { family: 'combat', features: 2 })
    const [model] = told.output.models ?? []
    assert.deepEqual([model?.kind, model?.formula], ['combat', 'marker + score ~ dose + grade'])
    const { ledger } = study
    assert.ok((await study.model('score ~ dose + grade + marker')).ok)
    assert.equal(study.ledger, ledger, 'the same sums')
    // For real people and for synthetic data alike: no model is made of rounded numbers, or if somebody's leverage is too
    // high.
    const rounded = await open(t, rows, { precision: 'statistical' })
    assertRefused(await ask(rounded, 'combat', asked), /rounded numbers/)
    const odd = await open(
      t,
      rows.map((row, i) => ({ ...row, dose: i === 0 ? 50 : Math.round(Number(row.dose) / 2) / 10 }))
    )
    assertRefused(await ask(odd, 'combat', asked), /dominate|leverage/)
  })
})

describe('Principal components', () => {
  test('are those of the sums of a linear model, judged like it', async (t) => {
    const study = await open(t, people(400, 6))
    const told = await ask(study, 'pca', { variables: ['score', 'marker', 'dose'] })
    assert.ok(told.ok)
    const [model] = told.output.models ?? []
    assert.deepEqual([model?.kind, model?.formula, model?.components?.length], ['pca', '~ dose + marker + score', 3])
    assert.ok(Math.abs((model?.components ?? []).reduce((sum, { sd }) => sum + sd ** 2, 0) - 3) < 1e-12)
    const { ledger } = study
    assert.ok((await study.model('score ~ dose + marker')).ok)
    assert.equal(study.ledger, ledger, 'the same sums')
    const odd = await open(
      t,
      people(400, 6).map((row, i) => ({ ...row, dose: i === 0 ? 50 : Math.round(Number(row.dose) / 2) / 10 }))
    )
    assertRefused(await ask(odd, 'pca', { variables: ['score', 'dose'] }), /dominate|leverage/)
  })
})
