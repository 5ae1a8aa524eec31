/** Findings of attacks on an engine, as plain data to print, store and send. */
import type { AttackResult, EngineReport } from '@stimnet/sandbox'

/** Maximum number of characters of a program's own text that are kept. */
const TEXT_MAX = 300
/** Maximum number of leftovers that are listed. */
const LEFT_MAX = 20

/** One attack and its outcome. */
export interface AttackFinding {
  readonly id: string
  readonly title: string
  /** The attempt, in a sentence. */
  readonly tries: string
  readonly language: string
  readonly outcome: AttackResult['verdict']['outcome']
  /** The protection that stopped the attack, or the target that the attack reached. */
  readonly by: string
  /** Whether the engine's published grade permits this outcome. */
  readonly isAdmitted: boolean
}

/** The number of attacks by outcome. */
export type OutcomeCounts = Readonly<Record<AttackFinding['outcome'], number>>

/** The findings about one engine. */
export type EngineFindings =
  | {
      readonly grade: string
      readonly isHere: true
      readonly languages: readonly string[]
      readonly results: readonly AttackFinding[]
      readonly counts: OutcomeCounts
      readonly left: readonly string[]
      readonly isClean: boolean
    }
  | { readonly grade: string; readonly isHere: false; readonly why: string; readonly howTo: string }

/** Converts a report, without the programs of the attacks. */
export function findingsOf(report: EngineReport): EngineFindings {
  if (!report.isHere) return { ...report, why: report.why.slice(0, TEXT_MAX) }
  const { grade, languages, isClean } = report
  const results = report.results.map(({ attack: { id, title, tries, language }, verdict, isAdmitted }) => ({
    id,
    title,
    tries,
    language,
    outcome: verdict.outcome,
    by: verdict.by.slice(0, TEXT_MAX),
    isAdmitted
  }))
  const left = report.left.slice(0, LEFT_MAX).map((one) => one.slice(0, TEXT_MAX))
  return { grade, isHere: true, languages, results, counts: countsOf(report.results), left, isClean }
}

/** Counts results by outcome. */
export function countsOf(results: readonly AttackResult[]): OutcomeCounts {
  const counts = { contained: 0, bounded: 0, open: 0, unjudged: 0 }
  for (const { verdict } of results) counts[verdict.outcome] += 1
  return counts
}

/** The problems in one line; undefined if every engine meets its grade. */
export function troubleIn(engines: readonly EngineFindings[]): string | undefined {
  const lines = engines.flatMap((engine) => {
    if (!engine.isHere) return [`${engine.grade} could not be opened`]
    if (engine.isClean) return []
    const failing = engine.results.filter(({ isAdmitted }) => !isAdmitted).map(({ id, outcome }) => `${id} ${outcome}`)
    const left = engine.left.length === 0 ? [] : [`${engine.left.length} left behind`]
    return [`${engine.grade}: ${[...failing, ...left].slice(0, 5).join(', ')}${failing.length > 5 ? ' and more' : ''}`]
  })
  return lines.length === 0 ? undefined : lines.join('; ')
}
