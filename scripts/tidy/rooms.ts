/** The rules on rooms, that is, folders of source files: their size, their entries in docs/architecture.md, and their imports. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exceptions } from './exceptions.ts'
import { ROOM_FILES_MAX } from './house.ts'
import { lineOf } from './scan.ts'
import { type Breach, type SourceFile, type Tree, targetOf } from './tree.ts'

const MAP = 'docs/architecture.md'

/** Breach `crowded` for each room with too many files. */
export function crowdBreaches(tree: Tree): Breach[] {
  return [...Map.groupBy(sourcesOf(tree), folderOf)]
    .filter(([, files]) => files.length > ROOM_FILES_MAX)
    .map(([folder, [file]]) =>
      breachAt(file?.path ?? folder, 'crowded', `${folder} has too many files: at most ${ROOM_FILES_MAX}`)
    )
}

/**
 * Breach `map` for each package and room that the map does not name in the part for its package, and for each name in the map that is not a
 * room. Without a map there is nothing to check.
 */
export function mapBreaches(tree: Tree, root: string): Breach[] {
  if (!existsSync(join(root, MAP))) return []
  const parts = mapIn(readFileSync(join(root, MAP), 'utf8'))
  const packages = Map.groupBy(sourcesOf(tree), (file) => file.package ?? '')
  return [...packages].flatMap(([home, files]) => {
    const rooms = new Map(files.flatMap((file) => roomNamesOf(file).map((name) => [name, file.path])))
    const part = parts.get(home)
    if (part === undefined)
      return [breachAt(files[0]?.path ?? home, 'map', `${MAP} does not describe packages/${home}/src`)]
    const unnamed = [...rooms].filter(([name]) => !part.rooms.has(name))
    const gone = [...part.rooms].filter(
      (name) => globSync(`packages/${home}/src/**/${name}/`, { cwd: root }).length === 0
    )
    return [
      ...unnamed.map(([name, path]) => breachAt(path, 'map', `${MAP} does not name ${name}/ in packages/${home}`)),
      ...gone.map((name) => ({ file: MAP, line: part.line, rule: 'map', message: `packages/${home} has no ${name}/` }))
    ]
  })
}

interface Part {
  /** Line number, from 1. */
  readonly line: number
  readonly rooms: ReadonlySet<string>
}

/** The parts of the map, by package. Each part begins with `packages/NAME/src` and continues over the indented lines. */
function mapIn(text: string): Map<string, Part> {
  return new Map(
    [...text.matchAll(/^packages\/([\w-]+)\/src .*(?:\n .*)*/gm)].map(({ 0: part, 1: home = '', index }) => {
      const names = part.slice(part.indexOf(' ')).matchAll(/(?<![\w/.-])([\w-]+)\/(?!\w)/g)
      return [home, { line: lineOf(text, index), rooms: new Set([...names].map(([, name = '']) => name)) }]
    })
  )
}

/**
 * Breach `mutual` for each pair of sibling rooms that import each other, including the rooms inside them. The files of `src` itself may be
 * used by all rooms of their package, and files beside the rooms of a folder by all of these rooms.
 */
export function mutualBreaches(tree: Tree, exceptions: Exceptions): Breach[] {
  const edges = new Map<string, string>()
  for (const file of sourcesOf(tree)) {
    for (const { from } of file.imports.filter((one) => one.from.startsWith('.'))) {
      const [here, there] = sidesOf(folderOf(file), targetOf(file, from).replace(/\/[^/]*$/, ''))
      if (here !== undefined && there !== undefined) edges.set(`${here} ${there}`, `${file.path} imports ${from}`)
    }
  }
  return [...edges].flatMap(([edge, one]) => {
    const [here = '', there = ''] = edge.split(' ')
    const other = edges.get(`${there} ${here}`)
    if (other === undefined || here > there || exceptions.permits(`${here} ${there}`)) return []
    return [breachAt(one.split(' ')[0] ?? here, 'mutual', `${here} and ${there} import each other: ${one}, ${other}`)]
  })
}

/** The two sibling folders that contain these two folders; empty if one folder is inside the other. */
function sidesOf(here: string, there: string): string[] {
  const [a, b] = [here.split('/'), there.split('/')]
  const parting = a.findIndex((name, i) => name !== b[i])
  if (parting < 0 || parting >= b.length) return []
  return [a, b].map((names) => names.slice(0, parting + 1).join('/'))
}

function sourcesOf(tree: Tree): SourceFile[] {
  return tree.files.filter(({ room }) => room === 'source')
}

function folderOf({ path }: SourceFile): string {
  return path.slice(0, path.lastIndexOf('/'))
}

/** The names of the folders between `src` and the file. */
function roomNamesOf(file: SourceFile): string[] {
  return folderOf(file).split('/').slice(3)
}

function breachAt(file: string, rule: string, message: string): Breach {
  return { file, line: 1, rule, message }
}
