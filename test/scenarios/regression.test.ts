import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { type ModelResult, randomUnit, seededRandom, signerFromSeed } from '@stimnet/protocol'
import { type Broadcast, type Client, FormulaError, verifyAndPool } from '@stimnet/sdk'
import { assertNear, leastSquares } from '../least-squares.ts'
import { answerOf, PASSWORD, scratchFolder, stimnetIn, startFederation } from '../mesh.ts'
import type { Ending } from '../scratch.ts'
import { atEnd } from '../scratch.ts'

const SIZES = [500, 700, 900]
const ARMS = ['placebo', 'low', 'high']
const SEXES = ['female', 'male']

interface Person {
  readonly id: string
  readonly arm: string
  readonly sex: string
  readonly age: number
  readonly weight: number
}

/** People of one institution; the institutions differ in age and in weight. */
function peopleOf(site: number): Person[] {
  const source = seededRandom(31 + site)
  const chance = () => randomUnit(source)
  return Array.from({ length: SIZES[site] ?? 0 }, (_, i) => {
    const arm = ARMS[Math.floor(chance() * 3)] ?? ''
    const sex = chance() < 0.45 ? 'female' : 'male'
    const age = 25 + 5 * site + Math.floor(chance() * 50)
    const kilograms = 50 + 30 * chance() + 3 * site + age / 8 + (sex === 'male' ? 6 : 0) + (arm === 'high' ? -2 : 0)
    return { id: `S${i}`, arm, sex, age, weight: Math.round(kilograms * 10) / 10 }
  })
}

/** The grip of a person at two visits. */
function gripsOf(site: number): { id: string; sex: string; grips: readonly [number, number] }[] {
  const source = seededRandom(61 + site)
  const chance = () => randomUnit(source)
  return peopleOf(site).map(({ id, sex }) => {
    const own = 30 + 25 * chance() + (sex === 'male' ? 8 : 0) + 2 * site
    return { id, sex, grips: [Math.round(own + 8 * chance()), Math.round(own + 3 + 8 * chance())] }
  })
}

const VISITS = {
  ...{ name: 'visits', file: 'data/visits.csv' },
  variables: [
    { name: 'visit', type: 'category', levels: ['first', 'second'] },
    { name: 'grip', type: 'integer', minimum: 0, maximum: 120 }
  ]
}

/** The pace of a person over a year; one in four misses the last visit. */
const PACES = {
  ...{ name: 'courses', file: 'data/courses.csv' },
  variables: [
    { name: 'month', type: 'category', levels: ['0', '3', '6', '12'] },
    { name: 'pace', type: 'integer', minimum: 0, maximum: 200 }
  ]
}

function pacesOf(site: number): string[] {
  const source = seededRandom(81 + site)
  const chance = () => randomUnit(source)
  return peopleOf(site).flatMap(({ id, sex }, i) => {
    const [own, slope] = [60 + 40 * chance() + (sex === 'male' ? 6 : 0), 3 * chance() - 1]
    return (i % 4 === 0 ? [0, 3, 6] : [0, 3, 6, 12]).map(
      (month) => `${id},${month},${Math.round(own + slope * month + 8 * chance())}`
    )
  })
}

function catalogOf(name: string, precision: 'exact' | 'statistical', site: number) {
  return {
    ...{ name, access_level: 'public', subject_key: 'id', synthetic: true, privacy: { precision } },
    analysis_sets: {
      main: { complete_on: ['age', 'weight'], where: { sex: SEXES } },
      other: { complete_on: site === 2 ? ['age'] : ['age', 'weight'] }
    },
    tables: [
      {
        ...{ name: 'people', file: `data/${name}.csv`, one_row_per_subject: true },
        variables: [
          { name: 'arm', type: 'category', levels: ARMS },
          { name: 'sex', type: 'category', levels: SEXES },
          { name: 'age', type: 'integer', minimum: 18, maximum: 99 },
          { name: 'weight', type: 'number', unit: 'kg', decimals: 1, minimum: 30, maximum: 150 }
        ]
      },
      ...(name === 'made_up' ? [VISITS, PACES] : [])
    ]
  }
}

