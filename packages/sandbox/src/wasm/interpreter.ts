/** What runs a language in Deno: its parts on this machine, and the command that starts it. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { SandboxLanguage } from '../sandbox.ts'
import { underBubblewrap } from './bubblewrap.ts'
import { denoArguments, underOsLimits } from './deno.ts'
import type { SlotCommand } from './slot.ts'

/** One that will wait practises first, so that the job runs at full speed; one that is waited for does not. */
export type Warmth = 'warm' | 'cold'

/** The folders and files an interpreter is made of. */
export type Part = 'deno' | 'runner' | 'pyodide' | 'memory' | 'wheels' | 'webr'

/** Where each part is. */
export type Parts = Readonly<Partial<Record<Part, string>>>

/** An interpreter that is installed here. */
export interface Interpreter {
  readonly languages: readonly SandboxLanguage[]
  /** Top-level modules a program can import, our helpers among them. */
  readonly libraries: ReadonlySet<string>
  /** With versions, for receipts: `pyodide@314.0.7 numpy@2.4.6`. */
  readonly name: string
  /** SHA-256 over everything that runs a program, hex. */
  readonly hash: string
  readonly parts: Parts
  /** The script in the runner's folder, and its arguments; `wheels` are those this start is to load. */
  start(parts: Parts, options: { warmth: Warmth; wheels: readonly string[] }): { script: string; args: string[] }
  /** Libraries that are loaded at the start, each with the words of a program that ask for it. */
  readonly wheels: ReadonlyMap<string, readonly string[]>
}

/** Names that tell nothing of this machine. */
const INSIDE: Readonly<Record<Part, string>> = {
  deno: '/sandbox/deno',
  runner: '/sandbox/runner',
  pyodide: '/sandbox/pyodide',
  memory: '/sandbox/memory.bin',
  wheels: '/sandbox/wheels',
  webr: '/sandbox/webr'
}

/** How one is started, under every wall there is. */
export function commandOf(
  interpreter: Interpreter,
  options: {
    warmth: Warmth
    /** Default: all it has. */
    wheels?: readonly string[]
    memoryBytesMax: number
    cpuSecondsMax: number
    /** With a filter, bubblewrap works here. */
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

/** SHA-256 over texts and files, in their order, hex. */
export async function hashOf(texts: readonly string[], paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(`${texts.join('\n')}\n`)
  for (const path of paths) {
    const digest = createHash('sha256').update(await readFile(path))
    hash.update(digest.digest())
  }
  return hash.digest('hex')
}
