/** Rules about a catalog: the programs it runs, and the peers for which a private catalog exists. */
import { allowed, type Facts, type Rule, refuse } from './decision.ts'

/** CATALOG_UNKNOWN for a private catalog if another peer asks: for other peers it does not exist. */
export const catalogIsOffered: Rule = ({ catalog, askedBy, self }) =>
  catalog.accessLevel === 'private' && askedBy !== self ? refuse('CATALOG_UNKNOWN') : allowed

/** PROGRAM_NOT_PERMITTED for a script if the steward denies scripts. Statistics and SQL are computed by the node itself. */
export const programIsPermitted: Rule = (facts) => {
  const { programWord, catalog } = facts
  if (programWord === 'statistic' || programWord === 'sql' || isListedCode(facts)) return allowed
  // Scripts under `review` are decided by stewards; see reviews.ts.
  if (catalog.scripts !== 'deny') return allowed
  const reason = `The catalog ${catalog.name} does not run scripts. SQL and named statistics are answered at once.`
  return refuse('PROGRAM_NOT_PERMITTED', reason)
}

/**
 * Whether the steward listed exactly this script. A script that reads uploaded files never counts as listed: the files
 * affect what it does, and nobody has read them.
 */
export function isListedCode({ catalog, codeHash, bringsFiles = false }: Facts): boolean {
  return codeHash !== undefined && !bringsFiles && catalog.codeHashes.includes(codeHash)
}
