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

/** Sizes of the trials that the page shows. */
export const SIZES = [150, 1_000] as const

/** A minute or two in all, and up to hours. */
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

/** Whom is attacked, by which attacks. */
export interface ReconstructOptions {
  readonly size: number
  readonly seed: number
  readonly effort: Effort
  /** Beginnings of ids; all attacks unless given. */
  readonly only?: readonly string[]
  /** Default unless given. */
  readonly preset?: string
}

/** All attacks on a trial of so many. Each has a catalog of its own, so that none finds another's ledger. */
export async function reconstruct(
  options: ReconstructOptions,
  told: (result: Result) => void = () => undefined
): Promise<readonly Result[]> {
  const { size, seed, effort, only, preset = 'default' } = options
  const attacks = RECONSTRUCTIONS.filter(({ id }) => only === undefined || only.some((start) => id.startsWith(start)))
  const study = trial({ size, seed })
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-reconstruction-'))
  const pairs = attacks.flatMap((attack) => attack.targets.map((target) => ({ attack, target })))
  try {
    const offered = pairs.map(({ attack, target }) => ({ name: catalogName(attack, target), study }))
    const house = await startStudyPeer({ folder: join(folder, 'house'), offered, preset })
    try {
      const results: Result[] = []
      for (const { attack, target } of pairs) {
        const scene = sceneOf(house, { attack, target, study, effort, folder, preset })
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

interface SceneParts extends Pick<Scene, 'study' | 'target' | 'folder' | 'preset'> {
  readonly attack: Reconstruction
  readonly effort: Effort
}

function sceneOf(house: StudyPeer, { attack, target, study, effort, folder, preset }: SceneParts): Scene {
  const catalog = catalogName(attack, target)
  // Attacks that ask by several ways are counted in one notebook.
  let send: Send = sendTo(house.client, catalog)
  const oracle = new Oracle((text, more) => send(text, more))
  return {
    ...{ study, target, oracle, preset, ...effort },
    population: populationOf(study),
    now: () => performance.now(),
    folder: join(folder, catalog),
    peerId: house.peer.peerId,
    askBy: (way) => {
      send = way
    }
  }
}
