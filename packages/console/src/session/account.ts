/** Whose token it is: read for the page's own sake, since the gateway alone decides what an account may do. */

import type { Role } from '@stimnet/sdk'

/** What an account can do here. */
export const ROLES: readonly Role[] = ['researcher', 'steward', 'auditor', 'operator']

/** Who is signed in. */
export interface Account {
  readonly name: string
  readonly roles: readonly Role[]
  /** Unix time, ms. */
  readonly expiresAtMs: number
}

/** Null for what is no token. */
export function accountOf(token: string): Account | null {
  const claims = claimsOf(token)
  const { sub, roles, exp } = claims
  if (typeof sub !== 'string' || typeof exp !== 'number') return null
  const held = Array.isArray(roles) ? ROLES.filter((role) => roles.includes(role)) : []
  return { name: sub, roles: held, expiresAtMs: exp * 1_000 }
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Whether an account may do what any of these roles may. */
export function holds(account: Account, ...roles: readonly Role[]): boolean {
  return roles.some((role) => account.roles.includes(role))
}
