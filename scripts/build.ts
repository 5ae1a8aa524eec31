/** Builds the published packages in dist/<name>: JavaScript with type declarations, and a package.json for each. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const names = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'src/index.ts')))
  .sort()

rmSync(dist, { recursive: true, force: true })
if (compile()) {
  for (const name of names) {
    copyAssets(name)
    renameEntries(name)
    writeManifest(name)
    cpSync(join(root, 'LICENSE'), join(dist, name, 'LICENSE'))
  }
  // A package that lacks a file which it reads when it is loaded fails here, and not where it is installed.
  for (const name of names) await import(join(dist, name, 'dist/index.js'))
  console.log(`built ${names.join(', ')} in dist/`)
} else {
  console.error('Nothing was built: the compiler found the errors above.')
  process.exitCode = 1
}

/** Compiles all packages at once, since they import each other's sources, and copies each result to its own folder. */
function compile(): boolean {
  const settings = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      sourceMap: false,
      rootDir: join(root, 'packages'),
      outDir: join(dist, '.out'),
      noEmitOnError: true
    },
    include: names.map((name) => join(root, 'packages', name, 'src'))
  }
  mkdirSync(dist, { recursive: true })
  const path = join(dist, 'tsconfig.build.json')
  writeFileSync(path, JSON.stringify(settings, null, 2))
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { status } = spawnSync(process.execPath, [tsc, '-p', path], { stdio: 'inherit' })
    if (status !== 0) return false
    for (const name of names) cpSync(join(dist, '.out', name, 'src'), join(dist, name, 'dist'), { recursive: true })
    return true
  } finally {
    rmSync(path)
    rmSync(join(dist, '.out'), { recursive: true, force: true })
  }
}

/** Copies files that the compiler does not emit: JavaScript with its types, runners, schemas, and the pages in `assets`. */
function copyAssets(name: string): void {
  const pages = join(root, 'packages', name, 'assets')
  if (existsSync(pages)) cpSync(pages, join(dist, name, 'assets'), { recursive: true })
  const source = join(root, 'packages', name, 'src')
  for (const path of globSync('**/*', { cwd: source, withFileTypes: true })) {
    if (!path.isFile() || (path.name.endsWith('.ts') && !path.name.endsWith('.d.ts')) || path.name.endsWith('.tsx'))
      continue
    const from = join(path.parentPath, path.name)
    const to = join(dist, name, 'dist', from.slice(source.length))
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, to)
  }
}

/** Renames './child.ts' in strings to './child.js', because child processes and workers are started by file name. */
function renameEntries(name: string): void {
  for (const path of globSync(join(dist, name, 'dist/**/*.js'))) {
    const text = readFileSync(path, 'utf8')
    const renamed = text.replace(/(['"`])([\w./-]+)\.ts\1/g, (whole, quote: string, file: string) =>
      existsSync(join(dirname(path), `${file}.js`)) ? `${quote}${file}.js${quote}` : whole
    )
    if (renamed !== text) writeFileSync(path, renamed)
  }
}

function writeManifest(name: string): void {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest
  const built = (path: string) => path.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '.js')
  const entry = (path: string) => ({ types: built(path).replace(/\.js$/, '.d.ts'), default: built(path) })
  const exports = Object.fromEntries(Object.entries(manifest.exports ?? {}).map(([key, path]) => [key, entry(path)]))
  const bin = Object.fromEntries(Object.entries(manifest.bin ?? {}).map(([key, path]) => [key, built(path)]))
  const published = {
    ...manifest,
    ...(manifest.bin === undefined ? {} : { bin }),
    exports,
    engines: { node: '>=24' },
    files: ['dist', ...(existsSync(join(dist, name, 'assets')) ? ['assets'] : []), 'LICENSE']
  }
  writeFileSync(join(dist, name, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
}
