/** What the catalog declares of a variable, as far as disclosure cares. */
import type { CatalogDescriptor, VariableDescriptor, VariableRef } from '@stimnet/protocol'

/** One variable, in the words of the request. */
export interface VariableFacts {
  readonly unit?: string
  /** Minimum and maximum are declared. */
  readonly bounded: boolean
  /** Declared levels or bins; unknown where it has none. */
  readonly cells?: number
  /** Values that it can take, by its declared levels, or its bounds and decimals; unknown where it has neither. */
  readonly values?: number
  /** Others are taken to know it of a person, such as age or sex: what is told of it does not count as information. */
  readonly identifying: boolean
  /** Its name at the site: what is told of it under any other name is told of this. */
  readonly own: VariableRef
  /** Units of the request in one of the site's own, in which everything is rounded. */
  readonly factor: number
  /** Between two values as the site keeps them, in its own unit; 0 where that is not known. */
  readonly step: number
}

/** Looks up what is declared of a variable. */
export type FactsOf = (variable: VariableRef) => VariableFacts

/** Where a variable of the request comes from. */
export interface VariableSource {
  readonly own: VariableRef
  readonly factor: number
  /** Decimal places in which its own values are kept. */
  readonly decimals: number
}

/** Of all variables of a description, each its own unless said otherwise. */
export function variableFacts(
  descriptor: CatalogDescriptor,
  sourceOf: (variable: VariableRef) => VariableSource = itself
): Map<VariableRef, VariableFacts> {
  return new Map(
    descriptor.tables.flatMap((table) =>
      table.variables.map((variable): [VariableRef, VariableFacts] => {
        const ref: VariableRef = `${table.name}.${variable.name}`
        return [ref, factsOf(variable, sourceOf(ref))]
      })
    )
  )
}

function itself(own: VariableRef): VariableSource {
  return { own, factor: 1, decimals: 0 }
}

function factsOf(variable: VariableDescriptor, { own, factor, decimals }: VariableSource): VariableFacts {
  const isCategory = variable.type === 'category'
  const values = isCategory ? variable.levels.length : valuesOf(variable, decimals, factor)
  return {
    bounded: variable.bounded,
    cells: isCategory ? variable.levels.length : variable.breakpoints.length + 1,
    ...(values === undefined ? {} : { values }),
    ...(variable.unit === '' ? {} : { unit: variable.unit }),
    identifying: variable.identifying,
    own,
    factor,
    step: 10 ** -decimals
  }
}

/** Steps of the site's own unit between the bounds, both included. */
function valuesOf({ bounded, minimum, maximum }: VariableDescriptor, decimals: number, factor: number) {
  return bounded ? Math.max(2, Math.round(((maximum - minimum) / factor) * 10 ** decimals) + 1) : undefined
}

/** Of a variable that is not among them nothing is taken for granted. */
export function factsIn(variables: ReadonlyMap<VariableRef, VariableFacts>): FactsOf {
  return (variable) => variables.get(variable) ?? unknownFacts(variable)
}

/** Of a variable that the description does not know: nothing is taken for granted. */
export function unknownFacts(own: VariableRef): VariableFacts {
  return { bounded: false, identifying: false, own, factor: 1, step: 0 }
}
