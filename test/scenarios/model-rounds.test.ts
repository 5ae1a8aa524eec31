import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { messages, randomUnit, seal, seededRandom, signerFromSeed, systemClock } from '@stimnet/protocol'
import { type Broadcast, type Client, type Model, type ModelRound, verifyReceipt } from '@stimnet/sdk'
import { answerOf, PASSWORD, scratchFolder, type Site, startSite, stimnetIn, until, startFederation } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const SIZES = [700, 800, 900]
const ARMS = ['placebo', 'low', 'high']
const FORMULA = 'fell ~ dose + age + arm'

interface Person {
  readonly id: string
  readonly arm: string
  readonly age: number
  readonly dose: number
  readonly fell: 'no' | 'yes'
}

/** People of one institution; the institutions differ in age. */
function peopleOf(site: number): Person[] {
  const source = seededRandom(71 + site)
  const chance = () => randomUnit(source)
  return Array.from({ length: SIZES[site] ?? 0 }, (_, i) => {
    const arm = ARMS[Math.floor(chance() * 3)] ?? ''
    const age = 35 + 4 * site + Math.floor(chance() * 40)
    const dose = Math.round(chance() * 80) / 10
    const risk = 1 / (1 + Math.exp(3 - 0.03 * age - 0.25 * dose + (arm === 'high' ? 0.8 : 0)))
    return { id: `S${i}`, arm, age, dose, fell: chance() < risk ? 'yes' : 'no' }
  })
}

const catalogOf = (name: string) => ({
  ...{ name, access_level: 'public', subject_key: 'id', synthetic: true, privacy: { precision: 'exact' } },
  tables: [
    {
      ...{ name: 'people', file: `data/${name}.csv`, one_row_per_subject: true },
      variables: [
        { name: 'arm', type: 'category', levels: ARMS },
        { name: 'age', type: 'integer', minimum: 18, maximum: 99 },
        { name: 'dose', type: 'number', unit: 'mg', decimals: 1, minimum: 0, maximum: 10 },
        { name: 'fell', type: 'category', levels: ['no', 'yes'] }
      ]
    }
  ]
})

/** Writes the people of a site. `without`: how many of them are left out. */
async function writePeople({ folder }: Site, at: number, without = 0): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true })
  const lines = peopleOf(at)
    .slice(without)
    .map(({ id, arm, age, dose, fell }) => [id, arm, age, dose, fell].join(','))
  await writeFile(join(folder, 'data/trial.csv'), ['id,arm,age,dose,fell', ...lines].join('\n'))
}

/** Maximum likelihood by Newton's steps, like glm: estimates and standard errors. */
function glmOf(people: readonly Person[]): { estimates: number[]; errors: number[] } {
  const rows = people.map(({ age, arm, dose }) => [1, age, arm === 'low' ? 1 : 0, arm === 'high' ? 1 : 0, dose])
  let estimates = [0, 0, 0, 0, 0]
  let inverse: number[][] = []
  for (let step = 0; step < 30; step++) {
    const score = estimates.map(() => 0)
    const information = estimates.map(() => estimates.map(() => 0))
    for (const [at, row] of rows.entries()) {
      const mean = 1 / (1 + Math.exp(-row.reduce((sum, x, i) => sum + x * (estimates[i] ?? 0), 0)))
      for (const [i, x] of row.entries()) {
        score[i] = (score[i] ?? 0) + x * ((people[at]?.fell === 'yes' ? 1 : 0) - mean)
        for (const [j, other] of row.entries()) {
          const line = information[i] ?? []
          line[j] = (line[j] ?? 0) + x * other * mean * (1 - mean)
        }
      }
    }
    inverse = invertedOf(information)
    estimates = estimates.map((value, i) => value + score.reduce((sum, s, j) => sum + s * (inverse[i]?.[j] ?? 0), 0))
  }
  return { estimates, errors: inverse.map((line, i) => Math.sqrt(line[i] ?? 0)) }
}

function invertedOf(matrix: readonly (readonly number[])[]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let at = 0; at < rows.length; at++) {
    const pivot = rows[at]?.[at] ?? 1
    rows[at] = (rows[at] ?? []).map((value) => value / pivot)
    for (let i = 0; i < rows.length; i++) {
      const factor = rows[i]?.[at] ?? 0
      if (i !== at) rows[i] = (rows[i] ?? []).map((value, j) => value - factor * (rows[at]?.[j] ?? 0))
    }
  }
  return rows.map((row) => row.slice(matrix.length))
}

