/** What attacks on an engine found, as plain data: to print, to keep, to send. */
import type { AttackResult, EngineReport } from '@stimnet/sandbox'

/** Of a program's own words at most so many characters are kept. */
const TEXT_MAX = 300
/** An engine that leaves more behind is bad enough. */
const LEFT_MAX = 20

/** One attack and how it went. */
export interface AttackFinding {
  readonly id: string
  readonly title: string
  /** What it tries, in a sentence. */
  readonly tries: string
  readonly language: string
  readonly outcome: AttackResult['verdict']['outcome']
  /** What held it, or what it got. */
  readonly by: string
  /** Whether the engine's published grade admits that. */
  readonly isAdmitted: boolean
}

/** How many went which way. */
export type OutcomeCounts = Readonly<Record<AttackFinding['outcome'], number>>

/** One engine. */
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

/** A report without the attacks' programs. */
export function findingsOf(report: EngineReport): EngineFindings {
  if (!report.isHere) return { ...report, why: report.why.slice(0, TEXT_MAX) }
  const { grade, languages, isClean } = report
  const results = report.results.map(({ attack: { id, title, tries, language }, verdict, isAdmitted }) => ({
    ...{ id, title, tries, language, outcome: verdict.outcome, by: verdict.by.slice(0, TEXT_MAX), isAdmitted }
  }))
  const left = report.left.slice(0, LEFT_MAX).map((one) => one.slice(0, TEXT_MAX))
  return { grade, isHere: true, languages, results, counts: countsOf(report.results), left, isClean }
}

/** By outcome. */
export function countsOf(results: readonly AttackResult[]): OutcomeCounts {
  const counts = { contained: 0, bounded: 0, open: 0, unjudged: 0 }
  for (const { verdict } of results) counts[verdict.outcome] += 1
  return counts
}

/** What somebody should look at, in a line; undefined where every engine holds what its grade promises. */
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
