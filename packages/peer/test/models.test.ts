import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { costOf, effectiveSettings, preparing, priceByDescription, questionsIn } from '@stimnet/privacy'
import { codeOf, outputSchema, privacyAskSchema } from '@stimnet/protocol'
import { columnsOfModel, gramIn, planOfStatistic } from '@stimnet/statistics'
import {
  assertRefused,
  centre,
  gramOfAnswer,
  ModelStudy,
  open,
  people,
  planFor,
  type StudyRow,
  uniform,
  VARIABLES
} from './model-study.ts'

/** The upper triangle by its definition, in units of the stored decimals. */
function upperBy(formula: string, study: ModelStudy, rows: readonly StudyRow[]): string[] {
  const measure = gramIn(planFor(formula, study))
  assert.ok(measure)
  const columns = columnsOfModel(measure)
  const units: Record<string, number> = { 'people.dose': 10 }
  const valueIn = (row: StudyRow, { number, levels }: (typeof columns)[number]) => {
    if ([...levels].some(([variable, level]) => row[variable.slice(7)] !== level)) return 0
    return number === undefined ? 1 : Math.round(Number(row[number.slice(7)]) * (units[number] ?? 1))
  }
  return columns.flatMap((one, i) =>
    columns.slice(i).map((other) => String(rows.reduce((sum, row) => sum + valueIn(row, one) * valueIn(row, other), 0)))
  )
}

