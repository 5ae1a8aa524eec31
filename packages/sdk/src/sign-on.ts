/** Logging in by a provider in the browser: what a client keeps meanwhile, and where it sends the person. */
import { base64url } from 'jose'

/** One login under way. Keep it until the browser is back. */
export interface LoginBegun {
  /** Where to send the browser. */
  readonly url: string
  /** The client's secret: with it alone can the code that comes back be redeemed. */
  readonly verifier: string
  /** Of a program: show it, so that the person can compare it with what the gateway's page shows. */
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
