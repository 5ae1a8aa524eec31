/** Runs all attacks of test/redteam and prints their results. Exits with 1 if a comparison of two worlds finds a fault. */
// usage: npm run redteam [-- --only R04 --only N | --json | --markdown | --write | --help]
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ATTACKS } from '../test/redteam/attacks/index.ts'
import { carryOutAll, type Finding, startWorlds } from '../test/redteam/harness.ts'
import { RECONSTRUCTIONS } from '../test/redteam/reconstruction/attacks.ts'
import { breachesOf } from '../test/redteam/reconstruction/ceiling.ts'
import { EFFORTS, type Result, reconstruct, SIZES } from '../test/redteam/reconstruction/run.ts'
import { markdownReconstructions, plainReconstructions } from '../test/redteam/reconstruction/table.ts'
import { markdownTable, plainTable } from '../test/redteam/table.ts'
import { sectionOf, writeBetween } from './measured-page.ts'

const HELP = `Carries out the red team's attacks: against three institutions, with a planted target and without; and against
made-up trials of 150 and 1,000, scored by what is reconstructed of each person.

  npm run redteam                  both tables; exits with 1 where an attack won that is not known to
  npm run redteam -- --only R04    attacks whose id begins so; may be given several times
  npm run redteam -- --only N      those that reconstruct values alone
  npm run redteam -- --json        the first table for programs
  npm run redteam -- --markdown    the page docs/redteam.md, the second table as it stands there
  npm run redteam -- --write       carries out those that reconstruct values, and writes their table into docs/redteam.md

Takes some minutes. An attack marked OPEN is a known hole: it is carried out, and must be struck from the list once it fails.
`
const PAGE = join(import.meta.dirname, '../docs/redteam.md')
const MARKER = 'reconstruction'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
      write: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' }
    }
  })
  if (values.help) return void process.stdout.write(HELP)
  const { only } = values
  const isChosen = ({ id }: { id: string }) => only === undefined || only.some((start) => id.startsWith(start))
  const [chosen, numeric] = [ATTACKS.filter(isChosen), RECONSTRUCTIONS.filter(isChosen)]
  if (chosen.length + numeric.length === 0) throw new Error(`no attack begins with ${only?.join(' or ')}`)
  const { json = false, markdown = false, write = false } = values
  if (chosen.length > 0 && !write) await inTwoWorlds(chosen, { json, markdown })
  if (numeric.length > 0 && !json && !markdown) await inNumbers(only, { write })
}

async function inTwoWorlds(chosen: typeof ATTACKS, as: { json: boolean; markdown: boolean }): Promise<void> {
  const worlds = await startWorlds(chosen)
  try {
    const findings = await carryOutAll(chosen, worlds, (finding) => process.stderr.write(`${finding.attack.id} `))
    process.stderr.write('\n')
    const offGrid = [...worlds.target.offGrid, ...worlds.without.offGrid]
    process.stdout.write(as.json ? asJson(findings) : as.markdown ? await asPage(findings) : plainTable(findings))
    for (const end of offGrid) process.stderr.write(`off the release grid: ${end}\n`)
    if (offGrid.length > 0 || findings.some(({ faults }) => faults.length > 0)) process.exitCode = 1
  } finally {
    await worlds.stop()
  }
}

/** The page with new findings. The section after the tables of findings is kept. */
async function asPage(findings: readonly Finding[]): Promise<string> {
  return `${markdownTable(findings)}\n${await sectionOf(PAGE, MARKER)}\n`
}

async function inNumbers(only: readonly string[] | undefined, { write }: { write: boolean }): Promise<void> {
  const results: Result[] = []
  for (const size of SIZES) {
    const options = { size, seed: 1, effort: EFFORTS.small, ...(only === undefined ? {} : { only }) }
    results.push(...(await reconstruct(options, ({ attack }) => process.stderr.write(`${attack.id} `))))
  }
  process.stderr.write('\n')
  process.stdout.write(`\n${plainReconstructions(results)}`)
  for (const breach of results.flatMap(breachesOf)) process.stdout.write(`above the ceiling: ${breach}\n`)
  if (write && only === undefined) await writeBetween(PAGE, MARKER, markdownReconstructions(results))
}

function asJson(findings: readonly Finding[]): string {
  const shown = findings.map(({ attack: { id, attack, expected, open, remains }, ...found }) => ({
    ...{ id, attack, expected, ...found },
    ...(open === undefined ? {} : { open }),
    ...(remains === undefined ? {} : { remains })
  }))
  return `${JSON.stringify(shown, null, 2)}\n`
}

await main()
