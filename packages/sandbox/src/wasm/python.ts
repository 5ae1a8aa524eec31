/** The Python interpreter: Pyodide restored from a snapshot, with the wheels that the operator has fetched. */
import type { Installation } from './deno.ts'
import { hashOf, type Interpreter } from './interpreter.ts'
import type { Snapshot } from './snapshot.ts'
import type { Wheels } from './addons/wheels.ts'

/** StimNet's modules for scripts, in addition to Python's own. */
const HELPERS = ['data_loader', 'stimnet']

/** The interpreter with the installed snapshot and wheels. */
export async function pythonInterpreter(
  installation: Installation,
  snapshot: Snapshot,
  wheels: Wheels | undefined
): Promise<Interpreter> {
  const { deno, pyodideDirectory, runnerDirectory, pyodideVersion } = installation
  const fetched = wheels?.packages ?? []
  const names = fetched.map(({ name, version }) => ` ${name}@${version}`)
  return {
    languages: ['python', 'jupyter'],
    libraries: new Set([...snapshot.modules, ...HELPERS, ...fetched.flatMap(({ imports }) => imports)]),
    name: `pyodide@${pyodideVersion}${names.join('')}`,
    hash: fetched.length === 0 ? snapshot.hash : await hashOf([snapshot.hash, ...fetched.map((one) => one.sha256)], []),
    parts: {
      deno,
      runner: runnerDirectory,
      pyodide: pyodideDirectory,
      memory: snapshot.path,
      ...(wheels ? { wheels: wheels.directory } : {})
    },
    start: (parts, { warmth, wheels: loaded }) => ({
      script: 'runner.js',
      args: [
        ...['serve', parts.pyodide ?? '', parts.memory ?? '', snapshot.sha256, warmth],
        ...(loaded.length > 0 ? [parts.wheels ?? '', loaded.join(',')] : [])
      ]
    }),
    wheels: new Map(fetched.flatMap(({ name, imports }) => (imports.length > 0 ? [[name, wordsFor(imports)]] : [])))
  }
}

/**
 * Words in a program that show that it needs a library: the names of its modules; for pandas also `load_data`, which returns DataFrames.
 */
function wordsFor(modules: readonly string[]): readonly string[] {
  return modules.includes('pandas') ? [...modules, 'load_data'] : modules
}
