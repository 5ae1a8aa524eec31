/** The queries of the demo, and suggested commands to try next. */

/** Counts, means and standard deviations at each visit, which pool exactly from sufficient statistics. */
export const SQL = `SELECT outcomes.visit,
       COUNT(DISTINCT subject_id) AS subjects,
       AVG(UPDRS_total)           AS updrs,
       STDDEV(UPDRS_total)        AS spread,
       AVG(quality_of_life)       AS quality
FROM outcomes
GROUP BY outcomes.visit`

/** A script that reads the cohort's tables. Its printed output is not released. */
export const PYTHON = `import statistics
import stimnet

last = [
    row
    for row in stimnet.tables["outcomes"]
    if row["visit"] == "month_12" and row["quality_of_life"] is not None
]
change = [row["UPDRS_change"] for row in last]
quality = [row["quality_of_life"] for row in last]
print("this line never leaves the institution")
result = {
    "median change": statistics.median(change),
    "correlation": statistics.correlation(change, quality),
}
`

/** A linear regression over all scans, fitted from one matrix of sums per institution. */
export const MODEL = {
  ...{ name: 'regression', variables: [], by: [] },
  arguments: { formula: 'scan_quality ~ motion_score + scan_type' }
}

/** Survival without an adverse event in two arms, from counts in bins of days. */
export const SURVIVAL = {
  ...{ name: 'kaplan_meier', variables: ['days', 'adverse_event'], by: ['arm'] },
  arguments: { event: 'yes', times: [180] }
}

/** A query whose cohort has few subjects or none at each institution. */
export const TOO_SMALL = {
  sql: 'SELECT COUNT(DISTINCT subject_id) AS subjects, AVG(UPDRS_total) AS updrs FROM outcomes',
  where: {
    all: [
      { column: 'sex', op: '=', values: ['female'] },
      { column: 'diagnosis', op: '=', values: ['mixed'] },
      { column: 'age', op: '>=', values: [65] },
      { column: 'outcomes.treatment_response', op: '=', values: ['responder'] },
      { not: { column: 'outcomes.treatment_response', op: '=', values: ['none'] } }
    ]
  }
} as const

/** Commands to try while the demo is running. Each of them can be repeated. */
export function suggestions(url: string): string {
  return `
Open ${url} in a browser: demo, password demo. Let people decide: ask one institution to have its stewards decide first,
then sign in at its own gateway (ports 8000 to 8002) as sue and as tom, password demo.

Or in another terminal, in this folder:

  curl ${url}/health
  curl '${url}/api/v1/data-catalogs'
  TOKEN=$(curl -s ${url}/api/v1/auth/token -d username=demo -d password=demo | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl '${url}/api/v1/mesh/catalogs?q=parkinson' -H "Authorization: Bearer $TOKEN"

  echo demo | bin/stimnet login demo --url ${url}
  bin/stimnet catalogs parkinson --url ${url}
  bin/stimnet run examples/quality-by-scan.json --catalog imaging_data --url ${url}
  bin/stimnet model "scan_quality ~ motion_score + scan_type" --catalog imaging_data --url ${url}
  bin/stimnet run examples/adverse-events.json --catalog safety_data --url ${url}
  bin/stimnet run examples/change-by-sex.sql --catalog clinical_trial_data --url ${url}
  bin/stimnet run examples/age-sex-summary.py --catalog clinical_trial_data --url ${url}
  bin/stimnet jobs --url ${url}

Interactive documentation: ${url}/docs (log in as demo, password demo). Ctrl-C ends the demo.
`
}
