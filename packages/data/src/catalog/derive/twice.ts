/** Reports for stewards about derived variables: inputs that several variables disclose, and variables that others do not know. */
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
import { isOfRows } from './rule.ts'

/** Offered variables derived from an input that others are not assumed to know. */
export interface SaidTwice {
  readonly input: string
  readonly isOffered: boolean
  readonly derived: readonly string[]
}

/**
 * The inputs about which several offered variables disclose information: an offered input with variables derived from it, or an input of
 * several offered variables, also through variables that are not offered. The ledger of one variable does not contain what another variable
 * has disclosed.
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

/**
 * For each table: the offered variables that are derived from its rows. A count of its rows, or a first value, discloses who has a row, and
 * the ledger of having a row does not contain that.
 */
export function derivedFromRows<V extends DerivableVariable>(
  catalog: DerivableCatalog<V>
): ReadonlyMap<string, readonly string[]> {
  const ofRows = derivationsOf(catalog).filter((one) => isOffered(one) && isOfRows(one.rule))
  const named = Map.groupBy(ofRows, ({ of: [input], table }) => (input?.table ?? table).name)
  return new Map([...named].map(([table, all]) => [table, all.map(refOf)]))
}

/** Offered derived variables with an identifying name that others are not assumed to know, because of their inputs. */
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
