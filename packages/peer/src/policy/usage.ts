/** What a ledger scope may still use: refusals that depend on data, bits of scripts; and who belongs to one. */
import { allowed, type Rule, refuse } from './decision.ts'

/**
 * REFUSALS_EXHAUSTED: a refusal by the gate or the atoms tells something about data, so there are not many of them. Questions
 * made of whole base cells of a lattice go on: no refusal of their cohort depends on history.
 */
export const refusalsAreLeft: Rule = ({ use, catalog }) => {
  if (use === undefined || !use.refusalWouldTell || use.refusals < use.refusalsMax) return allowed
  return refuse(
    'REFUSALS_EXHAUSTED',
    `Of questions about ${catalog.name}, ${use.refusalsMax} were refused in the last thirty days, which is all there are. ` +
      'Ask later, about base cells of its lattice if it has one, or for differentially private numbers.'
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
