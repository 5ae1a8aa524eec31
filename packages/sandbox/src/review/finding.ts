/** What a reader of a script wants to see at once: where it touches files, the network, other programs, time or chance. */

/** Kinds of what a script does, as a catalog's configuration names them too. */
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
/** One of them. `eval`: code made or found at run time, which no reader can follow. `native`: code beneath the language. */
export type FindingKind = (typeof FINDING_KINDS)[number]

/** One place in a script. */
export interface Finding {
  readonly kind: FindingKind
  /** As written, at most 80 characters. */
  readonly what: string
  /** The full name, where the script calls it by another. */
  readonly means?: string
  /** Counted from one; in a notebook within its cell. */
  readonly line: number
  /** In a notebook: which of its code cells, counted from one. */
  readonly cell?: number
}

/** A script that names more than this is not read by a person anyway. */
export const FINDINGS_MAX = 256

const WHAT_CHARACTERS_MAX = 80

/** Text of a script for a person to read: one line, bounded. */
export function shown(text: string): string {
  const line = text.slice(0, 4 * WHAT_CHARACTERS_MAX).replace(/\s+/g, ' ')
  return line.length <= WHAT_CHARACTERS_MAX ? line : `${line.slice(0, WHAT_CHARACTERS_MAX - 1)}…`
}

/** Collects findings, each once, up to the most that are kept. */
export class Findings {
  readonly #kept = new Map<string, Finding>()
  #isCut = false

  add(finding: Finding): void {
    const key = `${finding.line} ${finding.kind} ${finding.what}`
    if (this.#kept.has(key)) return
    if (this.#kept.size >= FINDINGS_MAX) this.#isCut = true
    else this.#kept.set(key, finding)
  }

  /** Says that not everything was looked at. */
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

/** Names by what they do, from lists as a person writes them: one text of names a kind. */
export function kindsByName(lists: Partial<Record<FindingKind, string>>): ReadonlyMap<string, FindingKind> {
  const kinds = new Map<string, FindingKind>()
  for (const kind of FINDING_KINDS) {
    for (const name of lists[kind]?.trim().split(/\s+/) ?? []) kinds.set(name, kind)
  }
  return kinds
}
