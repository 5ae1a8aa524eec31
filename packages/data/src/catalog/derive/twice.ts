/** Derived variables that a steward should know more of: what they say beside others, and whether others know them. */
import { isIdentifyingName } from '../identifying.ts'
import {
  allDerived,
  type DerivableCatalog,
  type DerivableVariable,
  type Derivation,
  derivationsOf,
  type Input,
  isKnownToOthers,
  refOf
} from './resolve.ts'

/** Offered variables that are derived from one input that others are not taken to know. */
export interface SaidTwice {
  readonly input: string
  readonly isOffered: boolean
  readonly derived: readonly string[]
}

/**
 * The inputs of which more than one offered variable can tell: those that are offered beside what is derived from them, and those from
 * which several offered variables are derived, also by way of some that are not offered. The ledger of one does not know what another
 * has told.
 */
export function saidTwice<V extends DerivableVariable>(catalog: DerivableCatalog<V>): readonly SaidTwice[] {
  const derivations = derivationsOf(catalog)
  const inputsBehind = (one: Derivation<V>): readonly Input<V>[] =>
    one.of.flatMap((input) => {
      const before = derivations.find((other) => refOf(other) === refOf(input))
      return before === undefined || isOffered(input) ? [input] : inputsBehind(before)
    })
  const told = derivations.filter(isOffered).flatMap((one) =>
    inputsBehind(one)
      .filter((input) => !isKnownToOthers(catalog, input))
      .map((input) => ({ input: refOf(input), isOffered: isOffered(input), derived: refOf(one) }))
  )
  return [...Map.groupBy(told, ({ input }) => input).values()].flatMap((all) => {
    const [first] = all
    const derived = [...new Set(all.map((one) => one.derived))]
    return first === undefined || (!first.isOffered && derived.length < 2) ? [] : [{ ...first, derived }]
  })
}

/** The offered derived variables that others would be taken to know by their names, and are not because of what they are derived from. */
export function knownByNameAlone<V extends DerivableVariable>(catalog: DerivableCatalog<V>): readonly string[] {
  const isByName = (at: Input<V>) =>
    isOffered(at) && at.variable.identifying === undefined && isIdentifyingName(at.variable.name)
  return allDerived(catalog)
    .filter((one) => isByName(one) && !isKnownToOthers(catalog, one))
    .map(refOf)
}

function isOffered({ variable }: Input<DerivableVariable>): boolean {
  return variable.offered !== false
}
