/** Builds the images of the Docker sandboxes, unless an image for the current inputs exists. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBase, SUITE, SUITE_EPOCH } from './images/base.ts'
import { docker, idOf } from './images/command.ts'

const HELP = `usage: npm run images [-- OPTIONS]

Builds the images of the Docker sandbox and prints a line for each, NAME@ID. One that is there for the present inputs is
not built again. Needs Docker and Debian's packages; where no registry of images answers, debootstrap and root too.
  --only python|r   this one alone; may be given several times
  --minimal         Python without numpy, pandas and their like: small and quick, for tests
  --fresh           builds anew, with what Debian's packages are today
  --help            this text
`

const OPTIONS = {
  only: { type: 'string', multiple: true },
  minimal: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false }
} as const

interface ImageKind {
  readonly name: string
  /** Folder of the image in images/. */
  readonly folder: string
  /** Files that are shared with the embedded sandbox, by target folder, so that scripts find the same helpers in both sandboxes. */
  readonly shared: Readonly<Record<string, readonly string[]>>
  /** Debian packages, if they differ from those in the Dockerfile. */
  readonly packages?: readonly string[]
}

const PYTHON = {
  folder: 'python',
  shared: { helpers: ['data_loader.py', 'stimnet.py'], runner: ['frames.py', 'run.py'] }
}
const KINDS: Readonly<Record<string, ImageKind>> = {
  python: { name: 'stimnet-python', ...PYTHON },
  r: { name: 'stimnet-r', folder: 'r', shared: { helpers: ['json.R', 'stimnet.R', 'run.R'] } }
}
const MINIMAL: ImageKind = { name: 'stimnet-python-minimal', ...PYTHON, packages: ['python3'] }

const root = join(import.meta.dirname, '..')
const say = (text: string) => process.stderr.write(`images: ${text}\n`)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const wanted = values.minimal ? [MINIMAL] : (values.only ?? Object.keys(KINDS)).map(kindOf)
  await docker(['version', '--format', '{{.Server.Version}}'])
  for (const kind of wanted) process.stdout.write(`${await ensureImage(kind, values.fresh)}\n`)
  return 0
}

function kindOf(word: string): ImageKind {
  const kind = KINDS[word]
  if (!kind) throw new TypeError(`there is no image ${word}: ${Object.keys(KINDS).join(' or ')}`)
  return kind
}

/** Returns `name@id` of the image for the current inputs. Builds the image if it is missing. */
async function ensureImage(kind: ImageKind, fresh: boolean): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'stimnet-images-'))
  try {
    layOut(kind, context)
    const tag = `${kind.name}:${hashOf(kind, context)}`
    if (fresh || !(await idOf(tag))) await build(kind, { context, tag, fresh })
    await docker(['tag', tag, `${kind.name}:latest`])
    return `${kind.name}@${await idOf(tag)}`
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

/** Fills the folder from which an image is built. */
function layOut(kind: ImageKind, context: string): void {
  const shared = join(root, 'packages/sandbox/src/wasm/runner')
  cpSync(join(root, 'images', kind.folder), context, { recursive: true })
  cpSync(join(root, 'images/finish.sh'), join(context, 'finish.sh'))
  for (const [folder, files] of Object.entries(kind.shared)) {
    mkdirSync(join(context, folder), { recursive: true })
    for (const file of files) cpSync(join(shared, file), join(context, folder, file))
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
  await docker([
    ...['build', '--network', 'host', '--tag', tag, ...(fresh ? ['--no-cache'] : [])],
    ...Object.entries(variables).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(kind.packages ? ['--build-arg', `PACKAGES=${kind.packages.join(' ')}`] : []),
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
