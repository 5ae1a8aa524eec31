/** The rules on imports: only through a package's index, and only from permitted packages. */
import { BROWSER_PACKAGES, DOORS, FLOORS, LAZY_FLOORS } from './house.ts'
import type { Import } from './scan.ts'
import { type Breach, type SourceFile, type Tree, targetOf } from './tree.ts'

const SCOPE = '@stimnet/'

/**
 * Breaches of the rules: `floor` (a package that may not be imported), `door` (a dependency reserved for another package), `deep` (a file
 * other than the index of a package and its other entries), `undeclared` (not in package.json), `browser` (a `node:` module in a package
 * for browsers).
 */
export function importBreaches(tree: Tree): Breach[] {
  return tree.files.flatMap((file) =>
    file.imports.flatMap((one) =>
      verdictsOn(tree, file, one).map(([rule, message]) => ({ file: file.path, line: one.line, rule, message }))
    )
  )
}

type Verdict = readonly [rule: string, message: string]

function verdictsOn(tree: Tree, file: SourceFile, { from, isLazy }: Import): Verdict[] {
  if (from.startsWith('.') || from.startsWith('/')) return relativeVerdicts(file, from)
  if (from.split('/').length > 2 && from.startsWith(SCOPE) && !isEntry(tree, from)) {
    return [['deep', `${from} goes past the index of its package, and is no other entry of it`]]
  }
  // Tests may use all packages of the workspace, and scripts belong to no package.
  if (file.room !== 'source' || file.package === undefined) return []
  if (from.startsWith('node:')) {
    return BROWSER_PACKAGES.includes(file.package) ? [['browser', `${file.package} runs in a browser: no ${from}`]] : []
  }
  const wrong =
    floorVerdict(file.package, from, isLazy) ??
    doorVerdict(file.package, from) ??
    undeclaredVerdict(tree, file.package, from)
  return wrong ? [wrong] : []
}

function relativeVerdicts(file: SourceFile, from: string): Verdict[] {
  const target = targetOf(file, from)
  const home = file.package === undefined ? '' : `packages/${file.package}/`
  const leaves = home !== '' && !target.startsWith(home)
  const enters = /^packages\/[^/]+\//.test(target) && !(home !== '' && target.startsWith(home))
  // Tests of a package may use the shared test helpers and vectors in test/.
  if (enters || (leaves && file.room === 'source')) return [['deep', `${from} leaves its package past the index`]]
  return []
}

function isEntry(tree: Tree, from: string): boolean {
  return [...tree.packages.values()].some(({ entries }) => entries.has(from))
}

function floorVerdict(home: string, from: string, isLazy: boolean): Verdict | undefined {
  if (!from.startsWith(SCOPE)) return undefined
  const other = from.split('/')[1] ?? ''
  if (other === home) return ['floor', `${home} imports itself by name`]
  const allowed = FLOORS[home]
  if (allowed === undefined) return ['floor', `the table of floors does not know ${home}`]
  if (allowed.includes(other) || (isLazy && LAZY_FLOORS[home]?.includes(other))) return undefined
  return ['floor', `${home} may not import ${other}`]
}

function doorVerdict(home: string, from: string): Verdict | undefined {
  const name = packageNameOf(from)
  const fits = (dependency: string) => (dependency.endsWith('/') ? from.startsWith(dependency) : name === dependency)
  const behind = DOORS.find(({ dependency }) => fits(dependency))
  return behind === undefined || behind.door === home ? undefined : ['door', `${name} is used in ${behind.door} alone`]
}

function undeclaredVerdict(tree: Tree, home: string, from: string): Verdict | undefined {
  const name = packageNameOf(from)
  if (tree.packages.get(home)?.dependencies.has(name)) return undefined
  return ['undeclared', `${name} is not among the dependencies of packages/${home}/package.json`]
}

function packageNameOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}
