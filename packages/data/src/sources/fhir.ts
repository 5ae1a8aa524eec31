/**
 * A folder of FHIR bulk data, read as one row per person: Patient, Observation and Condition resources with declared codes, and days in
 * place of dates.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../catalog/catalog-config.ts'
import { FHIR_COLUMNS, type FhirCodes, type FhirVariable } from '../catalog/fhir-config.ts'
import { daysOf, isoDate } from '../dates.ts'
import type { Session } from '../engine.ts'
import { type FolderFile, isFileInside, printOfFiles, rootOf } from './folder-files.ts'

/** A folder of FHIR bulk data. */
export interface FhirSource {
  readonly table: TableConfig
  /** The folder, for messages. */
  readonly name: string
  /** Absolute path of the folder. */
  readonly folder: string
  readonly codes: FhirCodes
  readonly format: 'fhir'
}

/** Maximum length of a line, bytes; maximum number of files, of patients, and of records with one of the codes. */
const LINE_BYTES_MAX = 1024 * 1024
const FILES_MAX = 10_000
const PATIENTS_MAX = 10_000_000
const RECORDS_MAX = 20_000_000

type Kind = 'Patient' | 'Condition' | 'Observation'

interface TypedFile extends FolderFile {
  readonly kind: Kind
}

/**
 * The files of the folder whose names contain a resource type that is read, such as Patient.ndjson or Observation.0001.ndjson. Throws
 * SOURCE_INVALID.
 */
async function filesOf({ folder, codes, name }: FhirSource): Promise<readonly TypedFile[]> {
  const root = await rootOf(folder)
  const kinds = new Set<string>(['Patient', ...[codes.index, ...codes.variables].map(kindOf)])
  const files: TypedFile[] = []
  for (const inside of (await readdir(folder)).sort()) {
    const kind = /(?:^|[._-])(Patient|Condition|Observation)(?:[._-].*)?\.ndjson$/.exec(inside)?.[1] as Kind | undefined
    if (kind === undefined || !kinds.has(kind)) continue
    const path = join(folder, inside)
    if (!(await isFileInside(path, root))) continue
    if (files.length === FILES_MAX) fail(`${name}: more than ${FILES_MAX} files`)
    files.push({ path, inside, kind })
  }
  const missing = [...kinds].find((kind) => !files.some((file) => file.kind === kind))
  if (missing !== undefined) fail(`${folder}: there is no file ${missing}.ndjson`)
  // Patients come first, so that records of unknown patients can be recognised.
  return files.sort((a, b) => Number(b.kind === 'Patient') - Number(a.kind === 'Patient'))
}

function kindOf({ condition }: Pick<FhirVariable, 'condition'>): 'Condition' | 'Observation' {
  return condition === undefined ? 'Observation' : 'Condition'
}

/** A text that changes whenever a file is written, added or removed, or other codes are declared. Throws SOURCE_INVALID. */
export async function fhirFingerprint(source: FhirSource): Promise<string> {
  return `${await printOfFiles(await filesOf(source))} ${printOfCodes(source)}`
}

/** A hash of the codes, since the same files give other rows with other codes. */
function printOfCodes({ codes: { index, variables } }: FhirSource): string {
  return createHash('sha256').update(canonicalJson({ index, variables })).digest('hex')
}

/** SHA-256 of the codes and of the files' bytes. Throws SOURCE_INVALID. */
export async function fhirHash(source: FhirSource): Promise<string> {
  const hash = createHash('sha256').update(printOfCodes(source))
  for (const { path, inside } of await filesOf(source)) {
    hash.update(`\n${inside}\0`)
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) hash.update(chunk)
  }
  return hash.digest('hex')
}

/** The columns of the rows, which depend only on the codes. */
export function fhirColumns({ codes }: FhirSource): readonly string[] {
  return [...FHIR_COLUMNS, ...codes.variables.map(({ name }) => name)]
}

interface Patient {
  readonly birthYear: number | undefined
  readonly sex: string
  /** The matched records: index of the code set (0 for the index date), day, value. */
  readonly records: [set: number, day: number, value: string][]
}

