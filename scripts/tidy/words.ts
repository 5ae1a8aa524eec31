/** The rules on comments: each file must have an opening sentence, and most exported names must have TSDoc. */
import { TSDOC_SHARE_MIN } from './house.ts'
import { lineOf } from './scan.ts'
import type { Breach, SourceFile, Tree } from './tree.ts'

// A comment that begins with a letter or a name in back quotes and contains the end of a sentence.
const OPENING = /^(?:#![^\n]*\n)?\/\*\*\s+(?:\*\s+)?[\p{L}`][\s\S]*?[.!?](?:\s|\*\/)/u

/** Breach `opening` for each file without an opening sentence and, if too few names are documented, `tsdoc` for each undocumented name. */
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

/** All exported names. A name counts as documented if a comment directly precedes one of its declarations. */
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
