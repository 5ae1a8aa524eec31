/** The `postgres` section of a catalog: the connection to the database of its tables. */
import { z } from 'zod'

/** The parts of a PostgreSQL URL. */
export interface PostgresAddress {
  /** A host name, an address, or the absolute path of a socket's folder. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly role: string
  /** Undefined if the URL has no password. */
  readonly password?: string
}

const URL_PARTS =
  /^postgres(?:ql)?:\/\/([^:@/?#]+)(?::([^@/?#]*))?@(\[[0-9A-Fa-f:.]+\]|[^:@/?#]*)(?::(\d{1,5}))?\/([^/?#]+)(?:\?host=([^&#]+))?$/

/** The parts of a PostgreSQL URL; undefined if the text is not one. Messages never contain the text, since it may have a password. */
export function postgresAddress(url: string): PostgresAddress | undefined {
  const [all, role = '', password, named = '', port = '5432', database = '', socket] = URL_PARTS.exec(url) ?? []
  if (all === undefined || Number(port) > 65_535 || (named === '') !== (socket !== undefined)) return undefined
  try {
    const host = socket === undefined ? named.replace(/^\[|\]$/g, '') : decodeURIComponent(socket)
    if (socket !== undefined && !host.startsWith('/')) return undefined
    return {
      host,
      port: Number(port),
      database: decodeURIComponent(database),
      role: decodeURIComponent(role),
      ...(password === undefined ? {} : { password: decodeURIComponent(password) })
    }
  } catch {
    // A % sign that does not begin an escape sequence.
    return undefined
  }
}

/** The format of a URL, for error messages. */
export const POSTGRES_URL_HELP =
  'postgresql://ROLE@HOST:PORT/DATABASE, or postgresql://ROLE@/DATABASE?host=/var/run/postgresql for a socket; special characters as %40'

const variableSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'the name of an environment variable')

const shape = z.strictObject({
  /** The URL of the database, without a password. */
  url: z
    .string()
    .max(1024)
    .refine((url) => postgresAddress(url) !== undefined, `not ${POSTGRES_URL_HELP}`)
    .refine(
      (url) => postgresAddress(url)?.password === undefined,
      'a password is in password_file or password_env, and not in the configuration'
    )
    .optional(),
  /** An alternative to `url`: the environment variable that has the URL, which may contain a password. */
  url_env: variableSchema.optional(),
  /** File that contains only the password, relative to the folder of the configuration. Only its owner may have read access. */
  password_file: z.string().min(1).max(1024).optional(),
  /** The environment variable that has the password. */
  password_env: variableSchema.optional(),
  /** `verify`: TLS, with a certificate for the server's name. `off`: no TLS. Default: `off` on a socket and on loopback, else `verify`. */
  tls: z.enum(['verify', 'off']).optional(),
  /** File with the certificates of the trusted authorities (PEM). Default: the authorities that Node trusts. */
  ca_file: z.string().min(1).max(1024).optional(),
  /** The time zone in which a `timestamp with time zone` is converted to a date. Without it, columns of that type are refused. */
  time_zone: z.string().max(64).refine(isTimeZone, 'no time zone such as Europe/Zurich').optional(),
  /** Action if the role has write permission: `refuse` (default), or `warn` at every start. */
  writing_role: z.enum(['refuse', 'warn']).default('refuse'),
  /** Maximum time for reading all tables, minutes. */
  minutes_max: z.int().min(1).max(1440).default(30),
  /** Maximum data that the database may send while all tables are read, MiB. Without this limit a faulty server could fill the disk. */
  megabytes_max: z.int().min(1).max(1_048_576).default(16_384)
})

/** The `postgres` section of a catalog. */
export const postgresSchema = shape.superRefine((section, context) => {
  const refuse = (key: keyof typeof section, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message })
  if ((section.url === undefined) === (section.url_env === undefined)) refuse('url', 'give url or url_env')
  if (section.password_file !== undefined && section.password_env !== undefined) {
    refuse('password_env', 'give password_file or password_env, not both')
  }
  if (section.tls === 'off' && section.ca_file !== undefined) refuse('ca_file', 'does nothing with tls: off')
})

/** The parsed `postgres` section. */
export type PostgresConfig = z.output<typeof shape>

function isTimeZone(name: string): boolean {
  // Restricts the characters, since the name becomes part of SQL text.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The parts of a relation's name, `name` or `schema.name`. Each part is exact, and in double quotes if it contains a dot or a quote. */
export function relationParts(relation: string): { readonly schema: string; readonly name: string } | undefined {
  const part = '"(?:[^"\\0]|"")+"|[^".\\0]+'
  const found = new RegExp(`^(?:(${part})\\.)?(${part})$`).exec(relation)
  if (found === null) return undefined
  const [schema = 'public', name = ''] = [found[1], found[2]].map((text) =>
    text?.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
  )
  // PostgreSQL truncates longer names without an error, so that another relation could be read.
  return [schema, name].some((text) => Buffer.byteLength(text) > 63) ? undefined : { schema, name }
}
