/** Carries out a mutation in a process of its own: the source is changed as it is loaded, no file is written. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutation } from './mutations.ts'

const ROOT = join(import.meta.dirname, '../..')
const HOOK = join(import.meta.dirname, 'hook.mjs')
/** A test that a mutation makes loop is as good as failed, but nobody waits for it for ever. */
const RUN_MS = 240_000

/** What became of a mutation. */
export type Fate = { readonly caught: true; readonly by: string } | { readonly caught: false; readonly why: string }

/** Whether the tests named notice; they are tried one after the other. */
export async function mutate(mutation: Mutation): Promise<Fate> {
  const { file, from, noticedBy } = mutation
  const text = await readFile(join(ROOT, file), 'utf8')
  const times = text.split(from).length - 1
  if (times !== 1) return { caught: false, why: `stale: ${file} has ${JSON.stringify(from)} ${times} times` }
  const runs =
    'tests' in noticedBy
      ? noticedBy.tests.map((test) => ({
          name: test,
          arguments: ['--test-reporter=tap', test],
          fails: /^\s*not ok \d/m
        }))
      : [
          {
            name: `attacks ${noticedBy.attacks.join(', ')}`,
            arguments: attackArguments(noticedBy.attacks),
            fails: FAILED
          }
        ]
  for (const run of runs) {
    if (!(await passesUnchanged(run.arguments))) return { caught: false, why: `${run.name} fails without it` }
    const { loaded, code, out } = await runMutated(mutation, run.arguments)
    if (!loaded) return { caught: false, why: `${run.name} never loads ${file}` }
    if (code !== 0 && run.fails.test(out)) return { caught: true, by: run.name }
  }
  return { caught: false, why: `nobody noticed: ${runs.map(({ name }) => name).join(', ')}` }
}

const unchanged = new Map<string, Promise<boolean>>()

/** A test that fails anyway proves nothing. Each is run once. */
function passesUnchanged(parameters: readonly string[]): Promise<boolean> {
  const key = parameters.join(' ')
  const known = unchanged.get(key) ?? run(parameters).then(({ code }) => code === 0)
  unchanged.set(key, known)
  return known
}

/** An attack that won, or an end off the grid; not one that could not be carried out. */
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
  parameters: readonly string[]
): Promise<Ran & { /** The changed source was loaded. */ readonly loaded: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-mutation-'))
  try {
    const mark = join(folder, 'loaded')
    const mutation = JSON.stringify({ file, from, to, mark })
    const ran = await run(['--import', HOOK, ...parameters], { STIMNET_MUTATION: mutation })
    const loaded = await readFile(mark, 'utf8').catch(() => '')
    return { ...ran, loaded: loaded !== '' }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function run(parameters: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  // A child of a test runner would report to it instead of failing, and a cache could hold what was not changed.
  const { NODE_TEST_CONTEXT: _, NODE_COMPILE_CACHE: __, NODE_OPTIONS: ___, ...env } = process.env
  const child = spawn(process.execPath, parameters, { cwd: ROOT, env: { ...env, ...more }, timeout: RUN_MS })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(-200_000)
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out }
}
