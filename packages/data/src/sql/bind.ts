/** Converts the syntax of a query to a plan: resolves tables, columns and aggregates, or gives the reason why it cannot. */
import {
  type CatalogDescriptor,
  type Filter,
  type GroupKey,
  type Measure,
  type Plan,
  resolveVariable,
  StimnetError,
  type VariableRef,
  didYouMean
} from '@stimnet/protocol'
import { resolveFilter } from '../index/filter.ts'
import { measureFault, planFault } from '../reduce/plan-check.ts'
import type { Cursor } from './cursor.ts'
import type { ColumnSyntax } from './names.ts'
import type { ArgumentSyntax, CallSyntax, JoinSyntax, SelectSyntax, TableSyntax } from './syntax.ts'
import type { Condition } from './where.ts'

/** The meaning of names in one query. */
interface Scope {
  readonly cursor: Cursor
  readonly descriptor: CatalogDescriptor
  readonly tables: readonly string[]
  /** Tables by alias or name, in lower case. */
  readonly aliases: ReadonlyMap<string, string>
}

/** The plan of a query. Throws SQL_NOT_SUPPORTED, VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, FILTER_INVALID. */
export function bindSelect(syntax: SelectSyntax, cursor: Cursor, descriptor: CatalogDescriptor): Plan {
  const scope = bindTables(syntax, cursor, descriptor)
  for (const join of syntax.joins) checkJoin(join, scope)
  const groupBy = bindGroups(syntax, scope)
  const measures = bindMeasures(syntax, scope)
  checkColumns(syntax, groupBy, scope)
  checkOrder(syntax, groupBy, scope)
  const where = syntax.where === undefined ? undefined : filterOf(syntax.where, scope)
  const plan: Plan = {
    tables: scope.tables,
    ...(where === undefined ? {} : { where: resolveFilter(where, descriptor, scope.tables) }),
    groupBy,
    measures
  }
  const fault = planFault(plan, descriptor)
  return fault === null ? plan : cursor.refuse(fault, syntax.items[0]?.at ?? 0)
}

function bindTables({ from, joins }: SelectSyntax, cursor: Cursor, descriptor: CatalogDescriptor): Scope {
  const aliases = new Map<string, string>()
  const tables: string[] = []
  for (const table of [from, ...joins.map((join) => join.table)]) {
    const name = tableName(table, cursor, descriptor)
    if (tables.includes(name)) cursor.refuse(`${name} is joined with itself.`, table.at)
    const alias = (table.alias ?? name).toLowerCase()
    if (aliases.has(alias)) cursor.refuse(`Two tables are called ${table.alias ?? name}.`, table.at)
    aliases.set(alias, name)
    tables.push(name)
  }
  return { cursor, descriptor, tables, aliases }
}

function tableName({ name, at }: TableSyntax, cursor: Cursor, descriptor: CatalogDescriptor): string {
  const names = descriptor.tables.map((table) => table.name)
  return (
    closest(name, names) ??
    cursor.refuse(`The catalog has no table ${JSON.stringify(name.slice(0, 64))}. It has: ${names.join(', ')}.`, at)
  )
}

/** Finds the exact name, or else the only name that differs in case alone, since SQL names ignore case. */
function closest(name: string, names: readonly string[]): string | undefined {
  if (names.includes(name)) return name
  const alike = [...new Set(names)].filter((other) => other.toLowerCase() === name.toLowerCase())
  return alike.length === 1 ? alike[0] : undefined
}

function isSubjectKey({ qualifier, name }: ColumnSyntax, scope: Scope): boolean {
  const known = qualifier === undefined || scope.aliases.has(qualifier.toLowerCase())
  return known && name.toLowerCase() === scope.descriptor.subjectKey.toLowerCase()
}

function checkJoin({ columns, at }: JoinSyntax, scope: Scope): void {
  const { cursor, descriptor, aliases } = scope
  const key = descriptor.subjectKey
  const isUsing = columns.length === 1 && columns[0]?.qualifier === undefined
  const sides = new Set(columns.map(({ qualifier }) => aliases.get(qualifier?.toLowerCase() ?? '')))
  const isOn = columns.length === 2 && sides.size === 2 && !sides.has(undefined)
  if ((isUsing || isOn) && columns.every((column) => isSubjectKey(column, scope))) return
  cursor.refuse(`Tables are joined on the subject key alone: USING (${key}).`, at)
}

