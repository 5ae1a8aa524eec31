/** Bounds to which the values of a variable are limited. Bounds in the request must lie within those of the catalog. */
import {
  type PrivacyAsk,
  type ResolvedVariable,
  resolveVariable,
  type ScaledBounds,
  StimnetError,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { scaledDecimal } from '../accounting/decimal.ts'
import type { DpTerms } from './terms.ts'

/** Bounds of one variable, scaled to whole units of 10^-decimals. */
export interface VariableBounds extends ScaledBounds {
  readonly variable: VariableRef
  readonly decimals: number
}

/** The largest scaled value that a snapshot keeps exactly. */
const SCALED_MAX = 1n << 53n

/**
 * Returns a function from a measured variable to its bounds. Both this function and the returned one throw
 * PARAMETER_INVALID, VARIABLE_UNKNOWN or VARIABLE_AMBIGUOUS.
 */
export function boundsOf(terms: DpTerms): (variable: VariableRef) => VariableBounds {
  const asked = askedBounds(terms)
  const measured = new Set(terms.plan.measures.flatMap(variablesOf))
  for (const variable of asked.keys()) {
    if (!measured.has(variable)) refuse(`The request gives bounds for ${variable}, but does not ask for this variable.`)
  }
  return (variable) => {
    const resolved = resolveVariable(terms.descriptor, variable, terms.plan.tables)
    const declared = declaredBounds(resolved, terms)
    const own = asked.get(variable)
    if (own !== undefined) return within(own, declared)
    if (declared !== undefined) return declared
    return refuse(
      `${variable} has no declared minimum and maximum, so that one value could move a sum without limit: give bounds.`
    )
  }
}

function askedBounds({ ask, descriptor, plan, decimalsOf }: DpTerms): Map<VariableRef, VariableBounds> {
  const found = new Map<VariableRef, VariableBounds>()
  for (const bounds of ask.bounds) {
    const resolved = resolveVariable(descriptor, bounds.variable, plan.tables)
    const { ref } = resolved
    if (found.has(ref)) refuse(`The bounds of ${ref} are given twice.`)
    if (!isNumber(resolved)) refuse(`${ref} is no number: it has no bounds.`)
    found.set(ref, scaled(bounds, resolved, decimalsOf))
  }
  return found
}

function isNumber({ variable: { type } }: ResolvedVariable): boolean {
  return type === 'integer' || type === 'number'
}

/** Scales the bounds in the request to the variable's grid, rounding inwards. */
function scaled(
  { lower, upper }: PrivacyAsk['bounds'][number],
  resolved: ResolvedVariable,
  decimalsOf: DpTerms['decimalsOf']
): VariableBounds {
  const { ref } = resolved
  const decimals = decimalsPlaces(resolved, decimalsOf)
  const bounds = {
    variable: ref,
    decimals,
    lower: scaledDecimal(lower, decimals, 'up'),
    upper: scaledDecimal(upper, decimals, 'down')
  }
  if (bounds.lower >= bounds.upper) refuse(`The lower bound of ${ref} must be below its upper bound.`)
  return keepable(bounds)
}

function declaredBounds(resolved: ResolvedVariable, { decimalsOf }: DpTerms): VariableBounds | undefined {
  const { ref, variable } = resolved
  if (!variable.bounded) return undefined
  const decimals = decimalsPlaces(resolved, decimalsOf)
  const scale = (value: number) => {
    const scaledValue = Math.round(value * 10 ** decimals)
    return Number.isSafeInteger(scaledValue) ? BigInt(scaledValue) : SCALED_MAX + 1n
  }
  return keepable({ variable: ref, decimals, lower: scale(variable.minimum), upper: scale(variable.maximum) })
}

function keepable(bounds: VariableBounds): VariableBounds {
  const fits = [bounds.lower, bounds.upper].every((end) => end <= SCALED_MAX && end >= -SCALED_MAX)
  return fits ? bounds : refuse(`The bounds of ${bounds.variable} are too far apart. Give narrower bounds.`)
}

function within(own: VariableBounds, declared: VariableBounds | undefined): VariableBounds {
  if (declared === undefined || (own.lower >= declared.lower && own.upper <= declared.upper)) return own
  return refuse(`The bounds of ${own.variable} exceed its declared minimum and maximum. They can only be narrower.`)
}

function decimalsPlaces({ ref, variable }: ResolvedVariable, decimalsOf: DpTerms['decimalsOf']): number {
  return decimalsOf?.(ref) ?? (variable.type === 'number' ? 6 : 0)
}

function refuse(reason: string): never {
  throw new StimnetError('PARAMETER_INVALID', reason, { reason })
}
