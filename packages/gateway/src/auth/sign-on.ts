/** Login by an OpenID Connect provider: authorization code with PKCE, then a one-time code of the gateway for the client. */
import { type Clock, codeOf, type RandomSource, StimnetError } from '@stimnet/protocol'
import { EncryptJWT, jwtDecrypt } from 'jose'
import type { Configuration } from 'openid-client'
import type { Account, SignOn } from '../peer.ts'

/** Loaded when somebody logs in this way: most gateways have no provider. */
const openidClient = () => import('openid-client')

/** One provider in the configuration. */
export interface LoginProvider {
  /** Name of the provider at this gateway: lower-case letters, digits and hyphens. */
  readonly name: string
  /** Text on the login button. */
  readonly title: string
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client, which PKCE protects nevertheless. */
  readonly clientSecret?: string
  readonly scope: string
}

/** The data with which a client begins a login. */
export interface Begun {
  /** SHA-256 of a secret that the client keeps, base64url. Only a client with the secret can redeem the login's code. */
  readonly challenge: string
  /** URL to which the browser returns: `/`, or a port of the client's own machine. */
  readonly returnTo: string
}

/** Maximum number of finished logins that wait for their client, far more than an institution needs. */
const FINISHED_MAX = 1_000
const LOGIN_MS_MAX = 10 * 60_000
/** Maximum time between the browser's return and the client's request for a token, ms. */
const CODE_MS_MAX = 60_000
const PROVIDER_SECONDS_MAX = 10
const STATE = 'stimnet-login'
const STATE_CHARACTERS_MAX = 2_048

/** A page of this gateway, or a listener of a program on the client's own machine (RFC 8252). */
const RETURN_TO = /^(\/|http:\/\/(127\.0\.0\.1|\[::1\]):\d{1,5}\/)$/
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/

/** The state of a login in progress. It travels with the browser, encrypted, so that nobody can fill the gateway's memory. */
interface UnderWay extends Begun {
  readonly provider: string
  readonly nonce: string
  readonly verifier: string
  /** A secret that the browser that began the login keeps in a cookie. */
  readonly browser: string
}

/** The URL to which the browser is sent, and the secret for its cookie. */
export interface Started {
  readonly location: string
  readonly browser: string
}

/** The query with which the browser came back, and its cookie. */
export interface Returned {
  readonly query: URLSearchParams
  /** The secret from the cookie; see `Started`. */
  readonly browser: string | undefined
}

/** The end of a login: the URL at which the browser continues, and a confirmation code if a person must confirm first. */
export interface Ended {
  readonly location: string
  readonly account?: Account
  /**
   * A code that the person compares with the one shown by the program on the same machine that began the login. If somebody else sent
   * the person the login link, no program on this machine shows the code.
   */
  readonly confirmation?: string
}

interface Finished {
  readonly account: Account
  readonly challenge: string
  readonly expiresAtMs: number
}

/** The settings of login by providers. */
export interface SignOnParts {
  readonly providers: readonly LoginProvider[]
  /** The URL at which browsers reach this gateway, without a final slash. */
  readonly publicUrl: () => string
  readonly clock: Clock
  readonly random: RandomSource
  /** 32 bytes: key that encrypts the state of logins in progress. */
  readonly secret: Uint8Array
  readonly admit: (person: SignOn) => Promise<Account | null>
}

/** Logins by providers, from the start to the one-time code. */
export class SingleSignOn {
  readonly #parts: SignOnParts
  readonly #configurations = new Map<string, Promise<Configuration>>()
  readonly #finished = new Map<string, Finished>()

  constructor(parts: SignOnParts) {
    this.#parts = parts
  }

  /** Whether browsers reach this gateway over https. */
  get isSecure(): boolean {
    return this.#parts.publicUrl().startsWith('https:')
  }

  get providers(): readonly LoginProvider[] {
    return this.#parts.providers
  }

