/** Derived variables with their inputs, in an order in which they can be computed. */
import type { VARIABLE_TYPES } from '@stimnet/protocol'
import { isIdentifyingName } from '../identifying.ts'
import { type DeriveRule, isOfRows, measuredNames } from './rule.ts'

/** The properties of a variable that derivations use. */
export interface DerivableVariable {
  readonly name: string
  readonly type: (typeof VARIABLE_TYPES)[number]
  readonly levels?: readonly string[] | undefined
  readonly decimals?: number | undefined
  readonly identifying?: boolean | undefined
  readonly derive?: DeriveRule | undefined
  readonly offered?: boolean | undefined
}

/** The properties of a table that derivations use. */
export interface DerivableTable<V extends DerivableVariable> {
  readonly name: string
  readonly one_row_per_subject: boolean
  readonly presence?: 'known' | 'unknown' | undefined
  readonly variables: readonly V[]
}

/** The properties of a catalog that derivations use. */
export interface DerivableCatalog<V extends DerivableVariable> {
  readonly tables: readonly DerivableTable<V>[]
}

/** A variable that a rule reads. */
export interface Input<V extends DerivableVariable> {
  readonly table: DerivableTable<V>
  readonly variable: V
}

/** A derived variable with its inputs. */
export interface Derivation<V extends DerivableVariable> extends Input<V> {
  readonly rule: DeriveRule
  /** The measured inputs: one variable, or the items of a sum, ratio or difference. */
  readonly of: readonly Input<V>[]
  /** The category, number or date that distinguishes the rows of a subject. */
  readonly by?: Input<V>
  readonly order?: Input<V>
}

/** The name of a variable as `table.variable`. */
export function refOf({ table, variable }: Input<DerivableVariable>): string {
  return `${table.name}.${variable.name}`
}

/** All inputs of a derived variable. */
export function inputsOf<V extends DerivableVariable>({ of, by, order }: Derivation<V>): readonly Input<V>[] {
  return [...of, by, order].filter((one) => one !== undefined)
}

/** The derived variables of a catalog whose rules have no fault. Each variable comes after those from which it is derived. */
export function derivationsOf<V extends DerivableVariable>(catalog: DerivableCatalog<V>): readonly Derivation<V>[] {
  const found = new Map(
    allDerived(catalog)
      .flatMap((at) => resolved(catalog, at) ?? [])
      .map((one) => [refOf(one), one])
  )
  const ordered = new Map<string, Derivation<V>>()
  const visit = (one: Derivation<V>) => {
    if (ordered.has(refOf(one))) return
    for (const input of inputsOf(one)) {
      const before = found.get(refOf(input))
      if (before !== undefined) visit(before)
    }
    ordered.set(refOf(one), one)
  }
  for (const one of found.values()) visit(one)
  return [...ordered.values()]
}

/**
 * Whether others are assumed to know a variable of a person. The steward's `identifying` decides. Without it, others know a derived
 * variable if they know all of its inputs and, for a rule over the rows of another table, also who has a row there. They know any other
 * variable if its name is an identifying one.
 */
export function isKnownToOthers<V extends DerivableVariable>(catalog: DerivableCatalog<V>, at: Input<V>): boolean {
  const { variable } = at
  if (variable.identifying !== undefined) return variable.identifying
  if (variable.derive === undefined) return isIdentifyingName(variable.name)
  const one = resolved(catalog, { ...at, rule: variable.derive })
  return one !== undefined && unknownInputs(catalog, one).length === 0
}

/** A derived variable with its rule. The inputs of the rule are not yet resolved from their names. */
export interface At<V extends DerivableVariable> extends Input<V> {
  readonly rule: DeriveRule
}

/** All derived variables, including those with faults. */
export function allDerived<V extends DerivableVariable>({ tables }: DerivableCatalog<V>): At<V>[] {
  return tables.flatMap((table) =>
    table.variables.flatMap((variable) =>
      variable.derive === undefined ? [] : [{ table, variable, rule: variable.derive }]
    )
  )
}

