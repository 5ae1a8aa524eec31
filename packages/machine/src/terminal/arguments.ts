/** Command lines: options as data, help generated from the same data, and exit codes for scripts. */
import { CODES, type Code } from '@stimnet/protocol'
import { type Option, parse } from './parse.ts'

/** The values of a command's options, as parsed. */
export type Values<O extends Record<string, Option>> = {
  readonly [K in keyof O]: O[K] extends { multiple: true }
    ? string[] | undefined
    : O[K] extends { type: 'boolean' }
      ? boolean | undefined
      : string | undefined
}

/** One subcommand. `run` returns the exit code. */
export interface Command<O extends Record<string, Option> = Record<string, Option>> {
  readonly name: string
  /** The text after the command's name, such as `FILE --catalog NAME`. */
  readonly usage: string
  readonly summary: string
  /** Several lines with examples, shown by `--help`. */
  readonly details?: string
  readonly options: O
  /** Minimum and maximum number of positional arguments, and their names in order, for messages about missing arguments. */
  readonly positionals: readonly [least: number, most: number, ...names: string[]]
  run(values: Values<O>, positionals: readonly string[], io: Io): Promise<number>
}

/** Commands by name, each loaded when it is needed: a peer that runs keeps in memory whatever its start has loaded. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>

/** All of these commands, in order. */
export function loadCommands(commands: Commands): Promise<readonly Command[]> {
  return Promise.all(Object.values(commands).map((load) => load()))
}

/** The streams of a command: answers are written to `out`, progress and remarks to `err`. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** Writes text that moves the cursor; default: `err`. The caller must make the text printable. */
  draw?(text: string): void
  /** Whether `err` is a terminal on which progress can be redrawn. */
  readonly interactive: boolean
  /** Asks a person and returns the typed line; undefined without a terminal. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string>) | undefined
  readonly signal: AbortSignal
}

export const EXIT = {
  ok: 0,
  /** The job, check or question failed. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The gateway cannot be reached, or no peer that offers the catalog can be. */
  unreachable: 3,
  /** The user is not logged in, the login failed, or the account does not have the permission. */
  notLetIn: 4
} as const

/** The exit codes as shown by `stimnet --help`. */
export const EXIT_TEXT =
  '0 success, 1 failure, 2 wrong command line or configuration, 3 peer not reachable, 4 not logged in or not permitted'

const NOT_LET_IN: readonly Code[] = [
  'UNAUTHENTICATED',
  'CREDENTIALS_INVALID',
  'LOGIN_REFUSED',
  'ACCOUNT_LOCKED',
  'NOT_PERMITTED'
]
const WRONG_USAGE: readonly Code[] = [
  'CONFIG_INVALID',
  'PARAMETER_INVALID',
  'FILTER_INVALID',
  'CONTRACT_INVALID',
  'BODY_INVALID',
  'PEER_UNKNOWN'
]

/** The exit code for an error code, both for errors that a command throws and for requests that end with the code. */
export function exitOfCode(code: Code): number {
  if (NOT_LET_IN.includes(code)) return EXIT.notLetIn
  if (CODES[code].fault === 'network') return EXIT.unreachable
  return WRONG_USAGE.includes(code) ? EXIT.usage : EXIT.failed
}

const COMMON: Record<string, Option> = { help: { type: 'boolean', short: 'h', help: 'Show this help' } }

/** Infers the type parameter of a command. */
export function command<const O extends Record<string, Option>>(definition: Command<O>): Command {
  return definition as unknown as Command
}

/** Parses the arguments, answers `--help` and runs the command. Returns the exit code. */
export async function runCommand(definition: Command, args: readonly string[], io: Io): Promise<number> {
  const options = { ...definition.options, ...COMMON }
  const parsed = parse(args, options)
  if (!parsed.ok) return usageError(definition, io, parsed.why)
  if (parsed.values.help) {
    io.out(helpOf(definition))
    return EXIT.ok
  }
  const [least, most, ...names] = definition.positionals
  if (parsed.positionals.length < least) {
    return usageError(definition, io, `${names[parsed.positionals.length] ?? 'an argument'} is missing`)
  }
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

/** The text that `--help` prints. */
export function helpOf(definition: Command): string {
  const lines = Object.entries({ ...definition.options, ...COMMON }).map(([name, option]) => {
    const value = option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''
    const left = `  ${option.short ? `-${option.short}, ` : ''}--${name}${value}`
    return `${left.padEnd(30)} ${option.help}${option.multiple ? ' (may be repeated)' : ''}`
  })
  const details = definition.details ? `\n${definition.details.replace(/^\n+|\n+$/g, '')}\n` : ''
  return `usage: stimnet ${definition.name} ${definition.usage}\n\n${definition.summary}\n${details}\nOptions:\n${lines.join('\n')}\n\nExit codes: ${EXIT_TEXT}.\n`
}
