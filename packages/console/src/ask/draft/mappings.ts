/** Mappings of one institution's variables to those of the others, as the form holds them. They may be incomplete. */
import { type VariableMapping, variableMappingSchema } from '@stimnet/protocol'
import type { CatalogVariable } from '@stimnet/sdk'
import type { About } from './about.ts'
import type { Draft } from './draft.ts'

/** The institution and the variable (or subject key) of a mapping. */
export type Mapped = Pick<VariableMapping, 'peer' | 'variable'>

/** A variable, or the subject key, as one institution describes it. */
export interface LocalVariable extends Pick<CatalogVariable, 'type' | 'unit' | 'levels'> {
  /** `table.variable`. */
  readonly ref: string
}

type Asked = Pick<About, 'asked'>

/** Whether the mapping is complete. A complete mapping may still not fit the variables. */
export function isWhole(mapping: VariableMapping): boolean {
  return variableMappingSchema.safeParse(mapping).success
}

/** Whether two mappings are about the same variable at the same institution. */
export function isSame(one: Mapped, other: Mapped): boolean {
  return one.peer === other.peer && one.variable === other.variable
}

/** A new mapping to a local variable. Levels with equal names are matched already. */
export function standingIn(
  mapped: Mapped,
  local: LocalVariable | undefined,
  wanted: readonly string[]
): VariableMapping {
  const levels = (local?.levels ?? []).map((level) => ({
    local: level,
    level: wanted.includes(level) ? level : ''
  }))
  return { peer: mapped.peer, variable: mapped.variable, local: local?.ref ?? '', levels, scale: '' }
}

/** The list with a mapping added, replaced or removed. */
export function withMapping(
  mappings: readonly VariableMapping[],
  mapped: Mapped,
  next: VariableMapping | undefined
): VariableMapping[] {
  return [...mappings.filter((one) => !isSame(one, mapped)), ...(next === undefined ? [] : [next])]
}

/** The mappings that are sent with a question; none if only one institution is asked. */
export function mappingsFor({ mappings }: Draft, about: Asked): VariableMapping[] {
  return mappingsAmong(mappings, about).filter(isWhole)
}

/** The mappings at institutions that are asked; none if only one institution is asked. */
export function mappingsAmong(mappings: readonly VariableMapping[], { asked }: Asked): VariableMapping[] {
  return asked.length < 2 ? [] : mappings.filter(({ peer }) => asked.some(({ peer_id }) => peer_id === peer))
}

/** Missing parts of the mappings, as sentences. */
export function missingInMappings(draft: Draft, about: Asked): string[] {
  const given = mappingsAmong(draft.mappings, about)
  if (given.length > 0 && draft.level === 'P2' && draft.kind !== 'script') {
    return ['Mappings are not available with noise (P2): remove them.']
  }
  return given
    .filter((one) => !isWhole(one))
    .map(({ peer, variable }) => {
      const site = about.asked.find(({ peer_id }) => peer_id === peer)
      return `Complete the mapping of ${variable} at ${site?.institution || site?.node_id}, or remove it.`
    })
}
