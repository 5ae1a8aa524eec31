/** Attacks on one engine after the other, observed by witnesses: for the command line and for a peer that serves. */
import {
  type Attack,
  type AttackableEngine,
  type AttackResult,
  attackEngine,
  type EngineReport,
  type EngineSettings,
  Witnesses
} from '@stimnet/sandbox'

/** The engines, the attacks, and the listeners. */
export interface AttacksOnEngines {
  readonly engines: readonly AttackableEngine[]
  readonly attacks: readonly Attack[]
  readonly settings: EngineSettings
  /** The environment of this process, in which a secret is hidden meanwhile. */
  readonly environment: NodeJS.ProcessEnv
  /** Folder for the targets that attacks must not reach, and nothing else. Default: one among the temporary files. */
  readonly folder?: string
  readonly signal: AbortSignal
  /** Programs that run at the same time. Default 2. */
  readonly atOnce?: number
  onEngine?(engine: AttackableEngine): void
  onResult?(engine: AttackableEngine, result: AttackResult): void
}

/** Returns one report per engine, also for engines that are not here. After an abort: for those reached until then. */
export async function attackEngines(asked: AttacksOnEngines): Promise<EngineReport[]> {
  const { attacks, settings, signal, atOnce } = asked
  const witnesses = await Witnesses.open(asked.environment, asked.folder)
  const reports: EngineReport[] = []
  try {
    for (const engine of asked.engines) {
      if (signal.aborted) break
      asked.onEngine?.(engine)
      const report = await attackEngine(engine, settings, {
        witnesses,
        attacks,
        signal,
        ...(atOnce === undefined ? {} : { atOnce }),
        onResult: (result) => asked.onResult?.(engine, result)
      })
      reports.push(report)
    }
  } finally {
    await witnesses.close()
  }
  return reports
}
