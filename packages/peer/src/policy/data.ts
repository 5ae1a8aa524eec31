/** What may be done with a catalog: which programs it runs, and for whom a private one exists. */
import { allowed, type Facts, type Rule, refuse } from './decision.ts'

/** A private catalog is there for the institution itself alone; to others it does not exist. */
export const catalogIsOffered: Rule = ({ catalog, askedBy, self }) =>
  catalog.accessLevel === 'private' && askedBy !== self ? refuse('CATALOG_UNKNOWN') : allowed

/** Statistics and SQL are computed by the node itself; a stranger's code runs only where the steward lets it. */
export const programIsPermitted: Rule = (facts) => {
  const { programWord, catalog } = facts
  if (programWord === 'statistic' || programWord === 'sql' || isListedCode(facts)) return allowed
  // `review` goes to people: reviews.ts.
  if (catalog.scripts !== 'deny') return allowed
  const reason = `The catalog ${catalog.name} does not run scripts. SQL and named statistics are answered at once.`
  return refuse('PROGRAM_NOT_PERMITTED', reason)
}

/** Whether the steward has listed exactly this script. A file that it reads is part of what it does, and nobody has read that. */
export function isListedCode({ catalog, codeHash, bringsFiles = false }: Facts): boolean {
  return codeHash !== undefined && !bringsFiles && catalog.codeHashes.includes(codeHash)
}