async function startThree(t: Ending): Promise<{ client: Client; peers: readonly Peer[] }> {
  const { client, peers } = await startFederation(t, SIZES.length, {
    configOf: (at) => ({ catalogs: [catalogOf('made_up', 'exact', at), catalogOf('rounded', 'statistical', at)] }),
    prepare: async ({ folder }, at) => {
      for (const [i, name] of ['made_up', 'rounded'].entries()) {
        // Files of two catalogs must differ.
        const lines = peopleOf(at)
          .slice(i)
          .map(({ id, arm, sex, age, weight }) => [id, arm, sex, age, weight].join(','))
        await writeFile(join(folder, `data/${name}.csv`), ['id,arm,sex,age,weight', ...lines].join('\n'))
      }
      const visits = gripsOf(at).flatMap(({ id, grips }) => [`${id},first,${grips[0]}`, `${id},second,${grips[1]}`])
      await writeFile(join(folder, 'data/visits.csv'), ['id,visit,grip', ...visits].join('\n'))
      await writeFile(join(folder, 'data/courses.csv'), ['id,month,pace', ...pacesOf(at)].join('\n'))
    }
  })
  return { client: await client(0), peers }
}

async function ask(
  client: Client,
  formula: string,
  site: string,
  { catalog = 'made_up', set, call }: { catalog?: string; set?: string; call?: object } = {}
): Promise<Broadcast> {
  return answerOf(client, {
    data_catalog_name: catalog,
    ...(set === undefined ? {} : { set }),
    script_type: 'statistic',
    script_content: JSON.stringify(call ?? { name: 'regression', arguments: { formula, site } })
  })
}

function modelOf({ pooled, parts }: Broadcast): ModelResult {
  const [model] = pooled?.models ?? []
  assert.ok(model, JSON.stringify(parts.map(({ code, reason }) => [code, reason])))
  return model
}

