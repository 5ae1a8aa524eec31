import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { signerFromSeed } from '@stimnet/protocol'
import type { Broadcast, Client } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { answerOf, PASSWORD, scratchFolder, startFederation, stimnetIn } from '../mesh.ts'

const CATALOG = 'clinical_trial_data'
/** The demo's catalogs with a budget that suits 150 people per institution, because the subject is the path and not the price. */
const RICH = {
  config: { catalogs: demoCatalogs('data').map((catalog) => ({ ...catalog, budget: { preset: 'census' } })) }
}
const MONTH_12 = { column: 'outcomes.visit', op: '=' as const, values: ['month_12'] }
const AT_MONTH_12 = { where: MONTH_12 }
const BOUNDS = [
  { variable: 'outcomes.UPDRS_total', lower: '0', upper: '80' },
  { variable: 'subjects.age', lower: '40', upper: '85' }
]
const p2 = (more: object = {}) => ({ privacy: { level: 'P2' as const, rho: '3', bounds: BOUNDS, ...more } })

async function ask(client: Client, call: object, extra: object = {}): Promise<Broadcast> {
  const submission = {
    ...{ data_catalog_name: CATALOG, script_type: 'statistic', script_content: JSON.stringify(call), ...AT_MONTH_12 },
    ...extra
  }
  return answerOf(client, submission)
}

const LINEAR = { name: 'regression', arguments: { formula: 'UPDRS_total ~ age + sex' } }