function refOf(column: ColumnSyntax, scope: Scope): VariableRef {
  const { cursor, descriptor, tables, aliases } = scope
  const shown = `${column.qualifier === undefined ? '' : `${column.qualifier}.`}${column.name}`
  if (isSubjectKey(column, scope)) {
    cursor.refuse(
      `${descriptor.subjectKey} identifies the person of a row: it can only be counted with COUNT(DISTINCT ${descriptor.subjectKey}) and joined on.`,
      column.at
    )
  }
  if (column.qualifier === undefined) {
    const names = descriptor.tables
      .filter((t) => tables.includes(t.name))
      .flatMap((t) => t.variables.map((v) => v.name))
    const name = closest(column.name, names)
    if (name === undefined) refuseUnread(column, scope)
    return resolveVariable(descriptor, name ?? column.name, tables).ref
  }
  const table = aliases.get(column.qualifier.toLowerCase())
  if (table === undefined) {
    refuseUnread(column, scope)
    const near = didYouMean(column.qualifier, [...aliases.keys()])
    return cursor.refuse(`No table of this query is called ${JSON.stringify(shown.slice(0, 80))}.${near}`, column.at)
  }
  const names = descriptor.tables.find((t) => t.name === table)?.variables.map((v) => v.name) ?? []
  return resolveVariable(descriptor, `${table}.${closest(column.name, names) ?? column.name}`, tables).ref
}

/** Throws VARIABLE_UNKNOWN with a special reason if the column belongs to other tables of the catalog, since those can be joined. */
function refuseUnread({ qualifier, name }: ColumnSyntax, { descriptor, tables }: Scope): void {
  const holders = descriptor.tables.filter(
    (table) =>
      !tables.includes(table.name) &&
      (qualifier === undefined || qualifier.toLowerCase() === table.name.toLowerCase()) &&
      closest(
        name,
        table.variables.map((variable) => variable.name)
      ) !== undefined
  )
  const [first] = holders
  if (first === undefined) return
  const where = holders.map((table) => table.name).join(' and ')
  const join = `JOIN it: JOIN ${first.name} USING (${descriptor.subjectKey}).`
  const reason = `${JSON.stringify(name.slice(0, 64))} is in ${where.slice(0, 300)}, which the query does not read. ${join}`
  throw StimnetError.told('VARIABLE_UNKNOWN', reason)
}

/** The group keys. GROUP BY names a column, or its alias in SELECT. */
function bindGroups({ groupBy, items }: SelectSyntax, scope: Scope): GroupKey[] {
  const keys = groupBy.map((column): GroupKey => {
    const aliased = items.find(
      ({ alias, value }) => column.qualifier === undefined && alias === column.name && value.kind === 'column'
    )
    const variable = refOf(aliased?.value.kind === 'column' ? aliased.value.column : column, scope)
    const shown = items.find(({ value }) => value.kind === 'column' && isRef(value.column, variable, scope))
    return { name: shown?.alias ?? variable.slice(variable.indexOf('.') + 1), variable }
  })
  const twin = keys.findIndex(({ variable }, i) => keys.slice(0, i).some((other) => other.variable === variable))
  if (twin >= 0) scope.cursor.refuse('A column is grouped by twice.', groupBy[twin]?.at)
  return keys
}

function isRef(column: ColumnSyntax, ref: VariableRef, scope: Scope): boolean {
  return !isSubjectKey(column, scope) && refOf(column, scope) === ref
}

function checkColumns({ items }: SelectSyntax, groupBy: readonly GroupKey[], scope: Scope): void {
  const seen = new Set<string>()
  for (const { value, at } of items) {
    if (value.kind !== 'column') continue
    const ref = refOf(value.column, scope)
    if (!groupBy.some(({ variable }) => variable === ref)) {
      scope.cursor.refuse(
        `${value.column.name} would list single rows: put it into GROUP BY, or into an aggregate.`,
        at
      )
    }
    if (seen.has(ref)) scope.cursor.refuse(`${value.column.name} is selected twice.`, at)
    seen.add(ref)
  }
  if (items.every(({ value }) => value.kind === 'column')) {
    scope.cursor.refuse('A query has at least one aggregate, such as COUNT(*).', items[0]?.at ?? 0)
  }
}

