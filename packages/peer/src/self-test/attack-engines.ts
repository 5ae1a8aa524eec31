/** Runs attacks on one engine after the other, observed by witnesses: for the command line and for a serving peer. */
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
  /** The environment of this process, in which a secret is hidden during the attacks. */
  readonly environment: NodeJS.ProcessEnv
  /** Folder only for the targets that attacks must not reach. Default: a temporary folder. */
  readonly folder?: string
  readonly signal: AbortSignal
  /** Number of programs that run at the same time. Default 2. */
  readonly atOnce?: number
  onEngine?(engine: AttackableEngine): void
  onResult?(engine: AttackableEngine, result: AttackResult): void
}

/** Returns one report per engine, including unavailable engines. After an abort: for the engines reached until then. */
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
