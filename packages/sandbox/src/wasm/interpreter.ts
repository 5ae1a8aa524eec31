/** Interpreters in Deno: their parts on this machine, and the commands that start them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { SandboxLanguage } from '../sandbox.ts'
import { underBubblewrap } from './bubblewrap.ts'
import { denoArguments, underOsLimits } from './deno.ts'
import type { SlotCommand } from './slot.ts'

/** `warm`: an interpreter for the pool, which warms up first, so that its job runs at full speed. `cold`: a job waits for its start. */
export type Warmth = 'warm' | 'cold'

/** The folders and files of an interpreter. */
export type Part = 'deno' | 'runner' | 'pyodide' | 'memory' | 'wheels' | 'webr'

/** The path of each part. */
export type Parts = Readonly<Partial<Record<Part, string>>>

/** An interpreter that is installed on this machine. */
export interface Interpreter {
  readonly languages: readonly SandboxLanguage[]
  /** Top-level modules that a program can import, including StimNet's helpers. */
  readonly libraries: ReadonlySet<string>
  /** Name with versions, for receipts, such as `pyodide@314.0.7 numpy@2.4.6`. */
  readonly name: string
  /** SHA-256 over everything that runs a program, hexadecimal. */
  readonly hash: string
  readonly parts: Parts
  /** The script in the runner's folder, and its arguments. `wheels` are the libraries to load at this start. */
  start(parts: Parts, options: { warmth: Warmth; wheels: readonly string[] }): { script: string; args: string[] }
  /** Libraries that can be loaded at the start, each with the words in a program that show that the library is needed. */
  readonly wheels: ReadonlyMap<string, readonly string[]>
}

/** Paths of the parts inside bubblewrap, which disclose nothing about this machine. */
const INSIDE: Readonly<Record<Part, string>> = {
  deno: '/sandbox/deno',
  runner: '/sandbox/runner',
  pyodide: '/sandbox/pyodide',
  memory: '/sandbox/memory.bin',
  wheels: '/sandbox/wheels',
  webr: '/sandbox/webr'
}

/** The command that starts an interpreter with all available isolation. */
export function commandOf(
  interpreter: Interpreter,
  options: {
    warmth: Warmth
    /** Default: all libraries of the interpreter. */
    wheels?: readonly string[]
    memoryBytesMax: number
    cpuSecondsMax: number
    /** The filter of system calls; defined if bubblewrap works on this machine. */
    filter?: Buffer | undefined
  }
): SlotCommand {
  const { filter } = options
  const outside = interpreter.parts
  if (!filter) return { words: underOsLimits(denoCommand(interpreter, outside, options), options) }
  const names = Object.keys(outside) as Part[]
  const inside = Object.fromEntries(names.map((name) => [name, INSIDE[name]]))
  const binds = Object.fromEntries(names.map((name) => [INSIDE[name], outside[name] ?? '']))
  const walled = underBubblewrap(denoCommand(interpreter, inside, options), binds)
  return { words: underOsLimits(walled, options), filter }
}

function denoCommand(
  interpreter: Interpreter,
  parts: Parts,
  options: { warmth: Warmth; wheels?: readonly string[]; memoryBytesMax: number }
): string[] {
  const { deno = '', ...readable } = parts
  const wheels = options.wheels ?? [...interpreter.wheels.keys()]
  const { script, args } = interpreter.start(parts, { warmth: options.warmth, wheels })
  const { memoryBytesMax } = options
  const runner = `${parts.runner}/${script}`
  return [deno, ...denoArguments({ readable: Object.values(readable), runner, memoryBytesMax, args })]
}

/** SHA-256 over the texts and then the files, in the given order, in hexadecimal. */
export async function hashOf(texts: readonly string[], paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(`${texts.join('\n')}\n`)
  for (const path of paths) {
    const digest = createHash('sha256').update(await readFile(path))
    hash.update(digest.digest())
  }
  return hash.digest('hex')
}
