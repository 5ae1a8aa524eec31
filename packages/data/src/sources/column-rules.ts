/** The requirements for a table's columns as SQL over its raw text, each with its message for the steward. */
import { counted } from '@stimnet/protocol'
import { decimalsOf, type VariableConfig } from '../catalog/catalog-config.ts'
import { quoteName, quoteText } from '../quote.ts'
import { type ReadColumn, tooFineSql } from './value-sql.ts'
import { remedyFor, shapeOf } from './value-shape.ts'

/** Largest scaled value. Integers up to this value are exact in every language that reads them. */
const SCALED_MAX = Number.MAX_SAFE_INTEGER
/** Texts that mean "nobody" in a column of subject keys. */
const NOBODY = ['NA', 'N/A', 'NAN', 'NULL', 'NONE', 'NIL']

/** One requirement for one column. */
export interface ColumnRule {
  /** The variable, or the subject key. */
  readonly key: string
  /** The column in the source. */
  readonly column: string
  /** An SQL condition that is true for a row that breaks the rule. */
  readonly breaks: string
  /** SQL for the invalid text. */
  readonly text: string
  /** The message for a broken rule. It contains the shape of the text but never the text itself, which may be personal. */
  fault(text: string): string
}

/**
 * Rules for subject keys: each row must have a key, and no key may be another spelling of a person's key, since "7" and "7 " would count as
 * two people. `missing` are the texts that mean a missing value in the file.
 */
export function keyRules(
  key: string,
  { name, column }: { readonly name: string; readonly column: string },
  missing: readonly string[]
): ColumnRule[] {
  const nobody = [...NOBODY, ...missing.map((word) => word.toUpperCase())].filter((word) => word !== '')
  const faults: readonly (readonly [breaks: string, words: string])[] = [
    [`${key} IS NULL OR ${key} = ''`, 'no subject'],
    [`regexp_matches(${key}, '^[\\s\\p{Z}]|[\\s\\p{Z}]$')`, 'spaces around the subject'],
    [
      `upper(${key}) IN (${nobody.map(quoteText).join(', ')})`,
      '"NA" and the like stand for nobody, and would be one person'
    ],
    [`regexp_matches(${key}, '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]')`, 'a character that nobody sees in the subject'],
    [`${key} != nfc_normalize(${key})`, 'not in Unicode’s NFC: the same letters composed would be another person']
  ]
  return faults.map(([breaks, words]) => ({ key: name, column, breaks, text: key, fault: () => words }))
}

/** The rule that each subject has at most one row. */
export function oneRowRule(
  key: string,
  { name, column }: { readonly name: string; readonly column: string },
  raw: string
): ColumnRule {
  const numbered = `SELECT rowid, row_number() OVER (PARTITION BY ${key} ORDER BY rowid) AS n FROM ${quoteName(raw)} WHERE coalesce(${key}, '') != ''`
  return {
    key: name,
    column,
    breaks: `rowid IN (SELECT rowid FROM (${numbered}) WHERE n > 1)`,
    text: key,
    fault: () => 'a second row of one subject'
  }
}

/** Facts about the source that the messages use. */
export interface SourceFacts {
  /** The place where values can be changed, such as `in the export`. */
  readonly changed: string
  /** The columns whose type in the source is a binary float. */
  readonly floats: ReadonlySet<string>
}

/** The rule that each value can be read, unless it is missing. */
export function valueRule({ variable, reading, text, value }: ReadColumn, { changed }: SourceFacts): ColumnRule {
  return {
    key: variable.name,
    column: variable.column ?? variable.name,
    breaks: `${text} IS NOT NULL AND ${value} IS NULL`,
    text,
    fault: (wrong) => {
      const remedy = remedyFor(wrong, variable, reading, changed)
      return `${faultOf(variable, reading.dateFormat)}: ${shapeOf(wrong)}${remedy === '' ? '' : `. ${sentence(remedy)}`}`
    }
  }
}

/** The rules for readable numbers: no more decimals than declared, and no value outside the bounds. */
export function numberRules(column: ReadColumn, { changed, floats }: SourceFacts): ColumnRule[] {
  const { variable, text, value } = column
  if (variable.type !== 'integer' && variable.type !== 'number') return []
  const decimals = decimalsOf(variable)
  const { low, high } = numberBounds(variable)
  const source = variable.column ?? variable.name
  const advice = floats.has(source)
    ? floatAdvice(decimals, changed)
    : `Declare \`decimals\` (9 at most) as they are, or round them ${changed}`
  return [
    {
      key: variable.name,
      column: source,
      breaks: tooFineSql(column),
      text,
      fault: (wrong) => `more than ${counted(decimals, 'decimal')}: ${shapeOf(wrong)}. ${advice}`
    },
    {
      key: variable.name,
      column: source,
      breaks: `${value} < ${low} OR ${value} > ${high}`,
      text,
      fault: () =>
        variable.minimum === undefined
          ? 'too large to be counted exactly: declare fewer decimals'
          : `outside ${variable.minimum} to ${variable.maximum}`
    }
  ]
}

/** The smallest and the largest permitted value of a number, in the snapshot's integer units. */
export function numberBounds(variable: VariableConfig): { readonly low: bigint; readonly high: bigint } {
  const { minimum, maximum } = variable
  const unit = 10 ** decimalsOf(variable)
  return {
    low: BigInt(minimum === undefined ? -SCALED_MAX : Math.round(minimum * unit)),
    high: BigInt(maximum === undefined ? SCALED_MAX : Math.round(maximum * unit))
  }
}

/** Advice about a binary float for which `decimals` are declared. */
function floatAdvice(decimals: number, changed: string): string {
  const half = (0.5 * 10 ** -decimals).toFixed(decimals + 1)
  return (
    'Its type is a binary float, which keeps no decimals: its last digits come from computing and were not measured. Declare in ' +
    `\`decimals\` how many were measured (9 at most), and round to them ${changed}. Rounding to ${counted(decimals, 'decimal')} moves a value ` +
    `by at most ${half}`
  )
}

function faultOf(variable: VariableConfig, dateFormat: string): string {
  switch (variable.type) {
    case 'category':
      return `none of the declared levels (${(variable.levels ?? []).slice(0, 40).join(', ').slice(0, 500)})`
    case 'integer':
      return 'not a whole number of at most 18 digits'
    case 'number':
      return `not a number that fits 18 digits, ${decimalsOf(variable)} of them decimals`
    case 'date':
      return `not a date written ${dateFormat === 'yyyy-mm-dd' ? 'YYYY-MM-DD' : dateFormat}`
    case 'text':
      return 'not a text'
  }
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
