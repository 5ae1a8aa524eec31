/** The chosen catalog as the form sees it: its holders, the institutions asked, and the variables that they have. */
import type { FoundCatalog } from '@stimnet/sdk'
import { type SharedVariable, sharedVariables } from '../../words/variable.ts'
import type { Draft } from './draft.ts'

/** An analysis set as a catalog describes it. */
export type CatalogSet = NonNullable<NonNullable<FoundCatalog['schema_definition']>['analysis_sets']>[number]

/** Everything the form knows about the chosen catalog. */
export interface About {
  /** All institutions that offer the catalog. */
  readonly holders: readonly FoundCatalog[]
  /** The institutions that are asked. */
  readonly asked: readonly FoundCatalog[]
  readonly variables: readonly SharedVariable[]
  /** Variables of the holders' lattices. An institution that has a lattice refuses conditions on other variables. */
  readonly lattice: ReadonlySet<string>
  /** Tables with one row per subject. */
  readonly oneRow: readonly string[]
  /** Analysis sets that all institutions asked define alike. */
  readonly sets: readonly CatalogSet[]
  readonly subjectKey: string
}

/** The chosen catalog; undefined if none is chosen or no institution offers it any more. */
export function aboutOf(found: readonly FoundCatalog[], { catalog, targets }: Draft): About | undefined {
  const holders = found.filter(({ name }) => name === catalog)
  const [first] = holders
  if (!first) return undefined
  const asked = targets === null ? holders : holders.filter(({ peer_id }) => targets.includes(peer_id))
  const tables = holders.flatMap(({ schema_definition: schema }) => schema?.tables ?? [])
  const lattice = holders.flatMap(({ schema_definition: schema }) => schema?.lattice ?? [])
  return {
    holders,
    asked,
    variables: sharedVariables(holders),
    lattice: new Set(lattice.map(({ variable }) => variable)),
    oneRow: [...new Set(tables.filter((table) => table.one_row_per_subject).map(({ name }) => name))],
    sets: setsOf(asked),
    subjectKey: first.schema_definition?.subject_key ?? 'subject_id'
  }
}

/** The analysis sets that all these institutions define alike. */
export function setsOf([first, ...others]: readonly FoundCatalog[]): readonly CatalogSet[] {
  const ofOne = (catalog: FoundCatalog | undefined) => catalog?.schema_definition?.analysis_sets ?? []
  const isSame = (one: CatalogSet, other: CatalogSet) =>
    one.name === other.name &&
    JSON.stringify([one.complete_on, one.where]) === JSON.stringify([other.complete_on, other.where])
  return ofOne(first).filter((set) => others.every((catalog) => ofOne(catalog).some((other) => isSame(set, other))))
}

/** Refusals and reviews that can be predicted from the descriptions of the catalogs, as sentences. */
export function forewarnings({ asked }: About, draft: Draft): string[] {
  const word = draft.kind === 'script' ? draft.language : draft.kind
  return asked.flatMap((one) => {
    const name = one.institution || one.node_id
    if (!one.programs.includes(word)) return [`${name} does not run ${word}.`]
    if (draft.kind === 'script' && one.scripts === 'deny') return [`${name} runs no scripts on this catalog.`]
    if (draft.kind === 'script' && one.scripts === 'review') return [`${name}: stewards must read the script first.`]
    if (draft.level === 'P1' && one.mode === 'dp') return [`${name} answers with noise (P2) only.`]
    return []
  })
}
