/** A proposed catalog as YAML, with the decisions that a person must make, each with its line. */
import type { TableConfig, VariableConfig } from '../catalog/catalog-config.ts'
import { isIdentifyingName } from '../catalog/identifying.ts'
import type { LineFault } from '../sources/source.ts'
import type { KeyCandidate } from './key.ts'
import { inRows, isCodeText, type Word } from './words.ts'

/** A decision that a person must make about a proposal. */
export interface Decision {
  /** Line of the YAML, from 1. */
  readonly line: number
  /** The subject of the decision: a key of the catalog, a table, or `table.variable`. */
  readonly about: string
  /** The question. It may contain words and counts from the data. */
  readonly text: string
}

/** A proposed variable, and facts about its column. */
export interface TableVariable {
  readonly variable: VariableConfig
  readonly missing: readonly Word[]
  readonly emptyRows: number
  readonly decisions: readonly string[]
  readonly unitGuess?: string
  /** All distinct texts of the column. */
  readonly texts: ReadonlySet<string>
}

/** A proposed table. */
export interface ProposedTable {
  readonly label: string
  readonly table: TableConfig
  readonly subjectColumn?: string
  readonly rows: number
  readonly faults: readonly LineFault[]
  readonly keyFaults: readonly string[]
  /** Sentences about duplicate rows, with their places. */
  readonly doubled?: readonly string[]
  /** Sentences about tables in which few people have a row. */
  readonly presence?: readonly string[]
  readonly variables: readonly TableVariable[]
  readonly leftOut: readonly { readonly header: string; readonly why: string }[]
}

/** A proposed catalog before it is written as YAML. */
export interface ProposedCatalog {
  readonly name: string
  readonly subjectKey: string
  readonly key: KeyCandidate
  readonly others: readonly KeyCandidate[]
  /** Files in which no column contains the subject key. */
  readonly keyless: readonly string[]
  readonly tables: readonly ProposedTable[]
  /** The `postgres` section of the tables. */
  readonly postgres?: Readonly<Record<string, unknown>>
  /** A note about the database. */
  readonly note?: string
}

const MISSING_MAX = 16

/** The YAML of a proposal and the decisions about it. */
export function proposalText(catalog: ProposedCatalog): { yaml: string; decisions: readonly Decision[] } {
  const page = new Page()
  page.line(
    '# Proposed by `stimnet catalog propose`. It has no counts and no rare values of the data. Levels, bounds and breakpoints are'
  )
  page.line('# public once the catalog is served: read each line before it is.')
  page.line(`name: ${catalog.name}`)
  page.decide('name', 'Is this the name that the other institutions use? A broadcast asks all catalogs of one name.')
  page.line('title: ""')
  page.line('description: ""')
  page.decide('description', 'Write a title and a description: researchers choose catalogs by them.')
  page.line('access_level: private')
  page.decide(
    'access_level',
    'private is announced to nobody. Who may see the description: restricted (members), public?'
  )
  page.line(`subject_key: ${catalog.subjectKey}`)
  page.decide('subject_key', keySentence(catalog))
  page.line('synthetic: false')
  if (catalog.postgres !== undefined) page.line(`postgres: ${flow(catalog.postgres)}`)
  if (catalog.note !== undefined) page.decide('postgres', `${catalog.note}. Is that accepted here?`)
  page.line('tables:')
  for (const table of catalog.tables.filter(({ variables }) => variables.length > 0)) tableLines(page, table)
  for (const { label, leftOut } of catalog.tables.filter(({ variables }) => variables.length === 0)) {
    const columns = leftOut.map(({ header, why }) => `${JSON.stringify(header.slice(0, 60))} (${why})`)
    page.decide('tables', `${label} is left out, since none of its columns can be proposed: ${columns.join('; ')}.`)
  }
  for (const file of catalog.keyless) {
    page.decide('tables', `${file} is left out: none of its columns holds the subject key.`)
  }
  return page.end()
}

/** The lines of the YAML in the order in which they are written. A decision belongs to the last line written before it. */
class Page {
  readonly #lines: string[] = []
  readonly #decisions: Decision[] = []

  line(text: string): void {
    this.#lines.push(text)
  }

  decide(about: string, text: string): void {
    this.#decisions.push({ line: this.#lines.length, about, text })
  }

