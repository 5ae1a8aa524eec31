/** Writes the software bill of materials (CycloneDX) from the lock file, or checks that the file in docs/ fits the lock file. */
// usage: npm run sbom [-- --check]
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: boolean
  readonly link?: boolean
}

const root = join(import.meta.dirname, '..')
const file = join(root, 'docs', 'sbom.cdx.json')

async function json<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(join(root, name), 'utf8')) as T
}

/** The component for one package of the lock file. `dev`: the package is used only for tests and builds, and no institution runs it. */
function componentOf(path: string, { version = '', integrity = '', license, dev }: Locked) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const [algorithm = '', digest = ''] = integrity.split(/-(.*)/s)
  const hash = { alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }
  return {
    ...{ type: 'library', 'bom-ref': `${purl}#${path}`, name, version, purl, scope: dev ? 'excluded' : 'required' },
    ...(digest === '' ? {} : { hashes: [hash] }),
    // An SPDX expression; a single id is a valid expression.
    ...(license === undefined ? {} : { licenses: [{ expression: license }] })
  }
}

const { packages } = await json<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json')
const { version } = await json<{ version: string }>('package.json')
const components = Object.entries(packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link)
  .map(([path, locked]) => componentOf(path, locked))
// The file has no timestamp and no serial number, so that the same lock file gives the same bytes.
const bom = {
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
  metadata: { component: { type: 'application', 'bom-ref': 'stimnet', name: 'stimnet', version } }
}
// One line per package, so that a change of a package changes one line.
const lines = components.map((component) => `    ${JSON.stringify(component)}`).join(',\n')
const text = `${JSON.stringify(bom, null, 2).slice(0, -2)},\n  "components": [\n${lines}\n  ]\n}\n`

if (!process.argv.includes('--check')) await writeFile(file, text)
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('docs/sbom.cdx.json is not that of package-lock.json: npm run sbom')
  process.exitCode = 1
}
