/** The table of answered questions, for a terminal and for docs/usefulness.md. */
import { type Answered, countOf, type Hour, halfRefusedAfter } from './measure.ts'

/** Number of the most common questions, for which there is a lower bound. */
export const FIRST = 12

const HEADS = [
  'preset',
  'study',
  'first 12',
  'the whole hour',
  '60 random questions',
  'half are refused after',
  'codes'
]

/** One line per preset and study, with means over all seeds. */
function linesOf(hours: readonly Hour[]): string[][] {
  const groups = Map.groupBy(hours, ({ preset, study }) => `${preset}\n${study}`)
  return [...groups.values()].map((group) => {
    const [{ preset, study } = { preset: '', study: '' }] = group
    const halves = group.map(({ random }) => halfRefusedAfter(random))
    const reached = halves.filter((half) => half !== null)
    return [
      preset,
      study,
      threeOf(group.map(({ hour }) => hour.slice(0, FIRST))),
      threeOf(group.map(({ hour }) => hour)),
      threeOf(group.map(({ random }) => random)),
      reached.length === 0
        ? 'never'
        : `${mean(reached)}${reached.length < halves.length ? ` (${reached.length} of ${halves.length} seeds)` : ''}`,
      codesOf(group.flatMap(({ hour, random }) => [...hour, ...random]))
    ]
  })
}

/** The mean numbers of questions answered in full / in part / refused; in brackets the smallest number in full of any seed. */
function threeOf(each: readonly (readonly Answered[])[]): string {
  const kinds = (['full', 'part', 'refused'] as const).map((kind) =>
    mean(each.map((answered) => countOf(answered, kind)))
  )
  const least = Math.min(...each.map((answered) => countOf(answered, 'full')))
  return `${kinds.join(' / ')}${each.length > 1 ? ` (${least})` : ''}`
}

function mean(numbers: readonly number[]): string {
  const value = numbers.reduce((sum, each) => sum + each, 0) / numbers.length
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}

function codesOf(answered: readonly Answered[]): string {
  const codes = answered.flatMap(({ verdict }) => (verdict.kind === 'refused' ? [verdict.code] : []))
  const counted = [...Map.groupBy(codes, (code) => code)].sort(([, a], [, b]) => b.length - a.length)
  return counted.map(([code, all]) => `${code} ${all.length}`).join(', ') || '–'
}

/** The questions of the first hours, with their verdicts for each seed under one preset. */
function questionLines(hours: readonly Hour[]): string[][] {
  const letter = { full: 'F', part: 'p', refused: '–' } as const
  const groups = Map.groupBy(hours, ({ preset, study }) => `${preset}\n${study}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    return first.hour.map(({ says }, i) => [
      first.study,
      String(i + 1),
      says,
      group.map(({ hour }) => letter[hour[i]?.verdict.kind ?? 'refused']).join(' ')
    ])
  })
}

/** The table for a terminal. */
export function plainTable(hours: readonly Hour[]): string {
  const rows = [HEADS, ...linesOf(hours)]
  const widths = HEADS.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return `${rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()
    )
    .join('\n')}\n`
}

/** The tables for the page: the summary, and each question of the first hours under the default preset. */
export function markdownTables(hours: readonly Hour[]): string {
  const own = hours.filter(({ preset }) => preset === 'default')
  return [
    markdown(HEADS, linesOf(hours)),
    '## Question by question, default preset',
    'One letter per seed: F answered in full, p in part, – refused.',
    markdown(['study', '', 'question', 'seeds'], questionLines(own))
  ].join('\n\n')
}

/** A table in Markdown. */
export function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}
