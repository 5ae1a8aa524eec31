/** A client of a peer's gateway, with a login from options, session file or environment. */
import { StimnetError, systemClock } from '@stimnet/protocol'
import { type Client, createClient } from '@stimnet/sdk'
import { z } from 'zod'
import { type ClientSettings, clientSettings } from './settings.ts'
import { readPrivate, writePrivate } from '../files/private.ts'

/** The options of every command that uses a gateway. */
export const CLIENT_OPTIONS = {
  url: { type: 'string', value: 'URL', help: 'The gateway to ask (default: STIMNET_URL, or where you are logged in)' },
  json: { type: 'boolean', help: 'Print the answer as JSON' }
} as const

const sessionSchema = z.record(z.string(), z.object({ token: z.string() }))

async function sessions(file: string): Promise<z.output<typeof sessionSchema>> {
  const text = await readPrivate(file)
  try {
    return sessionSchema.parse(JSON.parse(text ?? '{}'))
  } catch {
    // A malformed file counts as not logged in. The next login rewrites it.
    return {}
  }
}

/** A client of the gateway at `url`, with the token of an earlier `stimnet login` if there is one. */
export async function clientFor(url: string | undefined): Promise<Client> {
  const settings = clientSettings()
  const at = await gatewayUrl(url)
  const token = settings.token ?? (await sessions(settings.sessionFile))[at]?.token
  return createClient({ url: at, ...(token === undefined ? {} : { token }) })
}

/** The default gateway: that of a peer on this machine, as `stimnet init` configures it. */
const HERE = 'http://127.0.0.1:8000'

/**
 * The URL of the gateway that client commands use: `url`, else STIMNET_URL, else the only gateway with a login, else the gateway of this
 * machine. Throws PARAMETER_INVALID if there are several logins.
 */
export async function gatewayUrl(
  url: string | undefined,
  settings: Pick<ClientSettings, 'url' | 'token' | 'sessionFile'> = clientSettings()
): Promise<string> {
  const named = url ?? settings.url
  if (named !== undefined) return named
  // STIMNET_TOKEN does not name its gateway, and must not be sent to another gateway.
  if (settings.token !== undefined) return HERE
  const all = Object.entries(await sessions(settings.sessionFile))
  const valid = all.filter(([, { token }]) => endOf(token) > systemClock.now())
  const [only, ...others] = (valid.length > 0 ? valid : all).map(([at]) => at)
  if (others.length === 0) return only ?? HERE
  const reason = `You are logged in at ${[only, ...others].join(' and ')}. Say with --url which one is meant.`
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

/** The expiry time of a token, Unix ms. A token that cannot be parsed may be valid for ever. */
function endOf(token: string): number {
  const [, payload = ''] = token.split('.')
  try {
    const { exp } = expirySchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    return exp * 1_000
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

const expirySchema = z.object({ exp: z.number() })

/** Stores the token that `logIn` returns in a file that only its owner can read. */
export async function keepSession(at: string, logIn: (client: Client) => Promise<string>): Promise<void> {
  const settings = clientSettings()
  const token = await logIn(createClient({ url: at }))
  const all = { ...(await sessions(settings.sessionFile)), [at]: { token } }
  await write(settings.sessionFile, all)
}

function write(file: string, all: z.output<typeof sessionSchema>): Promise<void> {
  return writePrivate(file, `${JSON.stringify(all, null, 2)}\n`)
}

/** Deletes the stored token of a gateway. */
export async function dropSession(at: string): Promise<void> {
  const { sessionFile } = clientSettings()
  const { [at]: dropped, ...others } = await sessions(sessionFile)
  if (dropped) await write(sessionFile, others)
}

/**
 * The `a=b` pairs of a repeated option. A value that is valid JSON is parsed; any other value is taken as text. Throws PARAMETER_INVALID.
 */
export function pairsOf(option: string, texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) {
        throw StimnetError.told('PARAMETER_INVALID', `--${option} must be name=value, not ${JSON.stringify(text)}`)
      }
      return [text.slice(0, at), jsonOrText(text.slice(at + 1))]
    })
  )
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
