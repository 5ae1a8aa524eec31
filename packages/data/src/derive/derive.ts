/** Derived variables, computed as columns of the loaded tables. Every value must be valid for its variable; invalid values are reported. */
import { StimnetError } from '@stimnet/protocol'
import { type CatalogConfig, decimalsOf, type VariableConfig } from '../catalog/catalog-config.ts'
import { type Derivation, derivationsOf, inputsOf, refOf } from '../catalog/derive/resolve.ts'
import { isOfRows } from '../catalog/derive/rule.ts'
import { decimalText } from '../columns.ts'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { numberBounds } from '../sources/column-rules.ts'
import { type LoadedRows, placeOf } from '../sources/places.ts'
import { type Breach, squaresFault } from '../sources/typed.ts'
import { shapeOf } from '../sources/value-shape.ts'
import { isThereSql, keptSql } from './fraction.ts'
import { ofRows, severalWords } from './rows.ts'
import { noLogarithmSql, sameRowValue } from './same-row.ts'

/** The loaded and typed tables of a catalog. Each table has the columns `_row` and `_key` beside its variables. */
export interface LoadedTables {
  readonly config: CatalogConfig
  readonly session: Session
  /** By table name. Tables that could not be loaded are missing from the map. */
  readonly tables: ReadonlyMap<string, TypedRows>
}

/** A loaded and typed table. */
export interface TypedRows extends LoadedRows {
  /** The variables that are columns of the table. A variable whose column is missing in the source is not included. */
  readonly variables: ReadonlySet<string>
}

/** A breach of a derived variable, and the table whose rows break the rule. */
export interface DerivedBreach {
  readonly rows: LoadedRows
  readonly breach: Breach
}

/** Adds the derived variables to the loaded tables. Throws SOURCE_INVALID with the source, row and variable. */
export async function deriveColumns(loaded: LoadedTables): Promise<void> {
  for await (const { rows, breach } of addDerived(loaded, 1)) {
    const { name, table } = rows.source
    const where = [...breach.places, breach.key].join(', ')
    throw new StimnetError('SOURCE_INVALID', `${name}, ${where}: ${breach.fault} (table ${table.name})`)
  }
}

/** Adds the columns of the derived variables whose inputs are loaded, and returns all breaches, with at most `placesMax` places each. */
export async function derivedBreaches(loaded: LoadedTables, placesMax: number): Promise<DerivedBreach[]> {
  const breaches: DerivedBreach[] = []
  for await (const breach of addDerived(loaded, placesMax)) breaches.push(breach)
  return breaches
}

async function* addDerived(loaded: LoadedTables, placesMax: number): AsyncGenerator<DerivedBreach> {
  const { config, session, tables } = loaded
  const added = new Set<string>()
  const has = (table: string, variable: string) =>
    tables.get(table)?.variables.has(variable) === true || added.has(`${table}.${variable}`)
  for (const one of derivationsOf(config)) {
    const rows = tables.get(one.table.name)
    if (rows === undefined || inputsOf(one).some(({ table, variable }) => !has(table.name, variable.name))) continue
    const relation = tables.get(one.of[0]?.table.name ?? '') ?? rows
    const rules = await addColumn(one, { session, rows, relation })
    added.add(refOf(one))
    let isClean = true
    for (const rule of rules) {
      const breach = await breachOf(rule, one, { session, placesMax })
      if (breach === undefined) continue
      isClean = false
      yield { rows: rule.rows, breach }
    }
    // Squares are checked only if all values are valid: the squares of values out of bounds may not be computable.
    if (isClean && one.variable.type !== 'category') yield* squaresBreach(one, session, rows)
  }
}

async function* squaresBreach(
  { variable: { name } }: Derivation<VariableConfig>,
  session: Session,
  rows: LoadedRows
): AsyncGenerator<DerivedBreach> {
  const fault = await squaresFault(session, rows.relation, name)
  if (fault !== undefined) yield { rows, breach: { key: name, fault, rows: 0, isCut: false, places: [] } }
}

/** A requirement that a derived variable must meet: SQL that selects the rows that break it, with the invalid numbers. */
interface DerivedRule {
  readonly rows: LoadedRows
  /** SQL with the columns `_r`, the position of the row, and `_v`, the invalid number (null if there is none). */
  readonly broken: string
  fault(shape: string): string
}

interface ColumnOptions {
  readonly session: Session
  /** The table of the derived variable. */
  readonly rows: LoadedRows
  /** The table of the derived variable's inputs. */
  readonly relation: LoadedRows
}

