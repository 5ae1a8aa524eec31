/**
 * A rule about the findings in a script, for catalogs that refuse some kinds. Findings are advice; the sandbox enforces
 * isolation.
 */
import type { Finding } from '@stimnet/sandbox'
import { allowed, type Rule, refuse } from './decision.ts'

/** Maximum number of places named in a reason. */
const PLACES_MAX = 8

/**
 * PROGRAM_NOT_PERMITTED for a script with findings that the catalog refuses, naming kinds and lines. Also for a script that
 * could not be analysed completely, because its findings are incomplete.
 */
export const programShowsNothingRefused: Rule = ({ review, catalog }) => {
  if (!review || catalog.refuses.length === 0) return allowed
  const { findings, isCut } = review
  const refused = findings.filter(({ kind }) => catalog.refuses.includes(kind))
  const wants = `The catalog ${catalog.name} takes no scripts that use ${catalog.refuses.join(', ')}`
  if (refused.length > 0) return refuse('PROGRAM_NOT_PERMITTED', `${wants}. This one does: ${placesOf(refused)}.`)
  if (!isCut) return allowed
  return refuse('PROGRAM_NOT_PERMITTED', `${wants}, and this one is too long or too deep to check.`)
}

function placesOf(findings: readonly Finding[]): string {
  const places = findings.map(({ kind, line, cell }) => `${kind} in ${cell ? `cell ${cell}, ` : ''}line ${line}`)
  const told = [...new Set(places)]
  return `${told.slice(0, PLACES_MAX).join('; ')}${told.length > PLACES_MAX ? `; and ${told.length - PLACES_MAX} more` : ''}`
}
