/** A model in rounds and random effects of people on the form, and the questions of the rounds that follow from round 0. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signerFromSeed } from '@stimnet/protocol'
import { type AskedQuestion, readSignedRequest, signRequest } from '@stimnet/sdk'
import { draftOf } from '../src/ask/draft/again.ts'
import { type Draft, EMPTY } from '../src/ask/draft/draft.ts'
import { missingIn } from '../src/ask/draft/ready.ts'
import { callOf, isFitInRounds, submissionOf } from '../src/ask/draft/submission.ts'
import { shownModel, writeModel } from '../src/ask/statistic/model.ts'
import { centredAmong, isAboutZero, ofPersonIn, timesAmong, withPerson, withTime } from '../src/ask/statistic/random.ts'
import { earlyEndOf } from '../src/fit/early-end.ts'
import { fitAskedOf, programOfRound, roundOfQuestion, signableOfRound, submissionOfRound } from '../src/fit/question.ts'
import { keepFit, keptFit, withRound } from '../src/session/fits.ts'
import { keptIn } from '../src/session/storage.ts'
import { askedInWords } from '../src/words/question/asked.ts'
import { sharedVariables } from '../src/words/variable.ts'
import { STATISTICS } from '@stimnet/sdk'
import { found } from './catalogs.ts'

const signers = await Promise.all([2, 1].map((seed) => signerFromSeed(new Uint8Array(32).fill(seed))))
const roster = signers.map(({ id }) => id).sort()
const [north] = found
assert.ok(north)
/** The same catalog at two institutions with real PeerIds. */
const asked = signers.map(({ id }, at) => ({ ...north, peer_id: id, node_id: `node-${at + 1}` }))
const variables = sharedVariables(asked)
const form = { asked, variables }
const regression = STATISTICS.find(({ name }) => name === 'regression')

const modelled = (model: Partial<Draft['picked']['model']>, more: Partial<Draft> = {}): Draft => ({
  ...{ ...EMPTY, catalog: 'trial' },
  picked: { ...EMPTY.picked, name: 'regression', model: { ...EMPTY.picked.model, ...model } },
  ...more
})