describe('a regression with noise', () => {
  test('is priced before, charged once, and answered with the same bytes however often it is asked', async (t) => {
    const { client, peers } = await startFederation(t, 1, RICH)
    const researcher = await client(0)
    const cost = await researcher.privacyCost({
      ...{ data_catalog_name: CATALOG, script_type: 'statistic', script_content: JSON.stringify(LINEAR) },
      ...AT_MONTH_12,
      ...{ targets: ['node-1'], ...p2() }
    } as never)
    const price = cost.peers[0]?.cost
    assert.deepEqual(
      price?.columns.map(({ name }) => name),
      ['n', 'age', 'sex[male]']
    )
    assert.ok(price?.columns.every(({ error_95: error }) => error !== null && error > 0))
    const first = (await ask(researcher, LINEAR, { targets: ['node-1'], ...p2() })).parts[0]?.output
    assert.ok(first?.kind === 'table')
    assert.equal(first.disclosure.level, 'P2')
    const { dp } = first.disclosure
    assert.equal(dp?.nano_rho, price?.nano_rho)
    // n; sums of age, outcome and their products with sex; squares; the product of both numbers.
    assert.equal(dp?.numbers, 9)
    assert.deepEqual(
      dp?.columns.map(({ sd }) => sd),
      price?.columns.map(({ sd }) => sd)
    )
    const [part] = Object.values(first.rows[0]?.parts ?? {})
    assert.ok(part && 'gram' in part && part.gram.upper.length === 0 && part.gram.noisy?.sums.length === 9)
    assert.equal(first.models?.[0]?.n, part.gram.n)
    // Terms in another order are the same question.
    const alike = { ...LINEAR, arguments: { formula: 'UPDRS_total ~ sex + age' } }
    for (const again of [LINEAR, LINEAR, alike])
      assert.deepEqual((await ask(researcher, again, { targets: ['node-1'], ...p2() })).parts[0]?.output, first)
    const records = await peers[0]?.database.auditLog.read({ limit: 200 })
    assert.equal(records?.filter(({ kind }) => kind === 'spend').length, 1)
    // The remaining budget pays a little more, and the refusal states how much.
    const dear = await ask(researcher, LINEAR, { targets: ['node-1'], ...p2({ rho: '2' }) })
    assert.equal(dear.parts[0]?.code, 'BUDGET_EXCEEDED')
    assert.match(dear.parts[0]?.reason ?? '', /The largest rho that fits is 0\.69: /)
  })

  test('pools over institutions as its sums were drawn, near the exact one by what it says of its noise', async (t) => {
    const { client } = await startFederation(t, 3, RICH)
    const researcher = await client(0)
    const exact = (await ask(researcher, LINEAR)).pooled?.models?.[0]
    const noisy = await ask(researcher, LINEAR, p2())
    assert.deepEqual([noisy.state, noisy.pooled?.sites.length, noisy.pooled?.notes], ['completed', 3, []])
    const [model] = noisy.pooled?.models ?? []
    assert.ok(model && exact)
    assert.equal(model.sites?.length, 3)
    for (const [i, { term, estimate, error, noise, interval }] of model.coefficients.entries()) {
      assert.ok(estimate !== null && error !== null && noise !== undefined && interval, term)
      assert.ok(noise > 0 && error > noise, term)
      assert.ok(Math.abs(estimate - (exact.coefficients[i]?.estimate ?? Number.NaN)) < 6 * noise, term)
    }
    const [row] = noisy.pooled?.rows ?? []
    assert.ok(Math.abs(Number(row?.values[0]) - exact.n) < 6 * Number(row?.noise?.[0]), 'n with its noise')
    // One person may be at two of them; half of the amount is charged at each.
    const output = noisy.parts[0]?.output
    assert.ok(output?.kind === 'table')
    assert.deepEqual([output.disclosure.dp?.sites_per_person, output.disclosure.dp?.rho], [2, 1.5])
    for (const site of ['fixed', 'meta']) {
      const asked = { ...LINEAR, arguments: { ...LINEAR.arguments, site } }
      const [other] = (await ask(researcher, asked, p2({ rho: '1' }))).pooled?.models ?? []
      assert.equal(other?.site, site)
      assert.ok((other?.coefficients.length ?? 0) >= model.coefficients.length)
    }
  })

  test('of categories is logistic, from a table in which a person is in one cell', async (t) => {
    const { client } = await startFederation(t, 3, RICH)
    const researcher = await client(0)
    const call = {
      name: 'glm',
      arguments: { formula: 'treatment_response ~ sex', family: 'binomial', event: 'responder' }
    }
    const noisy = await ask(researcher, call, p2({ bounds: [] }))
    const [model] = noisy.pooled?.models ?? []
    assert.deepEqual([noisy.state, model?.kind, model?.event], ['completed', 'glm', 'responder'])
    assert.ok(model)
    const isNoisy = ({ estimate, noise = 0, error }: (typeof model.coefficients)[number]) =>
      estimate !== null && noise > 0 && Number(error) > noise
    assert.ok(model.coefficients.every(isNoisy))
    assert.ok(model.coefficients[1]?.ratio && model.coefficients[0]?.ratio === undefined)
    assert.equal(noisy.parts[0]?.output?.disclosure.dp?.numbers, 1)
  })

  test('is asked from a program with the key of the researcher, and pooled there from what was signed', async (t) => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(9))
    const { client } = await startFederation(t, 2, RICH)
    const researcher = await client(0)
    const model = await researcher.model('UPDRS_total ~ age + sex', {
      catalog: CATALOG,
      signer,
      ...AT_MONTH_12,
      ...p2()
    })
    assert.deepEqual([model.sites.length, model.missing.length], [2, 0])
    assert.ok(model.coefficients.every(({ estimate, noise }) => estimate !== null && (noise ?? 0) > 0))
    assert.match(model.summary(), /noise/)
  })

  test('is asked in a terminal after its price was shown, also where no exact model is released', async (t) => {
    const rounded = RICH.config.catalogs.map((catalog) => ({ ...catalog, privacy: { precision: 'statistical' } }))
    const { client, peers } = await startFederation(t, 2, { config: { catalogs: rounded } })
    const researcher = await client(0)
    const stimnet = stimnetIn(await scratchFolder(t))
    const at = ['--url', peers[0]?.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    const bounds = BOUNDS.flatMap(({ variable, lower, upper }) => ['--bounds', `${variable}=${lower}:${upper}`])
    const model = [
      'model',
      'UPDRS_total ~ age + sex',
      '--catalog',
      CATALOG,
      '--where',
      'outcomes.visit=month_12',
      ...at
    ]
    assert.match((await stimnet(model)).err, /releases rounded numbers/)
    const noisy = [...model, '--rho', '3', ...bounds]
    const dry = await stimnet([...noisy, '--dry'])
    assert.equal(dry.code, 0, dry.err)
    assert.match(dry.out, /Coefficients: \(Intercept\), age, sex\[male\]/)
    assert.match(dry.out, /9 numbers for each of 1 group; [\s\S]*\nage +\S+ +\S+ +150 rows +\S+\n/)
    const before = (await researcher.listBroadcasts()).length
    assert.match(
      (await stimnet(noisy)).err,
      /This spends ρ 1\.5 at each of 2 institutions, permanently\. Without a terminal/
    )
    assert.equal((await researcher.listBroadcasts()).length, before)
    const asked = await stimnet([...noisy, '--yes', '--forest', 'age'])
    assert.equal(asked.code, 0, asked.err)
    assert.match(asked.out, /Linear regression, UPDRS_total ~ age \+ sex: all institutions as one sample/)
    assert.match(asked.out, /error by noise/)
    assert.match(asked.out, /Released by each institution: 9 sums of products of its columns, each with Gaussian noise/)
    const counted = [
      'model',
      'treatment_response ~ age',
      ...model.slice(2),
      '--family',
      'binomial',
      '--event',
      'responder'
    ]
    const none = await stimnet([...counted, '--rho', '1', '--yes'])
    assert.deepEqual([none.code, none.out], [1, ''])
    assert.match(
      none.err,
      /age is a number, and with noise \(P2\) a logistic model has categories alone[\s\S]*the question is not sent/
    )
  })

  test('of what has no form with noise is refused with what there is, and spends nothing', async (t) => {
    const { client, peers } = await startFederation(t, 1, RICH)
    const researcher = await client(0)
    const counted = { family: 'binomial', event: 'responder' }
    const roster = [peers[0]?.peerId ?? '']
    const wrong: readonly (readonly [object, RegExp, object?])[] = [
      [
        { formula: 'treatment_response ~ age', roster, ...counted },
        /age is a number, and with noise \(P2\) a logistic model has categories/
      ],
      [{ formula: 'treatment_response ~ age', ...counted }, /or use groups of it/],
      [{ formula: 'UPDRS_total ~ sex + (1 | subject)' }, /one row of each person/],
      [{ formula: 'UPDRS_total ~ sex', site: 'random' }, /take none, fixed or meta/],
      [{ formula: 'UPDRS_total ~ sex' }, /leave rows_per_subject at 1/, { rows_per_subject: 3 }]
    ]
    for (const [call, why, more] of wrong) {
      const asked = { targets: ['node-1'], ...p2({ bounds: [], ...more }) }
      const answer = await ask(researcher, { name: 'regression', arguments: call }, asked)
      assert.equal(answer.parts[0]?.code, 'PARAMETER_INVALID', JSON.stringify(call))
      assert.match(answer.parts[0]?.reason ?? '', why)
    }
    const components = { name: 'pca', variables: ['UPDRS_total', 'quality_of_life'] }
    const answer = await ask(researcher, components, { targets: ['node-1'], ...p2({ bounds: [] }) })
    assert.match(answer.parts[0]?.reason ?? '', /principal component analysis has no form with noise/)
    const records = await peers[0]?.database.auditLog.read({ limit: 200 })
    assert.equal(records?.filter(({ kind }) => kind === 'spend').length, 0)
  })
})
