/** The address of a database with its password and certificates, from the configuration, private files and the environment. */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import {
  POSTGRES_URL_HELP,
  type PostgresAddress,
  type PostgresConfig,
  postgresAddress
} from '../../catalog/postgres-config.ts'

/** The folder of a configuration's files, and the environment variables that the configuration may name. */
export interface SourcePlaces {
  /** Folder to which paths are relative. */
  readonly baseDir: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** The address of a database, including the password if there is one. Throws CONFIG_INVALID. */
export async function addressOf(
  config: PostgresConfig,
  { baseDir, environment = {} }: SourcePlaces
): Promise<PostgresAddress> {
  const text = config.url ?? environment[config.url_env ?? '']
  const address = text === undefined ? undefined : postgresAddress(text)
  if (address === undefined) {
    throw new StimnetError(
      'CONFIG_INVALID',
      `postgres.url_env: ${config.url_env} is ${text === undefined ? 'not set' : `not ${POSTGRES_URL_HELP}`}`
    )
  }
  const password = await passwordOf(config, baseDir, environment)
  return password === undefined ? address : { ...address, password }
}

async function passwordOf(
  { password_file, password_env }: PostgresConfig,
  baseDir: string,
  environment: Readonly<Record<string, string | undefined>>
): Promise<string | undefined> {
  if (password_env !== undefined) {
    const password = environment[password_env]
    if (password !== undefined) return password
    throw new StimnetError('CONFIG_INVALID', `postgres.password_env: ${password_env} is not set`)
  }
  if (password_file === undefined) return undefined
  const path = resolve(baseDir, password_file)
  const text = await readText(path, 'password_file')
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new StimnetError('CONFIG_INVALID', `postgres.password_file: ${path} can be read by others: chmod 600`)
  }
  return text.replace(/\r?\n$/, '')
}

/** The trusted certificates; undefined if the configuration names none. Throws CONFIG_INVALID. */
export async function authoritiesOf(
  { ca_file }: PostgresConfig,
  { baseDir }: SourcePlaces
): Promise<string | undefined> {
  return ca_file === undefined ? undefined : readText(resolve(baseDir, ca_file), 'ca_file')
}

/** Maximum size of a file with a password or certificates, bytes. */
const SECRET_BYTES_MAX = 1024 * 1024

async function readText(path: string, key: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isFile() && facts.size <= SECRET_BYTES_MAX) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return text
  }
  throw new StimnetError('CONFIG_INVALID', `postgres.${key}: ${path} cannot be read`)
}
