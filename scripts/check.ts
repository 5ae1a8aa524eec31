/** All checks that a change must pass: format, lint, types, structural rules, generated code, tests. It reports all failures. */
// usage: npm run check [-- --no-tests]
import { spawn } from 'node:child_process'
import { join } from 'node:path'

interface Step {
  readonly name: string
  /** Arguments of the pinned Node. */
  readonly run: readonly string[]
  /** Instructions for correcting a failure. */
  readonly remedy: string
}

interface Outcome extends Step {
  readonly ok: boolean
  readonly seconds: number
  readonly output: string
}

const root = join(import.meta.dirname, '..')
const biome = ['node_modules/@biomejs/biome/bin/biome']
const config = ['--config-path=config', '--colors=off', '--max-diagnostics=200']

const STEPS: readonly Step[] = [
  { name: 'format', run: [...biome, 'format', ...config, '.'], remedy: 'npm run format' },
  { name: 'lint', run: [...biome, 'lint', ...config, '--error-on-warnings', '.'], remedy: 'see each finding' },
  { name: 'types', run: ['node_modules/typescript/bin/tsc', '-p', '.', '--pretty', 'false'], remedy: 'see each line' },
  {
    name: 'types of console',
    run: ['node_modules/typescript/bin/tsc', '-p', 'packages/console', '--pretty', 'false'],
    remedy: 'see each line'
  },
  { name: 'tidy', run: ['scripts/tidy.ts'], remedy: 'see CONTRIBUTING.md' },
  { name: 'generated code', run: ['scripts/proto.ts', '--check'], remedy: 'npm run proto' },
  { name: 'bill of materials', run: ['scripts/sbom.ts', '--check'], remedy: 'npm run sbom' },
  { name: 'packages', run: ['scripts/build.ts'], remedy: 'npm run build' },
  { name: 'tests', run: ['scripts/test.ts'], remedy: 'npm test -- PATH-WORD' }
]

const outcomes: Outcome[] = []
for (const step of STEPS) {
  if (step.name === 'tests' && process.argv.includes('--no-tests')) continue
  const outcome = await take(step)
  outcomes.push(outcome)
  console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${step.name} (${outcome.seconds.toFixed(1)} s)`)
}

const failed = outcomes.filter(({ ok }) => !ok)
for (const { name, output, remedy } of failed) console.log(`\n── ${name} ── ${remedy}\n${output.trimEnd()}`)

console.log()
for (const { name, ok, seconds } of outcomes) {
  console.log(`${name.padEnd(17)} ${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(7)} s`)
}
if (failed.length > 0) process.exitCode = 1

/** Runs one step. Tests show their progress; the other steps are quick and print only failures. */
async function take(step: Step): Promise<Outcome> {
  const started = performance.now()
  const live = step.name === 'tests'
  const child = spawn(process.execPath, step.run, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const hear = (text: string) => {
    output += text
    if (live) process.stdout.write(text)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      hear(String(error))
      resolve(1)
    })
    child.on('close', (status) => resolve(status ?? 1))
  })
  const seconds = (performance.now() - started) / 1000
  // Only failing tests are repeated in the summary.
  return { ...step, ok: code === 0, seconds, output: live ? failuresOf(output) : output }
}

function failuresOf(output: string): string {
  const at = output.lastIndexOf('✖ failing tests:')
  return at < 0 ? output.slice(-4_000) : output.slice(at)
}
