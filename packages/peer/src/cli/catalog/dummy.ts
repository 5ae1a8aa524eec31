/** The action `dummy` of `stimnet catalog`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { breakpointNumber, type CatalogConfig, offeredConfig } from '@stimnet/data'
import { clientFor, EXIT, type Io } from '@stimnet/machine'
import { seededRandom, StimnetError } from '@stimnet/protocol'
import { type DescribedTables, dummyTables } from '@stimnet/sdk'

interface DummyOptions {
  readonly rows: number
  readonly seed: number
  readonly out: string
  readonly config: string | undefined
  readonly url: string | undefined
}

/** Writes one CSV file per table, and never overwrites a file. Throws CATALOG_UNKNOWN, PARAMETER_INVALID. */
export async function dummyAction(name: string, options: DummyOptions, io: Io): Promise<number> {
  const { rows, seed, out, config, url } = options
  const described = config === undefined ? await fromGateway(name, url) : await fromConfig(name, config)
  const tables = dummyTables(described, { rows, random: seededRandom(seed) })
  await mkdir(out, { recursive: true })
  for (const { name: table, csv } of tables) await writeNew(join(out, `${table}.csv`), csv)
  const files = tables.map(({ name: table }) => join(out, `${table}.csv`)).join(', ')
  io.out(`${files}: made up from the description alone. No person is in them, and no number in them means anything.\n`)
  return EXIT.ok
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (cause) {
    const reason = `${file} cannot be written, or is there already: choose another folder with --out`
    throw StimnetError.told('PARAMETER_INVALID', reason, cause)
  }
}

async function fromGateway(name: string, url: string | undefined): Promise<DescribedTables> {
  const client = await clientFor(url)
  const found = (await client.meshCatalogs(name)).find((catalog) => catalog.name === name && catalog.schema_definition)
  return found?.schema_definition ?? unknown(name)
}

async function fromConfig(name: string, file: string): Promise<DescribedTables> {
  const { readCatalogs } = await import('../../catalogs/described.ts')
  const catalog = (await readCatalogs(file)).find((one) => one.name === name)
  return catalog === undefined ? unknown(name) : describedTables(catalog)
}

function unknown(name: string): never {
  throw StimnetError.told('CATALOG_UNKNOWN', `There is no catalog ${JSON.stringify(name)}.`)
}

function describedTables(config: CatalogConfig): DescribedTables {
  const { subject_key, tables } = offeredConfig(config)
  return {
    subject_key,
    tables: tables.map(({ name, one_row_per_subject, variables }) => ({
      name,
      one_row_per_subject,
      variables: variables.map(({ name: own, type, levels = [], breakpoints = [], minimum, maximum, decimals }) => ({
        name: own,
        type,
        levels,
        breakpoints: breakpoints.map(breakpointNumber),
        minimum: minimum ?? null,
        maximum: maximum ?? null,
        ...(decimals === undefined ? {} : { decimals })
      }))
    }))
  }
}
