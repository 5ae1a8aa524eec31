import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { isOfCounted, type Filter, outputSchema, type RoundBasis, signerFromSeed } from '@stimnet/protocol'
import { gramIn, ownRound, planOfStatistic, stepAfter } from '@stimnet/statistics'
import { reducedBasis } from './lattice.ts'
import {
  assertRefused,
  gramOfAnswer,
  type ModelStudy,
  open,
  people,
  type StudyRow,
  type Told,
  uniform,
  VARIABLES
} from './model-study.ts'

const { id: SELF } = await signerFromSeed(new Uint8Array(32).fill(1))
const WITH_OUTCOMES = [
  ...VARIABLES.map((one) => (one.name === 'centre' ? { ...one, levels: ['A', 'B'] } : one)),
  { name: 'fell', type: 'category', levels: ['no', 'yes'] },
  { name: 'falls', type: 'integer', minimum: 0, maximum: 20 }
]

/** People who fall more with a higher dose. */
function fallers(size: number, seed: number): StudyRow[] {
  const next = uniform(seed + 100)
  return people(size, seed).map((row) => {
    const risk = 1 / (1 + Math.exp(0.4 - Number(row.dose) / 8))
    return { ...row, fell: next() < risk ? 'yes' : 'no', falls: Math.floor(next() * 4 * risk) }
  })
}

/** People whose values have no outliers. */
const evenly = (size: number) =>
  fallers(size, 5).map((row, i) => ({ ...row, marker: 40 + ((i * 11) % 12), falls: (i * 5) % 4 }))

interface RoundAsk {
  readonly formula?: string
  readonly family?: string
  readonly where?: Filter
  readonly round?: number
  /** The peer's result from the receipts; null if it did not verify them. */
  readonly from?: Partial<RoundBasis> | null
}

/** Asks for one round, like a peer that has verified the earlier rounds. */
function ask(study: ModelStudy, asked: RoundAsk = {}): Promise<Told> {
  const { formula = 'fell ~ dose + marker', family = 'binomial', where, round = 0, from = {} } = asked
  const more = round === 0 ? {} : { receipts: [''] }
  const call = {
    name: 'regression',
    variables: [],
    by: [],
    arguments: { formula, family, roster: [SELF], round, ...more }
  }
  const plan = planOfStatistic(call, study.catalog.descriptor)
  const model = gramIn(plan)
  const fit = model?.fit
  if (model === undefined || !isOfCounted(fit) || fit.rounds === undefined) throw new Error('no model in rounds')
  const basis = { fit: 'f'.repeat(64), answers: '', epochs: [], estimates: [], ...from }
  const rounds = { ...fit.rounds, ...(from === null ? {} : { from: basis }) }
  return study.ask({ ...plan, measures: [{ ...model, fit: { ...fit, rounds } }] }, where)
}

/** The same variables, assumed to be known to others, so that no information is charged. */
const KNOWN = WITH_OUTCOMES.map((one) => ({ ...one, identifying: true }))

const opened = (t: TestContext, rows: readonly StudyRow[], options: Parameters<typeof open>[2] = {}) =>
  open(t, rows, { variables: WITH_OUTCOMES, ...options })

function assertAnswered(told: Told) {
  assert.ok(told.ok, told.ok ? '' : told.why)
}

