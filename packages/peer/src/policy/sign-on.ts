/** Which of a login provider's people have an account here, and as what. */

/** What lets somebody in: a claim of the provider's, with this value or with it among its values. */
export interface AdmitRule {
  readonly claim: string
  readonly value: string
  readonly roles: readonly string[]
}

/** Every role that a rule gives; none: there is no account for this person. */
export function rolesOf(claims: Readonly<Record<string, unknown>>, rules: readonly AdmitRule[]): string[] {
  const roles = rules.filter((rule) => fits(claims, rule)).flatMap((rule) => rule.roles)
  return [...new Set(roles)]
}

function fits(claims: Readonly<Record<string, unknown>>, { claim, value }: AdmitRule): boolean {
  // An address that nobody has checked could be anybody's.
  if (claim === 'email' && claims.email_verified !== true) return false
  const told = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  return Array.isArray(told) ? told.includes(value) : told === value
}
