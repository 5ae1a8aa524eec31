/** Plain tables for terminals and logs: columns as wide as their longest cell, numbers aligned to the right. */

import { printable } from '@stimnet/protocol'

/** A table as text. A column is right-aligned if all its cells are numbers or empty. Header and cells cannot control the terminal. */
export function tableOf(names: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const header = names.map(printable)
  const numeric = header.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] !== 'string'))
  const text = rows.map((row) => header.map((_, at) => cellOf(row[at])))
  const widths = header.map((name, at) => Math.max(name.length, ...text.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return `${[line(header), line(widths.map((width) => '─'.repeat(width))), ...text.map(line)].join('\n')}\n`
}

/** A cell as text. Numbers have four significant digits, or all digits of a whole number, as in the console; `--json` gives all digits. */
export function cellOf(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '·'
  if (typeof value === 'string') return printable(value)
  return measured(value)
}

/** A number in a sentence, in the same format as `cellOf`. */
export function measured(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3)
  return String(Number(value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size))))))
}
