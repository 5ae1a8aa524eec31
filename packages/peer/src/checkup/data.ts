/** Check of the catalogs' sources, by their columns; the rows are read at the start of the peer. */
import type { PeerConfig } from '../config/config.ts'
import { rowsText } from '../catalogs/rows-text.ts'
import { environment } from '../config/environment.ts'
import { type Finding, messageOf, namer } from './finding.ts'

/** One finding per catalog. */
export async function dataFindings(catalogs: PeerConfig['catalogs'], baseDir: string): Promise<Finding[]> {
  if (catalogs.length === 0) return []
  const { assertSourcesApart, noteRows, lookAtSources } = await import('@stimnet/data')
  const { ok, note: noted, fix } = namer('data')
  const rows = namer('rows')
  const findings: Finding[] = []
  for (const catalog of catalogs) {
    const { faults, note } = await lookAtSources(catalog, { baseDir, environment: environment() })
    const source = catalog.postgres === undefined ? 'file' : 'source'
    const what = `its ${catalog.tables.length === 1 ? source : `${source}s`} and every declared column are`
    findings.push(...faults.map((fault) => fix(`${catalog.name}: ${fault}`)))
    if (note !== undefined) findings.push(noted(`${catalog.name}: ${note}`))
    if (faults.length > 0) continue
    findings.push(ok(`${catalog.name}: ${what} there; the start reads the rows`))
    try {
      const notes = await noteRows(catalog, baseDir)
      // These notes do not count as failures: exports often have rows of people who are in no table of people. The check of
      // the policy reports rows that few people have.
      findings.push(...rowsText(catalog.name, { ...notes, few: [] }).map(rows.note))
    } catch (error) {
      findings.push(rows.fix(messageOf(error)))
    }
  }
  try {
    await assertSourcesApart(catalogs, baseDir)
  } catch (error) {
    // A table without a format was reported above.
    if (findings.every((finding) => finding.ok)) findings.push(fix(messageOf(error)))
  }
  return findings
}
