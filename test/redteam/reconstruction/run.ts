/** Attacks that end in numbers, carried out against made-up trials through the REST API, and scored against the truth. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StudyPeer, startStudyPeer } from '../../study-peer.ts'
import { trial } from '../../usefulness/trial.ts'
import { RECONSTRUCTIONS } from './attacks.ts'
import { Oracle, type Send, sendTo } from './oracle.ts'
import { populationOf, type Target } from './population.ts'
import type { Reconstruction, Scene } from './scene.ts'
import { type Score, scoreOf } from './score.ts'

/** How far the attacker goes. */
export interface Effort {
  readonly questionsMax: number
  /** Of integer programs, seconds for each attack. */
  readonly solverSeconds: number
}

/** Seconds in all; minutes in all. */
export const EFFORTS = {
  small: { questionsMax: 60, solverSeconds: 4 },
  long: { questionsMax: 240, solverSeconds: 600 }
} as const satisfies Readonly<Record<string, Effort>>

/** One attack on one target of one study. */
export interface Result extends Score {
  readonly attack: Reconstruction
  readonly study: string
  readonly asked: number
  readonly answered: number
  /** Codes of refusals, counted. */
  readonly codes: ReadonlyMap<string, number>
}

/** All attacks on a trial of so many, or those whose id begins so. Each has catalogs of its own, so that none finds another's ledger. */
export async function reconstruct(
  options: { readonly size: number; readonly seed: number; readonly effort: Effort; readonly only?: readonly string[] },
  told: (result: Result) => void = () => undefined
): Promise<readonly Result[]> {
  const { size, seed, effort, only } = options
  const attacks = RECONSTRUCTIONS.filter(({ id }) => only === undefined || only.some((start) => id.startsWith(start)))
  const study = trial({ size, seed })
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-reconstruction-'))
  const pairs = attacks.flatMap((attack) => attack.targets.map((target) => ({ attack, target })))
  try {
    const offered = pairs.map(({ attack, target }) => ({ name: catalogName(attack, target), study }))
    const house = await startStudyPeer({ folder: join(folder, 'house'), offered })
    try {
      const results: Result[] = []
      for (const { attack, target } of pairs) {
        const scene = sceneOf(house, { attack, target, study, effort, folder })
        const score = scoreOf(scene.population, await attack.run(scene))
        const { asked, answered, codes } = scene.oracle
        const result = { ...score, attack, study: study.name, asked, answered, codes }
        results.push(result)
        told(result)
      }
      return results
    } finally {
      await house.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function catalogName({ id }: Reconstruction, target: Target): string {
  return `${id.toLowerCase()}_${target}`
}

function sceneOf(
  house: StudyPeer,
  {
    attack,
    target,
    study,
    effort,
    folder
  }: {
    attack: Reconstruction
    target: Target
    study: Scene['study']
    effort: Effort
    folder: string
  }
): Scene {
  const catalog = catalogName(attack, target)
  // Attacks that ask by several ways are counted in one notebook.
  let send: Send = sendTo(house.client, catalog)
  const oracle = new Oracle((text, more) => send(text, more))
  return {
    ...{ study, target, oracle, ...effort },
    population: populationOf(study),
    now: () => performance.now(),
    folder: join(folder, catalog),
    peerId: house.peer.peerId,
    askBy: (way) => void (send = way)
  }
}
