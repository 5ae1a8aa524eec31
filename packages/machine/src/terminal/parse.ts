/** The parser of command lines. Its messages say what to write instead. */
import { parseArgs } from 'node:util'
import { nearest } from '@stimnet/protocol'
import { printable } from './table.ts'

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  readonly short?: string
  /** The placeholder of the value in the help text. */
  readonly value?: string
  readonly help: string
}

/** The parsed command line, or the reason why it cannot be parsed. */
export type Parsed =
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] }
  | { readonly ok: false; readonly why: string }

type Options = Readonly<Record<string, Option>>

/** Parses arguments. Never throws. */
export function parse(args: readonly string[], options: Options): Parsed {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple, short }]) => [
      name,
      { type, ...(multiple ? { multiple } : {}), ...(short ? { short } : {}) }
    ])
  )
  // Not strict, since Node's own messages are too technical for users.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: config,
    allowPositionals: true,
    strict: false,
    tokens: true
  })
  for (const token of tokens) {
    const why = token.kind === 'option' ? complaintAbout(token, options) : undefined
    if (why !== undefined) return { ok: false, why }
  }
  return { ok: true, values, positionals }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function complaintAbout({ name, rawName, value, inlineValue }: OptionToken, options: Options): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    const near = nearest(name, Object.keys(options))
    return `There is no option ${printable(rawName)}.${near === undefined ? '' : ` Did you mean --${near}?`}`
  }
  if (option.type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value`
  if (value === undefined) return `${rawName} needs a value: ${rawName} ${option.value ?? 'VALUE'}`
  const isNextOption = inlineValue === false && value.length > 1 && value.startsWith('-')
  if (!isNextOption) return undefined
  return `${rawName} needs a value, and ${printable(value)} looks like an option. If it is the value, write --${name}=${printable(value)}`
}
