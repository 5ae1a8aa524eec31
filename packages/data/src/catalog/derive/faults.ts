/** Faults in the configuration of derived variables, with messages for the steward. */
import { counted, didYouMean } from '@stimnet/protocol'
import { decimalsOf, isOnGrid } from '../decimals.ts'
import {
  type At,
  circles,
  type Derivation,
  type DerivableCatalog,
  type DerivableTable,
  type DerivableVariable,
  inputNamed,
  refOf,
  resolved,
  unknownInputs
} from './resolve.ts'
import { type DeriveRule, isOfRows, measuredNames, type RowsRule } from './rule.ts'

/** The path of a fault below its variable, and the message. */
type Fault = readonly [path: readonly PropertyKey[], message: string]

/** The faults in the derived variables of a catalog, each with its path in the configuration. */
export function* derivationFaults<V extends DerivableVariable>(catalog: DerivableCatalog<V>): Generator<Fault> {
  const around = circles(catalog)
  for (const [t, table] of catalog.tables.entries()) {
    for (const [i, variable] of table.variables.entries()) {
      if (variable.derive === undefined) continue
      const at = { table, variable, rule: variable.derive }
      const circle = around.get(refOf(at))
      const faults: Iterable<Fault> = circle === undefined ? faultsOf(catalog, at) : [[['derive'], circle]]
      for (const [path, message] of faults) yield [['tables', t, 'variables', i, ...path], message]
    }
  }
}

/** The keys of a variable that describe how a file is read. */
const OF_FILES = ['column', 'rename', 'missing', 'decimal', 'date_format'] as const

function* faultsOf<V extends DerivableVariable>(catalog: DerivableCatalog<V>, at: At<V>): Generator<Fault> {
  const { variable, rule } = at
  for (const key of OF_FILES) {
    if ((variable as Readonly<Record<string, unknown>>)[key] !== undefined)
      yield [[key], 'a derived variable is read from no file: give derive or a column']
  }
  const unknown = [...unknownNames(catalog, at)]
  yield* unknown
  yield* resultFaults(at)
  const one = unknown.length > 0 ? undefined : resolved(catalog, at)
  if (one === undefined) return
  yield* isOfRows(rule) ? rowsFaults(one, rule) : placeFaults(one)
  yield* typeFaults(one)
  yield* ownFaults(one)
  const [hidden] = variable.identifying === true ? [unknownInputs(catalog, one)] : [[]]
  if (hidden.length > 0) {
    const words = hidden.slice(0, 5).join(', ')
    yield [
      ['identifying'],
      `others cannot know it without ${words}: leave identifying out, because it follows from the inputs`
    ]
  }
}

function* unknownNames<V extends DerivableVariable>(
  catalog: DerivableCatalog<V>,
  { table, rule }: At<V>
): Generator<Fault> {
  const names = measuredNames(rule)
  for (const [i, name] of names.entries()) {
    const path = typeof rule.of === 'string' ? ['derive', 'of'] : ['derive', 'of', i]
    if (inputNamed(catalog, table, name) === undefined) yield [path, unknownWords(catalog, table, name)]
    else if (names.indexOf(name) < i) yield [path, 'it is named twice']
  }
  const near = inputNamed(catalog, table, names[0] ?? '')?.table
  // If the table of the rows is not known, its other variables cannot be checked.
  if (near === undefined) return
  for (const key of ['by', 'order'] as const) {
    const name = key in rule ? (rule as { readonly [K in typeof key]?: string })[key] : undefined
    if (name !== undefined && inputNamed(catalog, near, name) === undefined)
      yield [['derive', key], unknownWords(catalog, near, name)]
  }
}

function unknownWords<V extends DerivableVariable>(
  { tables }: DerivableCatalog<V>,
  near: DerivableTable<V>,
  name: string
): string {
  const all = tables.flatMap((table) => table.variables.map((one) => `${table.name}.${one.name}`))
  const shown = JSON.stringify(name)
  if (name.includes('.')) return `there is no variable ${shown}.${didYouMean(name, all)}`
  const elsewhere = all.filter((ref) => ref.endsWith(`.${name}`)).slice(0, 3)
  const own = near.variables.map((one) => one.name)
  const advice = elsewhere.length > 0 ? ` Write ${elsewhere.join(' or ')}.` : didYouMean(name, own)
  return `${near.name} has no variable ${shown}.${advice}`
}

/** The variable must have a type that its rule produces. */
function* resultFaults<V extends DerivableVariable>({ variable, rule }: At<V>): Generator<Fault> {
  const isCategory = rule.rule === 'bands' || rule.rule === 'recode'
  if (isCategory && variable.type !== 'category') yield [['type'], `${rule.rule} makes a category`]
  else if (rule.rule === 'count' && variable.type !== 'integer') yield [['type'], 'count makes an integer']
  else if (!isCategory && !isNumber(variable)) yield [['type'], `${rule.rule} makes a number or an integer`]
}

/** The rule makes one value per subject from a table with several rows per subject. */
function* rowsFaults<V extends DerivableVariable>(one: Derivation<V>, { rule }: RowsRule): Generator<Fault> {
  const [of] = one.of
  if (of === undefined) return
  if (!one.table.one_row_per_subject) {
    yield [['derive'], `${rule} makes one value per subject: put it into a table with one_row_per_subject: true`]
  }
  if (of.table.one_row_per_subject) {
    yield [['derive', 'of'], `${rule} is of a table with several rows per subject, written table.variable`]
  }
  for (const key of ['by', 'order'] as const) {
    const input = one[key]
    if (input !== undefined && input.table !== of.table)
      yield [['derive', key], `it is a variable of ${of.table.name}, as ${refOf(of)} is`]
  }
}