describe('Regression over three institutions', () => {
  let client: Client
  let peers: readonly Peer[] = []
  const end = atEnd()
  before(async () => {
    const started = await startThree(end)
    client = started.client
    peers = started.peers
  })

  test('one round, with receipts, gives the model of the pooled rows', async () => {
    const formula = 'weight ~ age + arm * sex'
    const answer = await ask(client, formula, 'none')
    const model = modelOf(answer)
    assert.equal(model.n, 2100)
    assert.equal(model.formula, 'weight ~ age + arm + sex + arm:sex')
    assert.equal(model.sites?.length, 3)
    // Pooling the signed parts again gives the same model.
    const { pooled } = await verifyAndPool(answer)
    assert.deepEqual(pooled?.models, answer.pooled?.models)

    const fixed = modelOf(await ask(client, 'weight ~ age + sex', 'fixed'))
    const order = answer.parts
      .map(({ peer_id: id, node_id }) => ({ id, at: Number(/\d+$/.exec(node_id ?? '')?.[0]) - 1 }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const others = order.slice(1).map(({ id }) => id)
    assert.deepEqual(
      fixed.coefficients.slice(1, 3).map(({ term }) => term),
      others.map((id) => `site[${id}]`)
    )
    const meta = modelOf(await ask(client, 'weight ~ age + sex', 'meta'))
    assert.equal(meta.df, 2)
    assert.ok(meta.coefficients.every(({ between }) => between !== undefined))
    assert.deepEqual(meta.sites, fixed.sites)
    const rows = order.flatMap(({ at }, place) => peopleOf(at).map((person) => ({ ...person, place })))
    const is = (wanted: boolean) => (wanted ? 1 : 0)
    const outcome = rows.map(({ weight }) => weight)
    const arms = rows.map(({ age, arm, sex }) => {
      const [low, high, male] = [is(arm === 'low'), is(arm === 'high'), is(sex === 'male')]
      return [1, age, low, high, male, low * male, high * male]
    })
    assertNear(model, leastSquares(arms, outcome))
    const places = rows.map(({ age, sex, place }) => [1, is(place === 1), is(place === 2), age, is(sex === 'male')])
    assertNear(fixed, leastSquares(places, outcome))

    // The numbers of real people are rounded unless a steward decides otherwise, and rounded sums do not suffice for a model.
    const real = await ask(client, formula, 'none', { catalog: 'rounded' })
    for (const { code, reason } of real.parts) {
      assert.equal(code, 'PROGRAM_NOT_PERMITTED')
      assert.match(reason ?? '', /releases rounded numbers.*`precision: exact`/)
    }
    // In that catalog counts are exact, so a logistic regression of categories is answered; components are those of a linear model's sums.
    const logistic = { name: 'regression', arguments: { formula: 'sex ~ arm', family: 'binomial' } }
    const counted = await ask(client, '', '', { catalog: 'rounded', call: logistic })
    const odds = modelOf(counted)
    assert.deepEqual([odds.kind, odds.event, odds.n], ['glm', 'male', 2097])
    const inRounded = SIZES.flatMap((_, at) => peopleOf(at).slice(1))
    const oddsOf = (arm: string) => {
      const own = inRounded.filter((person) => person.arm === arm)
      const men = own.filter(({ sex }) => sex === 'male').length
      return Math.log(men / (own.length - men))
    }
    const wanted = [oddsOf('placebo'), oddsOf('low') - oddsOf('placebo'), oddsOf('high') - oddsOf('placebo')]
    for (const [i, { estimate }] of odds.coefficients.entries())
      assert.ok(Math.abs((estimate ?? Number.NaN) - (wanted[i] ?? 0)) < 1e-9, `odds ${i}`)
    assert.deepEqual((await verifyAndPool(counted)).pooled?.models, counted.pooled?.models)
    const components = modelOf(await ask(client, '', '', { call: { name: 'pca', variables: ['age', 'weight'] } }))
    assert.deepEqual([components.kind, components.n, components.components?.length], ['pca', 2100, 2])
    const call = { name: 'combat', variables: ['age', 'weight'], arguments: { covariates: ['sex'] } }
    const harmonised = modelOf(await ask(client, '', '', { call }))
    assert.deepEqual([harmonised.kind, harmonised.n, harmonised.harmonised?.length], ['combat', 2100, 2])
    assert.equal(harmonised.harmonised?.[0]?.sites.length, 3)

    // With an intercept of each person, both visits count: every person has both visits, so the effect is the mean difference.
    const formulaOfVisits = 'grip ~ sex + visit + (1 | subject)'
    const visited = await ask(client, formulaOfVisits, 'none')
    const mixed = modelOf(visited)
    assert.deepEqual([mixed.kind, mixed.n, mixed.random?.by, mixed.random?.groups], ['mixed', 4200, 'subject', 2100])
    const grips = SIZES.flatMap((_, at) => gripsOf(at).map(({ grips: own }) => own))
    const difference = grips.reduce((sum, [first, second]) => sum + second - first, 0) / grips.length
    const effect = mixed.coefficients.find(({ term }) => term === 'visit[second]')?.estimate ?? Number.NaN
    assert.ok(Math.abs(effect - difference) < 1e-9, `${effect}, not ${difference}`)
    assert.deepEqual((await verifyAndPool(visited)).pooled?.models, visited.pooled?.models)
    // With a slope of each person, people with other visits are summed apart.
    const course = await ask(client, 'pace ~ month * sex + (1 + month | subject)', 'fixed')
    const line = modelOf(course)
    assert.deepEqual([line.kind, line.random?.groups, line.n], ['mixed', 2100, 4 * 2100 - 525])
    assert.deepEqual([line.random?.slope?.term, line.random?.slope?.correlated], ['month', true])
    assert.ok(Math.abs(Math.sqrt(line.random?.slope?.tau2 ?? 0) - Math.sqrt(9 / 12)) < 0.1)
    assert.deepEqual((await verifyAndPool(course)).pooled?.models, course.pooled?.models)
    const varied = modelOf(await ask(client, 'weight ~ sex + (1 | site)', 'none'))
    assert.deepEqual([varied.kind, varied.site, varied.random?.groups, varied.n], ['mixed', 'random', 3, 2100])

    // With an analysis set that all define alike, each card names the set.
    const inSet = await ask(client, formula, 'none', { set: 'main' })
    assert.equal(inSet.asked?.set, 'main')
    assert.equal(modelOf(inSet).n, 2100)
    for (const { output } of inSet.parts) {
      assert.deepEqual(output?.disclosure.analysis_set, {
        ...{ name: 'main', complete_on: ['people.age', 'people.weight'] },
        where: '{"column":"people.sex","op":"in","values":["female","male"]}'
      })
    }
    const found = await client.meshCatalogs('made_up')
    assert.ok(found.every(({ schema_definition }) => schema_definition?.analysis_sets?.length === 2))
    const unlike = await ask(client, formula, 'none', { set: 'other' })
    assert.equal(unlike.code, 'SCHEMA_MISMATCH')
    assert.match(
      unlike.reason ?? '',
      /other, analysis set "complete on people.age" instead of "complete on people.age, /
    )
    // A single institution shows its fit.
    const { job_id } = await client.submitJob({
      target_node_id: 'node-1',
      data_catalog_name: 'made_up',
      script_type: 'statistic',
      script_content: JSON.stringify({ name: 'regression', arguments: { formula: 'weight ~ age + sex' } })
    } as never)
    const job = await client.waitForJob(job_id)
    const result = job.result_data as { models?: ModelResult[]; rows: unknown[] }
    assert.equal(result.models?.[0]?.n, 500, JSON.stringify(job))
    assert.deepEqual(result.rows, [{ n: 500 }])
  })

  test('a program asks with a formula, signs by itself, and fits what the institutions signed', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(7))
    const options = {
      catalog: 'made_up',
      site: 'meta',
      signer,
      where: { column: 'sex', op: '=', values: ['male'] }
    } as const
    const model = await client.model('weight ~ arm * age', options)
    assert.deepEqual(
      [model.verified.complete, model.formula, model.missing],
      [true, 'weight ~ age + arm + age:arm', []]
    )
    assert.equal(
      model.n,
      peopleOf(0)
        .concat(peopleOf(1), peopleOf(2))
        .filter(({ sex }) => sex === 'male').length
    )
    const lines = model.forest('age:arm[high]')
    assert.deepEqual(
      lines.map(({ institution }) => institution),
      [...model.sites.map(({ institution }) => institution), 'Pooled']
    )
    assert.equal(lines.at(-1)?.estimate, model.coefficients.find(({ term }) => term === 'age:arm[high]')?.estimate)
    assert.ok(
      lines.every(({ low, estimate, high }) => Number(low) < Number(estimate) && Number(estimate) < Number(high))
    )
    assert.match(
      model.summary(),
      /combined by random effects\nterm +estimate[\s\S]*τ²[\s\S]*Released by each institution: the 28 sums/
    )
    assert.throws(() => model.forest('height'), { code: 'PARAMETER_INVALID', message: /It has: \(Intercept\), age/ })

    // A fault is shown with its place, and the question is not sent.
    const asked = (await client.listBroadcasts()).length
    await assert.rejects(client.model('weight ~ age + armm', { catalog: 'made_up' }), (error) => {
      assert.ok(error instanceof FormulaError)
      assert.deepEqual([error.code, error.at, error.length], ['VARIABLE_UNKNOWN', 16, 4])
      assert.match(error.why, /Did you mean arm\?/)
      return true
    })
    await assert.rejects(client.model('weight ~ age', { catalog: 'made' }), { code: 'NO_PROVIDERS' })
    assert.equal((await client.listBroadcasts()).length, asked)
    // Names of institutions stand for PeerIds, and a refusal by all is an error with the reason.
    const fixed = await client.model('weight ~ age', {
      catalog: 'made_up',
      site: 'fixed',
      targets: ['node-1', 'node-2']
    })
    assert.match(fixed.coefficients[1]?.term ?? '', /^site\[[A-Z].+ .+\]$/)
    await assert.rejects(client.model('weight ~ age', { catalog: 'rounded' }), {
      code: 'PROGRAM_NOT_PERMITTED',
      message: /No institution gave what a model can be fitted to\..*releases rounded numbers/
    })
  })

  test('a person asks with a formula in a terminal', async (t) => {
    const stimnet = stimnetIn(await scratchFolder(t))
    const at = ['--url', peers[0]?.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    const catalog = ['--catalog', 'made_up', ...at]

    const wrong = await stimnet(['model', 'weight ~ agee + arm', ...catalog])
    assert.deepEqual([wrong.code, wrong.out], [2, ''])
    assert.equal(
      wrong.err,
      'stimnet model: VARIABLE_UNKNOWN: The catalog has no variable "agee". Did you mean age?\n\n' +
        '  weight ~ agee + arm\n           ^^^^\n'
    )
    const ended = await stimnet(['model', 'weight ~ age +', ...catalog])
    assert.match(ended.err, /The formula ends after "\+": a term is missing\.\n\n {2}weight ~ age \+\n {16}\^\n$/)
    const unknown = await stimnet(['model', 'weight ~ age', ...catalog, '--forest', 'agee'])
    assert.deepEqual([unknown.code, /one of \(Intercept\), age.*Did you mean age\?/.test(unknown.err)], [2, true])

    const dry = await stimnet(['model', 'weight ~ arm * sex', ...catalog, '--dry'])
    assert.equal(dry.code, 0, dry.err)
    assert.match(dry.out, /^weight ~ arm \+ sex \+ arm:sex\nCoefficients: \(Intercept\), arm\[low\], .*people\.weight/s)

    const asked = await stimnet(['model', 'weight ~ age + sex', ...catalog, '--site', 'meta', '--forest', 'sex[male]'])
    assert.equal(asked.code, 0, asked.err)
    assert.match(asked.out, /Linear regression, weight ~ age \+ sex: one fit per institution, combined/)
    assert.match(
      asked.out,
      /sex\[male\], with 95 % intervals\n( {2}(?:University|Institute|Coastal) .*─■─.*\n){3} {2}Pooled .*═◆═.*\n/
    )
    assert.match(asked.out, /Released by each institution: the 10 sums of products of 4 columns/)
    const visited = await stimnet(['model', 'grip ~ sex + visit + (1 | subject)', ...catalog])
    assert.equal(visited.code, 0, visited.err)
    assert.match(
      visited.out,
      /Linear mixed model, grip ~ sex \+ visit \+ \(1 \| subject\): all institutions as one sample/
    )
    assert.match(visited.out, /Random intercept of 2100 people: variance .*; ICC = 0\./)
    const course = ['pace ~ month + (month || subject)', '--likelihood', 'ml', ...catalog]
    const lines = await stimnet(['model', ...course])
    assert.equal(lines.code, 0, lines.err)
    assert.match(
      lines.out,
      /Linear mixed model, pace ~ month \+ \(1 \+ month \|\| subject\): all institutions as one sample/
    )
    assert.match(lines.out, /at month = 0: variance .*; slope of month: variance .*, uncorrelated; within them /)
    assert.match(lines.out, /for the people with each set of visits: .* weighted by month\./)
    const noTime = await stimnet(['model', 'pace ~ month + (1 + pace | subject)', ...catalog])
    assert.match(noTime.err, /PARAMETER_INVALID.*no time of visits.* levels are all numbers[\s\S]*\^{4}/)
    // Models that the descriptions rule out are refused before anything is sent.
    const before = (await client.listBroadcasts()).length
    const rounded = ['--catalog', 'rounded', ...at]
    const ruledOut = await stimnet(['model', 'weight ~ age', ...rounded])
    assert.deepEqual([ruledOut.code, ruledOut.out], [1, ''])
    assert.match(ruledOut.err, /^Refused by .*Coastal.*: rounded releases rounded numbers, .*precision: exact/)
    assert.equal((await client.listBroadcasts()).length, before)
    const several = await stimnet(['model', 'grip ~ sex', ...catalog])
    assert.deepEqual([several.code, several.out], [1, ''])
    assert.match(several.err, /several rows per person.*--where visits\.visit=.*\n.*the question is not sent.*--anyway/)
    assert.equal((await client.listBroadcasts()).length, before)
    const priced = await stimnet(['model', 'weight ~ age', ...rounded, '--dry'])
    assert.match(dry.out, /count against later ones: ask the main question first\.\n$/)
    assert.match(priced.out, /PROGRAM_NOT_PERMITTED[\s\S]*rounded releases rounded numbers/)
    // One institution shows its fit, which is not pooled.
    const one = await stimnet(['model', 'weight ~ age + sex', ...catalog, '--peers', 'node-1'])
    assert.match(one.out, /Linear regression, weight ~ age \+ sex\nterm[\s\S]*n = 500, df = 497/)
    const json = await stimnet(['model', 'weight ~ age + sex', ...catalog, '--json'])
    assert.equal(JSON.parse(json.out).pooled.models[0].n, 2100)
  })
})
