/** The action `propose` of `stimnet catalog`. */
import type { FileProposalOptions, Proposal } from '@stimnet/data'
import { EXIT, type Io, printable, refuse } from '@stimnet/machine'
import { isName } from '@stimnet/protocol'
import { environment } from '../../config/environment.ts'

/** The concept sets and the schema of an OMOP model. */
export interface ProposeOmop {
  readonly concepts: string
  readonly schema: string
}

/** The database for which a catalog is proposed. */
export interface ProposeDatabase {
  readonly url: string
  readonly tables: readonly string[]
  readonly passwordFile: string | undefined
  readonly passwordVariable: string | undefined
  readonly caFile: string | undefined
  readonly timeZone: string | undefined
  readonly writingRole: string | undefined
}

/** What a catalog is proposed for, and how. */
export interface ProposeOptions {
  /** Folder of a BIDS dataset, used instead of files. */
  readonly bids?: string
  /** Folder of FHIR bulk data and the file of codes, used instead of files. */
  readonly fhir?: { readonly folder: string; readonly codes: string }
  /** The database, used instead of files. */
  readonly database?: ProposeDatabase
  /** If given, the database is an OMOP model. */
  readonly omop?: ProposeOmop
  /** Folder of CSV files of an OMOP model and the file of concept sets, used instead of files. */
  readonly omopFolder?: { readonly folder: string; readonly concepts: string }
  readonly name: string | undefined
  readonly subjectKey: string | undefined
  readonly peopleMin: number
  readonly json: boolean
}

/** Writes the proposal to standard output, and the decisions that a person must make to standard error. */
export async function proposeAction(files: readonly string[], options: ProposeOptions, io: Io): Promise<number> {
  const { name, subjectKey, peopleMin, json } = options
  if (name !== undefined && !isName(name)) {
    refuse('--name has letters, digits, _ and -, at most 64, and begins with a letter')
  }
  const wishes = {
    baseDir: process.cwd(),
    peopleMin,
    ...(name === undefined ? {} : { name }),
    ...(subjectKey === undefined ? {} : { subjectKey })
  }
  const { yaml, decisions } = await proposal(files, wishes, options)
  if (json) {
    io.out(`${JSON.stringify({ yaml, decisions }, null, 2)}\n`)
    return EXIT.ok
  }
  io.out(yaml)
  io.err('Decide, line by line of the proposal. These sentences have words and counts of your data: keep them here.\n')
  for (const { line, about, text } of decisions) io.err(`line ${line}, ${printable(about)}: ${printable(text)}\n`)
  io.err('Then: stimnet catalog check FILE. Paths in the proposal are relative to this folder.\n')
  return EXIT.ok
}

async function proposal(
  files: readonly string[],
  wishes: FileProposalOptions,
  { bids, fhir, database, omop, omopFolder }: ProposeOptions
): Promise<Proposal> {
  const { proposeCatalog, proposeFromBids, proposeFromDatabase, proposeFromFhir, ...data } = await import(
    '@stimnet/data'
  )
  const { readYaml } = await import('../../config/yaml.ts')
  if (bids !== undefined) return proposeFromBids(bids, wishes)
  if (fhir !== undefined) return proposeFromFhir(fhir.folder, (await readYaml(fhir.codes)).raw, wishes)
  if (omopFolder !== undefined) {
    return data.proposeFromOmopFolder(omopFolder.folder, (await readYaml(omopFolder.concepts)).raw, wishes)
  }
  if (database === undefined) return proposeCatalog(files, wishes)
  const inDatabase = { ...wishes, environment: environment() }
  if (omop === undefined) {
    return proposeFromDatabase(sectionOf(database), { ...inDatabase, relations: database.tables })
  }
  const { raw: sets } = await readYaml(omop.concepts)
  return data.proposeFromOmop(sets, sectionOf(database), { ...inDatabase, schema: omop.schema })
}

/** The section of the configuration with the connection to a database. */
function sectionOf({
  url,
  passwordFile,
  passwordVariable,
  caFile,
  timeZone,
  writingRole
}: ProposeDatabase): Record<string, string> {
  const section = {
    url,
    password_file: passwordFile,
    password_env: passwordVariable,
    ca_file: caFile,
    time_zone: timeZone,
    writing_role: writingRole
  }
  return Object.fromEntries(
    Object.entries(section).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  )
}
