import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import type { Client, Model, ModelRound } from '@stimnet/sdk'
import { PASSWORD, scratchFolder, type Site, startFederation, stimnetIn } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const SIZES = [1600, 1800, 2000]
const ARMS = ['placebo', 'low', 'high']
const FORMULA = 'died ~ dose + age + arm'
const HAS_R = spawnSync('Rscript', ['-e', 'library(survival)']).status === 0

interface Person {
  readonly id: string
  readonly arm: string
  readonly age: number
  readonly dose: number
  readonly days: number
  readonly died: 'no' | 'yes'
}

/** People of one institution; the institutions differ in age and in their hazard. */
function peopleOf(site: number): Person[] {
  const source = seededRandom(91 + site)
  const chance = () => randomUnit(source)
  return Array.from({ length: SIZES[site] ?? 0 }, (_, i) => {
    const arm = ARMS[Math.floor(chance() * 3)] ?? ''
    const age = 35 + 4 * site + Math.floor(chance() * 40)
    const dose = Math.round(chance() * 80) / 10
    const hazard = 0.002 * (1 + site) * Math.exp(0.03 * (age - 55) - 0.1 * dose + (arm === 'high' ? -0.5 : 0))
    const event = Math.ceil(-Math.log(1 - chance()) / hazard)
    const leaving = 60 + Math.floor(chance() * 300)
    return { id: `S${i}`, arm, age, dose, days: Math.min(event, leaving), died: event <= leaving ? 'yes' : 'no' }
  })
}

const variables = [
  { name: 'arm', type: 'category', levels: ARMS },
  { name: 'age', type: 'integer', minimum: 18, maximum: 99 },
  { name: 'dose', type: 'number', unit: 'mg', decimals: 1, minimum: 0, maximum: 10 },
  { name: 'days', type: 'integer', minimum: 0, maximum: 400 },
  { name: 'died', type: 'category', levels: ['no', 'yes'] },
  { name: 'relapsed', type: 'category', levels: ['no', 'yes'] },
  { name: 'marker', type: 'integer', minimum: 0, maximum: 2_000 }
]
const catalogOf = (name: string) => ({
  ...{ name, access_level: 'public', subject_key: 'id', synthetic: true, privacy: { precision: 'exact' } },
  tables: [{ name: 'people', file: `data/${name}.csv`, one_row_per_subject: true, variables }]
})

/** Nobody relapsed at the third institution; at the second, whoever dies first has the largest marker. */
async function writePeople({ folder }: Site, at: number): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true })
  const lines = peopleOf(at).map(({ id, arm, age, dose, days, died }, i) => {
    const relapsed = at < 2 && i % 3 === 0 ? 'yes' : 'no'
    const marker = Math.round(100 * Math.sqrt(at === 1 ? 400 - days : (37 * i) % 400))
    return [id, arm, age, dose, days, died, relapsed, marker].join(',')
  })
  await writeFile(join(folder, 'data/trial.csv'), ['id,arm,age,dose,days,died,relapsed,marker', ...lines].join('\n'))
}

/** Estimates and standard errors of R's coxph, by term. */
function coxOf(people: readonly (readonly Person[])[]): Record<string, readonly number[]> {
  const rows = people.flatMap((all, site) =>
    all.map(({ age, dose, arm, days, died }) => [age, dose, arm, days, died === 'yes' ? 1 : 0, site].join(','))
  )
  const input = `suppressMessages(library(survival))
d <- read.csv(text = "age,dose,arm,days,died,site\n${rows.join('\n')}")
d$arm <- factor(d$arm, levels = c("placebo", "low", "high"))
f <- coxph(Surv(days, died) ~ age + arm + dose + strata(site), d, ties = "breslow", control = coxph.control(eps = 1e-14, iter.max = 50))
for (n in names(coef(f))) cat(n, sprintf("%.17g", c(coef(f)[n], sqrt(diag(vcov(f)))[n])), "\\n")`
  const { stdout, status, stderr } = spawnSync('Rscript', ['-'], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', ...numbers] = line.trim().split(' ')
        return [name.replace(/^arm(.+)/, 'arm[$1]'), numbers.map(Number)]
      })
  )
}

