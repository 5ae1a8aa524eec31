/** Logging in by an OpenID Connect provider: authorization code with PKCE, then a code of our own for the client. */
import { type Clock, type RandomSource, StimnetError } from '@stimnet/protocol'
import * as openid from 'openid-client'
import type { Account, SignOn } from './peer.ts'

/** One provider, as configured. */
export interface LoginProvider {
  /** Its name here: lower case letters, digits and hyphens. */
  readonly name: string
  /** What people read on the button. */
  readonly title: string
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client: PKCE protects it all the same. */
  readonly clientSecret?: string
  readonly scope: string
}

/** What a client says when it begins. */
export interface Begun {
  /** SHA-256 of a secret that the client keeps, base64url: whoever ends the login is who began it. */
  readonly challenge: string
  /** Where the browser goes afterwards: `/`, or a port of the client's own machine. */
  readonly returnTo: string
}

/** Logins under way; more than that at once is no institution. */
const UNDER_WAY_MAX = 1_000
const LOGIN_MS_MAX = 10 * 60_000
/** From the browser's return until the client asks for its token. */
const CODE_MS_MAX = 60_000
const PROVIDER_SECONDS_MAX = 10

/** A page of this gateway, or a listener of a program on the client's own machine (RFC 8252). */
const RETURN_TO = /^(\/|http:\/\/(127\.0\.0\.1|\[::1\]):\d{1,5}\/)$/
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/

interface UnderWay extends Begun {
  readonly provider: string
  readonly nonce: string
  readonly verifier: string
  readonly expiresAtMs: number
}

interface Finished {
  readonly account: Account
  readonly challenge: string
  readonly expiresAtMs: number
}

/** What signing on needs. */
export interface SignOnParts {
  readonly providers: readonly LoginProvider[]
  /** Where browsers reach this gateway, without a slash at the end. */
  readonly publicUrl: () => string
  readonly clock: Clock
  readonly random: RandomSource
  readonly admit: (person: SignOn) => Promise<Account | null>
}

/** Logins by providers, from the first click to the token. */
export class SingleSignOn {
  readonly #parts: SignOnParts
  readonly #configurations = new Map<string, Promise<openid.Configuration>>()
  readonly #underWay = new Map<string, UnderWay>()
  readonly #finished = new Map<string, Finished>()

  constructor(parts: SignOnParts) {
    this.#parts = parts
  }

  get providers(): readonly LoginProvider[] {
    return this.#parts.providers
  }

  /** Where to send the browser. Throws NOT_FOUND, PARAMETER_INVALID, LOGIN_PROVIDER_UNREACHABLE. */
  async begin(name: string, begun: Begun): Promise<string> {
    const provider = this.#provider(name)
    if (!RETURN_TO.test(begun.returnTo)) {
      const reason = 'return_to is / or http://127.0.0.1:PORT/.'
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
    }
    const configuration = await this.#configurationOf(provider)
    const [state, nonce, verifier] = [this.#secret(), this.#secret(), this.#secret()]
    const expiresAtMs = this.#parts.clock.now() + LOGIN_MS_MAX
    remember(this.#underWay, state, { ...begun, provider: name, nonce, verifier, expiresAtMs })
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri(name),
      scope: provider.scope,
      ...{ state, nonce, code_challenge: await openid.calculatePKCECodeChallenge(verifier) },
      code_challenge_method: 'S256'
    })
    return url.href
  }

  /**
   * The browser is back, at `query`: where to send it on, with a code or with why there is none. Throws LOGIN_REFUSED for an
   * answer that nobody here asked for.
   */
  async finish(name: string, query: URLSearchParams): Promise<{ location: string; account?: Account }> {
    const state = query.get('state') ?? ''
    const begun = this.#underWay.get(state)
    this.#underWay.delete(state)
    if (!begun || begun.provider !== name || begun.expiresAtMs <= this.#parts.clock.now()) {
      throw new StimnetError('LOGIN_REFUSED', 'an answer to no login under way')
    }
    const person = await this.#personOf(begun, query, state)
    if (!person) return { location: returned(begun, 'login_error', 'LOGIN_REFUSED') }
    const account = await this.#parts.admit(person)
    if (!account) return { location: returned(begun, 'login_error', 'NOT_PERMITTED') }
    const code = this.#secret()
    const expiresAtMs = this.#parts.clock.now() + CODE_MS_MAX
    remember(this.#finished, code, { account, challenge: begun.challenge, expiresAtMs })
    return { location: returned(begun, 'login_code', code), account }
  }

  /** The account of a code, once, for whoever began the login. Throws LOGIN_REFUSED. */
  async redeem(code: string, verifier: string): Promise<Account> {
    const finished = this.#finished.get(code)
    // Also after a wrong verifier: a code that somebody else has seen is spent.
    this.#finished.delete(code)
    const fits = finished && (await openid.calculatePKCECodeChallenge(verifier)) === finished.challenge
    if (!fits || finished.expiresAtMs <= this.#parts.clock.now()) {
      throw new StimnetError('LOGIN_REFUSED', 'redeeming a login code')
    }
    return finished.account
  }

  async #personOf(begun: UnderWay, query: URLSearchParams, state: string): Promise<SignOn | null> {
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
      // Groups are often told here alone. Its subject is compared with the token's.
      const told = configuration.serverMetadata().userinfo_endpoint
        ? await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)
        : {}
      return { provider: provider.name, subject: claims.sub, claims: { ...told, ...claims } }
    } catch {
      // Cancelled by the person, refused by the provider, or forged: none of it is a login.
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

  /** Asked once; again where that failed. */
  #configurationOf(provider: LoginProvider): Promise<openid.Configuration> {
    const known = this.#configurations.get(provider.name)
    if (known) return known
    const { issuer, clientId, clientSecret } = provider
    const asked = openid
      .discovery(
        new URL(issuer),
        clientId,
        clientSecret,
        clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret),
        // Only a provider on this machine may be asked in the clear.
        { timeout: PROVIDER_SECONDS_MAX, execute: LOOPBACK.test(issuer) ? [openid.allowInsecureRequests] : [] }
      )
      .catch((cause: unknown) => {
        this.#configurations.delete(provider.name)
        throw new StimnetError('LOGIN_PROVIDER_UNREACHABLE', `asking ${provider.issuer}`, { cause })
      })
    this.#configurations.set(provider.name, asked)
    return asked
  }

  #secret(): string {
    return Buffer.from(this.#parts.random.bytes(32)).toString('base64url')
  }
}

/** In the fragment for a page of ours, which keeps it out of logs; a listener gets no fragments. */
function returned({ returnTo }: Begun, name: string, value: string): string {
  return `${returnTo}${returnTo === '/' ? '#/' : ''}?${new URLSearchParams({ [name]: value })}`
}

/** The oldest makes room. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  const oldest = map.size >= UNDER_WAY_MAX ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}
