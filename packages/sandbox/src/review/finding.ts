/** Findings of a review: the places where a script uses files, the network, other programs, time, randomness and the like. */

/** The kinds of findings. A catalog's configuration uses the same names. */
const FINDING_KINDS = [
  'import',
  'file',
  'network',
  'process',
  'environment',
  'eval',
  'native',
  'time',
  'random'
] as const
/** A kind of finding. `eval`: code created or looked up at run time, which static review cannot follow. `native`: machine code. */
export type FindingKind = (typeof FINDING_KINDS)[number]

/** One place in a script. */
export interface Finding {
  readonly kind: FindingKind
  /** The code as written, at most 80 characters. */
  readonly what: string
  /** The full name, if the script uses an alias. */
  readonly means?: string
  /** Line number, from 1; in a notebook, within the cell. */
  readonly line: number
  /** In a notebook: the number of the code cell, from 1. */
  readonly cell?: number
}

/** Maximum number of findings. Nobody would read more. */
export const FINDINGS_MAX = 256

const WHAT_CHARACTERS_MAX = 80

/** A piece of a script as one line of bounded length, for display. */
export function shown(text: string): string {
  const line = text.slice(0, 4 * WHAT_CHARACTERS_MAX).replace(/\s+/g, ' ')
  return line.length <= WHAT_CHARACTERS_MAX ? line : `${line.slice(0, WHAT_CHARACTERS_MAX - 1)}…`
}

/** Collects distinct findings, at most FINDINGS_MAX. */
export class Findings {
  readonly #kept = new Map<string, Finding>()
  #isCut = false

  add(finding: Finding): void {
    const key = `${finding.line} ${finding.kind} ${finding.what}`
    if (this.#kept.has(key)) return
    if (this.#kept.size >= FINDINGS_MAX) this.#isCut = true
    else this.#kept.set(key, finding)
  }

  /** Records that the list of findings is incomplete. */
  cut(): void {
    this.#isCut = true
  }

  get isCut(): boolean {
    return this.#isCut
  }

  inOrder(): Finding[] {
    return [...this.#kept.values()].sort((a, b) => a.line - b.line)
  }
}

/** A map from names to kinds. `lists` has one text per kind, with names separated by white space. */
export function kindsByName(lists: Partial<Record<FindingKind, string>>): ReadonlyMap<string, FindingKind> {
  const kinds = new Map<string, FindingKind>()
  for (const kind of FINDING_KINDS) {
    for (const name of lists[kind]?.trim().split(/\s+/) ?? []) kinds.set(name, kind)
  }
  return kinds
}
