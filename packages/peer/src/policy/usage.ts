/** What a ledger scope may still use: refusals that depend on data, bits of scripts; and who belongs to one. */
import { allowed, type Rule, refuse } from './decision.ts'

/**
 * REFUSALS_EXHAUSTED: a refusal tells one bit about data, and so does each group or cell that is withheld and each sentence that
 * people were left out; each requester is told so many in thirty days. What was answered before stays answerable, and so do questions
 * made of whole base cells of a lattice.
 */
export const refusalsAreLeft: Rule = ({ use, catalog }) => {
  if (use === undefined || !use.refusalWouldTell || use.refusalBits < use.refusalBitsMax) return allowed
  return refuse(
    'REFUSALS_EXHAUSTED',
    `Refusals, withheld cells and people left out have told you ${use.refusalBits} bits about ${catalog.name} in thirty days, of ` +
      `${use.refusalBitsMax}. What was answered before is answered again; for new questions wait, ask about base cells of its ` +
      'lattice if it has one, or for differentially private numbers.'
  )
}

/** BUDGET_EXCEEDED once scripts have told all the bits that they may; also of one that would fail and tell that. */
export const scriptBitsAreLeft: Rule = ({ use, programWord, catalog }) => {
  if (use === undefined || programWord === 'statistic' || programWord === 'sql') return allowed
  if (use.scriptBits + use.scriptBitsLeast <= use.scriptBitsMax) return allowed
  return refuse(
    'BUDGET_EXCEEDED',
    `Scripts over ${catalog.name} have told the ${use.scriptBitsMax} bits that they may. SQL and named statistics are answered.`
  )
}

/**
 * Where ledgers are by project: a project that the steward lists, asked for by a key listed with it. A name or a gateway's
 * account costs nothing, and each would begin with an empty ledger.
 */
export const projectIsListed: Rule = ({ catalog, custody, issuer, project }) => {
  if (catalog.projects === undefined) return allowed
  if (custody === 'gateway') return refuse('CUSTODY_NOT_PERMITTED')
  if (catalog.projects.some(({ name, requesters }) => name === project && requesters.includes(issuer))) return allowed
  return refuse(
    'PURPOSE_NOT_PERMITTED',
    `The catalog ${catalog.name} answers for the projects that its steward listed with their requesters: name yours as project.`
  )
}