/** Accepts ORDER BY only in the order of the keys, which is the order of the rows in any case. */
function checkOrder({ orderBy, items }: SelectSyntax, groupBy: readonly GroupKey[], scope: Scope): void {
  for (const [i, column] of orderBy.entries()) {
    const key = groupBy[i]
    const named = column.qualifier === undefined && key?.name === column.name
    const measure = items.find(({ alias, value }) => alias === column.name && value.kind === 'call')
    if (key && (named || (!measure && isRef(column, key.variable, scope)))) continue
    scope.cursor.refuse(
      'Rows come in the order of the group columns; ORDER BY can name those in that order, or be left out.',
      column.at
    )
  }
}

function bindMeasures({ items }: SelectSyntax, scope: Scope): Measure[] {
  const measures: Measure[] = []
  for (const { value, alias } of items) {
    if (value.kind !== 'call') continue
    const measure = bindCall(value.call, alias, scope)
    const fault = measureFault(measure, { tables: scope.tables, groupBy: [], measures: [] }, scope.descriptor)
    if (fault !== null) scope.cursor.refuse(fault, value.call.at)
    measures.push(measure)
  }
  return measures
}

const ONE_COLUMN = {
  COUNT: { kind: 'count', word: 'count' },
  SUM: { kind: 'sum', word: 'sum' },
  AVG: { kind: 'mean', word: 'avg' },
  VARIANCE: { kind: 'variance', word: 'variance' },
  VAR_SAMP: { kind: 'variance', word: 'variance' },
  STDDEV: { kind: 'sd', word: 'stddev' },
  STDDEV_SAMP: { kind: 'sd', word: 'stddev' },
  SKEWNESS: { kind: 'skewness', word: 'skewness' },
  KURTOSIS: { kind: 'kurtosis', word: 'kurtosis' }
} as const

const TWO_COLUMNS = {
  COVAR_SAMP: { kind: 'covariance', word: 'covar' },
  CORR: { kind: 'correlation', word: 'corr' }
} as const

const KNOWN = [...Object.keys(ONE_COLUMN), ...Object.keys(TWO_COLUMNS), 'SHARE', 'QUANTILE', 'MEDIAN']

const SPREAD = 'Write VARIANCE or STDDEV, which divide by n - 1.'
const EXTREME = 'Smallest and largest are one person’s. Write QUANTILE(v, 0.05) or QUANTILE(v, 0.95).'
const ONE_VALUE = 'It would tell one person’s value. Write AVG or MEDIAN.'
const LIST = 'It would list single values. Write COUNT, and GROUP BY the column.'
const PLACE = 'Write QUANTILE(v, 0.25), on the declared breakpoints.'

/** Advice on alternatives to aggregates of other dialects. */
const INSTEAD: Readonly<Record<string, string>> = {
  MIN: EXTREME,
  MAX: EXTREME,
  ARG_MIN: EXTREME,
  ARG_MAX: EXTREME,
  MIN_BY: EXTREME,
  MAX_BY: EXTREME,
  FIRST: ONE_VALUE,
  LAST: ONE_VALUE,
  ANY_VALUE: ONE_VALUE,
  ARBITRARY: ONE_VALUE,
  LIST,
  ARRAY_AGG: LIST,
  STRING_AGG: LIST,
  GROUP_CONCAT: LIST,
  JSON_AGG: LIST,
  MODE: LIST,
  VAR: SPREAD,
  VAR_POP: SPREAD,
  STDEV: SPREAD,
  STD: SPREAD,
  STDDEV_POP: SPREAD,
  PERCENTILE: PLACE,
  PERCENTILE_CONT: PLACE,
  PERCENTILE_DISC: PLACE,
  QUANTILE_CONT: PLACE,
  QUANTILE_DISC: PLACE,
  APPROX_QUANTILE: PLACE,
  MEAN: 'Write AVG.',
  HISTOGRAM: 'Write COUNT(*), and GROUP BY the number: its declared breakpoints are the bins.',
  COUNT_IF: 'Write SHARE(v, ’level’), or GROUP BY the column.',
  APPROX_COUNT_DISTINCT: 'Write COUNT(DISTINCT subject key).',
  COVAR_POP: 'Write COVAR_SAMP, which divides by n - 1.',
  CORRELATION: 'Write CORR.',
  SKEW: 'Write SKEWNESS.',
  KURTOSIS_POP: 'Write KURTOSIS, which is m4/m2²: 3 for a normal distribution.'
}

