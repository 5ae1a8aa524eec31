/** Mutation testing of disclosure control: disables each control and runs the tests that must fail. Exits with 1 if none of them fails. */
// usage: node scripts/with-node.mjs scripts/mutate.ts [--long] [ID-WORD…]
import { mutate } from '../test/redteam/mutate.ts'
import { LONG_MUTATIONS, MUTATIONS } from '../test/redteam/mutations.ts'

const words = process.argv.slice(2).filter((word) => word !== '--long')
const all = process.argv.includes('--long') || words.length > 0 ? [...MUTATIONS, ...LONG_MUTATIONS] : MUTATIONS
const chosen = all.filter(({ id }) => words.length === 0 || words.some((word) => id.includes(word)))

for (const mutation of chosen) {
  const fate = await mutate(mutation)
  if (!fate.caught) process.exitCode = 1
  const said = fate.caught ? `caught by ${fate.by}` : fate.why
  console.log(`${fate.caught ? 'ok  ' : 'FAIL'} ${mutation.id.padEnd(26)}${mutation.control}: ${said}`)
}
