/** All structural rules, applied to one project. */
import { codeBreaches } from './codes.ts'
import { confinedBreaches } from './confined.ts'
import { readExceptions } from './exceptions.ts'
import { longBreaches } from './functions.ts'
import { graphBreaches } from './graph.ts'
import { importBreaches } from './imports.ts'
import { keyBreaches } from './keys.ts'
import { crowdBreaches, mapBreaches, mutualBreaches } from './rooms.ts'
import type { Breach, Tree } from './tree.ts'
import { wordBreaches } from './words.ts'

/** The breaches of all rules in a project. `tree` contains its files, `root` is its folder. */
export function breachesIn(tree: Tree, root: string): Breach[] {
  const exceptions = readExceptions(root)
  return [
    ...[importBreaches, confinedBreaches, graphBreaches, wordBreaches, crowdBreaches, codeBreaches].flatMap((rule) =>
      rule(tree)
    ),
    ...mapBreaches(tree, root),
    ...mutualBreaches(tree, exceptions.from('mutual')),
    ...longBreaches(tree, exceptions.from('long')),
    ...keyBreaches(tree, exceptions.from('key'), root),
    ...exceptions.breaches()
  ]
}