function bindCall(call: CallSyntax, alias: string | undefined, scope: Scope): Measure {
  const { name, at } = call
  const { cursor, descriptor } = scope
  if (!KNOWN.includes(name)) {
    const instead = Object.hasOwn(INSTEAD, name) ? ` ${INSTEAD[name]}` : ''
    cursor.refuse(`${name.slice(0, 40)} is not supported.${instead} There are: ${KNOWN.join(', ')}.`, at)
  }
  if (call.star) {
    if (name !== 'COUNT') cursor.refuse(`${name}(*) means nothing: name a column.`, at)
    return { kind: 'rows', name: alias ?? 'count' }
  }
  const [first] = call.arguments
  const isKey =
    name === 'COUNT' && call.arguments.length === 1 && first?.kind === 'column' && isSubjectKey(first.column, scope)
  if (isKey)
    return call.distinct ? { kind: 'subjects', name: alias ?? 'subjects' } : { kind: 'rows', name: alias ?? 'count' }
  if (call.distinct) {
    const instead = 'COUNT(v) counts values; GROUP BY v shows which there are.'
    cursor.refuse(`DISTINCT is for COUNT(DISTINCT ${descriptor.subjectKey}) alone. ${instead}`, at)
  }
  if (name === 'COUNT' && first?.kind === 'number') cursor.refuse('COUNT takes one column, or COUNT(*) for rows.', at)
  return columnMeasure(call, alias, scope)
}

function columnMeasure(call: CallSyntax, alias: string | undefined, scope: Scope): Measure {
  const { name } = call
  if (Object.hasOwn(ONE_COLUMN, name)) {
    const { kind, word } = ONE_COLUMN[name as keyof typeof ONE_COLUMN]
    const [variable] = columnsOf(call, 1, scope)
    return { kind, name: alias ?? derived(word, variable), variable: variable as VariableRef }
  }
  if (Object.hasOwn(TWO_COLUMNS, name)) {
    const { kind, word } = TWO_COLUMNS[name as keyof typeof TWO_COLUMNS]
    const [x, y] = columnsOf(call, 2, scope) as [VariableRef, VariableRef]
    return { kind, name: alias ?? derived(word, x, y), variables: [x, y] }
  }
  const [variable] = columnsOf({ ...call, arguments: call.arguments.slice(0, 1) }, 1, scope) as [VariableRef]
  if (name === 'MEDIAN') {
    if (call.arguments.length !== 1) scope.cursor.refuse('MEDIAN takes one column.', call.at)
    return { kind: 'quantile', name: alias ?? derived('median', variable), variable, q: 0.5 }
  }
  const second = call.arguments.length === 2 ? call.arguments[1] : undefined
  if (name === 'SHARE') {
    if (second?.kind !== 'text')
      return scope.cursor.refuse("SHARE takes a column and a level: SHARE(sex, 'F').", call.at)
    return { kind: 'share', name: alias ?? derived('share', variable), variable, level: second.text }
  }
  if (second?.kind !== 'number')
    return scope.cursor.refuse('QUANTILE takes a column and a number: QUANTILE(age, 0.25).', call.at)
  return { kind: 'quantile', name: alias ?? derived('quantile', variable), variable, q: second.number }
}

function columnsOf(call: CallSyntax, count: number, scope: Scope): VariableRef[] {
  const isColumn = (argument: ArgumentSyntax) => argument.kind === 'column'
  if (call.arguments.length !== count || !call.arguments.every(isColumn)) {
    scope.cursor.refuse(`${call.name} takes ${count === 1 ? 'one column' : 'two columns'} of the catalog.`, call.at)
  }
  return call.arguments.flatMap((argument) => (argument.kind === 'column' ? [refOf(argument.column, scope)] : []))
}

/** The default name of a column without an alias, such as avg_age. */
function derived(word: string, ...refs: (VariableRef | undefined)[]): string {
  return [word, ...refs.map((ref) => ref?.slice(ref.indexOf('.') + 1) ?? '')].join('_')
}

function filterOf(condition: Condition, scope: Scope): Filter {
  switch (condition.kind) {
    case 'all':
      return { all: condition.parts.map((part) => filterOf(part, scope)) }
    case 'any':
      return { any: condition.parts.map((part) => filterOf(part, scope)) }
    case 'is not null':
      return { not: { column: refOf(condition.column, scope), op: 'is null', values: [] } }
    case 'comparison':
      return { column: refOf(condition.column, scope), op: condition.op, values: condition.values }
  }
}
