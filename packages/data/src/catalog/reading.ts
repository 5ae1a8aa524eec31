/** The reading rules of a file: the format of its numbers, dates, missing values and characters. */
import { z } from 'zod'

/** Encodings that can be declared. `latin1` means windows-1252, as in browsers: exports labelled latin1 are usually windows-1252. */
const ENCODINGS = ['utf-8', 'windows-1252', 'latin1', 'iso-8859-15', 'utf-16le'] as const
const SEPARATORS = [',', ';', 'tab', '|'] as const

/** Maximum number of texts for a missing value. */
const MISSING_MAX = 16

/** Texts that mean a missing value if neither the variable nor the file declares any. */
const MISSING_DEFAULT: readonly string[] = ['NA', '']

/** Day, month and four-digit year in one order with one separator or none, and an optional time of day. */
const DATE_FORMAT = /^(?:yyyy([-./]?)mm\1dd|dd([-./]?)mm\2yyyy|mm([-./]?)dd\3yyyy)(?: hh:mm(?::ss)?)?$/

const DATE_FORMAT_HELP =
  'a date format has dd, mm and yyyy with - . / or nothing between them, as dd.mm.yyyy or mm/dd/yyyy, and may end in hh:mm or hh:mm:ss'

/** The texts that mean a missing value. */
export const missingSchema = z.array(z.string().max(64)).max(MISSING_MAX)
export const decimalSignSchema = z.enum(['.', ','])
/** A date format, converted to lower case. */
export const dateFormatSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .refine((text) => DATE_FORMAT.test(text), DATE_FORMAT_HELP)

/** The `reading` section of a table. */
export const readingSchema = z.strictObject({
  /** Default: utf-8. */
  encoding: z.enum(ENCODINGS).optional(),
  /** Default: a comma in .csv files, a tab in .tsv files. */
  separator: z.enum(SEPARATORS).optional(),
  /** Decimal sign of the file's numbers. Default: the point. */
  decimal: decimalSignSchema.optional(),
  /** Date format of the file. Default: yyyy-mm-dd. A time of day is discarded only if the format declares it, or if it is midnight. */
  date_format: dateFormatSchema.optional(),
  /** Texts that mean a missing value; an empty field is always missing. Default: NA. */
  missing: missingSchema.optional()
})

/** An encoding of a text file. */
export type Encoding = Exclude<(typeof ENCODINGS)[number], 'latin1'>
/** The character between the fields of a text file. */
export type Separator = ',' | ';' | '\t' | '|'

/** The kind of source of a table. */
type Format = 'csv' | 'tsv' | 'parquet' | 'bids' | 'fhir' | 'omop' | 'postgres'

/** The rules by which the values of one variable are read. */
export interface ValueReading {
  readonly decimal: '.' | ','
  /** In lower case, such as `dd.mm.yyyy`. */
  readonly dateFormat: string
  readonly missing: readonly string[]
  /** Values of the file that stand for a declared level, each with its level. */
  readonly rename: Readonly<Record<string, string>>
}

interface ReadTable {
  readonly reading?: z.output<typeof readingSchema> | undefined
  readonly subject_column?: string | undefined
}

interface ReadVariable {
  readonly missing?: readonly string[] | undefined
  readonly decimal?: '.' | ',' | undefined
  readonly date_format?: string | undefined
  readonly rename?: Readonly<Record<string, string>> | undefined
}

/** The reading rules for a variable: the variable's own, then those of its file, then the defaults. */
export function valueReading({ reading }: ReadTable, variable: ReadVariable): ValueReading {
  return {
    decimal: variable.decimal ?? reading?.decimal ?? '.',
    dateFormat: variable.date_format ?? reading?.date_format ?? 'yyyy-mm-dd',
    missing: variable.missing ?? reading?.missing ?? MISSING_DEFAULT,
    rename: variable.rename ?? {}
  }
}

/** The texts that mean a missing value in all columns of a file. */
export function missingWords({ reading }: ReadTable): readonly string[] {
  return reading?.missing ?? MISSING_DEFAULT
}

/** The encoding of a table's file. */
export function encodingOf({ reading }: ReadTable): Encoding {
  const encoding = reading?.encoding ?? 'utf-8'
  return encoding === 'latin1' ? 'windows-1252' : encoding
}

/** The separator of a table's file, for a known file format. */
export function separatorOf({ reading }: ReadTable, format: Format): Separator {
  const separator = reading?.separator ?? (format === 'tsv' ? 'tab' : ',')
  return separator === 'tab' ? '\t' : separator
}

/** The column of a table's file that holds the subject key. */
export function subjectColumnOf({ subject_column }: ReadTable, subjectKey: string): string {
  return subject_column ?? subjectKey
}

/**
 * The reading rules of a table that differ from the defaults, as part of the epoch's name. A table that declares no rules, or only the
 * defaults, therefore keeps the epoch name of versions without reading rules.
 */
export function readingPrint(table: ReadTable, format: Format, subjectKey: string): object {
  const [encoding, separator, subjectColumn] = [
    encodingOf(table),
    separatorOf(table, format),
    subjectColumnOf(table, subjectKey)
  ]
  return {
    ...(encoding === 'utf-8' ? {} : { encoding }),
    ...(separator === separatorOf({}, format) ? {} : { separator }),
    ...(subjectColumn === subjectKey ? {} : { subjectColumn })
  }
}

/** The reading rules of a variable that differ from the defaults, as part of the epoch's name. Only rules that apply to its type. */
export function valuePrint(table: ReadTable, variable: ReadVariable & { readonly type: string }): object {
  const { decimal, dateFormat, missing, rename } = valueReading(table, variable)
  const isNumber = variable.type === 'integer' || variable.type === 'number'
  const words = Object.entries(rename).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    missing,
    ...(isNumber && decimal !== '.' ? { decimal } : {}),
    ...(variable.type === 'date' && dateFormat !== 'yyyy-mm-dd' ? { dateFormat } : {}),
    ...(words.length === 0 ? {} : { rename: words })
  }
}
