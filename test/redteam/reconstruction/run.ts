/** Execution of reconstruction attacks against made-up trials through the REST API, and their scores against the truth. */
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

/** The effort of the attacker. */
export interface Effort {
  readonly questionsMax: number
  /** Time for integer programs, seconds per attack. */
  readonly solverSeconds: number
}

/** Sizes of the trials in docs/redteam.md. */
export const SIZES = [150, 1_000] as const

/** Efforts: the small one takes a minute or two in total, the large one up to hours. */
export const EFFORTS = {
  small: { questionsMax: 60, solverSeconds: 4 },
  long: { questionsMax: 240, solverSeconds: 600 }
} as const satisfies Readonly<Record<string, Effort>>

/** The result of one attack on one target of one study. */
export interface Result extends Score {
  readonly attack: Reconstruction
  readonly study: string
  readonly asked: number
  readonly answered: number
  /** Number of refusals per code. */
  readonly codes: ReadonlyMap<string, number>
}

/** Options of `reconstruct`. */
export interface ReconstructOptions {
  readonly size: number
  readonly seed: number
  readonly effort: Effort
  /** Beginnings of the ids of attacks. Default: all attacks. */
  readonly only?: readonly string[]
  /** Preset of disclosure rules. Default: `default`. */
  readonly preset?: string
}

/** Runs the attacks on a trial of that size. Each attack has a catalog of its own, so that they share no ledger. */
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
  // An attack that sends its questions in several ways still has one oracle, which counts all of them.
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