describe('a model in rounds', () => {
  const draft = modelled({ formula: 'sex ~ age + diagnosis', family: 'binomial' })

  it('names its institutions, in their order, and is asked of these alone; a model of categories names nobody', () => {
    assert.ok(isFitInRounds(draft, form))
    const submission = submissionOf(draft, form)
    assert.deepEqual(submission.targets, roster)
    assert.deepEqual(JSON.parse(submission.script_content).arguments.roster, roster)
    assert.equal(submission.title, 'sex ~ age + diagnosis')
    assert.equal(submissionOf({ ...draft, title: ' Falls ' }, form).title, 'Falls')
    const counted = modelled({ formula: 'sex ~ diagnosis', family: 'binomial' })
    assert.equal(isFitInRounds(counted, form), false)
    assert.equal('roster' in callOf(counted.picked, asked).arguments, false)
    assert.equal(submissionOf(counted, form).targets, '*')
    assert.equal(isFitInRounds(modelled({ formula: 'age ~ sex' }), form), false)
  })

  it('cannot be asked with noise, nor be put to stewards first', () => {
    const lacks = (more: Partial<Draft>) => missingIn({ ...draft, ...more }, regression, variables, asked).join(' ')
    assert.equal(lacks({}), '')
    assert.match(lacks({ level: 'P2' }), /in rounds has no form with noise/)
    const person = { name: 'A', institution: 'B', email: 'a@b.example', why: 'c' }
    assert.match(lacks({ review: true, title: 'T', person }), /Stewards cannot decide first about a model in rounds/)
    const fixed = modelled({ formula: 'sex ~ age', family: 'binomial', site: 'fixed' })
    assert.match(missingIn(fixed, regression, variables, asked).join(), /site: none or meta/)
  })

  const zero = { ...submissionOf(draft, form), contract: [], title: 'Falls' } as AskedQuestion

  it('has the same question in each round, but for the round and the receipts', () => {
    const fit = fitAskedOf(zero, undefined)
    assert.ok(fit)
    assert.deepEqual([fit.formula, fit.isMeta, fit.roster], ['sex ~ age + diagnosis', false, roster])
    const round = { round: 2, receipts: ['a.b.c', 'd.e.f'] }
    const submission = submissionOfRound(fit, round)
    const { arguments: given, ...call } = JSON.parse(submission.script_content)
    const { arguments: before, ...first } = JSON.parse(zero.script_content)
    assert.deepEqual(call, first)
    assert.deepEqual(given, { ...before, ...round })
    assert.deepEqual(
      { ...submission, script_content: '', title: '' },
      { ...zero, script_content: '', title: '' },
      'cohort, purpose and institutions stay'
    )
    assert.equal(submission.title, 'Falls, round 2')
    assert.ok(
      (submissionOfRound({ ...fit, asked: { ...zero, title: 't'.repeat(200) } }, round).title ?? '').length <= 200
    )
    assert.deepEqual(programOfRound(fit, { round: 0, receipts: [] }), { kind: 'statistic', statistic: fit.call })
    const later = { ...zero, script_content: submission.script_content }
    assert.deepEqual([roundOfQuestion(zero), roundOfQuestion(later)], [0, 2])
    assert.equal(fitAskedOf(later, undefined), undefined, 'a fit begins with round 0')
    assert.match(askedInWords(later)[1]?.[1] ?? '', /from 2 receipts of the round before, roster of 2 institutions/)
    for (const other of [
      { ...zero, script_type: 'sql' as const },
      { ...zero, script_content: 'x' }
    ])
      assert.deepEqual([fitAskedOf(other, undefined), roundOfQuestion(other)], [undefined, undefined])
  })

  it('that was signed here is read from what was signed, and signed again in each round', async () => {
    const [signer] = signers
    assert.ok(signer)
    const { text } = await signRequest({
      ...{ catalog: 'trial', signer, targets: roster, carrier: roster[0] ?? '', title: 'Mine' },
      program: { kind: 'statistic', statistic: JSON.parse(zero.script_content) },
      where: { column: 'subjects.sex', op: '=', values: ['female'] },
      purpose: ['DUO:0000037']
    })
    const signed = { ...(await readSignedRequest(text)), names: { [signer.id]: 'North' } }
    // What the gateway states does not matter.
    const fit = fitAskedOf({ ...zero, title: 'Another', script_content: '{}' }, signed)
    assert.ok(fit)
    const next = signableOfRound(fit, signed, { round: 1, receipts: ['a', 'b'] })
    assert.deepEqual(next.program, programOfRound(fit, { round: 1, receipts: ['a', 'b'] }))
    assert.deepEqual([next.catalog, next.targets, next.title], ['trial', roster, 'Mine, round 1'])
    assert.deepEqual([next.where, next.purpose], [signed.where, ['DUO:0000037']])
  })

  it('that ends early says which result there is, and asks a round again only where all may still answer', () => {
    const at = (round: number, ...codes: string[]) => ({
      round,
      missing: codes.map((code, i) => ({ site: roster[i] ?? '', code }))
    })
    assert.equal(earlyEndOf([at(0), at(1)], roster), undefined)
    assert.deepEqual(earlyEndOf([at(0), at(1, 'PEER_UNREACHABLE')], roster), {
      words: 'Not every institution answered round 1, so the fit ended. The result is that of round 0.',
      again: 1
    })
    const refused = earlyEndOf([at(0), at(1, 'PEER_UNREACHABLE', 'COHORT_NOT_RELEASABLE')], roster)
    assert.equal(refused?.again, undefined)
    // Round 0 asked again would be another fit.
    const first = earlyEndOf([at(0, 'PEER_UNREACHABLE')], roster)
    assert.match(first?.words ?? '', /no further round follows: the fits of the others are combined/)
    assert.equal(first?.again, undefined)
    const nobody = earlyEndOf([at(0, 'MODEL_SEPARATED', 'COHORT_NOT_RELEASABLE')], roster)
    assert.match(nobody?.words ?? '', /there is no result/)
  })

  it('opens on the form again from any of its rounds, as the same model', () => {
    const fit = fitAskedOf(zero, undefined)
    assert.ok(fit)
    for (const round of [0, 3]) {
      const shown = round === 0 ? zero : { ...zero, ...submissionOfRound(fit, { round, receipts: ['a', 'b'] }) }
      const { draft: opened, lost } = draftOf(shown as AskedQuestion, variables)
      assert.deepEqual([opened.picked.model, lost], [draft.picked.model, []])
    }
  })

  it('is kept in the tab with the questions of its rounds; what cannot be read is a fit that is stopped', () => {
    const memory = new Map<string, string>()
    const kept = keptIn(() => ({
      ...({} as Storage),
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
      removeItem: (key: string) => void memory.delete(key)
    }))
    assert.deepEqual(keptFit('f', kept), { isRunning: false, rounds: [] })
    const one = withRound({ isRunning: true, rounds: [] }, 1, { id: 'q1', attempt: 0 })
    const two = withRound(one, 2, { hash: 'ab', attempt: 1 })
    keepFit('f', two, kept)
    assert.deepEqual(keptFit('f', kept), two)
    assert.deepEqual(withRound(two, 1, { attempt: 1 }).rounds, [{ attempt: 1 }], 'a later round follows from another')
    for (const text of ['', 'null', '{"rounds":1}', '{"isRunning":1,"rounds":[{"id":3}]}']) {
      memory.set('stimnet-fit-f', text)
      assert.equal(keptFit('f', kept).isRunning, false)
    }
  })
})

