/** The usefulness of an institution: how much of a first hour, and of what follows, it answers. */
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

/** Every kind of study in its sizes. */
const STUDIES: readonly { readonly make: MakeStudy; readonly size: number }[] = [
  { make: trial, size: 150 },
  { make: trial, size: 1_000 },
  { make: imaging, size: 400 },
  { make: registry, size: 150 },
  { make: registry, size: 1_000 },
  { make: registry, size: 10_000 }
]

/** The presets that the page shows: StimNet's own, a usual one, a strict one. */
export const PRESETS_MEASURED = ['default', 'opensafely', 'acro-sacro'] as const

/** Random questions after the first hour. */
export const RANDOM_COUNT = 60

/** What one study answered under one preset with one seed. */
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
}

/** The first hour and what follows at every study, under one preset with one seed. Each study has a ledger of its own. */
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
  // One after the other, as a person asks: the order matters to a ledger.
  const answer = async (questions: readonly Question[]): Promise<Answered[]> => {
    const answered: Answered[] = []
    for (const { says, type, content, filters = {}, rows } of questions) {
      const submission = { data_catalog_name: catalog, script_type: type, script_content: content, filters }
      answered.push({ says, verdict: verdictOf(await askOnce(client, submission), rows) })
    }
    return answered
  }
  const hour = await answer(study.hour)
  const random = await answer(randomQuestions(study, { count: randomCount, seed }))
  return { study: study.name, size: study.size, preset, seed, hour, random }
}

/** How many have that verdict. */
export function countOf(answered: readonly Answered[], kind: Verdict['kind']): number {
  return answered.filter(({ verdict }) => verdict.kind === kind).length
}

/** How many of the latest random questions say whether half are refused. */
const WINDOW = 10

/** After how many random questions half of the latest ten were refused; null where that did not come. */
export function halfRefusedAfter(random: readonly Answered[]): number | null {
  for (let end = WINDOW; end <= random.length; end++) {
    if (countOf(random.slice(end - WINDOW, end), 'refused') >= WINDOW / 2) return end
  }
  return null
}
