/** Compiles proto/*.proto to packages/protocol/src/gen; with --check it only says whether they are in step. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const target = join(root, 'packages/protocol/src/gen')
const NAMES = ['stimnet.js', 'stimnet.d.ts']

const scratch = mkdtempSync(join(tmpdir(), 'stimnet-proto-'))
try {
  const sources = readdirSync(join(root, 'proto'))
    .filter((name) => name.endsWith('.proto'))
    .sort()
    .map((name) => join(root, 'proto', name))
  const options = ['-t', 'static-module', '-w', 'esm', '--dts', '--null-semantics', '--no-delimited', '--no-typeurl']
  const pbjs = join(root, 'node_modules/protobufjs-cli/bin/pbjs')
  execFileSync(process.execPath, [pbjs, ...options, '-o', join(scratch, 'stimnet.js'), ...sources], {
    stdio: 'inherit'
  })
  const stale = NAMES.filter((name) => readFileSync(join(scratch, name), 'utf8') !== readOrEmpty(join(target, name)))
  if (process.argv.includes('--check')) {
    if (stale.length > 0) {
      console.error(`generated code is out of step with proto/: ${stale.join(', ')}. Run: npm run proto`)
      process.exitCode = 1
    }
  } else {
    for (const name of stale) writeFileSync(join(target, name), readFileSync(join(scratch, name)))
    console.log(stale.length > 0 ? `wrote ${stale.join(', ')}` : 'already in step')
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
