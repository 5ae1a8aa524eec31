/** Logging in by an OpenID Connect provider: authorization code with PKCE, then a code of our own for the client. */
import { type Clock, codeOf, type RandomSource, StimnetError } from '@stimnet/protocol'
import { EncryptJWT, jwtDecrypt } from 'jose'
import * as openid from 'openid-client'
import type { Account, SignOn } from '../peer.ts'

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

/** Logins that have come back and wait for their client; more than that at once is no institution. */
const FINISHED_MAX = 1_000
const LOGIN_MS_MAX = 10 * 60_000
/** From the browser's return until the client asks for its token. */
const CODE_MS_MAX = 60_000
const PROVIDER_SECONDS_MAX = 10
const STATE = 'stimnet-login'
const STATE_CHARACTERS_MAX = 2_048

/** A page of this gateway, or a listener of a program on the client's own machine (RFC 8252). */
const RETURN_TO = /^(\/|http:\/\/(127\.0\.0\.1|\[::1\]):\d{1,5}\/)$/
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/

/** What the gateway must know again when the browser is back. It travels with the browser, sealed: nobody can fill a list. */
interface UnderWay extends Begun {
  readonly provider: string
  readonly nonce: string
  readonly verifier: string
  /** What the browser that began it keeps in a cookie. */
  readonly browser: string
}

/** Where to send the browser, and what it is to keep. */
export interface Started {
  readonly location: string
  readonly browser: string
}

/** Where the browser came back to, and with what. */
export interface Returned {
  readonly query: URLSearchParams
  /** The cookie of `Started`. */
  readonly browser: string | undefined
}

/** The end of a login: where the browser goes on, and whether a person is asked first. */
export interface Ended {
  readonly location: string
  readonly account?: Account
  /**
   * Of a login that a program on the browser's machine began: what that program shows, for the person to compare. Whoever
   * sends somebody else a link to log in by shows it nowhere.
   */
  readonly confirmation?: string
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
  /** 32 bytes: seals what is under way. */
  readonly secret: Uint8Array
  readonly admit: (person: SignOn) => Promise<Account | null>
}

/** Logins by providers, from the first click to the token. */
export class SingleSignOn {
  readonly #parts: SignOnParts
  readonly #configurations = new Map<string, Promise<openid.Configuration>>()
  readonly #finished = new Map<string, Finished>()

  constructor(parts: SignOnParts) {
    this.#parts = parts
  }

  /** Whether browsers reach this gateway by https. */
  get isSecure(): boolean {
    return this.#parts.publicUrl().startsWith('https:')
  }

  get providers(): readonly LoginProvider[] {
    return this.#parts.providers
  }

  /** Throws NOT_FOUND, PARAMETER_INVALID, LOGIN_PROVIDER_UNREACHABLE. */
  async begin(name: string, begun: Begun): Promise<Started> {
    const provider = this.#provider(name)
    if (!RETURN_TO.test(begun.returnTo)) {
      const reason = 'return_to is / or http://127.0.0.1:PORT/.'
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
    }
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

  /** Throws LOGIN_REFUSED for an answer that this browser did not ask for. */
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
    // A page of ours has kept its own secret; a program is trusted by the person alone.
    return begun.returnTo === '/'
      ? { location, account }
      : { location, account, confirmation: confirmationOf(begun.challenge) }
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
      // Not ours, changed, or too late: no login of ours is under way with it.
      return undefined
    }
  }

  #secret(): string {
    return Buffer.from(this.#parts.random.bytes(32)).toString('base64url')
  }
}

/** Eight signs of the challenge, as the program shows them too. */
function confirmationOf(challenge: string): string {
  return `${challenge.slice(0, 4)} ${challenge.slice(4, 8)}`
}

/** In the fragment for a page of ours, which keeps it out of logs; a listener gets no fragments. */
function returned({ returnTo }: Begun, name: string, value: string): string {
  return `${returnTo}${returnTo === '/' ? '#/' : ''}?${new URLSearchParams({ [name]: value })}`
}

/** The oldest makes room. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  const oldest = map.size >= FINISHED_MAX ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}
