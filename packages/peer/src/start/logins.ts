/** The configured login providers: what the gateway needs of each, and whom each lets in. */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LoginProvider } from '@stimnet/gateway'
import { StimnetError } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import type { Logins } from '../gateway/people-view.ts'
import type { SignedOn } from '../store/accounts/signed-on.ts'

const DAY_MS = 24 * 3_600_000

/** Who of each provider has an account here. */
export function loginsOf({ gateway }: PeerConfig): Logins {
  return {
    providers: new Map(gateway.providers.map(({ name, issuer, admit, people }) => [name, { issuer, admit, people }])),
    rememberMs: gateway.provider_remember_days * DAY_MS
  }
}

/**
 * Throws CONFIG_INVALID where people of another issuer came in by a provider's name before: requests and keys are known by it.
 */
export function assertSameIssuers({ gateway }: PeerConfig, people: readonly SignedOn[]): void {
  for (const { name, issuer } of gateway.providers) {
    const other = people.find((person) => person.name.startsWith(`${name}:`) && person.issuer !== issuer)
    if (!other) continue
    const detail = `gateway.providers: ${name} was ${other.issuer} before: give ${issuer} another name`
    throw new StimnetError('CONFIG_INVALID', detail)
  }
}

/** With their secrets read. Throws CONFIG_INVALID. */
export function loginProviders({ gateway }: PeerConfig, baseDir: string): Promise<LoginProvider[]> {
  return Promise.all(
    gateway.providers.map(async ({ name, title, issuer, scope, client_id, client_secret_file: file }) => ({
      ...{ name, title, issuer, scope, clientId: client_id },
      ...(file === undefined ? {} : { clientSecret: await secretIn(resolve(baseDir, file)) })
    }))
  )
}

async function secretIn(file: string): Promise<string> {
  const others = await stat(file)
    .then(({ mode }) => process.platform !== 'win32' && (mode & 0o007) !== 0)
    .catch(() => false)
  // A link stands where secrets are mounted; what counts is the file behind it.
  if (others) throw new StimnetError('CONFIG_INVALID', `gateway.providers: ${file} can be read by others: chmod 600`)
  const secret = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StimnetError('CONFIG_INVALID', `gateway.providers: ${file} cannot be read`, { cause })
  })
  if (secret.trim() !== '') return secret.trim()
  throw new StimnetError('CONFIG_INVALID', `gateway.providers: ${file} is empty`)
}
