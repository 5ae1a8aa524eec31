/** Facts about variables that disclosure control needs, as declared by the catalog. */
import { type CatalogDescriptor, setIn, type VariableDescriptor, type VariableRef } from '@stimnet/protocol'

/** Facts about one variable, as the request names it. */
export interface VariableFacts {
  readonly unit?: string
  /** Of type integer. */
  readonly isInteger?: boolean
  /** Whether minimum and maximum are declared. */
  readonly bounded: boolean
  /** Number of declared levels or bins; absent if unknown. */
  readonly cells?: number
  /** Number of values that it can take, by its declared levels, or by its bounds and decimals; absent if it has neither. */
  readonly values?: number
  /** Whether others are assumed to know it of a person, such as age or sex. Numbers about it are not charged as information. */
  readonly identifying: boolean
  /** Its name at the site. What is disclosed of it under any other name counts for this name. */
  readonly own: VariableRef
  /** How many units of the request make one unit of the site. All numbers are rounded in the site's unit. */
  readonly factor: number
  /** Distance between two neighbouring values as the site stores them, in the site's unit; 0 if that is not known. */
  readonly step: number
  /**
   * Whether it is no variable but being in an analysis set, which says that values are there, not what they are. As with values that
   * are missing, no information is charged for it, and that everybody of a group is in it makes no value certain.
   */
  readonly isSet?: boolean
  /** The variable from which its values are computed, to which what is told of it is charged; itself unless given. */
  readonly charged?: VariableFacts
}

/** Looks up what is declared of a variable. */
export type FactsOf = (variable: VariableRef) => VariableFacts

/** The site's variable behind a variable of the request. */
export interface VariableSource {
  readonly own: VariableRef
  readonly factor: number
  /** Decimal places in which the site stores its values. */
  readonly decimals: number
  /** The site's own description of it, which a request cannot change; the variable itself unless given. */
  readonly variable?: VariableDescriptor
}

/**
 * The name for having a row in a table. It stands for a variable where others do not know who has one: that somebody is in a table of
 * infections says that there was an infection.
 */
export function presenceIn(table: string): VariableRef {
  return `${table}.${PRESENCE}`
}

/** Whether a name stands for having a row. */
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

/** A request may divide levels that nobody has from those of the site, or name them twice: what can be told apart are the site's. */
function factsOf(
  variable: VariableDescriptor,
  { own, factor, decimals, variable: site }: VariableSource
): VariableFacts {
  const source = site ?? variable
  const isCategory = source.type === 'category'
  const values = isCategory ? source.levels.length : valuesOf(source, decimals, site === undefined ? factor : 1)
  return {
    bounded: source.bounded,
    cells: isCategory ? source.levels.length : source.breakpoints.length + 1,
    ...(values === undefined ? {} : { values }),
    ...(variable.unit === '' ? {} : { unit: variable.unit }),
    ...(variable.type === 'integer' ? { isInteger: true } : {}),
    identifying: source.identifying,
    own,
    factor,
    step: 10 ** -decimals
  }
}

/** Number of values between the bounds, both included, in steps of the site's decimals; undefined without bounds. */
function valuesOf({ bounded, minimum, maximum }: VariableDescriptor, decimals: number, factor: number) {
  return bounded ? Math.max(2, Math.round(((maximum - minimum) / factor) * 10 ** decimals) + 1) : undefined
}

/** Looks up facts in a map. An absent variable has the facts of `unknownFacts`. */
export function factsIn(variables: ReadonlyMap<VariableRef, VariableFacts>): FactsOf {
  return (variable) => {
    const known = variables.get(variable)
    if (known !== undefined) return known
    return setIn(variable) === undefined ? unknownFacts(variable) : { ...unknownFacts(variable), isSet: true }
  }
}

/** Facts about a variable that the description does not contain, with the most cautious assumptions. */
export function unknownFacts(own: VariableRef): VariableFacts {
  return { bounded: false, identifying: false, own, factor: 1, step: 0 }
}