function assertNear(model: Model, wanted: ReturnType<typeof glmOf>) {
  assert.deepEqual(
    model.coefficients.map(({ term }) => term),
    ['(Intercept)', 'age', 'arm[low]', 'arm[high]', 'dose']
  )
  for (const [i, { estimate, error, term }] of model.coefficients.entries()) {
    assert.ok(Math.abs((estimate ?? 0) / (wanted.estimates[i] ?? 1) - 1) < 1e-6, `${term}: ${estimate}`)
    assert.ok(Math.abs((error ?? 0) / (wanted.errors[i] ?? 1) - 1) < 1e-6, `error of ${term}: ${error}`)
  }
}

describe('A logistic model of numbers over three institutions', () => {
  let client: Client
  const sites: Site[] = []
  const peers: Peer[] = []
  const end = atEnd()
  let model: Model
  const ask = (formula = FORMULA, more: object = {}) =>
    client.model(formula, { catalog: 'trial', family: 'binomial', ...more })

  before(async () => {
    const federation = await startFederation(end, SIZES.length, {
      config: { catalogs: [catalogOf('trial')] },
      prepare: writePeople
    })
    sites.push(...federation.sites)
    peers.push(...federation.peers)
    client = await federation.client(0)
  })

  /** One round, asked by hand. */
  async function round(roster: readonly string[], more: object, formula = FORMULA): Promise<Broadcast> {
    const statistic = { name: 'regression', arguments: { formula, family: 'binomial', roster, ...more } }
    return answerOf(client, {
      ...{ data_catalog_name: 'trial', targets: [...roster], script_type: 'statistic' },
      script_content: JSON.stringify(statistic)
    })
  }
  const roster = () => peers.map(({ peerId }) => peerId).sort()
  const receiptsOf = ({ parts }: Broadcast) =>
    roster().map((peer) => parts.find(({ peer_id }) => peer_id === peer)?.receipt ?? '')
  const receiptsAfter = (at: number) => {
    const made = model.rounds?.[at]
    assert.ok(made, `round ${at}`)
    return receiptsOf(made.broadcast)
  }
  const codesOf = ({ parts }: Broadcast) => [...new Set(parts.map(({ code }) => code))]

  test('is glm of all rows after round 3, and says what each round released', async () => {
    const seen: ModelRound[] = []
    model = await ask(FORMULA, { onRound: (one: ModelRound) => seen.push(one) })
    assertNear(model, glmOf(SIZES.flatMap((_, at) => peopleOf(at))))
    assert.deepEqual([model.n, model.result.rounds?.last, seen.length, model.notes], [2400, 3, 4, []])
    assert.ok((seen[3]?.change ?? 1) < 1e-5)
    assert.equal(model.sites.length, 3)
    assert.match(model.summary(), /in each of 4 rounds: 21 weighted sums/)
    for (const { verified } of model.rounds ?? []) assert.ok(verified.complete)
  })

  test('asked again, the institutions sign the same answers again: an interrupted fit goes on where it was', async () => {
    const hashes = ({ rounds = [] }: Model) =>
      rounds.map(({ verified }) => verified.parts.map(({ receipt }) => receipt?.receipt.outputHash).sort())
    const again = await ask()
    assert.deepEqual(hashes(again), hashes(model))
    assert.deepEqual(again.result, model.result)
  })

  test('from a terminal it shows its rounds, with their price before', async (t) => {
    const stimnet = stimnetIn(await scratchFolder(t))
    const at = ['--url', peers[0]?.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    const asked = ['model', FORMULA, '--catalog', 'trial', '--family', 'binomial', ...at]
    const dry = await stimnet([...asked, '--dry'])
    assert.equal(dry.code, 0, dry.err)
    assert.match(dry.out, /Fitted in rounds: the price is that of round 0[\s\S]*people\.fell/)
    const shown = await stimnet([...asked, '--forest', 'dose'])
    assert.equal(shown.code, 0, shown.err)
    assert.match(shown.err, /Round 0: each of 3 institutions[\s\S]*Round 3 of at most 3/)
    assert.match(shown.out, /Logistic regression of yes[\s\S]*dose +0\.[23][\s\S]*round 3, last change/)
    assert.match(shown.out, /dose, with 95 % intervals\n( {2}.*─.*\n){3} {2}Pooled .*\n/)
  })

  test('receipts that are not those of the round before are refused with a code and a sentence', async () => {
    const [receipts, second] = [receiptsAfter(0), receiptsAfter(1)]
    const other = await round(roster(), {}, 'fell ~ dose + age')
    const refused: readonly (readonly [string, object, string])[] = [
      ['one twice', { round: 1, receipts: [receipts[0], receipts[0], receipts[2]] }, 'ROUND_INCOMPLETE'],
      ['one lacking', { round: 1, receipts: receipts.slice(1) }, 'ROUND_INCOMPLETE'],
      ['another order', { round: 1, receipts: [...receipts].reverse() }, 'SIGNATURE_INVALID'],
      ['no receipts', { round: 1, receipts: ['a.b.c', 'a.b.c', 'a.b.c'].map((one, i) => one + i) }, 'MALFORMED'],
      ['another formula', { round: 1, receipts: receiptsOf(other) }, 'ROUND_MISMATCH'],
      ['a later round', { round: 1, receipts: second }, 'ROUND_MISMATCH'],
      ['an earlier round', { round: 2, receipts }, 'ROUND_MISMATCH'],
      ['mixed rounds', { round: 2, receipts: [receipts[0], ...second.slice(1)] }, 'ROUND_MISMATCH']
    ]
    for (const [what, more, code] of refused) {
      const answer = await round(roster(), more)
      assert.deepEqual(codesOf(answer), [code], `${what}: ${JSON.stringify(answer.parts.map(({ reason }) => reason))}`)
      assert.ok(answer.parts.every(({ reason }) => (reason ?? '').length > 20))
    }
    // A smaller roster is another fit: its rounds start from round 0.
    const two = roster().slice(0, 2)
    assert.deepEqual(codesOf(await round(two, { round: 1, receipts: receipts.slice(0, 2) })), ['ROUND_MISMATCH'])
  })

  test('nobody chooses the estimates: an answer that was changed and signed anew is refused', async () => {
    const mine = await signerFromSeed(new Uint8Array(32).fill(7))
    const receipts = receiptsAfter(0)
    // The answer of an institution, changed and signed with a different key.
    const { result } = await verifyReceipt(receipts[0] ?? '', { expectedPeer: roster()[0] ?? '' })
    const text = new TextDecoder().decode(result.outputJson).replace(/"score":\["0/, '"score":["9')
    const forged = await seal({
      ...{ type: 'job-result', signer: mine, clock: systemClock, lifetimeMs: 60_000 },
      body: messages.JobResult.encode({ ...result, outputJson: new TextEncoder().encode(text) } as never)
    })
    const changed = [new TextDecoder().decode(forged.bytes), ...receipts.slice(1)]
    assert.deepEqual(codesOf(await round(roster(), { round: 1, receipts: changed })), ['SIGNATURE_INVALID'])
  })

  test('an institution that moves to other data between two rounds ends the fit with the last whole one, which the answer says', async () => {
    const turnToNewData = async () => {
      await peers[2]?.stop()
      await writePeople(sites[2] as Site, 2, 150)
      const config = ['--config', sites[2]?.configFile ?? '']
      const accepted = await stimnetIn(sites[2]?.folder ?? '')(['epoch', 'accept', 'trial', ...config])
      assert.equal(accepted.code, 0, accepted.err)
      const again = await startSite(sites[2] as Site)
      end.after(() => again.stop())
      peers[2] = again
      await until(() => peers.every((peer) => peer.mesh.connected().length >= 2), 'all three are connected again')
    }
    const onRound = ({ round: ended }: ModelRound) => (ended === 1 ? turnToNewData() : undefined)
    const left = await ask('fell ~ dose + arm', { onRound })
    assert.deepEqual([left.result.rounds?.last, left.n, left.rounds?.length], [1, 2400, 3])
    assert.ok(left.coefficients.every(({ estimate }) => estimate !== null))
    assert.deepEqual(
      left.rounds?.[2]?.missing.map(({ code }) => code),
      ['ROUND_EPOCH_CHANGED']
    )
    assert.match(left.notes.join(' '), /The fit ended with round 1: .* \(ROUND_EPOCH_CHANGED\) did not answer round 2/)
  })
})