describe('A Cox model of numbers over three institutions', () => {
  let client: Client
  const peers: Peer[] = []
  const end = atEnd()
  let model: Model
  const ask = (formula = FORMULA, more: object = {}) =>
    client.model(formula, { catalog: 'trial', family: 'cox', time: 'days', ...more })

  before(async () => {
    const federation = await startFederation(end, SIZES.length, {
      config: { catalogs: [catalogOf('trial')] },
      prepare: writePeople
    })
    peers.push(...federation.peers)
    client = await federation.client(0)
  })

  test('is fitted in rounds, and says what each round released', async () => {
    model = await ask()
    assert.deepEqual(
      model.coefficients.map(({ term }) => term),
      ['age', 'arm[low]', 'arm[high]', 'dose']
    )
    assert.deepEqual([model.n, model.result.family, model.notes], [5400, 'cox', []])
    assert.ok((model.rounds?.at(-1)?.change ?? 1) < 1e-5)
    assert.equal(model.sites.length, 3)
    assert.match(model.summary(), /Cox regression of yes[\s\S]*hazard ratio[\s\S]*15 weighted sums/)
    for (const { verified } of model.rounds ?? []) assert.ok(verified.complete)
  })

  test('is coxph of all rows with strata(site) and ties after Breslow, to 1e-6', { skip: !HAS_R }, () => {
    const wanted = coxOf(SIZES.map((_, at) => peopleOf(at)))
    for (const { term, estimate, error } of model.coefficients) {
      const [b = 0, se = 0] = wanted[term] ?? []
      assert.ok(Math.abs((estimate ?? 0) / b - 1) < 1e-6, `${term}: ${estimate} ${b}`)
      assert.ok(Math.abs((error ?? 0) / se - 1) < 1e-6, `error of ${term}: ${error} ${se}`)
    }
  })

  test('from a terminal, with its price before', async (t) => {
    const stimnet = stimnetIn(await scratchFolder(t))
    const at = ['--url', peers[0]?.gatewayUrl ?? '']
    assert.equal((await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)).code, 0)
    const asked = ['model', FORMULA, '--catalog', 'trial', '--family', 'cox', ...at]
    const lacking = await stimnet(asked)
    assert.match(lacking.err, /cox needs the argument `time`/)
    const dry = await stimnet([...asked, '--time', 'days', '--dry'])
    assert.equal(dry.code, 0, dry.err)
    assert.match(dry.out, /Fitted in rounds: the price is that of round 0[\s\S]*people\.days/)
    const shown = await stimnet([...asked, '--time', 'days', '--forest', 'dose'])
    assert.equal(shown.code, 0, shown.err)
    assert.match(shown.out, /Cox regression of yes[\s\S]*hazard ratio[\s\S]*dose +-0\.[01]/)
  })

  test('an institution without an event, and one where a term tells who has it, refuse it', async () => {
    const third = await codesOf('relapsed ~ dose')
    assert.equal(third[2], 'COHORT_NOT_RELEASABLE')
    const second = await codesOf('died ~ marker')
    assert.equal(second[1], 'MODEL_SEPARATED')
  })

  /** The codes of round 0 by institution. */
  async function codesOf(formula: string) {
    const rounds: ModelRound[] = []
    const left = await ask(formula, { onRound: (one: ModelRound) => rounds.push(one) })
    assert.match(left.notes.join(' '), /The fit ended with round 0/)
    return peers.map(({ peerId }) => rounds[0]?.missing.find(({ site }) => site === peerId)?.code)
  }

  test('an institution that goes away between two rounds is awaited by name, and the rounds before it stand', async () => {
    const controller = new AbortController()
    const rounds: ModelRound[] = []
    const awaited: string[] = []
    const asking = ask('died ~ dose', {
      signal: controller.signal,
      // A request is awaited for ten minutes: whoever asks sees of whom, and can stop before.
      onAwaited: ({ round, institutions }: { round: number | null; institutions: readonly { site: string }[] }) => {
        awaited.push(`${round} ${institutions.map(({ site }) => site).join()}`)
        controller.abort()
      },
      onRound: async (one: ModelRound) => {
        rounds.push(one)
        if (one.round === 1) await peers[2]?.stop()
      }
    })
    await assert.rejects(asking)
    assert.deepEqual([rounds.length, rounds[1]?.missing.length, awaited.length], [2, 0, 1])
    assert.deepEqual(awaited, [`2 ${peers[2]?.peerId}`])
  })
})
