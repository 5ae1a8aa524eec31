/** The questions of `stimnet init`, each with a default. Nothing is written before the last question is answered. */
import { readdir, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type Io, printable, refuse } from '@stimnet/machine'
import { isName, plainName, StimnetError } from '@stimnet/protocol'
import { catalogNameFor } from '../../config/short-names.ts'
import { accountNameShape } from '../../store/accounts/accounts.ts'

/** The settings of a new peer. */
export interface Setup {
  readonly folder: string
  readonly institution: string
  /** A host name or IP address at which other institutions reach this machine; empty if they do not reach it yet. */
  readonly address: string
  readonly meshPort: number
  readonly gatewayPort: number
  /** Files for which a catalog is proposed. */
  readonly files: readonly string[]
  /** The name of the proposed catalog; empty without files. */
  readonly catalog: string
  /** The first account of the gateway; empty for none. */
  readonly account: string
}

/** The usual ports. */
export const MESH_PORT = 4001
export const GATEWAY_PORT = 8000

/** Answers that are already given and are not asked for. */
export type Known = { readonly [K in keyof Setup]?: Setup[K] | undefined }

/**
 * Asks for the settings that are not known. An empty answer takes the default in brackets. Throws PARAMETER_INVALID after
 * three invalid answers, and CANCELLED when the person stops.
 */
export async function askForSetup(known: Known, io: Io & { readonly ask: NonNullable<Io['ask']> }): Promise<Setup> {
  io.err(
    'Press Enter for the answer in brackets. Everything can be changed later; Ctrl-C stops, and nothing is written.\n\n'
  )
  const asking = async (question: string, fallback: string, check: Check): Promise<string> => {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const typed = (await io.ask(`${question} [${fallback === '' ? 'none' : fallback}]: `, io.signal)).trim()
      if (io.signal.aborted) throw new StimnetError('CANCELLED', 'asking for a new peer', { reason: STOPPED })
      const answer = typed === '' || (fallback === '' && typed === 'none') ? fallback : typed
      const why = answer === '' ? undefined : await check(answer)
      if (why === undefined) return answer
      io.err(`${printable(why)}\n`)
    }
    return refuse(`${TRIES_MAX} answers could not be taken. Nothing was written`)
  }
  const folder = known.folder ?? (await asking('Folder of the new peer', './peer', whyNoFolder))
  const institution =
    known.institution ?? (await asking('Name of the institution, which others see', nameOfMachine(), whyNoName))
  const address =
    known.address ??
    (await asking('Host name or IP address at which other institutions reach this machine', '', whyNoAddress))
  const meshPort =
    known.meshPort ?? Number(await asking('Port for other institutions', String(MESH_PORT), (port) => whyNoPort(port)))
  const free = GATEWAY_PORT === meshPort ? GATEWAY_PORT + 1 : GATEWAY_PORT
  const gatewayPort =
    known.gatewayPort ??
    Number(
      await asking('Port for people here: console and REST API', String(free), (port) => whyNoPort(port, meshPort))
    )
  const files =
    known.files ??
    (await filesOf(
      await asking('Files of data to propose a catalog for (CSV, TSV, Parquet), or their folder', '', whyNoFiles)
    ))
  const suggested = files.length === 0 ? '' : catalogNameFor(files, institution)
  const catalog = suggested === '' ? '' : await asking(CATALOG_QUESTION, suggested, whyNoCatalog)
  const account = known.account ?? (await asking('Name of a first account for the console', '', whyNoAccount))
  return { folder, institution, address, meshPort, gatewayPort, files, catalog, account }
}

const CATALOG_QUESTION = 'Name of the catalog, the same at every institution with such data'

function whyNoCatalog(name: string): string | undefined {
  return isName(name) ? undefined : 'Letters, digits, _ and -, at most 64, the first one a letter.'
}

/** The reason why an answer is not valid; undefined if it is valid. */
type Check = (answer: string) => string | undefined | Promise<string | undefined>

const STOPPED = 'Stopped: nothing was written.'
/** Maximum number of attempts at one answer. */
const TRIES_MAX = 3

function nameOfMachine(): string {
  const name = `Institution of ${hostname()}`
  return whyNoName(name) === undefined ? name : 'Institution 1'
}

/** The reason why a name cannot be that of an institution; undefined if it can. */
export function whyNoName(name: string): string | undefined {
  return plainName(200).safeParse(name).error?.issues[0]?.message
}

async function whyNoFolder(folder: string): Promise<string | undefined> {
  const facts = await stat(join(folder, 'stimnet.yaml')).catch(() => undefined)
  return facts === undefined ? undefined : `There is a peer in ${resolve(folder)} already: another folder, please.`
}

/** The reason why a text is not an address at which others reach this machine; undefined if it is. */
export function whyNoAddress(address: string): string | undefined {
  if (isIP(address) > 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(address)) return undefined
  return 'A host name or an IP address, without port and slashes, such as stimnet.hospital.example.'
}

/** The reason why a text is not a port, or is a port that is already used; undefined if it is valid. */
export function whyNoPort(text: string, taken?: number): string | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) return 'A port is a number from 1 to 65535.'
  return port === taken ? `Port ${port} is for the other institutions: another one, please.` : undefined
}

function whyNoAccount(name: string): string | undefined {
  return accountNameShape.safeParse(name).error?.issues[0]?.message
}

async function whyNoFiles(answer: string): Promise<string | undefined> {
  const files = await filesOf(answer)
  if (files.length === 0) return `There are no files *.csv, *.tsv or *.parquet in ${answer}.`
  for (const file of files) {
    const facts = await stat(file).catch(() => undefined)
    if (!facts?.isFile()) return `${file}: there is no such file.`
  }
  return undefined
}

/** The files that an answer names: one path with or without spaces, several paths separated by spaces, or a folder. */
async function filesOf(answer: string): Promise<string[]> {
  if (answer === '') return []
  const facts = await stat(answer).catch(() => undefined)
  if (facts?.isFile()) return [resolve(answer)]
  if (!facts?.isDirectory()) return answer.split(/\s+/).map((file) => resolve(file))
  const names = await readdir(answer)
  const isData = (name: string) => /\.(csv|tsv|parquet)$/i.test(name)
  return names
    .filter(isData)
    .sort()
    .map((name) => resolve(answer, name))
}