function* placeFaults<V extends DerivableVariable>(one: Derivation<V>): Generator<Fault> {
  const other = one.of.find((input) => input.table !== one.table)
  if (other === undefined) return
  yield [
    ['derive', 'of'],
    `${one.rule.rule} is of the same row: ${refOf(other)} is in another table. Bring it over by change, at, first, last, mean, minimum, maximum or count`
  ]
}

/** The inputs must have types that the rule can read. */
function* typeFaults<V extends DerivableVariable>({ rule, of, by, order }: Derivation<V>): Generator<Fault> {
  const dates = of.filter(({ variable }) => variable.type === 'date')
  const areDates = rule.rule === 'difference' && dates.length === of.length
  for (const [i, { variable }] of of.entries()) {
    const path = typeof rule.of === 'string' ? ['derive', 'of'] : ['derive', 'of', i]
    if (rule.rule === 'recode') {
      if (variable.type !== 'category')
        yield [path, `recode is of a category, and ${variable.name} is of type ${variable.type}`]
    } else if (!areDates && !isNumber(variable)) {
      const may = rule.rule === 'difference' ? 'two numbers or two dates' : 'a number'
      yield [path, `${rule.rule} is of ${may}, and ${variable.name} is of type ${variable.type}`]
    }
  }
  if (by !== undefined) yield* byFaults(rule, by.variable)
  if (order !== undefined && !isNumber(order.variable) && order.variable.type !== 'date')
    yield [
      ['derive', 'order'],
      `an order needs a number or a date, and ${order.variable.name} is of type ${order.variable.type}`
    ]
}

function* byFaults(rule: DeriveRule, { name, type, levels = [] }: DerivableVariable): Generator<Fault> {
  const hasLevel = rule.rule === 'change' || rule.rule === 'at'
  if (hasLevel && type !== 'category')
    yield [['derive', 'by'], `${rule.rule} goes by a category, and ${name} is of type ${type}`]
  else if (type !== 'category' && type !== 'integer' && type !== 'date')
    yield [['derive', 'by'], `${rule.rule} goes by a category, an integer or a date, and ${name} is of type ${type}`]
  const wanted = Object.entries(rule).filter(([key]) => ['from', 'to', 'level'].includes(key))
  for (const [key, level] of wanted) {
    if (type === 'category' && typeof level === 'string' && !levels.includes(level))
      yield [['derive', key], noLevel(level, name, levels)]
  }
}

function noLevel(level: string, name: string, levels: readonly string[]): string {
  return `${JSON.stringify(level)} is no declared level of ${name}.${didYouMean(level, levels)} It has ${levels.slice(0, 20).join(', ').slice(0, 300)}`
}

/** Faults in the rule's own settings. */
function* ownFaults<V extends DerivableVariable>({ rule, of, variable }: Derivation<V>): Generator<Fault> {
  if ('take' in rule || 'order' in rule) {
    const isOrdered = rule.take === 'first' || rule.take === 'last'
    if (isOrdered !== (rule.order !== undefined))
      yield [['derive', 'order'], 'take: first and take: last need an order, and no other take has one']
  }
  if (rule.rule === 'change' && rule.from === rule.to) yield [['derive', 'to'], 'a change is between two levels']
  if (rule.rule === 'sum' && (rule.complete ?? 1) > of.length)
    yield [['derive', 'complete'], `there are ${counted(of.length, 'item')}`]
  if (rule.rule === 'bands') yield* cutFaults(rule.cuts, of[0]?.variable, variable)
  if (rule.rule === 'recode') yield* recodeFaults(rule.into, of[0]?.variable, variable)
}

function* cutFaults(
  cuts: readonly number[],
  of: DerivableVariable | undefined,
  { levels = [] }: DerivableVariable
): Generator<Fault> {
  if (cuts.some((cut, i) => i > 0 && cut <= (cuts[i - 1] ?? cut))) yield [['derive', 'cuts'], 'cuts rise']
  const decimals = of === undefined ? 0 : decimalsOf(of)
  if (cuts.some((cut) => !isOnGrid(cut, decimals)))
    yield [['derive', 'cuts'], `a cut has at most ${counted(decimals, 'decimal')}, as ${of?.name} has`]
  if (levels.length !== cuts.length + 1)
    yield [
      ['levels'],
      `${counted(cuts.length, 'cut')} make ${counted(cuts.length + 1, 'band')}: name each in levels, from low to high`
    ]
}

function* recodeFaults(
  into: Readonly<Record<string, string | null>>,
  of: DerivableVariable | undefined,
  own: DerivableVariable
): Generator<Fault> {
  const [from, to] = [of?.levels ?? [], own.levels ?? []]
  for (const [word, level] of Object.entries(into)) {
    if (!from.includes(word)) yield [['derive', 'into', word], noLevel(word, of?.name ?? '', from)]
    if (level !== null && !to.includes(level)) yield [['derive', 'into', word], noLevel(level, own.name, to)]
  }
  const left = from.filter((level) => !Object.hasOwn(into, level))
  if (left.length > 0) {
    const words = left.slice(0, 20).join(', ').slice(0, 300)
    yield [['derive', 'into'], `it has no value for ${words}: name a level, or null for missing`]
  }
}

function isNumber({ type }: DerivableVariable): boolean {
  return type === 'integer' || type === 'number'
}
