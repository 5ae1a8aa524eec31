/** Applies a mapping: gives a site's variable the name, levels and unit of a request. */
import type { VariableDescriptor } from '../../catalog.ts'
import type { VariableContract, VariableMapping } from './variable-contract.ts'

/** The properties in which sites can differ from a contract. */
export const SCHEMA_FIELDS = [
  'name',
  'type',
  'unit',
  'levels',
  'breakpoints',
  'column order',
  'mapping',
  'analysis set'
] as const

/** One property that differs. The texts contain only facts from catalogs and request. */
export interface SchemaFault {
  readonly field: (typeof SCHEMA_FIELDS)[number]
  readonly expected: string
  readonly found: string
}

/** A factor as an exact fraction: `units` over 10^`decimals`. */
export interface Scale {
  readonly units: number
  readonly decimals: number
}

/** A site's variable after the mapping. */
export interface MappedVariable {
  /** The description with the request's name, levels and unit. */
  readonly variable: VariableDescriptor
  /** The variable's name at the site. */
  readonly local: string
  /** For each of the site's cells (a level, or a bin between breakpoints), the index of the request's cell that contains it. */
  readonly cells: readonly number[]
  readonly scale: Scale
}

/** A mapped variable, or all differences that prevent the mapping. */
export type Mapping =
  | { readonly ok: true; readonly mapped: MappedVariable }
  | { readonly ok: false; readonly faults: SchemaFault[] }

/**
 * Maps `local` to `wanted`. Each of the site's cells must lie completely within one cell of the request. Several cells may lie in
 * the same one, since their union is a cell again; a cell cannot be divided or left out. The factor is above zero, and no constant
 * can be added: a shifted sum would hide that one person makes up most of it.
 */
export function mapVariable(
  local: VariableDescriptor,
  mapping: Pick<VariableMapping, 'levels' | 'scale'>,
  wanted: VariableContract
): Mapping {
  const scale = scaleOf(mapping.scale)
  const faults = [...typeFaults(local, wanted, scale), ...unitFaults(local, mapping.scale, wanted)]
  const isCategory = local.type === 'category'
  const scaled = local.breakpoints.map((point) => times(point, scale))
  const breakpoints = wanted.breakpoints.length > 0 ? wanted.breakpoints : scaled
  if (isCategory) faults.push(...levelFaults(local, mapping.levels, wanted))
  else if (breakpoints.some((point) => !scaled.includes(point))) {
    faults.push(fault('breakpoints', breakpoints.join(', '), scaled.join(', ') || 'none'))
  }
  if (faults.length > 0) return { ok: false, faults }
  const [, name = ''] = wanted.variable.split('.')
  return {
    ok: true,
    mapped: {
      variable: {
        ...local,
        name,
        type: wanted.type,
        unit: wanted.unit,
        levels: [...wanted.levels],
        breakpoints: [...(isCategory ? [] : breakpoints)],
        minimum: times(local.minimum, scale),
        maximum: times(local.maximum, scale)
      },
      local: local.name,
      cells: isCategory ? levelCells(local, mapping.levels, wanted) : binCells(scaled, breakpoints),
      scale
    }
  }
}

function fault(field: SchemaFault['field'], expected: string, found: string): SchemaFault {
  return { field, expected, found }
}

/** Parses a factor. An empty text is the factor 1. */
export function scaleOf(text: string): Scale {
  const [whole = '', fraction = ''] = (text === '' ? '1' : text).split('.')
  return { units: Number(whole + fraction), decimals: fraction.length }
}

/** Whether a factor only moves the decimal point. */
export function isPowerOfTen({ units }: Scale): boolean {
  return /^10*$/.test(String(units))
}

/** The product of a value and a factor, rounded to 15 significant digits, so that no rounding error of the multiplication remains. */
function times(value: number, { units, decimals }: Scale): number {
  return units === 1 && decimals === 0 ? value : Number((value * units * 10 ** -decimals).toPrecision(15))
}

function typeFaults(local: VariableDescriptor, wanted: VariableContract, { units, decimals }: Scale): SchemaFault[] {
  const isSame = units === 1 && decimals === 0
  const isNumber = local.type === 'integer' || local.type === 'number'
  if (!isNumber && !isSame) return [fault('mapping', 'no factor', `a factor for a ${local.type}`)]
  const fits = wanted.type === local.type ? isNumber || isSame : local.type === 'integer' && wanted.type === 'number'
  // A whole number times a fraction is not a whole number.
  return fits && (wanted.type !== 'integer' || decimals === 0) ? [] : [fault('type', wanted.type, local.type)]
}

function unitFaults(local: VariableDescriptor, scale: string, wanted: VariableContract): SchemaFault[] {
  // A different unit needs a factor, even a factor of 1 if only the name of the unit differs.
  return local.unit === wanted.unit || scale !== '' ? [] : [fault('unit', wanted.unit, local.unit)]
}

function levelFaults(
  local: VariableDescriptor,
  pairs: VariableMapping['levels'],
  wanted: VariableContract
): SchemaFault[] {
  const strange = pairs.filter((pair) => !local.levels.includes(pair.local)).map((pair) => pair.local)
  const cells = levelCells(local, pairs, wanted)
  const lost = local.levels.filter((_, i) => cells[i] === -1)
  const twice = pairs.filter((pair, i) => pairs.slice(0, i).some((other) => other.local === pair.local))
  return [
    ...(strange.length === 0 ? [] : [fault('levels', local.levels.join(', '), strange.join(', '))]),
    ...(lost.length === 0 ? [] : [fault('levels', wanted.levels.join(', '), lost.join(', '))]),
    ...(twice.length === 0 ? [] : [fault('mapping', 'each level once', twice.map((pair) => pair.local).join(', '))])
  ]
}

function levelCells(local: VariableDescriptor, pairs: VariableMapping['levels'], wanted: VariableContract): number[] {
  const named = new Map(pairs.map((pair) => [pair.local, pair.level]))
  return local.levels.map((level) => wanted.levels.indexOf(named.get(level) ?? level))
}

/** For each of the site's bins, the index of the request's bin that contains it. A bin includes its lower breakpoint. */
function binCells(scaled: readonly number[], breakpoints: readonly number[]): number[] {
  const lowers = [Number.NEGATIVE_INFINITY, ...scaled]
  return lowers.map((lower) => breakpoints.filter((point) => point <= lower).length)
}
