import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  isOfCounted,
  type CatalogDescriptor,
  canonicalBytes,
  type GramMeasure,
  type GramPart,
  messages,
  type ModelRoundPart,
  seal,
  sha256Hex,
  type Signer,
  signerFromSeed,
  SimulatedClock,
  StimnetError
} from '@stimnet/protocol'
import { columnsOfModel, formulaOf, gramIn, ownRound, planOfStatistic, stepAfter } from '@stimnet/statistics'
import { withRound } from '../src/jobs/admit/rounds.ts'

const clock = new SimulatedClock()
const signers = (await Promise.all([1, 2, 3].map((n) => signerFromSeed(new Uint8Array(32).fill(n))))).sort((a, b) =>
  a.id < b.id ? -1 : 1
)
const ROSTER = signers.map(({ id }) => id)
const [SELF = ''] = ROSTER

const number = { unit: '', description: '', levels: [], breakpoints: [], bounded: true, identifying: false }
const DESCRIPTOR = {
  name: 'trial',
  tables: [
    {
      ...{ name: 't', oneRowPerSubject: true },
      variables: [
        { ...number, name: 'x', type: 'number', minimum: 0, maximum: 9 },
        { ...number, name: 'y', type: 'category', levels: ['no', 'yes'] }
      ]
    }
  ]
} as unknown as CatalogDescriptor

/** The people of one institution: each has x from 0 to 9 and falls more often the higher x is. */
function observed(site: number) {
  const x = Float64Array.from({ length: 200 }, (_, i) => (i * 7 + site) % 10)
  const outcome = x.map((value, i) => ((i * 13 + site) % 17 < value + 3 ? 1 : 0))
  return { family: 'binomial' as const, columns: [new Float64Array(200).fill(1), x], outcome }
}

interface Asked {
  readonly round?: number
  readonly roster?: readonly string[]
  readonly receipts?: readonly string[]
  readonly question?: unknown
  readonly self?: string
  readonly epoch?: string
  readonly isPeer?: (peer: string) => boolean
  readonly formula?: string
}

/** The plan of a round as a peer reads it, with the start of the round. */
async function read({ round = 0, roster = ROSTER, receipts, ...asked }: Asked = {}): Promise<GramMeasure> {
  const { formula = 'y ~ x', question = 'all', self = SELF, epoch = 'e1', isPeer = () => true } = asked
  const statistic = {
    ...{ name: 'regression', variables: [], by: [] },
    arguments: {
      formula,
      family: 'binomial',
      roster: [...roster],
      round,
      ...(receipts === undefined ? {} : { receipts })
    }
  }
  const plan = planOfStatistic(statistic, DESCRIPTOR)
  const made = await withRound({
    ...{ plan, question, self, epoch, isPeer, clock },
    program: { kind: 'statistic', statistic }
  })
  const measure = gramIn(made)
  assert.ok(measure)
  return measure
}

function basisIn({ fit }: GramMeasure) {
  assert.ok(isOfCounted(fit) && fit.rounds?.from !== undefined)
  return { ...fit.rounds, from: fit.rounds.from }
}

/** The receipt that an institution signs in a round; `change` describes a lie. */
async function signed(
  site: number,
  measure: GramMeasure,
  {
    change = {},
    epoch = 'e1',
    signer = signers[site]
  }: { readonly change?: Partial<ModelRoundPart>; readonly epoch?: string; readonly signer?: Signer | undefined } = {}
): Promise<string> {
  const { roster, round, from } = basisIn(measure)
  const people = observed(site)
  const own = ownRound(people, round === 0 ? undefined : from.estimates)
  assert.ok(own && signer)
  const total = String(people.outcome.reduce((sum, y) => sum + y, 0))
  const { fit, answers, epochs } = from
  const gram: GramPart = {
    ...{ formula: formulaOf(measure), outcome: 'y', intercept: true, n: 200, upper: [], site: measure.site },
    factors: [{ name: 'y', levels: ['no', 'yes'] }],
    columns: columnsOfModel(measure).map(({ name }) => ({ name, decimals: 0 })),
    fit: { family: 'binomial', event: 'yes' },
    round: { ...{ fit, roster, round, answers, epochs, total }, ...own.sums, ...change }
  }
  const output = {
    ...{ kind: 'table', withheld: { groups: 0, cells: 0 } },
    columns: [{ name: 'n', role: 'measure', kind: 'gram', variables: [] }],
    rows: [{ values: [200], parts: { n: { gram } } }],
    disclosure: {
      ...{ level: 'P1', claim: '', preset: 'default', policy_hash: '', k: 5, round_base: 1, epoch, cohort_hash: '' },
      ...{ subjects: null, suppressed_cells: 0, bits: null, code_hash: '', image: '' }
    }
  }
  const outputJson = canonicalBytes(output)
  const receipt = { requestHash: 'r', outputHash: await sha256Hex(outputJson), epoch }
  const body = messages.JobResult.encode({ jobId: 'j', state: 'completed', outputJson, receipt })
  const { bytes } = await seal({ type: 'job-result', signer, clock, lifetimeMs: 60_000, body })
  return new TextDecoder().decode(bytes)
}

const all = (measure: GramMeasure) => Promise.all(ROSTER.map((_, site) => signed(site, measure)))

async function assertRefused(asked: Promise<unknown>, code: string, reason: RegExp) {
  const error = await asked.then(
    () => undefined,
    (caught: unknown) => caught
  )
  assert.ok(error instanceof StimnetError, String(error))
  assert.deepEqual([error.code, reason.test(error.reason)], [code, true], error.reason)
}

