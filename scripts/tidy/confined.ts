/** The rules on code that only few files may contain: settings, clock, randomness, process exit, the console, `any`. */
import { CONFINED } from './house.ts'
import { lineOf } from './scan.ts'
import type { Breach, Tree } from './tree.ts'

/** All uses of such code in the sources of packages outside of the permitted files. */
export function confinedBreaches(tree: Tree): Breach[] {
  return tree.files
    .filter((file) => file.room === 'source')
    .flatMap((file) =>
      CONFINED.filter(({ allowed }) => !allowed.some((place) => place.test(file.path))).flatMap(
        ({ rule, pattern, message }) =>
          [...file.layers.code.matchAll(pattern)].map((match) => ({
            file: file.path,
            line: lineOf(file.layers.source, match.index),
            rule,
            message
          }))
      )
    )
}