/** Loads one row for each person with an index date into the table `raw`. Throws SOURCE_INVALID with file and line. */
export async function loadFhir(source: FhirSource, session: Session, raw: string) {
  const files = await filesOf(source)
  const hash = createHash('sha256').update(printOfCodes(source))
  const patients = new Map<string, Patient>()
  const sets = new CodeSets(source.codes)
  for (const { path, inside, kind } of files) {
    hash.update(`\n${inside}\0`)
    for await (const { resource, line } of resourcesIn(path, (bytes) => hash.update(bytes))) {
      const at = `${path}, line ${line}`
      if (resource.resourceType !== kind) fail(`${at}: is no ${kind}`)
      if (kind === 'Patient') addPatient(patients, resource, at)
      else sets.addRecord(patients, kind, resource, at)
    }
  }
  const columns = fhirColumns(source)
  const writer = await session.texts(
    raw,
    columns.map((_, i) => `c${i}`)
  )
  try {
    for (const [id, patient] of patients) {
      const row = rowOf(patient, source.codes)
      if (row !== undefined) writer.row([id, ...row])
    }
  } finally {
    writer.close()
  }
  return { columns, sha256: hash.digest('hex'), place: async (row: number) => `person ${row + 1}` }
}

type Resource = Readonly<Record<string, unknown>>

function addPatient(patients: Map<string, Patient>, { id, birthDate, gender }: Resource, at: string): void {
  if (typeof id !== 'string' || id === '' || id.length > 256) fail(`${at}: has no id`)
  if (patients.has(id)) fail(`${at}: a second Patient of one id`)
  if (patients.size === PATIENTS_MAX) fail(`${at}: more than ${PATIENTS_MAX} patients`)
  const year = typeof birthDate === 'string' ? /^(\d{4})(-|$)/.exec(birthDate)?.[1] : undefined
  const sex = gender === 'male' || gender === 'female' ? gender : ''
  patients.set(id, { birthYear: year === undefined ? undefined : Number(year), sex, records: [] })
}

/** The code sets, and the sets to which a record belongs. Set 0 is that of the index date, set i that of variable i - 1. */
class CodeSets {
  readonly #byCode: Readonly<Record<'Condition' | 'Observation', Map<string, number[]>>>
  readonly #units: readonly (string | undefined)[]
  #records = 0

  constructor({ index, variables }: FhirCodes) {
    this.#byCode = { Condition: new Map(), Observation: new Map() }
    this.#units = [undefined, ...variables.map(({ unit }) => unit)]
    for (const [set, one] of [index, ...variables].entries()) {
      const codes = this.#byCode[kindOf(one)]
      for (const code of one.condition ?? one.observation ?? []) codes.set(code, [...(codes.get(code) ?? []), set])
    }
  }

