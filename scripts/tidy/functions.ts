/** The rule on the length of functions. Functions are found by their indentation, which the formatter determines. */
import type { Exceptions } from './exceptions.ts'
import { FUNCTION_LINES_MAX } from './house.ts'
import type { Breach, SourceFile, Tree } from './tree.ts'

// A declaration, an arrow, or a method whose body begins on the same line; not a statement with a condition.
const START =
  /\bfunction\b|=>|^\s+(?:(?:static|async|get|set) )*[*#]?(?!(?:if|for|while|switch|catch)\b)[\w$]+(?:<.*>)?\(.*\)(?:: .*)? \{$/
const NAME = /\bfunction\b\*?\s*([\w$]+)|\b(?:const|let)\s+([\w$]+)|([#\w$]+)\s*[=:(<]/
const CLOSES = /^\s*[)\]}]/

interface Span {
  readonly name: string
  /** Line number, from 1. */
  readonly line: number
  readonly lines: number
}

/** Breach `long` for each function with too many lines, including its first and last, for which no exception is declared. */
export function longBreaches(tree: Tree, exceptions: Exceptions): Breach[] {
  return tree.files
    .filter(({ room }) => room !== 'test')
    .flatMap((file) =>
      functionsOf(file)
        .filter(({ lines, name }) => lines > FUNCTION_LINES_MAX && !exceptions.permits(`${file.path} ${name}`))
        .map(({ name, line, lines }) => ({
          file: file.path,
          line,
          rule: 'long',
          message: `${name} has ${lines} lines: at most ${FUNCTION_LINES_MAX}, or a reason`
        }))
    )
}

/** All functions of a file, including nested ones. */
function functionsOf({ layers }: SourceFile): Span[] {
  const lines = layers.code.split('\n')
  const spans = new Map<number, Span>()
  for (const [at, line] of lines.entries()) {
    const first = firstLineOf(lines, at)
    const head = first === at ? line : `${lines[first]}${line.trimStart()}`
    if (!START.test(head) || spans.has(first)) continue
    const [, ...names] = NAME.exec(head) ?? []
    const name = names.find((one) => one !== undefined) ?? 'a function'
    spans.set(first, { name, line: first + 1, lines: lastLineOf(lines, first) - first + 1 })
  }
  return [...spans.values()]
}

/** The first line of a statement whose parameters end on this line. */
function firstLineOf(lines: readonly string[], at: number): number {
  if (!/^\s*[)}](?:.*\{$|[^(]*=>)/.test(lines[at] ?? '')) return at
  let first = at - 1
  while (first > 0 && isWithin(lines[first] ?? '', lines[at] ?? '')) first--
  return firstLineOf(lines, first)
}

/** The last line of the statement that begins on this line. */
function lastLineOf(lines: readonly string[], first: number): number {
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const goesOn = CLOSES.test(line) && /(?:[{([]|=>)$/.test(line)
    if (!goesOn && !isWithin(line, lines[first] ?? '')) return CLOSES.test(line) ? at : at - 1
  }
  return lines.length - 1
}

/** Whether a line is empty, ends a template string, or is indented further than the other line. */
function isWithin(line: string, outer: string): boolean {
  return /^\s*(?:`|$)/.test(line) || indentOf(line) > indentOf(outer)
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