describe('The Gram matrix of a model', () => {
  test('is exact, whole, and in the schema of an answer', async (t) => {
    const rows = people(400, 1)
    const study = await open(t, rows)
    for (const formula of [
      'score ~ age',
      'score ~ marker * sex + age',
      'dose ~ grade + marker + sex',
      'score ~ sex + age - 1'
    ]) {
      const told = await study.model(formula)
      const gram = gramOfAnswer(told)
      assert.deepEqual(gram.upper, upperBy(formula, study, rows), formula)
      assert.equal(gram.n, 400)
      assert.ok(told.ok)
      assert.equal(outputSchema.parse(told.output).kind, 'table')
      assert.equal(told.output.models?.[0]?.coefficients.length, gram.columns.length - 1)
      assert.deepEqual(told.output.withheld, { groups: 0, cells: 0 })
    }
  })

  test('what reads every person is computed ahead of the judgement, in steps and once, and changes nothing', async (t) => {
    const rows = people(400, 1)
    const [study, other] = [await open(t, rows), await open(t, rows)]
    const aggregate = await study.aggregate(planFor('score ~ marker * sex + age', study))
    const settings = effectiveSettings({ preset: 'default', precision: 'exact', overrides: {} })
    const stepsOf = () => [...preparing(aggregate, { settings, synthetic: true, k: settings.k })].length
    const columns = 6
    assert.ok(stepsOf() >= (columns * (columns + 1)) / 2, 'others get a turn between two products of columns')
    assert.equal(stepsOf(), 0)
    assert.deepEqual(await study.judge(aggregate), await other.model('score ~ marker * sex + age'))
  })

  test('a*b and a + b + a:b, in any order and twice, are one question that is told once', async (t) => {
    const study = await open(t, people(400, 2))
    const plans = ['score ~ age * sex', 'score ~ sex + sex:age + age', 'score~age+sex+age:sex+age'].map((one) =>
      planFor(one, study)
    )
    assert.deepEqual(plans[1], plans[0])
    assert.deepEqual(plans[2], plans[0])
    assert.ok((await study.model('score ~ age * sex')).ok)
    const before = study.ledger
    assert.ok((await study.model('score ~ sex + age + sex:age')).ok)
    assert.equal(study.ledger, before, 'nothing new was told')
  })

  test('people who lack a value are in no sum, if they are nobody or at least k', async (t) => {
    const lacking = (count: number) => people(400, 3).map((row, i) => (i < count ? { ...row, marker: null } : row))
    const few = await open(t, lacking(4))
    assertRefused(await few.model('score ~ marker + sex'), /few people lack a value|all but few/)
    assert.ok((await few.model('score ~ age + sex')).ok, 'of variables that nobody lacks')
    const many = await open(t, lacking(30))
    const gram = gramOfAnswer(await many.model('score ~ marker + sex'))
    assert.equal(gram.n, 370)
    assert.deepEqual(gram.upper, upperBy('score ~ marker + sex', many, lacking(30).slice(30)))
  })

  test('over real people its card shows the size of the cohort by the number of its own people alone', async (t) => {
    const card = async (missing: number) => {
      const rows = people(400, 3).map((row, i) => (i < missing ? { ...row, marker: null } : row))
      const study = await open(t, rows, { synthetic: false })
      // The size was disclosed, so it would follow from earlier disclosures.
      assert.ok((await study.sql('SELECT COUNT(DISTINCT id) AS n FROM people')).ok)
      const told = await study.model('score ~ marker + dose')
      assert.ok(told.ok, told.ok ? '' : told.why)
      return [gramOfAnswer(told).n, told.output.disclosure.subjects]
    }
    assert.deepEqual(await card(30), [370, null])
    assert.deepEqual(await card(0), [400, 400])
  })

  test('of a table in which some people have no row is of those who have one', async () => {
    const rows = people(200, 4)
    const own = ['id', 'score', 'dose']
    const parted = (row: StudyRow, isOwn: boolean) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name === 'id' || own.includes(name) === isOwn))
    const tables = [false, true].map((isOwn) => ({
      ...{ name: isOwn ? 'scans' : 'people', one_row_per_subject: true },
      variables: VARIABLES.filter(({ name }) => own.includes(name) === isOwn)
    }))
    const scanned = rows.filter((_, i) => i % 16 > 0)
    const study = await ModelStudy.open(
      tables,
      { people: rows.map((row) => parted(row, false)), scans: scanned.map((row) => parted(row, true)) },
      { synthetic: false, precision: 'exact' }
    )
    const gram = gramOfAnswer(await study.model('score ~ sex'))
    assert.equal(gram.n, scanned.length)
  })

  test('a cohort of all but few people of the catalog has no model', async (t) => {
    const rows = people(400, 16, 3)
    const study = await open(t, rows)
    assertRefused(await study.model('score ~ marker', centre('A', 'B')), /all but few people of the catalog/)
    assertRefused(await study.model('score ~ marker'), /single out few people/, 'the same with three people more')
    assert.ok((await (await open(t, rows)).model('score ~ marker')).ok)
  })

  test('a few who lack a value of a part of the catalog are not told either', async (t) => {
    // Only people of centre B and these three are outside the model.
    const rows = people(400, 4).map((row, i) => (i < 6 && row.centre === 'A' ? { ...row, dose: null } : row))
    const study = await open(t, rows)
    assertRefused(await study.model('score ~ dose', centre('A')), /few people lack a value/)
  })

  test('visits: one row of each person is a model, several are none', async () => {
    const rows = people(300, 5)
    const visits = rows.flatMap(({ id, age, score }) =>
      ['start', 'end'].map((visit, i) => {
        const change = (Number(score) % 17) + i * 3
        return { id: id ?? '', visit, change, grip: 20 + ((Number(age) * 7 + i * 5) % 23) }
      })
    )
    const study = await ModelStudy.open(
      [
        { name: 'people', one_row_per_subject: true, variables: VARIABLES },
        {
          name: 'visits',
          variables: [
            { name: 'visit', type: 'category', levels: ['start', 'end'] },
            { name: 'change', type: 'integer', minimum: 0, maximum: 40 },
            { name: 'grip', type: 'integer', minimum: 0, maximum: 60 }
          ]
        }
      ],
      { people: rows, visits }
    )
    assertRefused(await study.model('change ~ age + sex'), /several rows of a person|weighted by its number of rows/)
    assertRefused(await study.model('change ~ grip'), /several rows of a person/)
    const told = await study.model('change ~ age + sex', { column: 'visits.visit', op: '=', values: ['end'] })
    assert.equal(gramOfAnswer(told).n, 300)
    assert.equal(
      gramOfAnswer(told).upper.at(-1),
      String(rows.reduce((sum, { score }) => sum + ((Number(score) % 17) + 3) ** 2, 0))
    )
  })
})

