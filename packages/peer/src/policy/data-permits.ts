/** The rule about data permits. A permit grants nothing by itself: it only restricts what the other rules allow. */
import type { PermitState, PermitTerms } from '@stimnet/api'
import { allowed, type Facts, type Rule, refuse } from './decision.ts'
import { isAmong } from './people.ts'

/** Maximum number of names in a reason. */
const NAMES_MAX = 12

/**
 * PERMIT_REQUIRED if the catalog needs a permit and the request names none. PERMIT_UNKNOWN, with the same reason, for an unknown permit and
 * for a permit of another requester. PERMIT_LAPSED outside the days of the permit and after its revocation. PERMIT_EXCEEDED for another
 * catalog, purpose or program.
 */
export const permitCovers: Rule = (facts) => {
  const { permit, catalog } = facts
  if (permit === undefined) {
    if (!catalog.permitRequired) return allowed
    const reason = `The catalog ${catalog.name} answers only under a data permit. Ask its institution to enter that of your authority, and name it as permit (--permit).`
    return refuse('PERMIT_REQUIRED', reason)
  }
  if (permit.held === undefined || !isAmong(facts, permit.held.terms.persons)) return refuse('PERMIT_UNKNOWN')
  const { terms, state } = permit.held
  if (state !== 'in_force') return refuse('PERMIT_LAPSED', lapsedReason(terms, state))
  const beyond = beyondReason(terms, facts)
  return beyond === undefined ? allowed : refuse('PERMIT_EXCEEDED', beyond)
}

function lapsedReason({ id, from, until }: PermitTerms, state: Exclude<PermitState, 'in_force'>): string {
  switch (state) {
    case 'not_begun':
      return `The permit ${id} begins on ${from}. Ask then.`
    case 'expired':
      return `The permit ${id} ended with ${until}. Ask its authority for a new one, which the institution enters.`
    case 'unconfirmed':
      return `The permit ${id} is closed here until a steward of the institution confirms it again. Ask there.`
    case 'revoked':
      return `The permit ${id} was revoked here. Ask the institution why, or its authority for a new one.`
  }
}

/** The parts of a request that its permit does not cover, and what to ask instead; undefined if the permit covers everything. */
function beyondReason(terms: PermitTerms, facts: Facts): string | undefined {
  const { catalog, purpose } = facts
  const { id, purpose: permitted } = terms
  if (!terms.data_catalog_names.includes(catalog.name)) {
    return `The permit ${id} does not cover the catalog ${catalog.name}. Ask about one that it covers, or its authority for a wider one.`
  }
  if (purpose.length === 0 || purpose.some((term) => !permitted.includes(term))) {
    return `The permit ${id} is for ${permitted.join(', ')}: state one of these as the purpose, and nothing else.`
  }
  return isProgramCovered(terms, facts)
    ? undefined
    : `The permit ${id} covers ${programsOf(terms)}, and not this program.`
}

/** A script that reads uploaded files is not the program that was approved by its hash: nobody has read the files. */
function isProgramCovered({ statistics, code_hashes: hashes }: PermitTerms, facts: Facts): boolean {
  const { programWord, statistic = '', codeHash = '', bringsFiles = false } = facts
  const name = programWord === 'sql' ? 'sql' : statistic
  return statistics.includes(name) || (!bringsFiles && hashes.includes(codeHash))
}

function programsOf({ statistics, code_hashes: hashes }: PermitTerms): string {
  const more = statistics.length > NAMES_MAX ? ', …' : ''
  const named = statistics.length > 0 ? [`${statistics.slice(0, NAMES_MAX).join(', ')}${more}`] : []
  const hashed = hashes.length > 0 ? ['programs whose hash it names, without files'] : []
  return [...named, ...hashed].join(' and ')
}
