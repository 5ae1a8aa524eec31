/** Attacks engine after engine, under the eyes of witnesses: for the command line as for a peer that serves. */
import {
  type Attack,
  type AttackableEngine,
  type AttackResult,
  attackEngine,
  type EngineReport,
  type EngineSettings,
  Witnesses
} from '@stimnet/sandbox'

/** What is attacked, with what, and who hears of it. */
export interface AttacksOnEngines {
  readonly engines: readonly AttackableEngine[]
  readonly attacks: readonly Attack[]
  readonly settings: EngineSettings
  /** Of this process: a secret is hidden in it meanwhile. */
  readonly environment: NodeJS.ProcessEnv
  /** For what the attacks must not get at, and nothing else. Default: one among the temporary files. */
  readonly folder?: string
  readonly signal: AbortSignal
  /** Programs at one time. Default 2. */
  readonly atOnce?: number
  onEngine?(engine: AttackableEngine): void
  onResult?(engine: AttackableEngine, result: AttackResult): void
}

/** A report an engine, of an engine that is not here too; after an abort, of those that it had come to. */
export async function attackEngines(asked: AttacksOnEngines): Promise<EngineReport[]> {
  const { attacks, settings, signal, atOnce } = asked
  const witnesses = await Witnesses.open(asked.environment, asked.folder)
  const reports: EngineReport[] = []
  try {
    for (const engine of asked.engines) {
      if (signal.aborted) break
      asked.onEngine?.(engine)
      const report = await attackEngine(engine, settings, {
        ...{ witnesses, attacks, signal, ...(atOnce === undefined ? {} : { atOnce }) },
        onResult: (result) => asked.onResult?.(engine, result)
      })
      reports.push(report)
    }
  } finally {
    await witnesses.close()
  }
  return reports
}
