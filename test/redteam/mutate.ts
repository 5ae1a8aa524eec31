/** Runs tests with a mutation in a separate process. The source is changed while it is loaded; no file is written. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutation } from './mutations.ts'

const ROOT = join(import.meta.dirname, '../..')
const HOOK = join(import.meta.dirname, 'hook.mjs')
/** Longest run, ms. A test that a mutation puts into an endless loop counts as failed. */
const RUN_MS = 240_000

/** The outcome of a mutation. */
export type Fate = { readonly caught: true; readonly by: string } | { readonly caught: false; readonly why: string }

/** Options of a mutation's tests. */
export interface MutateOptions {
  /** Whether somebody else shows that the tests pass without the mutation. Default: they are run without it as well. */
  readonly arePassing?: boolean
}

/** Whether one of the named tests fails with the mutation. The tests are run one after the other. */
export async function mutate(mutation: Mutation, { arePassing = false }: MutateOptions = {}): Promise<Fate> {
  const { file, from, noticedBy } = mutation
  const text = await readFile(join(ROOT, file), 'utf8')
  const times = text.split(from).length - 1
  if (times !== 1) return { caught: false, why: `stale: ${file} has ${JSON.stringify(from)} ${times} times` }
  const runs =
    'tests' in noticedBy
      ? noticedBy.tests.map((test) => ({
          name: test,
          arguments: ['--test-reporter=tap', test],
          fails: NOT_OK,
          until: NOT_OK
        }))
      : [
          {
            name: `attacks ${noticedBy.attacks.join(', ')}`,
            arguments: attackArguments(noticedBy.attacks),
            fails: FAILED,
            until: undefined
          }
        ]
  for (const run of runs) {
    if (!arePassing && !(await passesUnchanged(run.arguments)))
      return { caught: false, why: `${run.name} fails without it` }
    const { loaded, code, out } = await runMutated(mutation, run)
    if (!loaded) return { caught: false, why: `${run.name} never loads ${file}` }
    if (code !== 0 && run.fails.test(out)) return { caught: true, by: run.name }
  }
  return { caught: false, why: `nobody noticed: ${runs.map(({ name }) => name).join(', ')}` }
}

const unchanged = new Map<string, Promise<boolean>>()

/** Whether a test passes without the mutation; otherwise its failure proves nothing. Each test is checked only once. */
function passesUnchanged(parameters: readonly string[]): Promise<boolean> {
  const key = parameters.join(' ')
  const known = unchanged.get(key) ?? run(parameters).then(({ code }) => code === 0)
  unchanged.set(key, known)
  return known
}

/** The line of a failed test. */
const NOT_OK = /^\s*not ok \d+(?!.*# TODO)/m

/** Output of a successful attack or of an end off the release grid, but not of an attack that could not be carried out. */
const FAILED = /^FAIL(?!.*\n\s+could not)|off the release grid/m

function attackArguments(ids: readonly string[]): string[] {
  return ['scripts/redteam.ts', ...ids.flatMap((id) => ['--only', id])]
}

interface Ran {
  readonly code: number | null
  readonly out: string
}

async function runMutated(
  { file, from, to }: Mutation,
  { arguments: parameters, until }: { readonly arguments: readonly string[]; readonly until: RegExp | undefined }
): Promise<Ran & { /** Whether the changed source was loaded. */ readonly loaded: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-mutation-'))
  try {
    const mark = join(folder, 'loaded')
    const mutation = JSON.stringify({ file, from, to, mark })
    const ran = await run(['--import', HOOK, ...parameters], { env: { STIMNET_MUTATION: mutation }, until })
    const loaded = await readFile(mark, 'utf8').catch(() => '')
    return { ...ran, loaded: loaded !== '' }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The run is ended as soon as its output matches: one failed test is enough. */
  readonly until?: RegExp | undefined
}

async function run(parameters: readonly string[], { env: more, until }: RunOptions = {}): Promise<Ran> {
  // A child of a test runner would report to it instead of failing. Node's compile cache may stay: it compares the source.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const child = spawn(process.execPath, parameters, { cwd: ROOT, env: { ...env, ...more }, timeout: RUN_MS })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(-200_000)
      if (until?.test(out)) child.kill('SIGKILL')
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out }
}
