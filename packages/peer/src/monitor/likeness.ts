/** Which questions are nearly the same: alike in everything but the values in them, as those that take differences are. */
import {
  type Filter,
  filterFromMessage,
  type Message,
  type Program,
  parseJsonObject,
  programFromMessage
} from '@stimnet/protocol'
import { canonicalHash } from '../canonical-hash.ts'

/** What a question asks. */
export interface Question {
  readonly program: Program
  readonly cohort: Filter | undefined
  readonly parameters: Readonly<Record<string, unknown>>
  /** The cohort in the documented REST form. */
  readonly filters: Readonly<Record<string, unknown>>
  /** Hashes of the files that a script reads: values like its parameters. */
  readonly files?: readonly string[]
}

/** Of a request as it came, before anything of it is held against a catalog. Throws what reading it throws. */
export function questionOf(request: Message<'JobRequest'>): Question {
  return {
    program: programFromMessage(request.program),
    cohort: request.cohort ? filterFromMessage(request.cohort) : undefined,
    parameters: parseJsonObject(request.parametersJson),
    filters: parseJsonObject(request.filtersJson),
    files: request.uploads.map(({ sha256 }) => sha256)
  }
}

/** Two questions have one likeness where values alone tell them apart. A hint: whoever knows the rule can step around it. */
export function likenessOf({ program, cohort, parameters, filters }: Question): string {
  return canonicalHash({
    program: formOf(program),
    cohort: cohort ? filterForm(cohort) : null,
    names: [Object.keys(parameters).sort(), Object.keys(filters).sort()]
  })
}

/** Tells a question from its variants. */
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

/** Values become one sign, and so does a list of them; case and space say nothing. */
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
