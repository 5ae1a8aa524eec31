/** The client of a peer's gateway, with its login from options, session file or environment. */
import { StimnetError } from '@stimnet/protocol'
import { type Client, createClient } from '@stimnet/sdk'
import { z } from 'zod'
import { clientSettings } from './settings.ts'
import { readPrivate, writePrivate } from '../files/private.ts'

/** The options of every command that uses a gateway. */
export const CLIENT_OPTIONS = {
  url: { type: 'string', value: 'URL', help: 'The gateway to ask (default STIMNET_URL or http://127.0.0.1:8000)' },
  json: { type: 'boolean', help: 'Print the answer as JSON' }
} as const

const sessionSchema = z.record(z.string(), z.object({ token: z.string() }))

async function sessions(file: string): Promise<z.output<typeof sessionSchema>> {
  const text = await readPrivate(file)
  try {
    return sessionSchema.parse(JSON.parse(text ?? '{}'))
  } catch {
    // A malformed file counts as not logged in. The next login writes it again.
    return {}
  }
}

/** A client of the gateway at `url`, with the token of an earlier `stimnet login` where there is one. */
export async function clientFor(url: string | undefined): Promise<Client> {
  const settings = clientSettings()
  const at = url ?? settings.url
  const token = settings.token ?? (await sessions(settings.sessionFile))[at]?.token
  return createClient({ url: at, ...(token === undefined ? {} : { token }) })
}

/** The URL of the gateway that client commands use. */
export function gatewayUrl(url: string | undefined): string {
  return url ?? clientSettings().url
}

/** Stores the token that `logIn` returns, in a file that only its owner can read. */
export async function keepSession(at: string, logIn: (client: Client) => Promise<string>): Promise<void> {
  const settings = clientSettings()
  const token = await logIn(createClient({ url: at }))
  const all = { ...(await sessions(settings.sessionFile)), [at]: { token } }
  await write(settings.sessionFile, all)
}

function write(file: string, all: z.output<typeof sessionSchema>): Promise<void> {
  return writePrivate(file, `${JSON.stringify(all, null, 2)}\n`)
}

/** Forgets the token of a gateway. */
export async function dropSession(at: string): Promise<void> {
  const { sessionFile } = clientSettings()
  const { [at]: dropped, ...others } = await sessions(sessionFile)
  if (dropped) await write(sessionFile, others)
}

/**
 * The `a=b` pairs of a repeated option. A value that is valid JSON is parsed, any other is taken as text. Throws
 * PARAMETER_INVALID.
 */
export function pairsOf(option: string, texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) {
        const reason = `--${option} must be name=value, not ${JSON.stringify(text)}`
        throw new StimnetError('PARAMETER_INVALID', reason, { reason })
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
