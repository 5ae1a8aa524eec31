/** Facts about variables that disclosure control needs, as declared by the catalog. */
import { type CatalogDescriptor, setIn, type VariableDescriptor, type VariableRef } from '@stimnet/protocol'

/** Facts about one variable, as the request names it. */
export interface VariableFacts {
  readonly unit?: string
  /** Whether the variable is of type integer. */
  readonly isInteger?: boolean
  /** Whether minimum and maximum are declared. */
  readonly bounded: boolean
  /** Number of declared levels or bins; absent if unknown. */
  readonly cells?: number
  /**
   * Number of values that the variable can take, from its declared levels, or from its bounds and decimals; absent if it has
   * neither.
   */
  readonly values?: number
  /**
   * Whether others are assumed to know the variable of every person, such as age or sex. Numbers about such a variable are
   * not charged as information.
   */
  readonly identifying: boolean
  /** The variable's name at the site. Everything disclosed under another name is charged to this name. */
  readonly own: VariableRef
  /** Number of the request's units in one unit of the site. All numbers are rounded in the site's unit. */
  readonly factor: number
  /** Distance between two neighbouring values as the site stores them, in the site's unit; 0 if the distance is not known. */
  readonly step: number
  /**
   * Whether this is not a variable but the membership in an analysis set, which discloses that values are present but not
   * the values. As for missing values, no information is charged for the membership, and a group of which everybody is in
   * the set makes no value certain.
   */
  readonly isSet?: boolean
  /** The declared cells of a category, number or date; absent if unknown. */
  readonly declared?: DeclaredCells
  /**
   * The variable from which this variable's values are computed. Everything disclosed about this variable is charged to it.
   * By default the variable itself.
   */
  readonly charged?: VariableFacts
}

/** The declared cells of a variable: its levels, or the parts of its range between breakpoints; and the site's cells behind each. */
export interface DeclaredCells {
  readonly levels: readonly string[]
  readonly breakpoints: readonly number[]
  /** The numbers of the site's cells, by cell of the request. */
  readonly site: readonly (readonly number[])[]
  /** Number of cells at the site. */
  readonly siteCount: number
}

/** Looks up the declared facts about a variable. */
export type FactsOf = (variable: VariableRef) => VariableFacts

/** The site's variable behind a variable of the request. */
export interface VariableSource {
  readonly own: VariableRef
  readonly factor: number
  /** Decimal places in which the site stores its values. */
  readonly decimals: number
  /** The site's own description of the variable, which a request cannot change; by default the variable itself. */
  readonly variable?: VariableDescriptor
  /** The numbers of the site's cells, by cell of the variable; by default each cell itself. */
  readonly siteCells?: readonly (readonly number[])[]
}

/**
 * A name that stands for having a row in a table. It is used like a variable if others do not know who has a row: a row in a
 * table of infections discloses an infection.
 */
export function presenceIn(table: string): VariableRef {
  return `${table}.${PRESENCE}`
}

/** Whether a name stands for having a row in a table. */
export function isPresence(variable: VariableRef): boolean {
  return variable.endsWith(`.${PRESENCE}`)
}

/** No variable has this name. */
const PRESENCE = '*'

/** Facts about all variables of a description. Without `sourceOf`, each variable is its own source. */
export function variableFacts(
  descriptor: CatalogDescriptor,
  sourceOf: (variable: VariableRef) => VariableSource = itself
): Map<VariableRef, VariableFacts> {
  return new Map(
    descriptor.tables.flatMap((table) => {
      const facts = table.variables.map((variable): [VariableRef, VariableFacts] => {
        const ref: VariableRef = `${table.name}.${variable.name}`
        return [ref, factsOf(variable, sourceOf(ref))]
      })
      const own = facts[0]?.[1].own ?? `${table.name}.`
      const presence = presenceIn(own.slice(0, own.indexOf('.')))
      return [...facts, [presenceIn(table.name), { ...unknownFacts(presence), bounded: true, cells: 2, values: 2 }]]
    })
  )
}

function itself(own: VariableRef): VariableSource {
  return { own, factor: 1, decimals: 0 }
}

/**
 * The number of distinguishable levels is counted at the site, because a request may name a level twice or add levels that
 * nobody has.
 */
function factsOf(
  variable: VariableDescriptor,
  { own, factor, decimals, variable: site, siteCells }: VariableSource
): VariableFacts {
  const source = site ?? variable
  const isCategory = source.type === 'category'
  const values = isCategory ? source.levels.length : valuesOf(source, decimals, site === undefined ? factor : 1)
  return {
    bounded: source.bounded,
    cells: isCategory ? source.levels.length : source.breakpoints.length + 1,
    ...(values === undefined ? {} : { values }),
    ...declaredIn(variable, source, siteCells),
    ...(variable.unit === '' ? {} : { unit: variable.unit }),
    ...(variable.type === 'integer' ? { isInteger: true } : {}),
    identifying: source.identifying,
    own,
    factor,
    step: 10 ** -decimals
  }
}

function declaredIn(
  { type, levels, breakpoints }: VariableDescriptor,
  source: VariableDescriptor,
  siteCells: VariableSource['siteCells']
): Pick<VariableFacts, 'declared'> {
  if (type === 'text') return {}
  const cells = type === 'category' ? levels.length : breakpoints.length + 1
  const siteCount = source.type === 'category' ? source.levels.length : source.breakpoints.length + 1
  const site = siteCells ?? Array.from({ length: cells }, (_, cell) => [cell])
  return { declared: { levels: type === 'category' ? levels : [], breakpoints, site, siteCount } }
}

/** Number of values between the bounds, both included, in steps of the site's decimals; undefined without bounds. */
function valuesOf({ bounded, minimum, maximum }: VariableDescriptor, decimals: number, factor: number) {
  return bounded ? Math.max(2, Math.round(((maximum - minimum) / factor) * 10 ** decimals) + 1) : undefined
}

/** Looks up facts in a map. A variable that is not in the map has the facts of `unknownFacts`. */
export function factsIn(variables: ReadonlyMap<VariableRef, VariableFacts>): FactsOf {
  return (variable) => {
    const known = variables.get(variable)
    if (known !== undefined) return known
    return setIn(variable) === undefined ? unknownFacts(variable) : { ...unknownFacts(variable), isSet: true }
  }
}

/** Facts about a variable that the description does not contain, under the most cautious assumptions. */
export function unknownFacts(own: VariableRef): VariableFacts {
  return { bounded: false, identifying: false, own, factor: 1, step: 0 }
}