describe('Exact digits of numbers that others know', () => {
  test('make no model over real people: ages modulo whole years would tell the outcome of who is between them', async (t) => {
    const study = await open(t, people(400, 11), { synthetic: false })
    assertRefused(await study.model('score ~ age + sex'), /digits: a number that others know/)
    assertRefused(await study.model('age ~ grade'), /digits:/)
    assert.ok((await study.model('score ~ marker + sex')).ok)
  })

  test('are not in a mean or covariance with what others do not know, under exact precision either', async (t) => {
    const rows = people(400, 12)
    const study = await open(t, rows, { synthetic: false })
    const partsOf = async (sql: string) => {
      const told = await study.sql(sql)
      assert.ok(told.ok, sql)
      return told.output.rows.flatMap(({ parts }) => Object.values(parts))
    }
    const isExact = (part: object) => 'moments' in part && 'sum_exact' in (part.moments as object)
    const known = await partsOf('SELECT sex, AVG(age) AS a FROM people GROUP BY sex')
    assert.ok(known.every(isExact), 'ages of known people')
    const outcome = await partsOf('SELECT sex, AVG(score) AS s FROM people GROUP BY sex')
    assert.ok(outcome.every(isExact), 'an outcome of known people')
    for (const sql of [
      'SELECT grade, AVG(age) AS a FROM people GROUP BY grade',
      'SELECT COVAR_SAMP(age, score) AS c FROM people'
    ])
      for (const part of await partsOf(sql)) assert.ok(!isExact(part) && JSON.stringify(part).includes('accuracy'), sql)
  })

  test('a known leverage above half of what is allowed with the outcome is refused, whatever the outcome is', async (t) => {
    // One of six: an answer would bound the residuals of these six people.
    const rows = people(300, 13).map((row, i) => ({ ...row, sex: i < 6 ? 'male' : 'female' }))
    assertRefused(await (await open(t, rows)).model('score ~ sex'), /leverage/)
    const ten = people(300, 13).map((row, i) => ({ ...row, sex: i < 12 ? 'male' : 'female' }))
    assert.ok((await (await open(t, ten)).model('score ~ sex')).ok)
  })
})

