/** A variable in words: its type, levels and range, and the differences between institutions. */
import type { CatalogVariable, FoundCatalog } from '@stimnet/sdk'
import { isoDate } from '@stimnet/protocol'
import { measured } from './number.ts'

/** UCUM codes that most readers do not know, with their names; other units are shown as they are. */
const UNITS: Readonly<Record<string, string>> = {
  a: 'years',
  mo: 'months',
  wk: 'weeks',
  d: 'days',
  h: 'hours',
  min: 'minutes'
}

/** A unit for people: "years" for `a`. */
export function unitInWords(unit: string): string {
  return Object.hasOwn(UNITS, unit) ? (UNITS[unit] ?? unit) : unit
}

/** The type of a variable: "category: female, male", "integer, 18 to 100 years, bins at 65". */
export function shapeOf(variable: CatalogVariable): string {
  const { type, unit, levels, breakpoints, minimum, maximum } = variable
  if (levels.length > 0) return levels.join(', ')
  const inWords = (bound: number) => boundInWords(variable, bound)
  const range = minimum === null || maximum === null ? '' : `${inWords(minimum)} to ${inWords(maximum)}`
  const bins = breakpoints.length === 0 ? '' : `bins at ${breakpoints.map(inWords).join(', ')}`
  return [type, [range, unitInWords(unit)].filter(Boolean).join(' '), bins].filter(Boolean).join(' · ')
}

/** A breakpoint or an end of the range: "65"; "2020-01-01" for a date, which catalogs store as a number of days. */
export function boundInWords({ type }: Pick<CatalogVariable, 'type'>, bound: number): string {
  return type === 'date' ? isoDate(bound) : measured(bound)
}

/** A breakpoint or an end of the range as the text of a condition's field: "65", "2020-01-01". */
export function boundText({ type }: Pick<CatalogVariable, 'type'>, bound: number): string {
  return type === 'date' ? isoDate(bound) : String(bound)
}

/** "none", "3 to 20 %", "20 %, not disclosed by 2"; "not disclosed" if no institution reports it. */
export function missingIn(shares: readonly (number | null)[]): string {
  const told = shares.filter((share) => share !== null)
  if (told.length === 0) return 'not disclosed'
  const percent = (share: number) => measured(Math.round(share * 100))
  const [least, most] = [percent(Math.min(...told)), percent(Math.max(...told))]
  const range = least === most ? `${most} %` : `${least} to ${most} %`
  const untold = shares.length - told.length
  return `${most === '0' ? 'none' : range}${untold === 0 ? '' : `, not disclosed by ${untold}`}`
}

/** A variable that catalogs of the same name have: its holders, and whether they describe it alike. */
export interface SharedVariable {
  readonly ref: string
  readonly table: string
  readonly variable: CatalogVariable
  /** Number of institutions that have the variable. */
  readonly heldBy: number
  /** Whether an institution describes it differently. */
  readonly differs: boolean
  /** For each institution that has the variable: the share of rows without a value; null if it is not reported. */
  readonly missing: readonly (number | null)[]
}

/** All variables of the catalogs, in the order of the first catalog that has them. */
export function sharedVariables(catalogs: readonly FoundCatalog[]): SharedVariable[] {
  const found = new Map<
    string,
    { table: string; variable: CatalogVariable; shapes: string[]; missing: (number | null)[] }
  >()
  for (const { schema_definition: schema } of catalogs) {
    for (const table of schema?.tables ?? []) {
      for (const variable of table.variables) {
        const ref = `${table.name}.${variable.name}`
        const known = found.get(ref) ?? { table: table.name, variable, shapes: [], missing: [] }
        known.missing.push(variable.missing_share ?? null)
        known.shapes.push(JSON.stringify([variable.type, variable.unit, variable.levels, variable.breakpoints]))
        found.set(ref, known)
      }
    }
  }
  return [...found].map(([ref, { table, variable, shapes, missing }]) => ({
    ref,
    table,
    variable,
    missing,
    heldBy: shapes.length,
    differs: new Set(shapes).size > 1
  }))
}

/** Whether people can be grouped or selected by the variable, because it has declared levels or breakpoints. */
export function isGroupable({ type, levels, breakpoints }: CatalogVariable): boolean {
  return type !== 'text' && (levels.length > 0 || breakpoints.length > 0)
}

/** Whether the variable is a number. */
export function isNumeric({ type }: Pick<CatalogVariable, 'type'>): boolean {
  return type === 'integer' || type === 'number'
}