/** The inputs that others are not assumed to know, by name, and the table of the rows if others are not assumed to know who has a row. */
export function unknownInputs<V extends DerivableVariable>(catalog: DerivableCatalog<V>, one: Derivation<V>): string[] {
  const unknown = inputsOf(one).filter((input) => !isKnownToOthers(catalog, input))
  const [{ table } = one] = one.of
  const isOfHidden = isOfRows(one.rule) && table.presence !== 'known'
  return [...unknown.map(refOf), ...(isOfHidden ? [`who has a row of ${table.name} (presence: known)`] : [])]
}

/** The derivation with its inputs; undefined if an input is not a variable, or if the variable is derived from itself. */
export function resolved<V extends DerivableVariable>(
  catalog: DerivableCatalog<V>,
  at: At<V>
): Derivation<V> | undefined {
  const { table, variable, rule } = at
  if (circles(catalog).has(refOf(at))) return undefined
  const of = measuredNames(rule).map((name) => inputNamed(catalog, table, name))
  const near = of[0]?.table ?? table
  const by = 'by' in rule ? inputNamed(catalog, near, rule.by) : undefined
  const order = 'order' in rule && rule.order !== undefined ? inputNamed(catalog, near, rule.order) : undefined
  const measured = of.filter((one) => one !== undefined)
  if (measured.length < of.length || ('by' in rule && by === undefined)) return undefined
  if ('order' in rule && rule.order !== undefined && order === undefined) return undefined
  return { table, variable, rule, of: measured, ...(by ? { by } : {}), ...(order ? { order } : {}) }
}

/** The variable that a name in a rule means: a variable of the table `near`, or any variable as `table.variable`. */
export function inputNamed<V extends DerivableVariable>(
  { tables }: DerivableCatalog<V>,
  near: DerivableTable<V>,
  name: string
): Input<V> | undefined {
  const [first = '', second] = name.split('.')
  const table = second === undefined ? near : tables.find((one) => one.name === first)
  const variable = table?.variables.find((one) => one.name === (second ?? first))
  return table === undefined || variable === undefined ? undefined : { table, variable }
}

const CIRCLES = new WeakMap<object, ReadonlyMap<string, string>>()

/** The variables that are derived from themselves, each with a message that names the circle. */
export function circles<V extends DerivableVariable>(catalog: DerivableCatalog<V>): ReadonlyMap<string, string> {
  const known = CIRCLES.get(catalog)
  if (known !== undefined) return known
  const ways = new Map(allDerived(catalog).map((at) => [refOf(at), refsRead(catalog, at)]))
  const found = new Map<string, string>()
  for (const start of ways.keys()) {
    const way = wayBack(start, ways)
    if (way !== undefined) found.set(start, `it is derived from itself: ${way.join(' from ')}`)
  }
  CIRCLES.set(catalog, found)
  return found
}

function refsRead<V extends DerivableVariable>(catalog: DerivableCatalog<V>, { table, rule }: At<V>): string[] {
  const of = measuredNames(rule).map((name) => inputNamed(catalog, table, name))
  const near = of[0]?.table ?? table
  const others = [...('by' in rule ? [rule.by] : []), ...('order' in rule && rule.order ? [rule.order] : [])]
  return [...of, ...others.map((name) => inputNamed(catalog, near, name))].flatMap((one) => (one ? [refOf(one)] : []))
}

/** The shortest path from a variable through its inputs back to itself. */
function wayBack(start: string, ways: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const seen = new Set<string>()
  let paths: (readonly string[])[] = [[start]]
  while (paths.length > 0) {
    const next: (readonly string[])[] = []
    for (const path of paths) {
      for (const ref of ways.get(path.at(-1) ?? '') ?? []) {
        if (ref === start) return [...path, ref]
        if (seen.has(ref)) continue
        seen.add(ref)
        next.push([...path, ref])
      }
    }
    paths = next
  }
  return undefined
}