/** Adds the column of a derived variable, and returns the requirements for its values. */
async function addColumn(one: Derivation<VariableConfig>, options: ColumnOptions): Promise<readonly DerivedRule[]> {
  const { session, rows, relation } = options
  const { variable, rule } = one
  const [table, column] = [quoteName(rows.relation), quoteName(variable.name)]
  const decimals = decimalsOf(variable)
  const type = variable.type === 'category' ? 'USMALLINT' : 'BIGINT'
  await session.rows(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`)
  if (!isOfRows(rule)) {
    const value = sameRowValue(one, rule)
    await session.rows(`UPDATE ${table} SET ${column} = ${keptSql(value, decimals)}`)
    const logarithms = rule.rule === 'log' && rule.nonpositive === undefined ? [logarithmRule(one, rows)] : []
    return [...logarithms, ...numberRules(variable, rows, `SELECT _row, ${isThereSql(value)} AS _there FROM ${table}`)]
  }
  const { chosen, takesSeveral, perSubject, value } = ofRows(one, rule, relation.relation)
  const joined = `${table} LEFT JOIN (${perSubject}) ON _key = _k`
  const made = `SELECT _row AS _at, ${keptSql(value, decimals)} AS _made FROM ${joined}`
  await session.rows(`UPDATE ${table} SET ${column} = _made FROM (${made}) AS made WHERE _row = _at`)
  const again = `SELECT _r, CAST(NULL AS BIGINT) AS _v FROM (SELECT _r, row_number() OVER (PARTITION BY _k, _p ORDER BY _r) AS _i FROM (${chosen})) WHERE _i > 1`
  const several = { rows: relation, broken: again, fault: () => severalWords(one, rule) }
  const there = `SELECT _row, ${isThereSql(value)} AS _there FROM ${joined}`
  return [...(takesSeveral ? [] : [several]), ...numberRules(variable, rows, there)]
}

function logarithmRule(one: Derivation<VariableConfig>, rows: LoadedRows): DerivedRule {
  const [of] = one.of
  const value = quoteName(of?.variable.name ?? '')
  return {
    rows,
    broken: `SELECT _row AS _r, ${value} AS _v FROM ${quoteName(rows.relation)} WHERE ${noLogarithmSql(one)}`,
    fault: () =>
      `${of?.variable.name} is 0 or below there, which has no logarithm: declare nonpositive: missing, or decide in the source what it becomes`
  }
}

/** The requirements that numbers are exact and within the bounds of their variable. `there` is SQL with the columns `_row` and `_there`. */
function numberRules(variable: VariableConfig, rows: LoadedRows, there: string): DerivedRule[] {
  if (variable.type === 'category') return []
  const { low, high } = numberBounds(variable)
  const { minimum, maximum } = variable
  const [table, column] = [quoteName(rows.relation), quoteName(variable.name)]
  const tooLarge = 'too large to be computed exactly: declare fewer decimals'
  return [
    {
      rows,
      broken: `SELECT _row AS _r, CAST(NULL AS BIGINT) AS _v FROM ${table} JOIN (${there}) USING (_row) WHERE _there AND ${column} IS NULL`,
      fault: () => tooLarge
    },
    {
      rows,
      broken: `SELECT _row AS _r, ${column} AS _v FROM ${table} WHERE ${column} < ${low} OR ${column} > ${high}`,
      fault: (shape) =>
        minimum === undefined
          ? tooLarge
          : `outside ${minimum} to ${maximum}: ${shape}. Widen its minimum and maximum, or narrow those of what it is derived from`
    }
  ]
}

/** The breach of a requirement; undefined if every row meets it. */
async function breachOf(
  { rows, broken, fault }: DerivedRule,
  { variable }: Derivation<VariableConfig>,
  { session, placesMax }: { readonly session: Session; readonly placesMax: number }
): Promise<Breach | undefined> {
  const [facts] = await session.rows(`SELECT count(*) FROM (${broken})`)
  const count = Number(facts?.[0])
  if (count === 0) return undefined
  const first = await session.rows(`SELECT _r, _v FROM (${broken}) ORDER BY _r LIMIT ${placesMax}`)
  const [, value] = first[0] ?? []
  const shape =
    value === null || value === undefined ? '' : shapeOf(decimalText(BigInt(String(value)), decimalsOf(variable)))
  const places = await Promise.all(first.map(([row]) => placeOf(session, rows, Number(row))))
  return { key: variable.name, fault: fault(shape), rows: count, isCut: false, places }
}
