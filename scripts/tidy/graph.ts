/** The rules on the graph of imports: no cycles, and no files that are never imported. */
import { ENTRIES } from './house.ts'
import { type Breach, type SourceFile, type Tree, targetOf } from './tree.ts'

/** Breaches `orphan` and `cycle` in sources and scripts. */
export function graphBreaches(tree: Tree): Breach[] {
  const files = tree.files.filter((file) => file.room !== 'test')
  const known = new Map(files.map((file) => [file.path, file]))
  const edges = new Map(files.map((file) => [file.path, importedBy(file).filter((path) => known.has(path))]))
  const entries = new Set([...tree.packages.values()].flatMap((one) => [...one.entries.values()]))
  return [...orphans(files, edges, entries), ...cycles(files, edges)]
}

function importedBy(file: SourceFile): string[] {
  return file.imports.filter(({ from }) => from.startsWith('.')).map(({ from }) => targetOf(file, from))
}

function orphans(
  files: readonly SourceFile[],
  edges: ReadonlyMap<string, readonly string[]>,
  entries: ReadonlySet<string>
): Breach[] {
  const used = new Set([...edges.values()].flat())
  // Child processes and workers are started by file name, so such names count as imports.
  for (const file of files) for (const name of file.fileNames) used.add(targetOf(file, name))
  return files
    .filter(({ path }) => !used.has(path) && !isEntry(path) && !entries.has(path))
    .map(({ path }) => ({ file: path, line: 1, rule: 'orphan', message: 'no source imports it, and it is no entry' }))
}

function isEntry(path: string): boolean {
  return /^packages\/[^/]+\/src\/index\.ts$/.test(path) || /^scripts\/[^/]+$/.test(path) || ENTRIES.includes(path)
}

/** One breach per strongly connected set of files (Tarjan's algorithm), reported at its first file. */
function cycles(files: readonly SourceFile[], edges: ReadonlyMap<string, readonly string[]>): Breach[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (path: string): number => {
    const index = order.size
    order.set(path, index)
    stack.push(path)
    let lowest = index
    for (const next of edges.get(path) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next))
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? index)
    }
    low.set(path, lowest)
    if (lowest === index) {
      const members = stack.splice(stack.indexOf(path))
      if (members.length > 1 || edges.get(path)?.includes(path)) found.push(members.sort())
    }
    return lowest
  }
  for (const { path } of files) if (!order.has(path)) visit(path)
  return found.map((members) => ({
    file: members[0] ?? '',
    line: 1,
    rule: 'cycle',
    message: `import each other: ${members.join(', ')}`
  }))
}
