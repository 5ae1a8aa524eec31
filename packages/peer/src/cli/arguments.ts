/** Command lines: options as data, help from the same data, and errors that say what to write instead. */
import { parseArgs } from 'node:util'
import { CODES, type Code, StimnetError } from '@stimnet/protocol'

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  readonly short?: string
  /** What stands for the value in the help text. */
  readonly value?: string
  readonly help: string
}

/** The values of a command’s options, as parsed. */
export type Values<O extends Record<string, Option>> = {
  readonly [K in keyof O]: O[K] extends { multiple: true }
    ? string[] | undefined
    : O[K] extends { type: 'boolean' }
      ? boolean | undefined
      : string | undefined
}

/** One subcommand. `run` gives the exit code. */
export interface Command<O extends Record<string, Option> = Record<string, Option>> {
  readonly name: string
  /** What stands after the name, e.g. `FILE --catalog NAME`. */
  readonly usage: string
  readonly summary: string
  /** More than a line, with examples; shown by `--help`. */
  readonly details?: string
  readonly options: O
  readonly positionals: readonly [least: number, most: number]
  run(values: Values<O>, positionals: readonly string[], io: Io): Promise<number>
}

/** Where a command writes: answers to `out`, progress and remarks to `err`. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** Whether `err` is a terminal that can be drawn on. */
  readonly interactive: boolean
  readonly signal: AbortSignal
}

/** Exit codes, for scripts. */
export const EXIT = {
  ok: 0,
  /** The job, check or question came to a bad end. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The peer cannot be reached or does not let us in. */
  unreachable: 3
} as const

const NOT_LET_IN: readonly Code[] = ['UNAUTHENTICATED', 'CREDENTIALS_INVALID']
const WRONG_USAGE: readonly Code[] = ['CONFIG_INVALID', 'PARAMETER_INVALID']

/** The exit code for a code, the same whether a command threw it or a request ended with it. */
export function exitOfCode(code: Code): number {
  if (CODES[code].fault === 'network' || NOT_LET_IN.includes(code)) return EXIT.unreachable
  return WRONG_USAGE.includes(code) ? EXIT.usage : EXIT.failed
}

const COMMON: Record<string, Option> = { help: { type: 'boolean', short: 'h', help: 'Show this help' } }

/** Gives a command its type parameter by inference. */
export function command<const O extends Record<string, Option>>(definition: Command<O>): Command {
  return definition as unknown as Command
}

/** Parses, answers `--help`, runs; gives the exit code. */
export async function runCommand(definition: Command, args: readonly string[], io: Io): Promise<number> {
  const options = { ...definition.options, ...COMMON }
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    const config = Object.fromEntries(
      Object.entries(options).map(([name, { type, multiple, short }]) => [
        name,
        { type, ...(multiple ? { multiple } : {}), ...(short ? { short } : {}) }
      ])
    )
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true }) as typeof parsed
  } catch (cause) {
    return usageError(definition, io, (cause as Error).message)
  }
  if (parsed.values.help) {
    io.out(helpOf(definition))
    return EXIT.ok
  }
  const [least, most] = definition.positionals
  if (parsed.positionals.length < least) return usageError(definition, io, 'something is missing')
  if (parsed.positionals.length > most) {
    return usageError(definition, io, `unexpected ${JSON.stringify(parsed.positionals[most])}`)
  }
  return definition.run(parsed.values as Values<Record<string, Option>>, parsed.positionals, io)
}

function usageError(definition: Command, io: Io, message: string): number {
  io.err(
    `stimnet ${definition.name}: ${message}\nusage: stimnet ${definition.name} ${definition.usage}\nMore: stimnet ${definition.name} --help\n`
  )
  return EXIT.usage
}

/** What `--help` prints. */
export function helpOf(definition: Command): string {
  const lines = Object.entries({ ...definition.options, ...COMMON }).map(([name, option]) => {
    const value = option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''
    const left = `  ${option.short ? `-${option.short}, ` : ''}--${name}${value}`
    return `${left.padEnd(30)} ${option.help}${option.multiple ? ' (may be repeated)' : ''}`
  })
  const details = definition.details ? `\n${definition.details.trim()}\n` : ''
  return `usage: stimnet ${definition.name} ${definition.usage}\n\n${definition.summary}\n${details}\nOptions:\n${lines.join('\n')}\n`
}

/** A value that must be one of a few. Throws PARAMETER_INVALID naming them. */
export function oneOf<T extends string>(name: string, value: string, among: readonly T[]): T {
  const found = among.find((candidate) => candidate === value)
  if (found !== undefined) return found
  const reason = `--${name} is one of ${among.join(', ')}`
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}
