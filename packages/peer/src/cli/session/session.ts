/** Who is logged in where: the client of a peer's gateway, from options, session file or environment. */
import { StimnetError } from '@stimnet/protocol'
import { type Client, createClient } from '@stimnet/sdk'
import { z } from 'zod'
import { clientSettings } from '../../config/client.ts'
import { readPrivate, writePrivate } from '../../start/private.ts'

/** Options of every command that asks a gateway. */
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
    // Unreadable: the same as not logged in, and logging in writes it anew.
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

/** Where the client commands ask. */
export function gatewayUrl(url: string | undefined): string {
  return url ?? clientSettings().url
}

/** Remembers the token that `logIn` gets, in a file that only its owner reads. */
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

/** `a=b` pairs of repeated options. A value that is JSON is taken as such, all else as text. */
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
