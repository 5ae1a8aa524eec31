/** SQL that reads the text of a field as a value of its variable, by the reading rules of its file. */
import { decimalsOf, type TableConfig, type VariableConfig } from '../catalog/catalog-config.ts'
import { type ValueReading, valueReading } from '../catalog/reading.ts'
import { quoteText } from '../quote.ts'

/** Largest number of decimal places that leaves 18 digits before the decimal point in the engine's widest decimal type. */
const FINEST = 20

/** A midnight after a day, as written by databases. It does not count as a time of day. */
const MIDNIGHT = '([ T]00?:00(:00([.]0+)?)?)?'
const TIME_OF_DAY = '([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?'

/** A variable with the SQL for its text in a row, and for its value. */
export interface ReadColumn {
  readonly variable: VariableConfig
  readonly reading: ValueReading
  /** SQL for the text; null if the value is missing. */
  readonly text: string
  /** SQL for the stored value: position of a level, scaled integer, days, or text; null if the text does not fit. */
  readonly value: string
}

/** The SQL for a variable whose texts are in `column`. */
export function readColumn(variable: VariableConfig, table: Pick<TableConfig, 'reading'>, column: string): ReadColumn {
  const reading = valueReading(table, variable)
  const text = presentSql(column, variable, reading)
  return { variable, reading, text, value: valueSql(text, variable, reading) }
}

function presentSql(column: string, { type }: VariableConfig, { missing }: ValueReading): string {
  const markers = ['', ...missing].map(quoteText).join(', ')
  // Spaces around a number or a date have no meaning, and neither do spaces around a text for a missing value.
  const compared = type === 'category' || type === 'text' ? column : `trim(${column})`
  return `CASE WHEN ${compared} IN (${markers}) THEN NULL ELSE ${column} END`
}

function valueSql(text: string, variable: VariableConfig, reading: ValueReading): string {
  switch (variable.type) {
    case 'category':
      return levelSql(text, variable.levels ?? [], reading)
    case 'integer':
    case 'number': {
      // The digits of an exact decimal without its point are the scaled integer, so that no float is involved.
      const sign = reading.decimal
      const pattern =
        variable.type === 'integer'
          ? `[+-]?[0-9]+([${sign}]0*)?`
          : `[+-]?([0-9]+[${sign}]?[0-9]*|[${sign}][0-9]+)([eE][+-]?[0-9]{1,3})?`
      const decimal = `TRY_CAST(${pointed(text, reading)} AS DECIMAL(18, ${decimalsOf(variable)}))`
      return matching(text, pattern, `CAST(replace(CAST(${decimal} AS VARCHAR), '.', '') AS BIGINT)`)
    }
    case 'date':
      return dateSql(text, reading.dateFormat)
    case 'text':
      return text
  }
}

function matching(text: string, pattern: string, value: string): string {
  return `CASE WHEN regexp_full_match(trim(${text}), '${pattern}') THEN ${value} END`
}

/** SQL for a number's text with a decimal point. */
function pointed(text: string, { decimal }: ValueReading): string {
  return decimal === ',' ? `replace(trim(${text}), ',', '.')` : `trim(${text})`
}

function levelSql(text: string, levels: readonly string[], { rename }: ValueReading): string {
  const renamed = Object.entries(rename).filter(([word]) => !levels.includes(word))
  const words = [...levels, ...renamed.map(([word]) => word)].map(quoteText).join(', ')
  const numbers = [...levels.keys(), ...renamed.map(([, level]) => levels.indexOf(level))].join(', ')
  return `CAST(list_extract([${numbers}], nullif(list_position([${words}], ${text}), 0)) AS USMALLINT)`
}

function dateSql(text: string, format: string): string {
  const [day = '', ...time] = format.split(' ')
  const isIso = day === 'yyyy-mm-dd'
  const separator = /[-./]/.exec(day)?.[0] ?? ''
  const order = ['yyyy', 'mm', 'dd'].sort((a, b) => day.indexOf(a) - day.indexOf(b))
  const digits = isIso || separator === '' ? '2' : '1,2'
  const fields = order.map((part) => (part === 'yyyy' ? '([0-9]{4})' : `([0-9]{${digits}})`))
  const pattern = fields.join(separator === '' ? '' : `[${separator}]`) + (time.length > 0 ? TIME_OF_DAY : MIDNIGHT)
  const part = (name: string) => `regexp_extract(trim(${text}), '^${pattern}$', ${order.indexOf(name) + 1})`
  const iso = `${part('yyyy')} || '-' || lpad(${part('mm')}, 2, '0') || '-' || lpad(${part('dd')}, 2, '0')`
  return matching(text, pattern, `CAST(TRY_CAST(${iso} AS DATE) - DATE '1970-01-01' AS INTEGER)`)
}

/** SQL that is true if a number has more decimals than declared, since a cast would round them silently. */
export function tooFineSql({ variable, text, reading }: ReadColumn): string {
  const decimals = decimalsOf(variable)
  const number = pointed(text, reading)
  const [kept, finest] = [decimals, FINEST].map((places) => `TRY_CAST(${number} AS DECIMAL(38, ${places}))`)
  // A number without exponent is checked by its digits. A number with an exponent is checked by comparison, and must not become zero.
  const written = `regexp_matches(${number}, '^[^eE]*[.][0-9]{${decimals}}[0-9]*[1-9][0-9]*$')`
  const powered = `(regexp_matches(${number}, '[eE]') AND (${kept} != ${finest} OR (${kept} = 0 AND regexp_matches(${number}, '^[^eE]*[1-9]'))))`
  return `(${written} OR ${powered})`
}
