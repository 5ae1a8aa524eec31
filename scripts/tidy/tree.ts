/** The project as input of the rules: packages with their declared dependencies, and source files with their imports. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileNamesOf, type Import, importsOf, type Layers, layersOf } from './scan.ts'

/** One breach of a rule. */
export interface Breach {
  /** Path relative to the project, with forward slashes. */
  readonly file: string
  /** Line number, from 1. */
  readonly line: number
  readonly rule: string
  readonly message: string
}

export type Room = 'source' | 'test' | 'script'

export interface SourceFile {
  readonly path: string
  readonly room: Room
  /** The file's package, without scope; undefined for scripts and for the tests in test/. */
  readonly package: string | undefined
  readonly layers: Layers
  readonly imports: readonly Import[]
  readonly fileNames: readonly string[]
}

export interface Package {
  readonly name: string
  readonly dependencies: ReadonlySet<string>
  /** The entries other than the index, by their specifier, such as `@stimnet/peer/commands`, with the file of each. */
  readonly entries: ReadonlyMap<string, string>
}

export interface Tree {
  readonly files: readonly SourceFile[]
  readonly packages: ReadonlyMap<string, Package>
}

// Installed and generated code is not checked.
const SKIPPED = /(^|\/)(node_modules|dist|gen|\.cache|\.stimnet)(\/|$)|\.d\.ts$/

const ROOMS: readonly { readonly room: Room; readonly glob: string }[] = [
  { room: 'source', glob: 'packages/*/src/**/*.{ts,tsx}' },
  { room: 'test', glob: 'packages/*/test/**/*.ts' },
  { room: 'test', glob: 'scripts/test/**/*.ts' },
  { room: 'test', glob: 'test/**/*.ts' },
  { room: 'script', glob: 'scripts/**/*.ts' }
]

/** Reads the project at `root`. */
export function readTree(root: string): Tree {
  const files = new Map<string, SourceFile>()
  for (const { room, glob } of ROOMS) {
    for (const found of globSync(glob, { cwd: root, exclude: ['**/node_modules'] })) {
      const path = found.replaceAll('\\', '/')
      if (!SKIPPED.test(path) && !files.has(path)) files.set(path, readSource(root, path, room))
    }
  }
  return {
    files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    packages: new Map(readPackages(root).map((one) => [one.name, one]))
  }
}

function readSource(root: string, path: string, room: Room): SourceFile {
  const layers = layersOf(readFileSync(join(root, path), 'utf8'))
  return {
    path,
    room,
    package: /^packages\/([^/]+)\//.exec(path)?.[1],
    layers,
    imports: importsOf(layers),
    fileNames: fileNamesOf(layers)
  }
}

function readPackages(root: string): Package[] {
  const folder = join(root, 'packages')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .map((name) => {
      const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as {
        dependencies?: object
        optionalDependencies?: object
        peerDependencies?: object
        exports?: Record<string, string>
      }
      const { dependencies, optionalDependencies, peerDependencies, exports = {} } = manifest
      const declared = { ...dependencies, ...optionalDependencies, ...peerDependencies }
      const entries = Object.entries(exports).map(([key, file]): [string, string] => [
        `@stimnet/${name}${key.slice(1)}`,
        `packages/${name}${file.slice(1)}`
      ])
      return { name, dependencies: new Set(Object.keys(declared)), entries: new Map(entries) }
    })
}

/** The path in the tree to which a relative import in this file refers. */
export function targetOf(file: SourceFile, relative: string): string {
  const parts = [...file.path.split('/').slice(0, -1), ...relative.split('/')]
  const out: string[] = []
  for (const part of parts) {
    if (part === '..') out.pop()
    else if (part !== '.' && part !== '') out.push(part)
  }
  return out.join('/')
}