describe('What a round of a model starts from', () => {
  test('follows from the signed answers alone, at every institution alike', async () => {
    const receipts = await all(await read())
    const [mine, others] = await Promise.all([
      read({ round: 1, receipts }),
      read({ round: 1, receipts, self: ROSTER[1] ?? '' })
    ])
    const { from } = basisIn(mine)
    assert.deepEqual(basisIn(others).from, from)
    assert.deepEqual(from.epochs, ['e1', 'e1', 'e1'])
    const sums = ROSTER.map((_, site) => ownRound(observed(site))?.sums)
    assert.deepEqual(from.estimates, stepAfter(sums.flatMap((one) => (one ? [{ ...one, round: 0 }] : []))).estimates)
    const next = await read({ round: 2, receipts: await all(mine) })
    assert.notDeepEqual(basisIn(next).from.estimates, from.estimates)
  })

  test('nobody else’s answers count: a stranger in the roster, or this institution missing from it, is refused', async () => {
    const known = (peer: string) => peer !== ROSTER[2]
    await assertRefused(read({ isPeer: known }), 'PEER_UNKNOWN', /does not know/)
    await assertRefused(read({ roster: ROSTER.slice(1) }), 'PARAMETER_INVALID', /this institution is not in it/)
  })

  test('answers of another formula, cohort, roster or round are refused', async () => {
    const first = await read()
    const receipts = await all(first)
    const mismatch = (asked: Asked, reason: RegExp) => assertRefused(read(asked), 'ROUND_MISMATCH', reason)
    await mismatch({ round: 1, receipts, question: 'women' }, /another model, cohort or roster/)
    await mismatch({ round: 1, receipts, formula: 'y ~ x - 1' }, /no round of this model|another model/)
    await mismatch(
      { round: 1, roster: ROSTER.slice(0, 2), receipts: receipts.slice(0, 2) },
      /another model, cohort or roster/
    )
    await mismatch({ round: 2, receipts }, /is of round 0, and round 1 is needed/)
    const second = await all(await read({ round: 1, receipts }))
    await mismatch({ round: 1, receipts: second }, /is of round 1, and round 0 is needed/)
    await mismatch({ round: 2, receipts: [...second.slice(0, 2), receipts[2] ?? ''] }, /is of round 0/)
  })

  test('answers that lack, come twice, or that an institution did not sign are refused', async () => {
    const first = await read()
    const receipts = await all(first)
    await assertRefused(read({ round: 1, receipts: receipts.slice(1) }), 'ROUND_INCOMPLETE', /2 receipts for 3/)
    const twice = [receipts[0] ?? '', receipts[1] ?? '', receipts[1] ?? '']
    await assertRefused(read({ round: 1, receipts: twice }), 'ROUND_INCOMPLETE', /each of which answers once/)
    const forged = await signed(1, first, { signer: signers[0] })
    await assertRefused(
      read({ round: 1, receipts: [receipts[0] ?? '', forged, receipts[2] ?? ''] }),
      'SIGNATURE_INVALID',
      /does not hold/
    )
  })

  test('an institution of the roster that lies: impossible numbers and other start values are found', async () => {
    const first = await read()
    const receipts = await all(first)
    const lie = async (measure: GramMeasure, before: readonly string[], change: Partial<ModelRoundPart>) => [
      ...before.slice(0, 2),
      await signed(2, measure, { change })
    ]
    const ten = '1.000000000000000e+1'
    const impossible = { information: ['9.000000000000000e+9', ten, ten] }
    await assertRefused(
      read({ round: 1, receipts: await lie(first, receipts, impossible) }),
      'ROUND_MISMATCH',
      /no round of this model/
    )
    const gradient = { score: [ten, ten] }
    await assertRefused(
      read({ round: 1, receipts: await lie(first, receipts, gradient) }),
      'ROUND_MISMATCH',
      /no round/
    )
    const next = await read({ round: 1, receipts })
    const moved = await lie(next, await all(next), { estimates: [ten, ten] })
    await assertRefused(read({ round: 2, receipts: moved }), 'ROUND_MISMATCH', /did not start from the same answers/)
    const elsewhere = await lie(next, await all(next), { answers: 'a'.repeat(64) })
    await assertRefused(
      read({ round: 2, receipts: elsewhere }),
      'ROUND_MISMATCH',
      /did not start from the same answers/
    )
    // No check can find this lie: plausible numbers that are not those of its people. The estimates follow from them, and
    // each institution judges what it would disclose at these estimates.
    const plausible = await lie(first, receipts, { estimates: [ten, ten] })
    assert.ok(basisIn(await read({ round: 1, receipts: plausible })).from.estimates.every((one) => Number(one) > 0))
  })

  test('an institution that moved to another epoch between two rounds is found, this one too', async () => {
    const first = await read()
    const receipts = await all(first)
    await assertRefused(read({ round: 1, receipts, epoch: 'e2' }), 'ROUND_EPOCH_CHANGED', /This institution has moved/)
    const next = await read({ round: 1, receipts })
    const moved = [...(await all(next)).slice(0, 2), await signed(2, next, { epoch: 'e2' })]
    await assertRefused(read({ round: 2, receipts: moved }), 'ROUND_EPOCH_CHANGED', /moved to another epoch between/)
  })
})
