/** The rule on the example configurations: each must show every key of its schemas. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exceptions } from './exceptions.ts'
import { CONFIGURATIONS } from './house.ts'
import { lineOf } from './scan.ts'
import type { Breach, SourceFile, Tree } from './tree.ts'

const OBJECT = /\bstrictObject\(\{|Shape = \{/g

/** Breach `key` for each key of the configuration that the example does not show, not even in a comment. */
export function keyBreaches(tree: Tree, exceptions: Exceptions, root: string): Breach[] {
  return CONFIGURATIONS.flatMap(({ example, schemas }) => {
    const path = join(root, example)
    if (!existsSync(path)) return []
    const text = readFileSync(path, 'utf8')
    return tree.files
      .filter((file) => schemas.includes(file.path))
      .flatMap(keysOf)
      .filter(({ key }) => !new RegExp(`(?<![\\w-])${key}:`).test(text) && !exceptions.permits(key))
      .map(({ file, line, key }) => ({ file, line, rule: 'key', message: `${example} does not show ${key}` }))
  })
}

/** The keys of each object in a schema. Nested objects are reported separately. */
function keysOf({ path, layers: { code } }: SourceFile): { file: string; line: number; key: string }[] {
  return [...code.matchAll(OBJECT)].flatMap((match) => {
    const start = match.index + match[0].length
    const keys: { file: string; line: number; key: string }[] = []
    let depth = 1
    for (let at = start; depth > 0 && at < code.length; at++) {
      const character = code.charAt(at)
      if ('{(['.includes(character)) depth++
      else if ('})]'.includes(character)) depth--
      const [, key] = /^(\w+): /.exec(depth === 1 ? code.slice(at, at + 80) : '') ?? []
      if (key !== undefined && /[\s,{]/.test(code.charAt(at - 1)))
        keys.push({ file: path, line: lineOf(code, at), key })
    }
    return keys
  })
}
