/** Programs in a request: a named statistic, SQL (compiled to the same kind of plan), or a script. */
import { z } from 'zod'
import { canonicalJson } from '../canonical.ts'
import { StimnetError } from '../errors.ts'
import type { Encodable, wire } from '../wire/wire.ts'
import { parseJson } from '../json.ts'
import { LIMITS } from '../limits.ts'

/** Languages of scripts. Each node announces the languages that it runs. */
export const SCRIPT_LANGUAGES = ['python', 'r', 'jupyter'] as const
/** One of SCRIPT_LANGUAGES. */
export type ScriptLanguage = (typeof SCRIPT_LANGUAGES)[number]

/** The JSON form of a statistic, for REST and the wire. */
export const statisticSchema = z.strictObject({
  name: z.string().min(1).max(64),
  table: z.string().max(64).optional(),
  variables: z.array(z.string().max(129)).max(16).default([]),
  by: z.array(z.string().max(129)).max(3).default([]),
  arguments: z.record(z.string().max(64), z.unknown()).default({})
})

/** A statistic by name, with its variables and grouping keys. */
export type StatisticCall = z.output<typeof statisticSchema>

/** One of the three kinds of program. */
export type Program =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'statistic'; readonly statistic: StatisticCall }
  | { readonly kind: 'script'; readonly language: ScriptLanguage; readonly code: string }

/** The name under which a catalog permits a program: `sql`, `statistic`, or the language of a script. */
export function programWord(program: Program): string {
  return program.kind === 'script' ? program.language : program.kind
}

/** The text over which the code hash of a receipt is computed. The order of a statistic's JSON fields has no effect. */
export function programText(program: Program): string {
  if (program.kind === 'sql') return program.sql
  return program.kind === 'script' ? program.code : canonicalJson(program.statistic)
}

/** Encodes a program for the wire. */
export function programToMessage(program: Program): Encodable<wire.Program> {
  if (program.kind === 'sql') return { sql: program.sql }
  if (program.kind === 'script') return { script: { language: program.language, code: program.code } }
  const { name, table, variables, by } = program.statistic
  const argumentsJson = JSON.stringify(program.statistic.arguments)
  return { statistic: { name, ...(table === undefined ? {} : { table }), variables, by, argumentsJson } }
}

/** Decodes a program from the wire. Throws MALFORMED, TOO_LARGE, LANGUAGE_NOT_AVAILABLE or PARAMETER_INVALID. */
export function programFromMessage(message: wire.Program | null): Program {
  if (message?.script) {
    const { language: asked, code } = message.script
    const language = SCRIPT_LANGUAGES.find((known) => known === asked)
    if (!language) throw new StimnetError('LANGUAGE_NOT_AVAILABLE', 'reading a program')
    return { kind: 'script', language, code: bounded(code) }
  }
  if (message?.statistic) {
    const { argumentsJson, table, ...rest } = message.statistic
    const parsed = statisticSchema.safeParse({
      ...rest,
      ...(table ? { table } : {}),
      arguments: parseJsonObject(argumentsJson)
    })
    if (!parsed.success) throw new StimnetError('PARAMETER_INVALID', 'reading a statistic', { cause: parsed.error })
    return { kind: 'statistic', statistic: parsed.data }
  }
  if (message?.sql) return { kind: 'sql', sql: bounded(message.sql) }
  throw new StimnetError('MALFORMED', 'a request without a program')
}

function bounded(text: string): string {
  if (new TextEncoder().encode(text).length > LIMITS.scriptBytesMax) {
    throw new StimnetError('TOO_LARGE', 'reading a program', {
      reason: `A program has at most ${LIMITS.scriptBytesMax / 1024} KiB.`
    })
  }
  return text
}

/** Parses a text field that contains a JSON object; an empty text is an empty object. Throws PARAMETER_INVALID. */
export function parseJsonObject(text: string): Record<string, unknown> {
  if (text === '') return {}
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    throw new StimnetError('PARAMETER_INVALID', 'reading a JSON object', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StimnetError('PARAMETER_INVALID', 'reading a JSON object')
  }
  return value as Record<string, unknown>
}