  addRecord(
    patients: ReadonlyMap<string, Patient>,
    kind: 'Condition' | 'Observation',
    resource: Resource,
    at: string
  ): void {
    const sets = new Set(codesIn(resource.code).flatMap((code) => this.#byCode[kind].get(code) ?? []))
    if (sets.size === 0 || isRetracted(resource)) return
    const patient = patients.get(patientOf(resource.subject))
    const day = dayOf(kind === 'Condition' ? (resource.onsetDateTime ?? resource.recordedDate) : whenObserved(resource))
    if (patient === undefined || day === undefined) return
    for (const set of sets) {
      const value = this.#units[set] === undefined ? '' : quantityIn(resource.valueQuantity, this.#units[set])
      if (value === undefined) continue
      if (++this.#records > RECORDS_MAX) fail(`${at}: more than ${RECORDS_MAX} records have one of the codes`)
      patient.records.push([set, day, value])
    }
  }
}

function codesIn(code: unknown): string[] {
  const coding = isObject(code) && Array.isArray(code.coding) ? code.coding : []
  return coding.flatMap((one: unknown) =>
    isObject(one) && typeof one.system === 'string' && typeof one.code === 'string' ? [`${one.system}|${one.code}`] : []
  )
}

/** Whether a record is marked as entered in error, cancelled or refuted. */
function isRetracted({ status, verificationStatus }: Resource): boolean {
  const verified = codesIn(verificationStatus).map((code) => code.slice(code.indexOf('|') + 1))
  const words = [...(typeof status === 'string' ? [status] : []), ...verified]
  return words.some((word) => ['entered-in-error', 'cancelled', 'refuted'].includes(word))
}

function patientOf(subject: unknown): string {
  const reference = isObject(subject) && typeof subject.reference === 'string' ? subject.reference : ''
  return /(?:^|\/)Patient\/([^/?#|]+)(?:\/_history\/[^/]+)?$/.exec(reference)?.[1] ?? ''
}

function whenObserved({ effectiveDateTime, effectivePeriod, effectiveInstant }: Resource): unknown {
  return effectiveDateTime ?? effectiveInstant ?? (isObject(effectivePeriod) ? effectivePeriod.start : undefined)
}

/** The local calendar day of a time; undefined if the time does not contain a day. */
function dayOf(time: unknown): number | undefined {
  return typeof time === 'string' ? (daysOf(time.slice(0, 10)) ?? undefined) : undefined
}

/** The digits of a quantity in this unit; undefined for another unit, and for a bound such as < 0.5. */
function quantityIn(quantity: unknown, unit: string | undefined): string | undefined {
  if (!isObject(quantity) || quantity.comparator !== undefined || (quantity.code ?? quantity.unit) !== unit)
    return undefined
  const { value } = quantity
  return value instanceof Digits ? value.text : typeof value === 'number' ? String(value) : undefined
}

/** The row without the person's id; undefined for a person without an index date. */
function rowOf({ birthYear, sex, records }: Patient, { variables }: FhirCodes): string[] | undefined {
  const days = records.flatMap(([set, day]) => (set === 0 ? [day] : []))
  if (days.length === 0) return undefined
  const index = days.reduce((first, day) => Math.min(first, day))
  const indexYear = Number(isoDate(index).slice(0, 4))
  const age = birthYear === undefined ? '' : String(indexYear - birthYear)
  return [age, sex, ...variables.map((variable, i) => takenValue(variable, i + 1, index, records))]
}

function takenValue({ take, window }: FhirVariable, set: number, index: number, records: Patient['records']): string {
  const [from, to] = window ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const own = records
    .filter(([one, day]) => one === set && day - index >= from && day - index <= to)
    // Records of the same day are sorted by value, since the order of the files has no meaning.
    .sort(([, a, x], [, b, y]) => a - b || Number(x) - Number(y))
  const [first, last] = [own[0], own.at(-1)]
  if (take === 'ever') return first === undefined ? 'no' : 'yes'
  if (take === 'days') return String(new Set(own.map(([, day]) => day)).size)
  if (first === undefined || last === undefined) return ''
  if (take === 'first_day') return String(first[1] - index)
  if (take === 'last_day') return String(last[1] - index)
  return take === 'first' ? first[2] : last[2]
}

/** The text of a number whose digits a double would not preserve. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The resources of a file with one JSON object per line. Empty lines are ignored. Throws SOURCE_INVALID. */
async function* resourcesIn(
  path: string,
  seen: (bytes: Uint8Array) => void
): AsyncGenerator<{ readonly resource: Resource; readonly line: number }> {
  let rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0)
  let line = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    seen(chunk)
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      const resource = resourceOf(bytes.subarray(start, end), `${path}, line ${++line}`)
      if (resource !== undefined) yield { resource, line }
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > LINE_BYTES_MAX) fail(`${path}, line ${line + 1}: is longer than ${LINE_BYTES_MAX} bytes`)
  }
  const resource = resourceOf(rest, `${path}, line ${++line}`)
  if (resource !== undefined) yield { resource, line }
}

/** Matches numbers with more digits than a double preserves. */
const LONG_NUMBER = /[\d.]{16}/

function resourceOf(bytes: Uint8Array, at: string): Resource | undefined {
  if (bytes.length > LINE_BYTES_MAX) fail(`${at}: is longer than ${LINE_BYTES_MAX} bytes`)
  let resource: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
    if (text === '') return undefined
    resource = JSON.parse(text, LONG_NUMBER.test(text) ? keepDigits : undefined)
  } catch {
    // The parser's own message would quote the line.
    fail(`${at}: is no JSON`)
  }
  return isObject(resource) ? resource : fail(`${at}: is no JSON object`)
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new Digits(context.source) : value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fail(words: string): never {
  throw new StimnetError('SOURCE_INVALID', words)
}
