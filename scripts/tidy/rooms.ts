/** The rules on folders of source files: each has a limited number of files and is named in docs/architecture.md. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOM_FILES_MAX } from './house.ts'
import type { Breach, Tree } from './tree.ts'

const MAP = 'docs/architecture.md'

/** Breaches `crowded` (too many files in a folder) and, if there is a map, `map` (a folder that the map does not name). */
export function roomBreaches(tree: Tree, root: string): Breach[] {
  const rooms = Map.groupBy(
    tree.files.filter(({ room }) => room === 'source'),
    ({ path }) => path.slice(0, path.lastIndexOf('/'))
  )
  const map = mapIn(root)
  return [...rooms].flatMap(([folder, files]) => {
    const [{ path = folder } = {}] = files
    const [, name] = /\/src\/(?:.*\/)?([^/]+)$/.exec(folder) ?? []
    const isNamed = name === undefined || map === undefined || map.includes(`${name}/`)
    return [
      ...(files.length > ROOM_FILES_MAX
        ? [breach(path, 'crowded', `${folder} has ${files.length} files: at most ${ROOM_FILES_MAX}`)]
        : []),
      ...(isNamed ? [] : [breach(path, 'map', `${MAP} does not name ${name}/`)])
    ]
  })
}

function breach(file: string, rule: string, message: string): Breach {
  return { file, line: 1, rule, message }
}

function mapIn(root: string): string | undefined {
  try {
    return readFileSync(join(root, MAP), 'utf8')
  } catch {
    return undefined
  }
}