  end(): { yaml: string; decisions: readonly Decision[] } {
    return { yaml: `${this.#lines.join('\n')}\n`, decisions: this.#decisions }
  }
}

function keySentence({ key, others }: ProposedCatalog): string {
  const also = others.slice(0, 4).map(({ header, why }) => ` ${JSON.stringify(header)} could be it too: ${why}.`)
  return `${JSON.stringify(key.header)} is taken for the subject key: ${key.why}.${also.join('')} It must name people, not visits or samples.`
}

function tableLines(page: Page, proposed: ProposedTable): void {
  const { label, table, subjectColumn, faults, keyFaults, variables, leftOut } = proposed
  const { doubled = [], presence = [] } = proposed
  const missing = sharedMissing(variables)
  const reading = { ...table.reading, ...sharedForms(variables), ...(missing.length === 0 ? {} : { missing }) }
  page.line(`  - name: ${table.name}`)
  for (const key of ['file', 'bids', 'relation'] as const) {
    if (table[key] !== undefined) page.line(`    ${key}: ${flow(table[key])}`)
  }
  for (const key of ['fhir', 'omop'] as const) {
    if (table[key] !== undefined) codesLines(page, key, table[key])
  }
  if (table.query !== undefined) {
    page.line('    query: |-')
    for (const line of table.query.split('\n')) page.line(`      ${line}`)
  }
  const [fault] = faults
  if (fault !== undefined) {
    page.decide(
      table.name,
      `${faults.length === 1 ? 'A fault' : `${faults.length} faults`} in ${label}, ${faults.length === 1 ? '' : 'the first '}in line ${fault.line}: ${fault.fault}. Mend the file; \`stimnet catalog check\` lists all.`
    )
  }
  if (table.format !== undefined) page.line(`    format: ${table.format}`)
  if (Object.keys(reading).length > 0) {
    page.line(`    reading: ${flow(reading)}`)
    if (table.reading?.encoding === 'windows-1252') {
      page.decide(
        table.name,
        'The encoding is a guess: iso-8859-15 has other signs in eight places, the euro sign among them.'
      )
    }
  }
  if (subjectColumn !== undefined) page.line(`    subject_column: ${text(subjectColumn)}`)
  page.line(`    one_row_per_subject: ${table.one_row_per_subject}`)
  for (const sentence of [...keyFaults, ...doubled, ...presence]) page.decide(table.name, sentence)
  if (table.one_row_per_subject) {
    page.decide(table.name, `Every person has one row in ${label}. Will that stay so? The peer refuses a second row.`)
  }
  page.line('    variables:')
  if (variables.some(({ variable: { description } }) => description !== undefined)) {
    page.decide(
      table.name,
      'The descriptions of its variables are those of its sidecar. They are public once the catalog is served.'
    )
  }
  const known = variables.map(({ variable: { name } }) => name).filter(isIdentifyingName)
  if (known.length > 0) {
    const which = `Others are taken to know ${known.join(', ')} of a person, by the names.`
    page.decide(
      table.name,
      `${which} Write identifying: false where they do not, and true for others that they do know.`
    )
  }
  for (const variable of variables) variableLines(page, table.name, variable, reading)
  if (leftOut.length > 0) {
    const columns = leftOut.map(({ header, why }) => `${JSON.stringify(header.slice(0, 60))} (${why})`)
    page.decide(table.name, `Left out: ${columns.join('; ')}.`)
  }
}

/** The lines of a folder of which each person's row is made by declared codes or concepts. */
function codesLines(page: Page, key: 'fhir' | 'omop', source: NonNullable<TableConfig['fhir'] | TableConfig['omop']>) {
  const { variables, ...rest } = source
  page.line(`    ${key}:`)
  for (const [name, value] of Object.entries(rest)) {
    page.line(`      ${name}: ${flow(typeof value === 'object' ? withoutUndefined(value) : value)}`)
  }
  page.line('      variables:')
  for (const variable of variables) page.line(`        - ${flow(withoutUndefined(variable))}`)
}

type Reading = NonNullable<TableConfig['reading']>

function variableLines(page: Page, table: string, proposed: TableVariable, reading: Reading): void {
  const { variable, unitGuess } = proposed
  const about = `${table}.${variable.name}`
  const { name, column, type, unit, description, levels, rename, decimals, minimum, maximum, breakpoints } = variable
  const own = missingOf(proposed, reading.missing ?? [])
  const written = withoutUndefined({
    name,
    column,
    type,
    unit,
    description,
    levels,
    rename,
    decimals,
    minimum,
    maximum,
    breakpoints,
    decimal: variable.decimal === (reading.decimal ?? '.') ? undefined : variable.decimal,
    date_format: variable.date_format === (reading.date_format ?? 'yyyy-mm-dd') ? undefined : variable.date_format,
    missing: own
  })
  const guess = unitGuess === undefined ? '' : `   # unit: ${unitGuess}? A guess by the name.`
  page.line(`      - ${flow(written)}${guess}`)
  if (unit !== undefined)
    page.decide(
      about,
      `The unit ${text(unit)} is from the header or the code book. Is it so written at the other institutions?`
    )
  else if (unitGuess !== undefined) page.decide(about, `Is its unit ${unitGuess}? Then write unit: ${unitGuess}.`)
  else if (type === 'integer' || type === 'number') page.decide(about, 'Which unit does it have, if any?')
  const missing = proposed.missing.map(({ text: word, rows }) => `${JSON.stringify(word)} ${inRows(rows)}`)
  const empty = proposed.emptyRows === 0 ? [] : [`an empty field ${inRows(proposed.emptyRows)}`]
  if (missing.length > 0) page.decide(about, `Taken for missing: ${[...empty, ...missing].join(', ')}.`)
  for (const sentence of proposed.decisions) page.decide(about, sentence)
}

/**
 * The words for a missing value in all columns, if they can be declared as one list for the file; otherwise empty. A number such as 999 is
 * not among them: in another column it would be a value.
 */
function sharedMissing(variables: readonly TableVariable[]): string[] {
  const all = [...new Set(variables.flatMap(ownMissing))].filter((word) => !isCodeText(word)).sort()
  return all.length > MISSING_MAX ? [] : all
}

/** The list that a column needs in place of the list of its file; undefined if it needs none. */
function missingOf(proposed: TableVariable, shared: readonly string[]): string[] | undefined {
  const own = ownMissing(proposed)
  if (conflicts(proposed, shared)) return own
  if (own.every((word) => shared.includes(word))) return undefined
  return [...new Set([...own, ...shared])].slice(0, MISSING_MAX).sort()
}

/** The most frequent texts of a column for a missing value, as many as can be declared. */
function ownMissing({ missing }: TableVariable): string[] {
  const sorted = [...missing].sort((a, b) => b.rows - a.rows)
  return sorted.slice(0, MISSING_MAX).map(({ text: word }) => word)
}

/** Whether one of the words is a value of this column. */
function conflicts(proposed: TableVariable, words: readonly string[]): boolean {
  const own = new Set(proposed.missing.map(({ text: word }) => word))
  const { levels = [], rename = {} } = proposed.variable
  return words.some((word) => !own.has(word) && (proposed.texts.has(word) || levels.includes(word) || word in rename))
}

/** The decimal sign and the date format of most columns of the file, if they are not the defaults. */
function sharedForms(variables: readonly TableVariable[]): Pick<Reading, 'decimal' | 'date_format'> {
  const decimal = mostFrequent(variables.flatMap(({ variable }) => variable.decimal ?? []))
  const format = mostFrequent(variables.flatMap(({ variable }) => variable.date_format ?? []))
  return withoutUndefined({
    decimal: decimal === '.' ? undefined : decimal,
    date_format: format === 'yyyy-mm-dd' ? undefined : format
  })
}

function mostFrequent<T extends string>(texts: readonly T[]): T | undefined {
  const counted = [...Map.groupBy(texts, (one) => one)].sort(
    ([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1)
  )
  return counted[0]?.[0]
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** A value in YAML flow style. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${text(key)}: ${flow(one)}`)
    return `{ ${entries.join(', ')} }`
  }
  return typeof value === 'string' ? text(value) : String(value)
}

const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/
const WORDS_OF_YAML = /^(true|false|null|yes|no|on|off|y|n)$/i

/** A text in YAML: unquoted if it is unambiguous, otherwise as a JSON string, which YAML can read. */
function text(value: string): string {
  return PLAIN.test(value) && !WORDS_OF_YAML.test(value) ? value : JSON.stringify(value)
}
