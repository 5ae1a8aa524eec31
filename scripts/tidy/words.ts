/** What each file and each exported name says of itself. */
import { TSDOC_SHARE_MIN } from './house.ts'
import { lineOf } from './scan.ts'
import type { Breach, SourceFile, Tree } from './tree.ts'

// A capital letter, a name in back quotes or a name as written, and somewhere the end of a sentence.
const OPENING = /^(?:#![^\n]*\n)?\/\*\*\s+(?:\*\s+)?[\p{L}`][\s\S]*?[.!?](?:\s|\*\/)/u

/** Breaches `opening` (no opening sentence) and, below the wanted share, `tsdoc` for each name without a word. */
export function wordBreaches(tree: Tree): Breach[] {
  const spoken = tree.files.filter((file) => file.room !== 'test')
  const openings = spoken
    .filter(({ layers }) => !OPENING.test(firstComment(layers.source)))
    .map(({ path }) => breach(path, 1, 'opening', 'begins with no /** opening sentence. */'))
  const exported = tree.files.filter((file) => file.room === 'source').flatMap(exportedNames)
  const silent = exported.filter(({ documented }) => !documented)
  if (exported.length === 0 || 1 - silent.length / exported.length >= TSDOC_SHARE_MIN) return openings
  return [...openings, ...silent.map(({ file, line, name }) => breach(file, line, 'tsdoc', `${name} says nothing`))]
}

function breach(file: string, line: number, rule: string, message: string): Breach {
  return { file, line, rule, message }
}

function firstComment(source: string): string {
  return source.slice(0, source.indexOf('*/') + 2)
}

interface ExportedName {
  readonly file: string
  readonly line: number
  readonly name: string
  readonly documented: boolean
}

const EXPORTED =
  /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|interface|type|const|let)\s+([\w$]+)/gm

/** A name is documented by the comment right before it; the types of an overload or a pair share one with their values. */
function exportedNames({ path, layers }: SourceFile): ExportedName[] {
  const names = new Map<string, ExportedName>()
  for (const match of layers.code.matchAll(EXPORTED)) {
    const name = match[1] ?? ''
    const before = layers.source.slice(0, match.index).trimEnd()
    const documented = before.endsWith('*/') && before.lastIndexOf('/**') > before.lastIndexOf('*/', before.length - 3)
    if (!names.get(name)?.documented) {
      names.set(name, { file: path, line: lineOf(layers.source, match.index), name, documented })
    }
  }
  return [...names.values()]
}
