/** Login by a provider in the browser: the URL to open, and the secret that the client keeps meanwhile. */
import { base64url } from 'jose'

/** A login in progress. Keep it until the browser is back. */
export interface LoginBegun {
  /** URL to open in the browser. */
  readonly url: string
  /** The client's secret, which is needed to redeem the code that comes back. */
  readonly verifier: string
  /** For programs: show this text, so that the person can compare it with the gateway's page. */
  readonly confirmation: string
}

/**
 * Begins a login at the provider `name` of the gateway at `url`. The browser comes back to `returnTo` (`/`, or
 * `http://127.0.0.1:PORT/` of a program that listens there) with `login_code`, for `Client.redeemLogin`, or `login_error`.
 */
export async function beginLogin(url: string, name: string, returnTo = '/'): Promise<LoginBegun> {
  const verifier = base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const challenge = base64url.encode(new Uint8Array(hash))
  const query = new URLSearchParams({ challenge, return_to: returnTo })
  const path = `/api/v1/auth/providers/${encodeURIComponent(name)}/login`
  return {
    url: `${url.replace(/\/+$/, '')}${path}?${query}`,
    verifier,
    confirmation: `${challenge.slice(0, 4)} ${challenge.slice(4, 8)}`
  }
}