describe('What a model needs', () => {
  test('people: k, three for each column, and ten more than columns', async (t) => {
    const study = await open(t, people(40, 6))
    assertRefused(await study.model('score ~ age * sex * centre + marker + dose + grade'), /fewer than 4[0-9] people/)
    const small = await open(t, people(11, 6))
    assertRefused(await small.model('score ~ age'), /fewer than 12 people for 2 columns/)
  })

  test('each level and each two levels together: nobody or k people', async (t) => {
    const rows = people(400, 7)
    const rare = await open(
      t,
      rows.map((row, i) =>
        i < 4 ? { ...row, grade: 'high' } : { ...row, grade: row.grade === 'high' ? 'low' : (row.grade ?? null) }
      )
    )
    assertRefused(await rare.model('score ~ grade'), /by people.grade/)
    assertRefused(await rare.model('score ~ grade + sex'), /by people.grade/)
    // Both levels are common, but only three women have one of them.
    const alone = rows.map((row, i) => ({
      ...row,
      grade: i < 3 ? 'high' : row.sex === 'female' && row.grade === 'high' ? 'low' : (row.grade ?? null),
      sex: i < 3 ? 'female' : (row.sex ?? null)
    }))
    const crossed = await open(t, alone)
    assert.ok((await crossed.statistic('mean', ['score'], ['grade'])).ok)
    assertRefused(await crossed.model('score ~ grade * sex'), /by people.grade, people.sex/)
    assertRefused(await crossed.model('score ~ grade + sex'), /by people.grade, people.sex/)
    assert.ok((await crossed.model('score ~ sex')).ok)
  })

  test('a level that others do not know and that nobody has is told by no model; one that they know is', async (t) => {
    const study = await open(
      t,
      people(400, 8).map((row) => ({ ...row, grade: row.grade === 'high' ? 'low' : (row.grade ?? null) }))
    )
    assertRefused(await study.model('score ~ grade'), /by people.grade/)
    const told = await study.model('score ~ centre + age')
    assert.ok(told.ok)
    assert.deepEqual(told.output.models?.[0]?.coefficients.find(({ term }) => term === 'centre[C]')?.estimate, null)
  })

  test('nobody weighs more than one in k in the fit, though no mean, variance or covariance is dominated', async (t) => {
    const rows = people(200, 9).map((row, i) => (i === 17 ? { ...row, marker: 60 + 115 } : row))
    const study = await open(t, rows)
    for (const [name, variables] of [
      ['mean', ['marker']],
      ['sd', ['marker']],
      ['covariance', ['marker', 'score']]
    ] as const)
      assert.ok((await study.statistic(name, [...variables])).ok, name)
    const told = await study.model('score ~ marker')
    assertRefused(told, /leverage: .*by marker/)
    const calm = await open(t, people(200, 9))
    assert.ok((await calm.model('score ~ marker')).ok)
  })

  test('nor by two variables together of which neither is extreme', async (t) => {
    const rows = people(200, 10).map((row, i) => {
      const dose = Math.round((Number(row.marker) - 60) * 10 + (i % 7) - 3) / 10
      return i === 3 ? { ...row, marker: 75, dose: -15 } : { ...row, dose }
    })
    const study = await open(t, rows)
    assert.ok((await study.model('score ~ marker')).ok)
    assert.ok((await study.model('score ~ dose')).ok)
    assertRefused(await study.model('score ~ marker + dose'), /leverage/)
  })

  test('nor in the outcome: one outcome far from what the model says', async (t) => {
    const rows = people(200, 11).map(
      (row): StudyRow => ({ ...row, score: Math.round(Number(row.marker) / 2) + (Number(row.age) % 3) })
    )
    const calm = await open(t, rows)
    assert.ok((await calm.model('score ~ marker + sex')).ok)
    const far = await open(
      t,
      rows.map((row, i) => (i === 5 ? { ...row, score: 55 } : row))
    )
    assertRefused(await far.model('score ~ marker + sex'), /leverage/)
  })

  test('a number that is zero for all but one person, or all but a few, names them', async (t) => {
    for (const count of [1, 2, 4]) {
      const rows = people(300, 12).map((row, i) => ({ ...row, marker: i < count ? 1 : 0 }))
      const study = await open(t, rows)
      assertRefused(await study.model('score ~ marker'), /./, `${count} people`)
      assertRefused(await study.model('marker ~ score'), /./, `${count} people as the outcome`)
      assertRefused(await study.model('score ~ marker * sex'), /./, `${count} people in an interaction`)
    }
  })

  test('no value follows from the others for everybody', async (t) => {
    const rows = people(300, 13).map(
      (row): StudyRow => ({ ...row, score: Math.round(Number(row.marker) / 4 + Number(row.age) / 4) })
    )
    const exact = rows.map((row): StudyRow => ({ ...row, marker: 2 * Number(row.score) - Number(row.age) + 60 }))
    const study = await open(t, exact)
    assert.ok((await study.statistic('covariance', ['marker', 'score'])).ok)
    assertRefused(await study.model('score ~ marker + age'), /follows: one of/)
    assertRefused(await study.model('age ~ marker + score'), /follows: one of/)
    assert.ok((await study.model('score ~ marker')).ok)
  })

  test('one exact column told of a cohort for ten people, the columns of earlier answers included', async (t) => {
    const names = Array.from({ length: 19 }, (_, i) => `x${i}`)
    const next = uniform(14)
    const rows = Array.from({ length: 170 }, (_, i) => ({
      id: `P${i}`,
      ...Object.fromEntries(names.map((name) => [name, Math.round(next() * 100)]))
    }))
    const variables = names.map((name) => ({ name, type: 'integer', minimum: 0, maximum: 100 }))
    const study = await open(t, rows, { variables })
    assert.ok((await study.model('x0 ~ x1 + x2')).ok)
    for (const name of names.slice(3, 17)) assert.ok((await study.statistic('mean', [name])).ok, name)
    // Seventeen columns for 170 people.
    assert.ok((await study.model('x3 ~ x4')).ok)
    assertRefused(await study.model('x0 ~ x17'), /width: with it, 18 columns/)
  })

  test('numbers with all digits: no model where a catalog or its preset rounds', async (t) => {
    const rows = people(400, 15)
    for (const options of [
      { precision: 'statistical' },
      { preset: 'opensafely' },
      { overrides: { roundBase: 5 } },
      { overrides: { significantDigits: 6 } }
    ] as const) {
      const study = await open(t, rows, options)
      assertRefused(
        await study.model('score ~ age + sex'),
        /rounded numbers make no Gram matrix/,
        JSON.stringify(options)
      )
    }
  })
})

describe('A model is judged by all of its questions', () => {
  test('none may be missing, changed, over other people, or answered from other rows', async (t) => {
    const rows = people(400, 40)
    const study = await open(t, rows)
    const aggregate = await study.aggregate(planFor('score ~ marker * sex', study))
    const { questions = [] } = aggregate
    assert.ok(questions.length >= 2)
    for (const [i] of questions.entries())
      assertRefused(await study.judge({ ...aggregate, questions: questions.toSpliced(i, 1) }), /not those of the model/)
    assertRefused(await study.judge({ ...aggregate, questions: [] }), /not those of the model/)
    const part = await study.aggregate(planFor('score ~ marker * sex', study), centre('A'))
    for (const [i] of questions.entries()) {
      const other = part.questions?.[i]
      assert.ok(other)
      const changed = questions.with(i, { ...other, plan: questions[i]?.plan ?? other.plan })
      assertRefused(await study.judge({ ...aggregate, questions: changed }), /not all people of the model/)
    }
    const [group] = part.reduction.groups
    const [own] = aggregate.reduction.groups
    assert.ok(group && own)
    const swapped = { ...own, grams: group.grams ?? new Map() }
    assertRefused(await study.judge({ ...aggregate, reduction: { ...aggregate.reduction, groups: [swapped] } }), /./)
    const values = new Map(
      [...(own.grams?.get('n')?.values ?? [])].map(([name, column]) => [name, column.map((value) => value + 1)])
    )
    const gram = own.grams?.get('n')
    assert.ok(gram)
    const shifted = { ...own, grams: new Map([['n', { ...gram, values }]]) }
    assertRefused(
      await study.judge({ ...aggregate, reduction: { ...aggregate.reduction, groups: [shifted] } }),
      /lack a sum/
    )
    assert.ok((await study.judge(aggregate)).ok)
  })
})

