/** What may be done with a catalog: which programs it runs, and for whom a private one exists. */
import { allowed, type Rule, refuse } from './decision.ts'

/** A private catalog is there for the institution itself alone; to others it does not exist. */
export const catalogIsOffered: Rule = ({ catalog, askedBy, self }) =>
  catalog.accessLevel === 'private' && askedBy !== self ? refuse('CATALOG_UNKNOWN') : allowed

/** Statistics and SQL are computed by the node itself; a stranger's code runs only where the steward lets it. */
export const programIsPermitted: Rule = ({ programWord, catalog }) => {
  if (programWord === 'statistic' || programWord === 'sql') return allowed
  if (catalog.scripts === 'auto') return allowed
  const why = catalog.scripts === 'deny' ? 'does not run scripts' : 'runs a script only after review'
  return refuse(
    'PROGRAM_NOT_PERMITTED',
    `The catalog ${catalog.name} ${why}. SQL and named statistics are answered at once.`
  )
}
