/** Measures how many ordinary questions an institution answers, prints the table and writes docs/usefulness.md. */
// usage: npm run usefulness [-- --small] [--preset NAME] [--seeds N]
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Hour, measureHours, PRESETS_MEASURED } from '../test/usefulness/measure.ts'
import { markdownTables, plainTable } from '../test/usefulness/table.ts'
import { writeBetween } from './measured-page.ts'

const HELP = `Asks made-up studies what a clinician asks in a first hour, then 60 random questions each.

  npm run usefulness                   three presets, five seeds; writes docs/usefulness.md
  npm run usefulness -- --small        the default preset, one seed; writes nothing
  npm run usefulness -- --preset cms   one preset; writes nothing
  npm run usefulness -- --seeds 2      as many seeds; writes nothing

Takes a few minutes, with --small less than one.
`
const SEEDS = 5

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      small: { type: 'boolean' },
      preset: { type: 'string' },
      seeds: { type: 'string' },
      help: { type: 'boolean', short: 'h' }
    }
  })
  if (values.help) return void process.stdout.write(HELP)
  const count = Number(values.seeds ?? (values.small ? 1 : SEEDS))
  if (!Number.isInteger(count) || count < 1) throw new TypeError('--seeds takes a whole number above zero')
  const presets = values.preset === undefined ? (values.small ? ['default'] : PRESETS_MEASURED) : [values.preset]
  const hours: Hour[] = []
  for (const preset of presets) {
    for (let seed = 1; seed <= count; seed++) {
      hours.push(...(await measureHours({ preset, seed }, (line) => process.stderr.write(`${line}\n`))))
    }
  }
  process.stdout.write(plainTable(hours))
  // Only a complete measurement is written to the page.
  if (values.small || values.preset !== undefined || values.seeds !== undefined) return
  await writeBetween(join(import.meta.dirname, '../docs/usefulness.md'), 'usefulness', markdownTables(hours))
}

await main()
