/** Measurement of usefulness: how many questions of a first hour, and of random questions after it, an institution answers. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@stimnet/sdk'
import { askOnce, startStudyPeer } from '../study-peer.ts'
import { imaging } from './imaging.ts'
import { type Verdict, verdictOf } from './judge.ts'
import { randomQuestions } from './random-questions.ts'
import { registry } from './registry.ts'
import type { MakeStudy, Question, Study } from './study.ts'
import { trial } from './trial.ts'
import { untruths } from './truth.ts'

/** The measured studies and their sizes. */
const STUDIES: readonly { readonly make: MakeStudy; readonly size: number }[] = [
  { make: trial, size: 150 },
  { make: trial, size: 1_000 },
  { make: imaging, size: 400 },
  { make: registry, size: 150 },
  { make: registry, size: 1_000 },
  { make: registry, size: 10_000 }
]

/** The presets in docs/usefulness.md: StimNet's default, a common one and a strict one. */
export const PRESETS_MEASURED = ['default', 'opensafely', 'acro-sacro'] as const

/** Number of random questions after the first hour. */
export const RANDOM_COUNT = 60

/** The answers of one study under one preset with one seed. */
export interface Hour {
  readonly study: string
  readonly size: number
  readonly preset: string
  readonly seed: number
  readonly hour: readonly Answered[]
  readonly random: readonly Answered[]
}

/** A question with its verdict. */
export interface Answered {
  readonly says: string
  readonly verdict: Verdict
  /** Released numbers that are not true. */
  readonly untrue: readonly string[]
}

/** Asks the first hour and the random questions of all studies, under one preset with one seed. Studies share no ledger. */
export async function measureHours(
  options: { readonly preset: string; readonly seed: number; readonly randomCount?: number },
  told: (line: string) => void = () => undefined
): Promise<readonly Hour[]> {
  const { preset, seed, randomCount = RANDOM_COUNT } = options
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-usefulness-'))
  try {
    const studies = STUDIES.map(({ make, size }) => make({ size, seed }))
    const offered = studies.map((study, i) => ({ name: `study_${i + 1}`, study }))
    const house = await startStudyPeer({ folder, offered, preset })
    try {
      const hours: Hour[] = []
      for (const { name, study } of offered) {
        hours.push(await hourOf(house.client, { catalog: name, study, preset, seed, randomCount }))
        told(`${preset}, seed ${seed}: ${study.name}`)
      }
      return hours
    } finally {
      await house.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function hourOf(
  client: Client,
  asked: { catalog: string; study: Study; preset: string; seed: number; randomCount: number }
): Promise<Hour> {
  const { catalog, study, preset, seed, randomCount } = asked
  // One after the other, like a person, because answers depend on the order of questions.
  const answer = async (questions: readonly Question[]): Promise<Answered[]> => {
    const answered: Answered[] = []
    for (const question of questions) {
      const { says, type, content, filters = {}, rows } = question
      const submission = { data_catalog_name: catalog, script_type: type, script_content: content, filters }
      const asked = await askOnce(client, submission)
      answered.push({ says, verdict: verdictOf(asked, rows), untrue: untruths(question, asked.job) })
    }
    return answered
  }
  const hour = await answer(study.hour)
  const random = await answer(randomQuestions(study, { count: randomCount, seed }))
  return { study: study.name, size: study.size, preset, seed, hour, random }
}

/** Number of answers with that verdict. */
export function countOf(answered: readonly Answered[], kind: Verdict['kind']): number {
  return answered.filter(({ verdict }) => verdict.kind === kind).length
}

/** Number of consecutive random questions over which the share of refusals is computed. */
const WINDOW = 10

/** The number of random questions after which half of the latest ten were refused; null if that did not happen. */
export function halfRefusedAfter(random: readonly Answered[]): number | null {
  for (let end = WINDOW; end <= random.length; end++) {
    if (countOf(random.slice(end - WINDOW, end), 'refused') >= WINDOW / 2) return end
  }
  return null
}
