/** Likeness of questions: two questions are alike if they differ only in values, as the questions of a differencing attack do. */
import {
  type Filter,
  filterFromMessage,
  type Message,
  type Program,
  parseJsonObject,
  programFromMessage
} from '@stimnet/protocol'
import { canonicalHash } from '../canonical-hash.ts'

/** The content of a question. */
export interface Question {
  readonly program: Program
  readonly cohort: Filter | undefined
  readonly parameters: Readonly<Record<string, unknown>>
  /** The cohort in the form of the REST API. */
  readonly filters: Readonly<Record<string, unknown>>
  /** Hashes of the files that a script reads. They count as values, like its parameters. */
  readonly files?: readonly string[]
  /** The analysis set to which the cohort is restricted. */
  readonly set?: string
}

/** The question of a request, before it is compared with a catalog. Throws the errors of decoding. */
export function questionOf(request: Message<'JobRequest'>): Question {
  return {
    program: programFromMessage(request.program),
    cohort: request.cohort ? filterFromMessage(request.cohort) : undefined,
    parameters: parseJsonObject(request.parametersJson),
    filters: parseJsonObject(request.filtersJson),
    files: request.uploads.map(({ sha256 }) => sha256),
    ...(request.set ? { set: request.set.name } : {})
  }
}

/**
 * A hash that is the same for questions that differ only in values. It is only a hint: anybody who knows the rule can evade
 * it.
 */
export function likenessOf({ program, cohort, parameters, filters }: Question): string {
  return canonicalHash({
    program: formOf(program),
    cohort: cohort ? filterForm(cohort) : null,
    names: [Object.keys(parameters).sort(), Object.keys(filters).sort()]
  })
}

/** A hash of the whole question, values included. Distinguishes the variants of a question. */
export function contentOf(question: Question): string {
  return canonicalHash({ ...question, cohort: question.cohort ?? null, files: question.files ?? [] })
}

function formOf(program: Program): unknown {
  switch (program.kind) {
    case 'sql':
      return sqlForm(program.sql)
    case 'statistic': {
      const { name, table = '', variables, by } = program.statistic
      return { name, table, variables: [...variables].sort(), by: [...by].sort() }
    }
    case 'script':
      return { language: program.language, code: program.code }
  }
}

/** SQL without its values: each value, and each list of values, becomes a question mark. Case and white space are ignored. */
function sqlForm(sql: string): string {
  return sql
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\b\d+(\.\d+)?\b/g, '?')
    .replaceAll(/\?(\s*,\s*\?)+/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

function filterForm(filter: Filter): unknown {
  if ('all' in filter) return { all: filter.all.map(filterForm) }
  if ('any' in filter) return { any: filter.any.map(filterForm) }
  if ('not' in filter) return { not: filterForm(filter.not) }
  return { column: filter.column, op: filter.op }
}
