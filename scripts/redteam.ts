/** Carries out every attack of test/redteam in two worlds, and prints what came of each. Exits with 1 where one won. */
// usage: npm run redteam [-- --only R04 --only A | --json | --markdown | --help]
import { parseArgs } from 'node:util'
import { ATTACKS } from '../test/redteam/attacks/index.ts'
import { carryOutAll, type Finding, startWorlds } from '../test/redteam/harness.ts'
import { markdownTable, plainTable } from '../test/redteam/table.ts'

const HELP = `Carries out the red team's attacks against three institutions, with a planted target and without.

  npm run redteam                  the table; exits with 1 where an attack won that is not known to
  npm run redteam -- --only R04    attacks whose id begins so; may be given several times
  npm run redteam -- --json        for programs
  npm run redteam -- --markdown    the page docs/redteam.md

Takes a minute or two. An attack marked OPEN is a known hole: it is carried out, and must be struck from the list once it fails.
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' }
    }
  })
  if (values.help) return void process.stdout.write(HELP)
  const { only } = values
  const chosen = ATTACKS.filter(({ id }) => only === undefined || only.some((start) => id.startsWith(start)))
  if (chosen.length === 0) throw new Error(`no attack begins with ${only?.join(' or ')}`)
  const worlds = await startWorlds(chosen)
  try {
    const findings = await carryOutAll(chosen, worlds, (finding) => process.stderr.write(`${finding.attack.id} `))
    process.stderr.write('\n')
    const offGrid = [...worlds.target.offGrid, ...worlds.without.offGrid]
    const format = values.json ? asJson : values.markdown ? markdownTable : plainTable
    process.stdout.write(format(findings))
    for (const end of offGrid) process.stderr.write(`off the release grid: ${end}\n`)
    if (offGrid.length > 0 || findings.some(({ faults }) => faults.length > 0)) process.exitCode = 1
  } finally {
    await worlds.stop()
  }
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