  /** Begins a login. Throws NOT_FOUND, PARAMETER_INVALID, LOGIN_PROVIDER_UNREACHABLE. */
  async begin(name: string, begun: Begun): Promise<Started> {
    const provider = this.#provider(name)
    if (!RETURN_TO.test(begun.returnTo)) {
      const reason = 'return_to is / or http://127.0.0.1:PORT/.'
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
    }
    const openid = await openidClient()
    const configuration = await this.#configurationOf(provider)
    const [nonce, verifier, browser] = [this.#secret(), this.#secret(), this.#secret()]
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri(name),
      scope: provider.scope,
      state: await this.#seal({ ...begun, provider: name, nonce, verifier, browser }),
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256'
    })
    return { location: url.href, browser }
  }

  /** Ends a login when the browser comes back. Throws LOGIN_REFUSED if this browser did not begin the login. */
  async finish(name: string, { query, browser }: Returned): Promise<Ended> {
    const state = query.get('state') ?? ''
    const begun = await this.#unseal(state)
    if (begun?.provider !== name || begun.browser !== browser) {
      throw new StimnetError('LOGIN_REFUSED', 'an answer to no login that this browser began')
    }
    const person = await this.#personOf(begun, query, state)
    if (!person) return { location: returned(begun, 'login_error', 'LOGIN_REFUSED') }
    const account = await this.#parts.admit(person).catch((error: unknown) => {
      if (codeOf(error) === 'ACCOUNT_LOCKED') return 'locked' as const
      throw error
    })
    if (account === 'locked') return { location: returned(begun, 'login_error', 'ACCOUNT_LOCKED') }
    if (!account) return { location: returned(begun, 'login_error', 'NOT_PERMITTED') }
    const code = this.#secret()
    const expiresAtMs = this.#parts.clock.now() + CODE_MS_MAX
    remember(this.#finished, code, { account, challenge: begun.challenge, expiresAtMs })
    const location = returned(begun, 'login_code', code)
    // A page of the gateway has its own secret. For a program, the person must confirm.
    return begun.returnTo === '/'
      ? { location, account }
      : { location, account, confirmation: confirmationOf(begun.challenge) }
  }

  /** Exchanges a one-time code for its account; only the client that began the login can. Throws LOGIN_REFUSED. */
  async redeem(code: string, verifier: string): Promise<Account> {
    const finished = this.#finished.get(code)
    // Deleted even after a wrong verifier: another party may have seen the code.
    this.#finished.delete(code)
    const openid = await openidClient()
    const fits = finished && (await openid.calculatePKCECodeChallenge(verifier)) === finished.challenge
    if (!fits || finished.expiresAtMs <= this.#parts.clock.now()) {
      throw new StimnetError('LOGIN_REFUSED', 'redeeming a login code')
    }
    return finished.account
  }

  async #personOf(begun: UnderWay, query: URLSearchParams, state: string): Promise<SignOn | null> {
    const openid = await openidClient()
    const provider = this.#provider(begun.provider)
    const configuration = await this.#configurationOf(provider)
    const url = new URL(`${this.#redirectUri(begun.provider)}?${query}`)
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: begun.verifier,
        expectedState: state,
        expectedNonce: begun.nonce,
        idTokenExpected: true
      })
      const claims = tokens.claims()
      if (!claims) return null
      // Many providers disclose groups here only. `fetchUserInfo` compares the subject with that of the token.
      const told = configuration.serverMetadata().userinfo_endpoint
        ? await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)
        : {}
      return { provider: provider.name, subject: claims.sub, claims: { ...told, ...claims } }
    } catch {
      // Cancelled by the person, refused by the provider, or forged: the login failed.
      return null
    }
  }

  #provider(name: string): LoginProvider {
    const provider = this.#parts.providers.find((one) => one.name === name)
    if (!provider) throw new StimnetError('NOT_FOUND', 'a login provider')
    return provider
  }

  #redirectUri(name: string): string {
    return `${this.#parts.publicUrl()}/api/v1/auth/providers/${name}/callback`
  }

  /** The provider's metadata, requested once, and again after a failure. */
  #configurationOf(provider: LoginProvider): Promise<Configuration> {
    const known = this.#configurations.get(provider.name)
    if (known) return known
    const asked = discover(provider).catch((cause: unknown) => {
      this.#configurations.delete(provider.name)
      throw new StimnetError('LOGIN_PROVIDER_UNREACHABLE', `asking ${provider.issuer}`, { cause })
    })
    this.#configurations.set(provider.name, asked)
    return asked
  }

  #seal(underWay: UnderWay): Promise<string> {
    return new EncryptJWT({ ...underWay })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: STATE })
      .setExpirationTime(Math.floor((this.#parts.clock.now() + LOGIN_MS_MAX) / 1_000))
      .encrypt(this.#parts.secret)
  }

  async #unseal(state: string): Promise<UnderWay | undefined> {
    if (state.length > STATE_CHARACTERS_MAX) return undefined
    try {
      const { payload } = await jwtDecrypt<UnderWay>(state, this.#parts.secret, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        typ: STATE,
        requiredClaims: ['exp'],
        currentDate: new Date(this.#parts.clock.now())
      })
      return payload
    } catch {
      // Not issued here, changed, or expired: there is no login with this state.
      return undefined
    }
  }

  #secret(): string {
    return Buffer.from(this.#parts.random.bytes(32)).toString('base64url')
  }
}

async function discover({ issuer, clientId, clientSecret }: LoginProvider): Promise<Configuration> {
  const openid = await openidClient()
  const method = clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret)
  return openid.discovery(new URL(issuer), clientId, clientSecret, method, {
    timeout: PROVIDER_SECONDS_MAX,
    // Plain HTTP is permitted only for a provider on this machine.
    execute: LOOPBACK.test(issuer) ? [openid.allowInsecureRequests] : []
  })
}

/** Eight characters of the challenge; the program shows the same. */
function confirmationOf(challenge: string): string {
  return `${challenge.slice(0, 4)} ${challenge.slice(4, 8)}`
}

/**
 * The URL of return with a parameter: in the fragment for a page of the gateway, which keeps it out of logs; in the query for a
 * program's listener, which does not receive fragments.
 */
function returned({ returnTo }: Begun, name: string, value: string): string {
  return `${returnTo}${returnTo === '/' ? '#/' : ''}?${new URLSearchParams({ [name]: value })}`
}

/** Adds an entry; if the map is full, the oldest entry is removed. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  const oldest = map.size >= FINISHED_MAX ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}
