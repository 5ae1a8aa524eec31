/** Reads the account from a token for display. The gateway decides what the account may do. */
import type { Role } from '@stimnet/sdk'

/** All roles of accounts. */
export const ROLES: readonly Role[] = ['researcher', 'steward', 'auditor', 'operator']

/** The signed-in account. */
export interface Account {
  readonly name: string
  readonly roles: readonly Role[]
  /** Expiry of the token, Unix time, ms. */
  readonly expiresAtMs: number
}

/** The account of a token; null if the token cannot be read. */
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

/** Whether an account has at least one of the given roles. */
export function holds(account: Account, ...roles: readonly Role[]): boolean {
  return roles.some((role) => account.roles.includes(role))
}
