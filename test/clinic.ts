/** An institution with its own OpenID Connect provider, a real one in this process, and a gateway that trusts it. */
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { SimulatedClock } from '@stimnet/protocol'
import { createClient } from '@stimnet/sdk'
import { scratchFolder, startSite, writeSite } from './mesh.ts'

/** The people of the provider, with their claims. */
const PEOPLE: Readonly<Record<string, object>> = {
  ada: { name: 'Ada Lovelace', groups: ['stimnet'] },
  stella: { name: 'Stella', groups: ['data-office'] },
  carl: { name: 'Carl', groups: ['kitchen'] }
}

interface ProviderModule {
  readonly default: new (issuer: string, configuration: object) => { callback(): (...a: unknown[]) => void }
}

/** Starts the provider and a gateway that trusts it. */
export async function clinic(t: TestContext, { secret = 'a secret of the client' } = {}) {
  const folder = await scratchFolder(t)
  let serve: ((...a: unknown[]) => void) | undefined
  const server = createServer((request, response) => serve?.(request, response))
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => new Promise((resolve) => server.close(resolve)))
  t.after(() => server.closeAllConnections())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const admit = [
    { claim: 'groups', value: 'stimnet', roles: ['researcher'] },
    { claim: 'groups', value: 'data-office', roles: ['steward'] }
  ]
  const provider = {
    name: 'clinic',
    title: 'Clinic',
    issuer,
    client_id: 'stimnet',
    client_secret_file: 'secret',
    admit
  }
  const site = await writeSite(folder, 0, {
    config: { gateway: { port: 0, providers: [provider], logins_per_minute: 100, requests_per_minute: 100_000 } }
  })
  await writeFile(`${site.folder}/secret`, `${secret}\n`, { mode: 0o600 })
  const clock = new SimulatedClock(Date.now())
  const peer = await startSite(site, { clock })
  t.after(() => peer.stop())
  const url = peer.gatewayUrl ?? ''
  serve = await providerAt(issuer, `${url}/api/v1/auth/providers/clinic/callback`)
  return { peer, url, client: createClient({ url }), clock, folder }
}

async function providerAt(issuer: string, redirectUri: string) {
  // The package has no types.
  const { default: Provider } = (await import('oidc-provider' as string)) as ProviderModule
  const quiet = console.warn
  console.warn = () => undefined
  try {
    return new Provider(issuer, {
      clients: [
        {
          ...{ client_id: 'stimnet', client_secret: 'a secret of the client', redirect_uris: [redirectUri] },
          ...{ grant_types: ['authorization_code'], response_types: ['code'] }
        }
      ],
      claims: { openid: ['sub', 'groups'], profile: ['name'], email: ['email', 'email_verified'] },
      pkce: { required: () => true },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) })
    }).callback()
  } finally {
    console.warn = quiet
  }
}
