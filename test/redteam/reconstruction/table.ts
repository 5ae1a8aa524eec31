/** The table of reconstruction attacks, for a terminal and for docs/redteam.md. */
import { markdown } from '../../usefulness/table.ts'
import type { Result } from './run.ts'

const HEADS = ['id', 'attack', 'study', 'target', 'asked', 'answered', 'certain', 'exact', 'all or none', 'gain']

function rowOf(result: Result): string[] {
  const { attack, study, target, asked, answered, certain, wrong, exact, allOrNone, gain } = result
  const claimed = wrong === 0 ? String(certain) : `${certain} (and ${wrong} wrong)`
  return [
    attack.id,
    attack.attack,
    study,
    target,
    String(asked),
    String(answered),
    claimed,
    String(exact),
    String(allOrNone),
    gain.toFixed(1)
  ]
}

/** The table for a terminal, without the descriptions of the attacks. */
export function plainReconstructions(results: readonly Result[]): string {
  const rows = [HEADS, ...results.map(rowOf)].map((row) => row.filter((_, at) => at !== 1))
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return `${rows.map(line).join('\n')}\n`
}

/** The table for docs/redteam.md. */
export function markdownReconstructions(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const [id = '', attack = '', ...rest] = rowOf(result)
    const { notCovered } = result.attack
    return [id, notCovered === undefined ? attack : `${attack}. Not covered: ${notCovered}`, ...rest]
  })
  return markdown(HEADS, rows)
}
