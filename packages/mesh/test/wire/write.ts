/** Writes the wire format of a released version, once: `node packages/mesh/test/wire/write.ts 0.2.0`. What is written is never written again. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { presentWire } from './shapes.ts'

const [version] = process.argv.slice(2)
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
  throw new TypeError('usage: node packages/mesh/test/wire/write.ts VERSION')
const file = join(import.meta.dirname, `wire-${version}.json`)
// A file that exists is not replaced: peers of that version are out there.
writeFileSync(file, `${JSON.stringify(presentWire(version), undefined, 1)}\n`, { flag: 'wx' })
process.stdout.write(`${file}\n`)
