/** The rule on the closed list of codes: each code must be used by a source, and expected by a test. */
import { lineOf } from './scan.ts'
import type { Breach, Tree } from './tree.ts'

const LIST = 'packages/protocol/src/errors.ts'
const CODE = /^ {2}([A-Z][A-Z_]+):/gm

/** Breach `code` for each code of the list that does not occur as a string in any source, or in any test. Comments do not count. */
export function codeBreaches(tree: Tree): Breach[] {
  const list = tree.files.find(({ path }) => path === LIST)
  if (list === undefined) return []
  const textOf = (room: string) =>
    tree.files
      .filter((file) => file.room === room && file !== list)
      .map(({ layers }) => layers.source)
      .join('\n')
  const [used, tested] = [textOf('source'), textOf('test')]
  return [...list.layers.source.matchAll(CODE)].flatMap((match) => {
    const [, code = ''] = match
    const line = lineOf(list.layers.source, match.index)
    const breach = (message: string): Breach => ({ file: LIST, line, rule: 'code', message })
    const isIn = (all: string) => all.includes(`'${code}'`)
    return [
      ...(isIn(used) ? [] : [breach(`nothing uses ${code}`)]),
      ...(isIn(tested) ? [] : [breach(`no test names ${code}`)])
    ]
  })
}