describe('What a model costs', () => {
  test('its price is that of its questions, and with noise that of its sums', async (t) => {
    const { catalog } = await open(t, people(300, 60))
    const plan = planOfStatistic(
      { name: 'regression', variables: [], by: [], arguments: { formula: 'score ~ marker * sex + grade' } },
      catalog.descriptor
    )
    const prices = priceByDescription(catalog.descriptor, { plan, where: undefined })
    const wanted = new Map<string, number>()
    for (const question of questionsIn(plan))
      for (const { variable, bits } of priceByDescription(catalog.descriptor, { plan: question, where: undefined }))
        wanted.set(variable, (wanted.get(variable) ?? 0) + bits)
    assert.deepEqual(prices.map(({ variable }) => variable).sort(), ['people.grade', 'people.marker', 'people.score'])
    for (const { variable, bits } of prices) assert.ok(bits > 0 && bits <= (wanted.get(variable) ?? 0) + 1e-9, variable)
    const ask = privacyAskSchema.parse({ level: 'P2', epsilon: '1' })
    const { columns, numbers } = costOf({ plan, ask, descriptor: catalog.descriptor, sitesPerPerson: 1 })
    assert.ok(numbers < prices.reduce((sum, price) => sum + price.numbers, 0), 'each product once, whatever its levels')
    const measure = gramIn(plan)
    assert.ok(measure)
    // n stands in the place of the intercept.
    const coefficients = columnsOfModel(measure).slice(0, -1)
    assert.deepEqual([columns[0]?.name, columns.length], ['n', coefficients.length])
  })
})

describe('Formulas that are not understood', () => {
  const WRONG: readonly (readonly [string, string, RegExp])[] = [
    ['score', 'PARAMETER_INVALID', /there must be ~/],
    ['~ age', 'PARAMETER_INVALID', /begins with the outcome/],
    ['score ~', 'PARAMETER_INVALID', /ends after "~": a term is missing/],
    [
      'log(score) ~ age',
      'PARAMETER_INVALID',
      /at character 4, "\(": a formula has no functions .* ask the institutions to add one/
    ],
    ['score ~ log(age)', 'PARAMETER_INVALID', /at character 12, "\(": a formula has no functions/],
    ['score ~ age +', 'PARAMETER_INVALID', /a term is missing/],
    ['score ~ age ^ 2', 'PARAMETER_INVALID', /at character 13, "\^"/],
    ['score ~ age - sex', 'PARAMETER_INVALID', /at character 15, "sex": only 1 can be taken away/],
    ['score ~ age + 2', 'PARAMETER_INVALID', /at character 15, "2": the only number/],
    ['score ~ age sex', 'PARAMETER_INVALID', /at character 13, "sex": expected/],
    [
      'score ~ markr',
      'VARIABLE_UNKNOWN',
      /at character 9: the catalog has no variable "markr"\. Did you mean marker\?/
    ],
    ['score ~ wholly_other_thing', 'VARIABLE_UNKNOWN', /no variable "wholly_other_thing"\.$/],
    ['score ~ score', 'PARAMETER_INVALID', /the outcome cannot be a term/],
    ['grade ~ age', 'PARAMETER_INVALID', /people\.grade is no number/],
    ['score ~ age * marker', 'PARAMETER_INVALID', /multiplies two numbers/],
    ['score ~ age:sex', 'PARAMETER_INVALID', /is in the model, but not people\.sex: write people\.age \* people\.sex/],
    ['score ~ age * sex * centre * grade', 'PARAMETER_INVALID', /columns|categories/]
  ]
  for (const [formula, code, reason] of WRONG) {
    test(`${formula}: ${code}`, async (t) => {
      const study = await open(t, people(60, 50))
      assert.throws(
        () => planFor(formula, study),
        (error: unknown) =>
          (codeOf(error) === code && reason.test((error as { reason?: string }).reason ?? '')) ||
          assert.fail((error as { reason?: string }).reason)
      )
    })
  }
})
