/** The request that a form is converted to: it contains nothing that was not chosen. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aboutOf, forewarnings } from '../src/ask/draft/about.ts'
import { draftOf } from '../src/ask/draft/again.ts'
import { type Condition, type Draft, EMPTY, storedDraft } from '../src/ask/draft/draft.ts'
import { OUTPUTS_EXAMPLE, readOutputs } from '../src/ask/draft/outputs.ts'
import { MODEL_FAMILIES, STATISTICS } from '@stimnet/sdk'
import {
  isOutcome,
  largerIn,
  pairsIn,
  shownModel,
  withFamily,
  withOutcome,
  withPair,
  withVariables,
  writeModel
} from '../src/ask/statistic/model.ts'
import { eventsOf, survivalChosen, timesOf } from '../src/ask/statistic/survival.ts'
import { missingIn } from '../src/ask/draft/ready.ts'
import { starterSql } from '../src/ask/draft/starters.ts'
import { agreedContract } from '../src/ask/compare/agreed.ts'
import { signableOf } from '../src/ask/send/signable.ts'
import { analysisOf, callOf, filterOf, submissionOf } from '../src/ask/draft/submission.ts'
import { readSignedRequest, signRequest } from '@stimnet/sdk'
import { type Filter, signerFromSeed, SimulatedClock } from '@stimnet/protocol'
import { found, variables } from './catalogs.ts'

const form = { asked: found, variables }
const draft = (more: Partial<Draft>): Draft => ({ ...EMPTY, catalog: 'trial', ...more })

describe('a question on the form', () => {
  it('becomes a submission with what was filled in alone', () => {
    const asked = submissionOf(draft({ kind: 'sql', sql: 'SELECT COUNT(*) FROM subjects' }), form)
    assert.deepEqual(asked, {
      data_catalog_name: 'trial',
      targets: '*',
      script_type: 'sql',
      script_content: 'SELECT COUNT(*) FROM subjects'
    })
  })

  it('says its purpose, its title and whom it asks where they were chosen', () => {
    const asked = submissionOf(
      draft({
        ...{ kind: 'script', language: 'r', script: 'result <- 1', targets: ['12D3KooA'] },
        ...{ purpose: 'DUO:0000037', disease: ' MONDO:0005180 ', title: ' By sex ', project: ' alpha ' }
      }),
      form
    )
    assert.equal(asked.script_type, 'r')
    assert.deepEqual(asked.targets, ['12D3KooA'])
    assert.deepEqual(asked.purpose, ['DUO:0000037', 'MONDO:0005180'])
    assert.deepEqual([asked.title, asked.project], ['By sex', 'alpha'])
  })

  it('names the files that a script reads, and of nothing else', () => {
    const files = [{ file_id: 'f1', name: 'grid.csv', sha256: 'ab', size: 8 }]
    const script = draft({ kind: 'script', script: 'x', files })
    assert.deepEqual(submissionOf(script, form).uploaded_file_ids, ['f1'])
    assert.equal('uploaded_file_ids' in submissionOf({ ...script, kind: 'sql' }, form), false)
    const twice = [...files, { file_id: 'f2', name: 'grid.csv', sha256: 'cd', size: 8 }]
    assert.match(
      missingIn({ ...script, files: twice }, undefined, variables).join(),
      /Two of the files are called grid\.csv/
    )
    const large = ['a', 'b', 'c'].map((name) => ({ ...{ file_id: name, name, sha256: name }, size: 15 * 2 ** 20 }))
    assert.match(
      missingIn({ ...script, files: large }, undefined, variables).join(),
      /45 MiB; a question may have at most 32 MiB/
    )
    assert.deepEqual(missingIn(script, undefined, variables), [])
  })

  it('asks for noise only where it was chosen, with its charge as text', () => {
    const p2 = draft({ kind: 'sql', sql: 'SELECT 1', level: 'P2', epsilon: ' 0.5 ', groupsPerSubject: 2 })
    assert.deepEqual(submissionOf(p2, form).privacy, {
      ...{ level: 'P2', epsilon: '0.5' },
      ...{ groups_per_subject: 2, rows_per_subject: 1 }
    })
    assert.equal('privacy' in submissionOf({ ...p2, level: 'P1' }, form), false)
  })

  it('makes conditions of levels and bounds, numbers as numbers', () => {
    const conditions: Condition[] = [
      { key: 1, column: 'subjects.sex', op: '=', values: ['female'] },
      { key: 2, column: 'subjects.diagnosis', op: '=', values: ['mixed', 'tremor'] },
      { key: 3, column: 'subjects.age', op: '>=', values: ['65'] }
    ]
    assert.deepEqual(filterOf(draft({ conditions }), variables), {
      all: [
        { column: 'subjects.sex', op: '=', values: ['female'] },
        { column: 'subjects.diagnosis', op: 'in', values: ['mixed', 'tremor'] },
        { column: 'subjects.age', op: '>=', values: [65] }
      ]
    })
    assert.equal(filterOf(draft({}), variables), undefined)
  })

  it('makes a condition on a date of a day, and reads it back', () => {
    const plain = variables.find(({ ref }) => ref === 'subjects.age')
    assert.ok(plain)
    const date = { ...plain.variable, name: 'seen', type: 'date', unit: '', breakpoints: [18_262] }
    const withDate = [...variables, { ...plain, ref: 'subjects.seen', variable: date }]
    const condition: Condition = { key: 1, column: 'subjects.seen', op: '>=', values: ['2020-01-01'] }
    const filter = filterOf(draft({ conditions: [condition] }), withDate)
    assert.deepEqual(filter, { column: 'subjects.seen', op: '>=', values: ['2020-01-01'] })
    assert.throws(() => filterOf(draft({ conditions: [{ ...condition, op: '=' }] }), withDate), /“below” or “from”/)
    const asked = { data_catalog_name: 'trial', script_type: 'sql', script_content: 'SELECT 1', targets: '*' } as const
    assert.deepEqual(draftOf({ ...asked, where: filter as Filter }, withDate).draft.conditions, [condition])
  })

  it('is not sent with a condition that chooses nobody yet: the answer would be about everybody', () => {
    const sql = draft({ kind: 'sql', sql: 'SELECT 1' })
    const wrong: readonly (readonly [Omit<Condition, 'key'>, RegExp])[] = [
      [{ column: '', op: '=', values: [] }, /A condition has no variable/],
      [{ column: 'subjects.sex', op: '=', values: [] }, /Choose at least one level of subjects\.sex, or remove/],
      [{ column: 'subjects.sex', op: '=', values: [' '] }, /Choose at least one level/],
      [{ column: 'subjects.age', op: '>=', values: [] }, /Choose a bound of subjects\.age/],
      [{ column: 'subjects.age', op: '=', values: ['65'] }, /“below” or “from”/],
      [{ column: 'subjects.gone', op: '=', values: ['x'] }, /No institution offers subjects\.gone any more/]
    ]
    for (const [condition, words] of wrong) {
      const asked = { ...sql, conditions: [{ key: 1, ...condition }] }
      assert.match(missingIn(asked, undefined, variables).join(), words)
      assert.throws(() => submissionOf(asked, form), { code: 'PARAMETER_INVALID' })
    }
  })

  it('gives a statistic the arguments that it knows, and no grouping where it makes its own', () => {
    const picked = { ...EMPTY.picked, variables: ['subjects.age'], by: ['subjects.sex'], q: '0.1, 0.9', level: 'x' }
    assert.deepEqual(callOf({ ...picked, name: 'quantile' }).arguments, { q: [0.1, 0.9] })
    assert.deepEqual(callOf({ ...picked, name: 'mean' }).arguments, {})
    assert.deepEqual(callOf({ ...picked, name: 'histogram' }).by, [])
    assert.deepEqual(callOf({ ...picked, name: 'mean' }).by, ['subjects.sex'])
  })

  it('for stewards carries who asks and why, and goes to one institution', () => {
    const person = { name: 'Ada ', institution: 'North', email: 'ada@example.org', why: 'To know.' }
    const asked = analysisOf(draft({ kind: 'sql', sql: 'SELECT 1', title: 'Ages', person }), form, '12D3KooB')
    assert.equal(asked.target_node_id, '12D3KooB')
    assert.equal(asked.analysis_title, 'Ages')
    assert.equal(asked.requester_name, 'Ada')
    assert.equal('targets' in asked, false)
    assert.equal('title' in asked, false)
  })
})

describe('what is still missing', () => {
  const mean = { name: 'mean', summary: '', variables: [1, 8] as const, arguments: [] }

  it('is said in words, and nothing where nothing is', () => {
    assert.deepEqual(missingIn(EMPTY, mean, variables), ['Choose a catalog.'])
    assert.deepEqual(missingIn(draft({}), mean, variables), ['Choose at least 1 variable.'])
    assert.deepEqual(missingIn(draft({ kind: 'sql', sql: ' ' }), mean, variables), ['Write the query.'])
    assert.deepEqual(missingIn(draft({ kind: 'sql', sql: 'SELECT 1', targets: [] }), mean, variables), [
      'Choose at least one institution.'
    ])
    assert.deepEqual(
      missingIn(draft({ picked: { ...EMPTY.picked, variables: ['subjects.age'] } }), mean, variables),
      []
    )
  })

  it('counts a charge of nothing, a disease that is none, and stewards without words', () => {
    const sql = draft({ kind: 'sql', sql: 'SELECT 1' })
    assert.match(missingIn({ ...sql, level: 'P2', epsilon: '0' }, mean, variables).join(), /ε must be above zero/)
    assert.match(missingIn({ ...sql, level: 'P2', epsilon: '1e3' }, mean, variables).join(), /Write ε as a number/)
    assert.deepEqual(missingIn({ ...sql, level: 'P2', epsilon: '0,5' }, mean, variables), [])
    assert.match(missingIn({ ...sql, disease: 'Parkinson' }, mean, variables).join(), /MONDO/)
    assert.match(missingIn({ ...sql, review: true }, mean, variables).join(), /For the stewards, give/)
    const person = { ...EMPTY.person, email: 'ada@example..org' }
    assert.match(missingIn({ ...sql, review: true, person }, mean, variables).join(), /This is not an e-mail address/)
  })

  it('counts quantiles that are none, and what is longer than a gateway takes', () => {
    const quantiles = (q: string) =>
      missingIn(
        draft({ picked: { ...EMPTY.picked, name: 'quantile', variables: ['subjects.age'], q } }),
        mean,
        variables
      ).join()
    assert.equal(quantiles(''), '')
    assert.equal(quantiles('0.05, .5 0.95'), '')
    assert.match(quantiles('median, abc, 7'), /not “median”/)
    assert.match(quantiles('0.5, 7'), /not “7”/)
    assert.match(quantiles('0.04'), /not “0\.04”/)
    assert.match(quantiles('0.5 '.repeat(10)), /At most 9 quantiles/)
    const sql = draft({ kind: 'sql', sql: 'SELECT 1', title: 'x'.repeat(201) })
    assert.match(missingIn(sql, mean, variables).join(), /The title: at most 200 characters are allowed/)
    const long = draft({ kind: 'script', script: '#'.repeat(300 * 1024) })
    assert.match(missingIn(long, mean, variables).join(), /The script: 300 KiB, but at most 256 KiB are allowed/)
  })
})

describe('outputs that a script promises', () => {
  const script = draft({ kind: 'script', script: 'x' })
  const mean = { name: 'age', kind: 'mean', lower: '18', upper: '100' }

  it('go with it as they were written, and with nothing else', () => {
    const outputs = JSON.stringify([mean])
    assert.equal(submissionOf({ ...script, outputs }, form).outputs?.[0]?.name, 'age')
    assert.equal('outputs' in submissionOf({ ...script, kind: 'sql', outputs }, form), false)
    assert.equal('outputs' in submissionOf(script, form), false)
    assert.deepEqual(missingIn({ ...script, outputs }, undefined, variables), [])
    assert.ok(readOutputs(OUTPUTS_EXAMPLE).ok)
  })

  it('are refused with what is wrong, before anything is sent', () => {
    assert.deepEqual(missingIn({ ...script, outputs: '{' }, undefined, variables), [
      'Declared outputs: this is not valid JSON.'
    ])
    const unbounded = JSON.stringify([{ name: 'age', kind: 'mean' }])
    assert.match(
      missingIn({ ...script, outputs: unbounded }, undefined, variables).join(),
      /0\.lower: A mean declares lower and upper/
    )
  })
})

describe('what institutions will do', () => {
  it('is told before anything is sent', () => {
    const about = aboutOf(found, draft({}))
    assert.ok(about)
    assert.deepEqual(forewarnings(about, draft({ kind: 'sql' })), ['South answers with noise (P2) only.'])
    assert.deepEqual(forewarnings(about, draft({ kind: 'script', language: 'python' })), [
      'North: stewards must read the script first.',
      'South does not run python.'
    ])
    const onlyNorth = aboutOf(found, draft({ targets: ['12D3KooNorth'] }))
    assert.ok(onlyNorth)
    assert.deepEqual(forewarnings(onlyNorth, draft({ kind: 'sql' })), [])
  })

  it('begins with a query over people, in the catalog’s own words', () => {
    const sql = starterSql({ variables, oneRow: ['subjects'], subjectKey: 'patient' })
    assert.match(sql, /COUNT\(DISTINCT patient\) AS subjects/)
    assert.match(sql, /AVG\(age\) AS mean/)
    assert.match(sql, /FROM subjects\nGROUP BY (sex|age|diagnosis)$/)
  })
})

describe('a draft', () => {
  it('outlives a reload, and a store that holds something else', () => {
    assert.equal(storedDraft(JSON.stringify({ ...EMPTY, sql: 'SELECT 2' })).sql, 'SELECT 2')
    assert.deepEqual(storedDraft('not JSON'), EMPTY)
    assert.deepEqual(storedDraft('null'), EMPTY)
    assert.equal(storedDraft('{"title":"x"}').epsilon, EMPTY.epsilon)
  })
})

describe('a question that is changed and asked again', () => {
  const again = (form: Draft) => {
    const { uploaded_file_ids: _, targets = '*', ...asked } = submissionOf(form, onForm)
    return draftOf({ ...asked, targets }, variables)
  }
  const onForm = { asked: found, variables }

  it('is on the form as it was asked, whatever it was', () => {
    const forms: Draft[] = [
      draft({
        kind: 'sql',
        sql: 'SELECT 1',
        title: 'By sex',
        project: 'alpha',
        purpose: 'DUO:0000037',
        disease: 'MONDO:0005180'
      }),
      draft({
        picked: { ...EMPTY.picked, name: 'quantile', variables: ['subjects.age'], by: ['subjects.sex'], q: '0.1, 0.9' },
        conditions: [
          { key: 1, column: 'subjects.sex', op: '=', values: ['female'] },
          { key: 2, column: 'subjects.diagnosis', op: '=', values: ['mixed', 'tremor'] },
          { key: 3, column: 'subjects.age', op: '>=', values: ['65'] }
        ]
      }),
      draft({
        picked: { ...EMPTY.picked, name: 'share', variables: ['subjects.sex'], level: 'female' },
        targets: ['12D3KooNorth']
      }),
      draft({
        picked: {
          ...{ ...EMPTY.picked, name: 'two_by_two', level: 'mixed' },
          ...{ variables: ['subjects.diagnosis'], by: ['subjects.sex'] }
        }
      }),
      draft({ picked: { ...EMPTY.picked, name: 'mean', variables: ['subjects.age'], interval: true } }),
      draft({
        picked: {
          ...{ ...EMPTY.picked, name: 'anova', pairwise: true },
          ...{ variables: ['subjects.age'], by: ['subjects.diagnosis'] }
        }
      }),
      draft({ picked: { ...EMPTY.picked, name: 'one_sample', variables: ['subjects.age'], value: '60.5' } }),
      draft({ picked: { ...EMPTY.picked, name: 'moments', variables: ['subjects.age'], kurtosis: true } }),
      draft({ kind: 'script', language: 'r', script: 'result <- 1', outputs: OUTPUTS_EXAMPLE }),
      draft({ kind: 'sql', sql: 'SELECT 1', level: 'P2', epsilon: '0.25', groupsPerSubject: 2, rowsPerSubject: 3 })
    ]
    for (const form of forms) {
      const { draft: opened, lost } = again(form)
      assert.deepEqual(submissionOf(opened, onForm), submissionOf(form, onForm))
      const { outputs, ...rest } = form
      assert.deepEqual({ ...opened, outputs }, { ...rest, outputs })
      assert.deepEqual(lost, [])
    }
  })

  it('asks an analysis set that the chosen institutions define alike, and opens with it again', () => {
    const completers = { name: 'completers', complete_on: ['subjects.age'], where: null }
    const other = { name: 'other', complete_on: ['subjects.age'], where: null }
    const withSets = (sets: readonly (typeof completers)[][]) =>
      found.map((one, i) => ({
        ...one,
        schema_definition: one.schema_definition && { ...one.schema_definition, analysis_sets: sets[i] ?? [] }
      }))
    const holders = withSets([
      [completers, other],
      [completers, { ...other, complete_on: ['subjects.sex'] }]
    ])
    const sets = (targets: readonly string[] | null) =>
      aboutOf(holders, draft({ targets }))?.sets.map(({ name }) => name)
    assert.deepEqual(sets(null), ['completers'])
    assert.deepEqual(sets(['12D3KooNorth']), ['completers', 'other'])
    const ofSet = draft({ kind: 'sql', sql: 'SELECT 1', set: 'completers' })
    assert.equal(submissionOf(ofSet, form).set, 'completers')
    assert.equal('set' in submissionOf(draft({ kind: 'sql', sql: 'SELECT 1' }), form), false)
    const about = aboutOf(holders, ofSet)
    assert.equal(about && signableOf(ofSet, about, { reviewed: false }).set, 'completers')
    assert.deepEqual([again(ofSet).draft.set, again(ofSet).lost], ['completers', []])
    const lacks = (one: Draft) => missingIn(one, undefined, variables, holders)
    assert.deepEqual(lacks(ofSet), [])
    assert.match(lacks({ ...ofSet, set: 'other' }).join(), /^Not all institutions define the analysis set other/)
    assert.match(lacks({ ...ofSet, level: 'P2' }).join(), /An analysis set is for numbers without noise/)
  })

  it('says what its statistic still lacks: groups, a level, a value that is a number', () => {
    const lacks = (picked: Partial<Draft['picked']>) => {
      const statistic = STATISTICS.find(({ name }) => name === picked.name)
      return missingIn(draft({ picked: { ...EMPTY.picked, ...picked } }), statistic, variables).join(' ')
    }
    const ofSex = { variables: ['subjects.sex'] }
    assert.match(lacks({ name: 'two_by_two', ...ofSex }), /Choose the level.*Choose the variable that makes the groups/)
    assert.equal(lacks({ name: 'two_by_two', ...ofSex, by: ['subjects.diagnosis'], level: 'female' }), '')
    const ofAge = { name: 'one_sample', variables: ['subjects.age'] }
    assert.match(lacks({ ...ofAge, value: 'sixty' }), /as a number/)
    for (const value of ['', '60,5', ' -3 ', '.5']) assert.equal(lacks({ ...ofAge, value }), '')
  })

  it('builds a model part by part, and reads what is typed into the same parts', () => {
    const age = { outcome: 'subjects.age', intercept: true, terms: [] }
    const factors = ['subjects.sex', 'subjects.diagnosis']
    const both = withVariables(withOutcome(undefined, age.outcome), factors, factors)
    assert.equal(writeModel(both, variables), 'age ~ sex + diagnosis')
    const [pair] = pairsIn(both, variables)
    assert.ok(pair)
    const crossed = withPair(both, pair)
    assert.equal(writeModel(crossed, variables), 'age ~ sex + diagnosis + sex:diagnosis')
    assert.deepEqual(shownModel('age ~ subjects.sex * diagnosis', variables), crossed)
    // A product is removed with its variables, and an outcome is not a term.
    assert.equal(writeModel(withVariables(crossed, factors, ['subjects.sex']), variables), 'age ~ sex')
    assert.equal(writeModel(withPair(crossed, { ...pair, isChosen: true }), variables), 'age ~ sex + diagnosis')
    assert.deepEqual(withOutcome({ ...both, outcome: 'x' }, 'subjects.sex').terms, [['subjects.diagnosis']])
    // A formula that the controls cannot show stays text; the controls do not show a part of it.
    assert.equal(shownModel('age ~ weight', variables), undefined)
    assert.equal(shownModel('age ~ sex +', variables), undefined)
    const three = { ...crossed, terms: [...crossed.terms, ['subjects.sex', 'subjects.diagnosis', 'subjects.visit']] }
    assert.deepEqual(largerIn(three), ['subjects.sex × subjects.diagnosis × subjects.visit'])
    assert.equal(writeModel({ ...age, intercept: false, terms: [['subjects.sex']] }, variables), 'age ~ sex - 1')
    // Random terms stay as they were written when a term is chosen.
    const slope = shownModel('age ~ sex + (diagnosis || subject)', variables)
    assert.ok(slope !== undefined)
    assert.deepEqual(slope.random, [{ group: 'subject', slope: 'subjects.diagnosis', isUncorrelated: true }])
    assert.equal(
      writeModel(withVariables(slope, factors, ['subjects.sex', 'subjects.diagnosis']), variables),
      'age ~ sex + diagnosis + (1 + diagnosis || subject)'
    )
    const site = shownModel('age ~ sex + (1 | site)', variables)
    assert.equal(site && writeModel(site, variables), 'age ~ sex + (1 | site)')
  })

  it('asks for a model by its formula alone, says what is wrong with it, and opens it again', () => {
    const picked = {
      ...EMPTY.picked,
      name: 'regression',
      by: ['subjects.sex'],
      model: { ...EMPTY.picked.model, formula: 'age ~ sex', site: 'meta' }
    } as const
    const form = draft({ picked })
    const call = { name: 'regression', variables: [], by: [], arguments: { formula: 'age ~ sex', site: 'meta' } }
    assert.deepEqual(callOf(form.picked), call)
    const { draft: opened, lost } = again(form)
    assert.deepEqual([opened.picked.model, lost], [form.picked.model, []])
    // Short names are written in full, since the form has no field for their table.
    const tabled = JSON.stringify({ ...call, table: 'subjects', arguments: { formula: 'age ~ sex * diagnosis' } })
    const asked = { ...submissionOf(form, onForm), script_content: tabled, script_type: 'statistic' as const }
    const { draft: plain } = draftOf({ ...asked, targets: '*' }, variables)
    const written = { ...EMPTY.picked.model, formula: 'age ~ sex + diagnosis + sex:diagnosis' }
    assert.deepEqual(plain.picked.model, written)

    const lacks = (formula: string, more: Partial<Draft['picked']['model']> = {}) => {
      const statistic = STATISTICS.find(({ name }) => name === 'regression')
      const asked = { ...picked, model: { ...EMPTY.picked.model, formula, ...more } }
      return missingIn(draft({ picked: asked }), statistic, variables, found).join(' ')
    }
    assert.match(lacks(' '), /Choose the outcome/)
    assert.match(lacks('age ~ sexx'), /at character 7.*Did you mean sex\?/)
    assert.match(
      lacks('age ~ sex:diagnosis'),
      /write subjects\.diagnosis \* subjects\.sex|write subjects\.sex \* subjects\.diagnosis/
    )
    assert.equal(lacks('age ~ sex * diagnosis'), '')
    const logistic = { family: 'binomial' } as const
    assert.equal(lacks('sex ~ diagnosis', { ...logistic, event: 'male' }), '')
  })

  it('asks for a logistic model of a level, and opens it again; another family begins anew', () => {
    const asked = { formula: 'sex ~ diagnosis', site: 'fixed', family: 'binomial', event: 'male' } as const
    const model = { ...EMPTY.picked.model, ...asked }
    const form = draft({ picked: { ...EMPTY.picked, name: 'regression', model } })
    assert.deepEqual(callOf(form.picked).arguments, { ...asked })
    assert.deepEqual([again(form).draft.picked.model, again(form).lost], [model, []])
    assert.deepEqual(withFamily({ ...model, family: 'gaussian', site: 'random' }, 'poisson'), {
      ...EMPTY.picked.model,
      family: 'poisson'
    })
    const [age, sex] = variables
    assert.ok(age && sex)
    const fits = MODEL_FAMILIES.map((family) => [isOutcome(family, age), isOutcome(family, sex)])
    assert.deepEqual(fits, [
      [true, false],
      [false, true],
      [true, false],
      [false, true]
    ])
    const negative = { ...age, variable: { ...age.variable, minimum: -5 } }
    assert.equal(isOutcome({ outcome: 'count' }, negative), false)
  })

  it('asks for components with or without scale', () => {
    const picked = { ...EMPTY.picked, name: 'pca', variables: ['subjects.age', 'subjects.weight'] }
    assert.deepEqual(callOf(picked).arguments, {})
    assert.deepEqual(callOf({ ...picked, scaled: false, by: ['subjects.sex'] }), {
      ...{ name: 'pca', variables: picked.variables, by: [], arguments: { scale: false } }
    })
    assert.equal(again(draft({ picked: { ...picked, scaled: false } })).draft.picked.scaled, false)
    const statistic = STATISTICS.find(({ name }) => name === 'pca')
    const one = draft({ picked: { ...picked, variables: ['subjects.age'] } })
    assert.match(missingIn(one, statistic, variables).join(), /Choose at least 2 variables/)
  })

  it('asks for a harmonisation by covariates, which are no groups', () => {
    const picked = { ...EMPTY.picked, name: 'combat', variables: ['subjects.age', 'subjects.weight'] }
    assert.deepEqual(callOf(picked).arguments, {})
    const adjusted = { ...picked, by: ['subjects.sex'] }
    assert.deepEqual(callOf(adjusted), {
      ...{ name: 'combat', variables: picked.variables, by: [], arguments: { covariates: ['subjects.sex'] } }
    })
    assert.deepEqual(again(draft({ picked: adjusted })).draft.picked, adjusted)
    assert.deepEqual(again(draft({ picked: adjusted })).lost, [])
  })

  it('asks for survival by a time, an event and its level, and says what it lacks', () => {
    const survival = {
      ...EMPTY.picked.survival,
      ...{ time: 'subjects.age', event: 'subjects.diagnosis', level: 'mixed', times: '30, 60', until: '60' }
    }
    const curves = { ...EMPTY.picked, name: 'kaplan_meier', by: ['subjects.sex'], survival }
    assert.deepEqual(callOf(curves), {
      ...{ name: 'kaplan_meier', variables: ['subjects.age', 'subjects.diagnosis'], by: ['subjects.sex'] },
      arguments: { event: 'mixed', times: [30, 60], until: 60 }
    })
    const compared = { ...survival, strata: 'subjects.diagnosis', bySite: true }
    const ranks = { ...curves, name: 'log_rank', survival: compared }
    assert.deepEqual(callOf(ranks).arguments, { event: 'mixed', strata: 'subjects.diagnosis', site: 'stratum' })
    assert.deepEqual(again(draft({ picked: curves })).draft.picked, curves)
    assert.deepEqual(again(draft({ picked: ranks })).draft.picked.survival, { ...compared, times: '', until: '' })
    assert.deepEqual(again(draft({ picked: ranks })).lost, [])

    // Hazard ratios are within institutions by default, and have one or two grouping categories.
    const within = survivalChosen('cox', { ...survival, bySite: false })
    assert.equal(within.bySite, true)
    assert.equal(survivalChosen('log_rank', within).bySite, false)
    const hazards = { ...curves, name: 'cox', by: ['subjects.sex', 'subjects.diagnosis'], survival: within }
    assert.deepEqual(callOf(hazards), {
      ...{ name: 'cox', variables: ['subjects.age', 'subjects.diagnosis'], by: hazards.by },
      arguments: { event: 'mixed' }
    })
    // Two variables can interact; a variable and strata cannot.
    const two = { ...hazards, by: ['subjects.sex', 'subjects.diagnosis'], survival: { ...within, interaction: true } }
    assert.equal(callOf(two).arguments.interaction, true)
    assert.equal(again(draft({ picked: two })).draft.picked.survival.interaction, true)
    const apart = { ...two, by: ['subjects.sex'], survival: { ...two.survival, strata: 'subjects.diagnosis' } }
    assert.equal('interaction' in callOf(apart).arguments, false)
    const open = { ...hazards, by: ['subjects.sex'], survival: { ...compared, bySite: false } }
    assert.deepEqual(callOf(open).arguments, { event: 'mixed', strata: 'subjects.diagnosis', site: 'none' })
    for (const picked of [hazards, open]) {
      const found = again(draft({ picked }))
      assert.deepEqual([found.draft.picked.by, found.lost], [picked.by, []])
      assert.deepEqual(found.draft.picked.survival, { ...picked.survival, times: '', until: '' })
    }

    const lacks = (more: Partial<typeof survival>, name = 'kaplan_meier', by: string[] = []) => {
      const statistic = STATISTICS.find((one) => one.name === name)
      const asked = { ...curves, name, by, survival: { ...survival, ...more } }
      return missingIn(draft({ picked: asked }), statistic, variables).join(' ')
    }
    assert.equal(lacks({}), '')
    assert.match(lacks({ time: '', event: '' }), /Choose the time\. Choose the variable that says/)
    assert.match(lacks({ level: '' }), /Choose the level of those/)
    assert.match(lacks({ event: 'subjects.age', level: '' }), /The time cannot say who had the event/)
    assert.match(lacks({ times: '30, soon' }), /Times: at most 12 numbers above 0/)
    assert.match(lacks({ times: '1 '.repeat(13) }), /Times: at most 12/)
    assert.match(lacks({ until: '0' }), /one number above 0/)
    assert.match(lacks({}, 'log_rank'), /Choose the variable that makes the groups/)
    assert.match(lacks({}, 'cox'), /Choose one or two variables that make the groups/)
    assert.equal(lacks({}, 'cox', ['subjects.sex', 'subjects.diagnosis']), '')
    assert.match(
      lacks({ strata: 'subjects.diagnosis' }, 'cox', ['subjects.sex', 'subjects.visit']),
      /Choose at most two variables/
    )
    // Only a number with breakpoints can be a time; only a category or an integer 0 or 1 can be an event.
    assert.deepEqual(
      timesOf(variables).map(({ ref }) => ref),
      ['subjects.age']
    )
    const [age] = variables
    assert.ok(age)
    const died = { ...age, ref: 'subjects.died', variable: { ...age.variable, breakpoints: [1] } }
    assert.deepEqual(
      eventsOf([...variables, died]).map(({ ref }) => ref),
      [...['subjects.sex', 'subjects.diagnosis', 'subjects.died']]
    )
  })

  it('keeps of its cohort what the form cannot show, and asks for it again', () => {
    const where = {
      all: [
        { column: 'sex', op: '=', values: ['female'] },
        { not: { column: 'subjects.diagnosis', op: '=', values: ['mixed'] } },
        { column: 'subjects.sex', op: '!=', values: ['male'] },
        { column: 'subjects.age', op: '<', values: [50] }
      ]
    } as const
    const asked = { data_catalog_name: 'trial', script_type: 'sql', script_content: 'SELECT 1', targets: '*' } as const
    const { draft: opened } = draftOf(
      { ...asked, where: where as unknown as Filter, filters: { 'subjects.age': 65 } },
      variables
    )
    assert.deepEqual(opened.conditions, [{ key: 1, column: 'subjects.sex', op: '=', values: ['female'] }])
    const [, ...others] = where.all
    const kept = [...others, { column: 'subjects.age', op: '=', values: [65] }]
    assert.deepEqual(opened.whereElse, { all: kept })
    const sent = filterOf(opened, variables)
    assert.deepEqual(sent, { all: [{ ...where.all[0], column: 'subjects.sex' }, { all: kept }] })
  })

  it('says what of it the form has no place for', () => {
    const call = JSON.stringify({
      name: 'compare',
      variables: ['age'],
      by: ['sex'],
      arguments: { groups: ['female', 'male'] }
    })
    const { draft: opened, lost } = draftOf(
      {
        ...{ data_catalog_name: 'trial', script_type: 'statistic', script_content: call, targets: '*' },
        parameters: { limit: 3 },
        files: [{ name: 'grid.csv', sha256: 'ab', size: 8 }],
        privacy: { level: 'P2', rho: '0.01' },
        purpose: ['DUO:0000037', 'DUO:0000042']
      },
      variables
    )
    assert.deepEqual([opened.picked.variables, opened.picked.by], [['subjects.age'], ['subjects.sex']])
    for (const words of [/argument groups/, /parameters/, /file grid\.csv/, /ρ/, /purpose DUO:0000042/]) {
      assert.match(lost.join(' '), words)
    }
  })
})

describe('a question that the researcher signs', async () => {
  const clock = new SimulatedClock()
  const [signer, north, south] = await Promise.all(
    [1, 2, 3].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte)))
  )
  assert.ok(signer && north && south)
  const holders = found.map((one, at) => ({ ...one, peer_id: [north.id, south.id][at] ?? '' }))
  const signed = async (form: Draft, reviewed = false) => {
    const about = aboutOf(holders, form)
    assert.ok(about)
    const { text, targets } = await signRequest({
      ...{ ...signableOf(form, about, { reviewed }), carrier: north.id, signer, clock }
    })
    const question = await readSignedRequest(text, { clock })
    assert.deepEqual(question.targets, targets)
    return {
      question,
      submission: submissionOf(form, about),
      analysis: analysisOf(form, about, '')
    }
  }
  const condition = { key: 1, column: 'subjects.age', op: '>=', values: ['65'] } as const

  it('is the one that the gateway would sign, with its targets named', async () => {
    const form = draft({
      ...{ kind: 'sql', sql: 'SELECT COUNT(*) AS n FROM subjects', conditions: [condition], title: ' Old ' },
      ...{ purpose: 'DUO:0000037', level: 'P2', epsilon: '0.5', groupsPerSubject: 2 }
    })
    const { question, submission } = await signed(form)
    assert.deepEqual(question.targets, [north.id, south.id])
    assert.equal(question.key, signer.id)
    assert.deepEqual(question.program, { kind: 'sql', sql: submission.script_content })
    assert.deepEqual(question.where, submission.where)
    assert.deepEqual(question.purpose, submission.purpose)
    assert.deepEqual(question.privacy, { ...submission.privacy, bounds: [] })
    assert.equal(question.title, submission.title)
    assert.equal(question.review, false)
  })

  it('may be a statistic or a script that promises outputs', async () => {
    const statistic = await signed(
      draft({ targets: [north.id], picked: { ...EMPTY.picked, variables: ['subjects.age'] } })
    )
    assert.deepEqual(statistic.question.targets, [north.id])
    assert.equal(statistic.question.program.kind, 'statistic')
    assert.deepEqual(
      statistic.question.program.kind === 'statistic' && statistic.question.program.statistic.variables,
      ['subjects.age']
    )
    const form = draft({ kind: 'script', language: 'r', script: 'result <- 1', outputs: OUTPUTS_EXAMPLE })
    const script = await signed(form)
    assert.deepEqual(script.question.program, { kind: 'script', language: 'r', code: 'result <- 1' })
    assert.deepEqual(
      script.question.outputs.map(({ name }) => name),
      ['with a change', 'mean change', 'responders']
    )
  })

  it('asks people with the same words', async () => {
    const person = { name: ' Ada ', institution: 'North', email: 'ada@example.org', why: 'To learn.' }
    const form = draft({ kind: 'sql', sql: 'SELECT 1', targets: [north.id], title: 'T', person })
    const { question } = await signed(form, true)
    assert.equal(question.review, true)
  })

  it('says what its institutions agree on, so that each holds its own data against it', () => {
    const sql = (text: string) => agreedContract(holders, { program: { kind: 'sql', sql: text }, where: undefined })
    const [first] = holders
    assert.ok(first)
    const same = [first, { ...first, peer_id: 'other' }]
    const query = { kind: 'sql', sql: 'SELECT sex, AVG(age) FROM subjects' } as const
    const agreed = agreedContract(same, { program: query, where: undefined })
    assert.deepEqual(agreed.map(({ variable }) => variable).sort(), ['subjects.age', 'subjects.sex'])
    // South has one more level and no age: the gateway's comparison reports that.
    assert.deepEqual(sql(query.sql), [])
    // For a single institution as well, since the gateway could describe its catalog incorrectly.
    const one = holders.slice(0, 1)
    assert.deepEqual(agreedContract(one, { program: query, where: undefined }), agreed)
    const script = { kind: 'script', language: 'python', code: 'sex' } as const
    assert.deepEqual(agreedContract(one, { program: script, where: undefined }), [])
    const where = { column: 'subjects.diagnosis', op: '=', values: ['mixed'] } as const
    const more = agreedContract(same, { program: query, where })
    assert.ok(more.some(({ variable }) => variable === 'subjects.diagnosis'))
    const share = { name: 'table', variables: ['subjects.sex'], by: [], arguments: {} }
    assert.throws(
      () => agreedContract(holders, { program: { kind: 'statistic', statistic: share }, where: undefined }),
      {
        code: 'SCHEMA_MISMATCH'
      }
    )
  })
})
