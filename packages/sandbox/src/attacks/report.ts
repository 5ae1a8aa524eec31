/** A run of the whole suite on one engine: opening the engine, the attacks, closing it, and the check that nothing of it is left. */
import { StimnetError } from '@stimnet/protocol'
import type { AttackResult } from './attack.ts'
import type { AttackableEngine, EngineGrade, EngineSettings, OpenEngine } from './engines.ts'
import { type AttackOptions, attackSandbox } from './suite.ts'

/** The report on one engine. */
export type EngineReport =
  | {
      readonly grade: EngineGrade
      readonly isHere: true
      readonly languages: readonly string[]
      readonly results: readonly AttackResult[]
      /** Processes or containers that still existed after the engine was closed. */
      readonly left: readonly string[]
      /** Whether there are results, all of them contained or admitted by the grade, and nothing is left. */
      readonly isClean: boolean
    }
  | { readonly grade: EngineGrade; readonly isHere: false; readonly why: string; readonly howTo: string }

/** Opens an engine, attacks it and closes it. If the engine cannot be opened, the report says why. */
export async function attackEngine(
  engine: AttackableEngine,
  settings: EngineSettings,
  options: Omit<AttackOptions, 'memoryBytesMax' | 'startMsMax'>
): Promise<EngineReport> {
  const { grade, howTo, memoryBytesMax, startMsMax } = engine
  let opened: OpenEngine
  try {
    opened = await engine.open(settings)
  } catch (error) {
    if (!(error instanceof StimnetError)) throw error
    return { grade, isHere: false, why: error.message, howTo }
  }
  const { sandbox } = opened
  let results: readonly AttackResult[]
  let languages: readonly string[]
  try {
    languages = (await sandbox.describe()).languages
    results = await attackSandbox(sandbox, { ...options, memoryBytesMax, startMsMax })
  } finally {
    await sandbox.close()
  }
  const left = await opened.left()
  const isClean = left.length === 0 && results.length > 0 && results.every((result) => result.isAdmitted)
  return { grade, isHere: true, languages, results, left, isClean }
}
