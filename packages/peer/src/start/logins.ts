/** The configured login providers, as the gateway uses them, and the people whom each admits. */
import { resolve } from 'node:path'
import type { LoginProvider } from '@stimnet/gateway'
import { StimnetError } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'
import { secretIn } from '../config/secret-file.ts'
import type { Logins } from '../people/named.ts'
import type { SignedOn } from '../store/accounts/signed-on.ts'

const DAY_MS = 24 * 3_600_000

/** The rules by which people of each provider get an account here. */
export function loginsOf({ gateway }: PeerConfig): Logins {
  return {
    providers: new Map(gateway.providers.map(({ name, issuer, admit, people }) => [name, { issuer, admit, people }])),
    rememberMs: gateway.provider_remember_days * DAY_MS
  }
}

/**
 * Throws CONFIG_INVALID if people of another issuer logged in under a provider's name before: requests and keys refer to
 * that name.
 */
export function assertSameIssuers({ gateway }: PeerConfig, people: readonly SignedOn[]): void {
  for (const { name, issuer } of gateway.providers) {
    const other = people.find((person) => person.name.startsWith(`${name}:`) && person.issuer !== issuer)
    if (!other) continue
    const detail = `gateway.providers: ${name} was ${other.issuer} before: give ${issuer} another name`
    throw new StimnetError('CONFIG_INVALID', detail)
  }
}

/** The providers with their client secrets. Throws CONFIG_INVALID. */
export function loginProviders({ gateway }: PeerConfig, baseDir: string): Promise<LoginProvider[]> {
  return Promise.all(
    gateway.providers.map(async ({ name, title, issuer, scope, client_id, client_secret_file: file }) => ({
      name,
      title,
      issuer,
      scope,
      clientId: client_id,
      ...(file === undefined ? {} : { clientSecret: await secretIn(resolve(baseDir, file), 'gateway.providers') })
    }))
  )
}
