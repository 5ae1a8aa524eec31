/** Builds the images of the Docker sandboxes and of the peer, unless an image for the current inputs exists. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, matchesGlob, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBase, SUITE, SUITE_EPOCH } from './images/base.ts'
import { docker, idOf } from './images/command.ts'

const HELP = `usage: npm run images [-- OPTIONS]

Builds the images of the Docker sandbox and prints a line for each, NAME@ID. One that is there for the present inputs is
not built again. Needs Docker and Debian's packages; where no registry of images answers, debootstrap and root too.
  --only python|r|peer   this one alone; may be given several times. peer: the peer itself, which needs npm's registry too
  --minimal              Python without numpy, pandas and their like: small and quick, for tests
  --fresh                builds anew, with what Debian's packages are today
  --help                 this text
`

const OPTIONS = {
  only: { type: 'string', multiple: true },
  minimal: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false }
} as const

interface ImageKind {
  readonly name: string
  /** Fills the folder from which the image is built. */
  layOut(context: string): void
  /** The Dockerfile, in that folder. */
  readonly dockerfile: string
  /** Debian packages, if they differ from those in the Dockerfile. */
  readonly packages?: readonly string[]
}

/** Files of a sandbox that the embedded sandbox has too, by target folder, so that scripts find the same helpers in both. */
type Shared = Readonly<Record<string, readonly string[]>>

const sandbox = (name: string, folder: string, shared: Shared): ImageKind => ({
  name,
  dockerfile: 'Dockerfile',
  layOut: (context) => layOutSandbox(folder, shared, context)
})

const PYTHON = sandbox('stimnet-python', 'python', {
  helpers: ['data_loader.py', 'stimnet.py'],
  runner: ['frames.py', 'run.py']
})
/** The images that are built unless others are named. */
const SANDBOXES: Readonly<Record<string, ImageKind>> = {
  python: PYTHON,
  r: sandbox('stimnet-r', 'r', { helpers: ['json.R', 'stimnet.R', 'run.R'] })
}
const PEER: ImageKind = { name: 'stimnet-peer', dockerfile: 'images/peer/Dockerfile', layOut: layOutPeer }
const KINDS: Readonly<Record<string, ImageKind>> = { ...SANDBOXES, peer: PEER }
const MINIMAL: ImageKind = { ...PYTHON, name: 'stimnet-python-minimal', packages: ['python3'] }

const root = join(import.meta.dirname, '..')
const say = (text: string) => process.stderr.write(`images: ${text}\n`)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const wanted = values.minimal ? [MINIMAL] : (values.only ?? Object.keys(SANDBOXES)).map(kindOf)
  await docker(['version', '--format', '{{.Server.Version}}'])
  for (const kind of wanted) process.stdout.write(`${await ensureImage(kind, values.fresh)}\n`)
  return 0
}

function kindOf(word: string): ImageKind {
  const kind = KINDS[word]
  if (!kind) throw new TypeError(`there is no image ${word}: ${Object.keys(KINDS).join(', ')}`)
  return kind
}

/** Returns `name@id` of the image for the current inputs. Builds the image if it is missing. */
async function ensureImage(kind: ImageKind, fresh: boolean): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'stimnet-images-'))
  try {
    kind.layOut(context)
    const tag = `${kind.name}:${hashOf(kind, context)}`
    if (fresh || !(await idOf(tag))) await build(kind, { context, tag, fresh })
    await docker(['tag', tag, `${kind.name}:latest`])
    return `${kind.name}@${await idOf(tag)}`
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

function layOutSandbox(name: string, shared: Shared, context: string): void {
  const runner = join(root, 'packages/sandbox/src/wasm/runner')
  cpSync(join(root, 'images', name), context, { recursive: true })
  cpSync(join(root, 'images/finish.sh'), join(context, 'finish.sh'))
  for (const [folder, files] of Object.entries(shared)) {
    mkdirSync(join(context, folder), { recursive: true })
    for (const file of files) cpSync(join(runner, file), join(context, folder, file))
  }
}

/** Copies what Dockerfile.dockerignore lets through, so that a change of anything else builds no new image. */
function layOutPeer(context: string): void {
  const rules = readFileSync(join(root, 'images/peer/Dockerfile.dockerignore'), 'utf8').split('\n')
  const excluded = rules.filter((rule) => /^packages\//.test(rule))
  const isIncluded = (path: string) => !excluded.some((pattern) => matchesGlob(relative(root, path), pattern))
  for (const path of rules.flatMap((rule) => (rule.startsWith('!') ? [rule.slice(1)] : []))) {
    cpSync(join(root, path), join(context, path), { recursive: true, filter: isIncluded })
  }
  for (const file of ['Dockerfile', 'Dockerfile.dockerignore']) {
    cpSync(join(root, 'images/peer', file), join(context, 'images/peer', file))
  }
}

function hashOf(kind: ImageKind, context: string): string {
  const hash = createHash('sha256').update(JSON.stringify([SUITE, kind.packages ?? 'all']))
  const files = readdirSync(context, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(path.slice(context.length)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

async function build(
  kind: ImageKind,
  { context, tag, fresh }: { context: string; tag: string; fresh: boolean }
): Promise<void> {
  const base = await ensureBase({ fresh, say })
  say(`building ${tag} on ${base}`)
  const startedAt = performance.now()
  const variables = { BASE: base, SOURCE_DATE_EPOCH: `${SUITE_EPOCH}` }
  // A secret of the build is in no layer. Where a proxy inspects TLS, npm trusts its authority by this file, as it does on this machine.
  const authorities = process.env.NODE_EXTRA_CA_CERTS
  await docker([
    ...['build', '--network', 'host', '--tag', tag, ...(fresh ? ['--no-cache'] : [])],
    ...Object.entries(variables).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(kind.packages ? ['--build-arg', `PACKAGES=${kind.packages.join(' ')}`] : []),
    ...(authorities && kind === PEER ? ['--secret', `id=authorities,src=${authorities}`] : []),
    ...['--file', join(context, kind.dockerfile)],
    context
  ])
  say(`built ${tag} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
}

try {
  process.exitCode = await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
