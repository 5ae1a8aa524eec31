/** Rules about the use of a ledger scope: refusals that depend on data, bits of scripts, and the projects that may use it. */
import { allowed, type Rule, refuse } from './decision.ts'

/** LOG_BEHIND if something was released that no ledger here contains. Synthetic data have no people to protect. */
export const ledgersAreWhole: Rule = ({ isLogBehind, catalog }) =>
  isLogBehind && !catalog.synthetic ? refuse('LOG_BEHIND') : allowed

/**
 * REFUSALS_EXHAUSTED when refusals have disclosed the maximum number of bits to the requester in thirty days. A refusal
 * counts as one bit about data, and so does each withheld group or cell and each statement that people were left out.
 * Questions that were answered before can still be asked, and so can questions made of whole base cells of a lattice.
 */
export const refusalsAreLeft: Rule = ({ use, catalog }) => {
  if (use === undefined || !use.refusalWouldTell || use.refusalBits < use.refusalBitsMax) return allowed
  return refuse(
    'REFUSALS_EXHAUSTED',
    `Refusals, what answers withhold, and people left out have disclosed ${use.refusalBits} of at most ${use.refusalBitsMax} bits about ` +
      `${catalog.name} to you in thirty days. Questions that were answered before are answered again. For a new question, wait, ask ` +
      'about base cells of the lattice if the catalog has one, ask for differentially private numbers, or ask the steward to raise ' +
      'refusal_bits_max.'
  )
}

/**
 * SHARE_EXCEEDED if a requester or an institution would take more of a variable than its share. Synthetic data have no
 * shares by default.
 */
export const shareIsLeft: Rule = ({ overShare, catalog }) => {
  if (overShare === undefined) return allowed
  const { variable, taken, asked, may } = overShare
  const bits = (value: number) => value.toPrecision(2)
  return refuse(
    'SHARE_EXCEEDED',
    `${catalog.name} keeps a part of ${variable} for others: in thirty days you and your institution may take ${bits(may)} bits of it ` +
      `per person, have taken ${bits(taken)}, and this takes ${bits(asked)}. Questions that were answered before are answered again. ` +
      'For a new question, wait, ask about wider groups or another variable, or ask for differentially private numbers.'
  )
}

/**
 * BUDGET_EXCEEDED when scripts have disclosed the maximum number of bits. The rule applies before the run, because a failure
 * discloses bits too.
 */
export const scriptBitsAreLeft: Rule = ({ use, programWord, catalog }) => {
  if (use === undefined || programWord === 'statistic' || programWord === 'sql') return allowed
  if (use.scriptBits + use.scriptBitsLeast <= use.scriptBitsMax) return allowed
  return refuse(
    'BUDGET_EXCEEDED',
    `Scripts over ${catalog.name} have disclosed all ${use.scriptBitsMax} bits that they may. SQL and named statistics are still answered.`
  )
}

/**
 * If ledgers are kept per project: CUSTODY_NOT_PERMITTED for keys of a gateway, and PURPOSE_NOT_PERMITTED for keys that are not
 * listed for a listed project. Anybody can make up new names, each of which would begin with an empty ledger.
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
