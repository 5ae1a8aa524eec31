/** Checks the structural rules (docs/architecture.md, CONTRIBUTING.md) and prints each breach as `file:line rule message`. */
import { join } from 'node:path'
import { breachesIn } from './tidy/breaches.ts'
import { type Breach, readTree } from './tidy/tree.ts'

// The folder can be given as an argument, for tests with small projects that contain breaches.
const root = process.argv[2] ?? join(import.meta.dirname, '..')
const tree = readTree(root)
const breaches = breachesIn(tree, root).sort((a: Breach, b: Breach) =>
  a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1
)

for (const { file, line, rule, message } of breaches) console.log(`${file}:${line} ${rule} ${message}`)
console.log(breaches.length === 0 ? `tidy: ${tree.files.length} files` : `tidy: ${breaches.length} breaches`)
if (breaches.length > 0) process.exitCode = 1
