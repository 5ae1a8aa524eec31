/** Admission of people of a login provider: who has an account here, and with which roles. */

/** A rule that admits people: a claim of the provider equals this value, or contains it in a list of values. */
export interface AdmitRule {
  readonly claim: string
  readonly value: string
  readonly roles: readonly string[]
}

/** All roles that the rules give. If there are none, the person has no account. */
export function rolesOf(claims: Readonly<Record<string, unknown>>, rules: readonly AdmitRule[]): string[] {
  const roles = rules.filter((rule) => fits(claims, rule)).flatMap((rule) => rule.roles)
  return [...new Set(roles)]
}

function fits(claims: Readonly<Record<string, unknown>>, { claim, value }: AdmitRule): boolean {
  // An unverified e-mail address could belong to anybody.
  if (claim === 'email' && claims.email_verified !== true) return false
  const told = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  return Array.isArray(told) ? told.includes(value) : told === value
}
