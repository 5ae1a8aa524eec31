/** The benchmark's results as a table for people. */
import { short } from './measure.ts'
import { isMet, type Line, ratioOf } from './row.ts'

const HEAD = ['', 'ours', 'floor', 'ratio', 'target', 'met']
const GAP = '  '

/** The table, with explanations of each line's floor and numbers below it. */
export function tableOf(lines: readonly Line[]): string {
  const rows = [HEAD, ...lines.map(cellsOf)]
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const drawn = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join(GAP)
      .trimEnd()
  )
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length))
  drawn.splice(1, 0, rule)
  return `${drawn.join('\n')}\n${notesOf(lines)}`
}

function cellsOf(line: Line): string[] {
  const ratio = ratioOf(line)
  const met = isMet(line)
  return [
    line.name,
    `${short(line.ours)} ${line.unit}`,
    line.floor === undefined ? '' : `${short(line.floor)} ${line.unit}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)}×`,
    targetText(line),
    met === undefined ? '' : met ? 'yes' : 'NO'
  ]
}

function targetText({ target, unit }: Line): string {
  if (target === undefined) return ''
  const sign = { 'at most': '≤', 'at least': '≥', below: '<' }[target.bound]
  return `${sign} ${target.value}${target.of === 'ratio' ? '×' : ` ${unit}`}`
}

function notesOf(lines: readonly Line[]): string {
  const told = lines.flatMap(({ name, floorIs, note }) => {
    const said = [...(floorIs === undefined ? [] : [`floor: ${floorIs}`]), ...(note === undefined ? [] : [note])]
    return said.length === 0 ? [] : [`  ${name}\n${said.map((text) => `    ${text}`).join('\n')}`]
  })
  return told.length === 0 ? '' : `\n${told.join('\n')}\n`
}