describe('A round of a model', () => {
  test('releases the numbers of the round and no matrix; the next one starts from them, and the same again tells nothing', async (t) => {
    const study = await opened(t, fallers(900, 3))
    const told = await ask(study)
    const { round, upper, fit, n } = gramOfAnswer(told)
    assert.ok(told.ok && round !== undefined)
    outputSchema.parse(told.output)
    assert.deepEqual([upper, n, fit], [[], 900, { family: 'binomial', event: 'yes' }])
    assert.ok(round.score.every((one) => Number(one) === 0))
    const [own] = told.output.models ?? []
    assert.ok(Math.abs((own?.coefficients[1]?.estimate ?? 0) - 1 / 8) < 0.06, JSON.stringify(own?.coefficients[1]))
    const { ledger } = study
    const { estimates } = stepAfter([round])
    const from = { answers: 'a'.repeat(64), epochs: ['e'], estimates }
    const next = gramOfAnswer(await ask(study, { round: 1, from })).round
    assert.deepEqual(next?.estimates, estimates)
    // A single institution is at its maximum at once.
    assert.ok(next?.score.every((one) => Math.abs(Number(one)) < 1e-6))
    assert.notEqual(study.ledger, ledger, 'a further round is charged')
    const after = study.ledger
    await ask(study, { round: 1, from })
    assert.equal(study.ledger, after, 'the same round is not')
    const counts = await ask(study, { formula: 'falls ~ dose * sex', family: 'poisson', from: { fit: 'e'.repeat(64) } })
    assert.equal(gramOfAnswer(counts).columns.length, 5)
  })

  test('is not evaluated where estimates were not made of verified receipts', async (t) => {
    const study = await opened(t, fallers(900, 4))
    assertRefused(await ask(study, { from: null }), /not verified/)
    const estimates = ['1.000000000000000e+0', '1.000000000000000e+0', '1.000000000000000e+0']
    assertRefused(await ask(study, { from: { estimates } }), /without estimates to start from/)
    assertRefused(await ask(study, { round: 1 }), /without estimates to start from/)
  })

  test('needs three people for each number of all rounds, and of each outcome three for each column', async (t) => {
    // With two columns, a round has six numbers; four rounds of 24 numbers need 72 people.
    const few = await opened(t, evenly(71), { variables: KNOWN })
    const one = { formula: 'falls ~ marker', family: 'poisson' }
    assertAnswered(await ask(few, one))
    const from = { answers: 'a'.repeat(64), epochs: ['e'], estimates: ['0.000000000000000e+0', '0.000000000000000e+0'] }
    for (const round of [1, 2]) assertAnswered(await ask(few, { ...one, round, from }))
    assertRefused(await ask(few, { ...one, round: 3, from }), /rounds: 24 numbers about 71 people/)
    const rare = fallers(900, 6).map((row, i) => ({ ...row, fell: i % 120 === 0 ? 'yes' : 'no' }))
    const study = await opened(t, rare)
    assertRefused(await ask(study), /outcome: fewer than 9 people have it/)
    const most = await opened(
      t,
      rare.map((row) => ({ ...row, fell: row.fell === 'yes' ? 'no' : 'yes' }))
    )
    assertRefused(await ask(most), /outcome: fewer than 9 people do not have it/)
  })

  test('is refused where somebody weighs too much in it, at its own estimates or at those of the roster', async (t) => {
    const rows = fallers(400, 7)
    const study = await opened(t, rows)
    // At these estimates, only a few people at one end have any weight.
    const from = {
      answers: 'a'.repeat(64),
      epochs: ['e'],
      estimates: ['-9.000000000000000e+1', '0.000000000000000e+0', '1.000000000000000e+0']
    }
    assertRefused(await ask(study, { round: 1, from }), /leverage: somebody weighs more than one in 5 in this round/)
    const far = { ...from, estimates: ['0.000000000000000e+0', '0.000000000000000e+0', '5.000000000000000e+2'] }
    assertRefused(await ask(study, { round: 1, from: far }), /leverage/)
    const alone = await opened(
      t,
      rows.map((row, i) => ({ ...row, marker: i === 0 ? 200 : 60 + (i % 3) }))
    )
    assertRefused(await ask(alone), /dominat|leverage/)
  })

  test('where the terms tell the outcome it is refused with that word, and only after everything else was admitted', async (t) => {
    const told = fallers(900, 8).map((row): StudyRow => ({ ...row, fell: Number(row.marker) > 60 ? 'yes' : 'no' }))
    const answer = await ask(await opened(t, told))
    assert.ok(!answer.ok)
    assert.deepEqual([answer.code, /separation/.test(answer.why)], ['MODEL_SEPARATED', true])
    // Few people have the outcome as well: the rule that refused is not disclosed.
    const few = told.map((row, i) => ({ ...row, fell: Number(row.marker) > 95 ? 'yes' : i % 400 === 1 ? 'yes' : 'no' }))
    assertRefused(await ask(await opened(t, few)), /^(?!.*separation)/)
  })

  test('at most twenty fits are made about the same people, and each of them counts as columns', async (t) => {
    const study = await opened(t, fallers(900, 9), { variables: KNOWN })
    const fitOf = (i: number) => ({ fit: i.toString(16).padStart(64, '0') })
    const one = { formula: 'fell ~ marker' }
    for (let i = 0; i < 20; i++) assert.ok((await ask(study, { ...one, from: fitOf(i) })).ok, `fit ${i}`)
    assertRefused(await ask(study, { ...one, from: fitOf(20) }), /fits: 20 were made/)
    assert.ok((await ask(study, { ...one, from: fitOf(3) })).ok, 'a fit that was made before')
    const counts = { formula: 'falls ~ marker', family: 'poisson' }
    const narrow = await opened(t, evenly(120), { variables: KNOWN })
    const answers: Told[] = []
    for (let i = 0; i < 8; i++) answers.push(await ask(narrow, { ...counts, from: fitOf(i) }))
    const first = answers.find(({ ok }) => !ok)
    assert.ok(first !== undefined && answers[0]?.ok)
    assertRefused(first, /width/)
  })

  test('costs information for each of its numbers, so that few people are asked about in few rounds', async (t) => {
    const study = await opened(t, evenly(120))
    const one = { formula: 'falls ~ marker', family: 'poisson' }
    const from = { answers: 'a'.repeat(64), epochs: ['e'], estimates: ['0.000000000000000e+0', '0.000000000000000e+0'] }
    assertAnswered(await ask(study, one))
    assertAnswered(await ask(study, { ...one, round: 1, from }))
    const last = [await ask(study, { ...one, round: 2, from }), await ask(study, { ...one, round: 3, from })]
    assertRefused(last.find(({ ok }) => !ok) ?? (last[0] as Told), /rounds: information of people\./)
  })

  test('is refused where numbers are rounded', async (t) => {
    const rows = fallers(900, 11)
    assertRefused(await ask(await opened(t, rows, { precision: 'statistical', synthetic: false })), /rounded numbers/)
  })

  test('all digits of one round tell an attacker how many people have each value, which is why none is for real people', async (t) => {
    // Twelve values, of which few people have the last ones; one person alone has the highest value.
    const wanted = [7, 11, 22, 46, 51, 80, 33, 29, 13, 5, 2, 1]
    const x = Float64Array.from(wanted.flatMap((people, value) => Array.from({ length: people }, () => value)))
    const at = [-1, 0.2]
    const round = ownRound(
      { family: 'binomial', columns: [x.map(() => 1), x], outcome: x.map((_, i) => i % 2) },
      at.map((value) => value.toExponential(15))
    )
    const sums = [...(round?.information ?? []), x.length]
    const weights = wanted.map((_, value) => 1 / (2 + 2 * Math.cosh((at[0] ?? 0) + (at[1] ?? 0) * value)))
    const lines = [0, 1, 2].map((power) => weights.map((weight, value) => weight * value ** power))
    const digits = (value: number) => Math.round(value * 1e9)
    const basis = wanted.map((_, value) => [
      ...wanted.map((__, other) => (other === value ? 1 : 0)),
      0,
      ...[...lines.map((line) => line[value] ?? 0), 1].map(digits)
    ])
    const found = reducedBasis([...basis, [...wanted.map(() => 0), 20, ...sums.map((sum) => -digits(sum))]])
    const told = found
      .filter((row) => Math.abs(row[12] ?? 0) === 20)
      .map((row) => row.slice(0, 12).map((n) => n * Math.sign(row[12] ?? 0)))
    assert.ok(
      told.some((counts) => counts.join() === wanted.join()),
      JSON.stringify(told)
    )
    // So the rules of a catalog of real people admit no round, whatever else they admit.
    const real = await opened(t, fallers(900, 12), { synthetic: false, precision: 'exact' })
    assertRefused(await ask(real), /no rounds over real people/)
  })
})