describe('random effects of people on the form', () => {
  const ofVisits = (name: string, levels: readonly string[]) => {
    const [sex] = variables.filter(({ variable }) => variable.type === 'category')
    assert.ok(sex)
    return { ...sex, ref: `visits.${name}`, table: 'visits', variable: { ...sex.variable, name, levels: [...levels] } }
  }
  const month = ofVisits('month', ['0', '6', '12'])
  const middle = ofVisits('middle', ['-6', '0', '6'])
  const all = [...variables, month, middle, ofVisits('arm', ['a', 'b', 'c']), ofVisits('half', ['0', '1'])]
  const plain = { outcome: 'subjects.age', intercept: true, terms: [] }
  const written = (terms: Parameters<typeof writeModel>[0]) => writeModel(terms, all)

  it('are written into the formula, and read from it', () => {
    assert.deepEqual(
      timesAmong(all).map(({ ref }) => ref),
      ['visits.month', 'visits.middle']
    )
    assert.equal(written(withPerson(plain, {})), 'age ~ 1 + (1 | subject)')
    const slope = withPerson(plain, { slope: 'visits.month' })
    assert.equal(written(slope), 'age ~ month + (1 + month | subject)')
    const apart = withPerson(slope, { slope: 'visits.month', isUncorrelated: true })
    assert.equal(written(apart), 'age ~ month + (1 + month || subject)')
    assert.equal(written(withTime(apart, 'visits.middle')), 'age ~ middle + (1 + middle || subject)')
    assert.equal(written(withPerson(apart, undefined)), 'age ~ month')
    const texts = ['age ~ month', 'age ~ month + (1 | patient)', 'age ~ (month || subject)']
    assert.deepEqual(
      texts.map((text) => ofPersonIn(shownModel(text, all))),
      ['nothing', 'intercept', 'slope']
    )
    // A formula whose time the catalog does not have stays text.
    assert.equal(shownModel('age ~ (1 + week | subject)', all), undefined)
    const both = shownModel('age ~ month + (1 | site)', all)
    assert.ok(both)
    assert.equal(written(withPerson(both, {})), 'age ~ month + (1 | site) + (1 | subject)')
  })

  it('are offered a time with zero in the middle of the visits', () => {
    assert.deepEqual([isAboutZero(['0', '6', '12']), isAboutZero(['-6', '0', '6'])], [false, true])
    const times = timesAmong(all)
    assert.deepEqual(centredAmong(times, 'visits.month'), [middle])
    assert.deepEqual(centredAmong(times, 'visits.middle'), [])
  })

  it('are estimated by restricted likelihood unless another is chosen, which is asked for only with them', () => {
    const call = (formula: string) => callOf(modelled({ formula, likelihood: 'ml' }).picked).arguments
    assert.equal(call('age ~ sex + (1 | subject)').likelihood, 'ml')
    assert.equal('likelihood' in call('age ~ sex'), false)
    const shown = submissionOf(modelled({ formula: 'age ~ sex + (1 | subject)', likelihood: 'ml' }), form)
    const { draft, lost } = draftOf(shown as AskedQuestion, variables)
    assert.deepEqual([draft.picked.model.likelihood, lost], ['ml', []])
  })
})
