/**
 * `stimnet init`: creates the folder of a new peer with a commented configuration and a key. In a terminal, it asks for what
 * it needs.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { command, EXIT, given, type Io, printable, refuse, wholeNumber } from '@stimnet/machine'
import { codeOf, cryptographicRandom, StimnetError, signerFromSeed } from '@stimnet/protocol'
import { Accounts } from '../../store/accounts/accounts.ts'
import { nodeIdFor } from '../../config/short-names.ts'
import { loadOrCreateKey } from '../../store/identity.ts'
import { assertDataKept } from './init-data.ts'
import {
  askForSetup,
  GATEWAY_PORT,
  type Known,
  MESH_PORT,
  type Setup,
  whyNoAddress,
  whyNoName
} from './init-questions.ts'

const CONFIG_FILE = 'stimnet.yaml'
/** The data folder that the written configuration names. */
const DATA_FOLDER = 'stimnet-data'

/** Never overwrites. Throws CONFIG_INVALID if there is already a configuration. */
export const initCommand = command({
  name: 'init',
  usage: '[FOLDER] [--institution NAME] [--node-id NAME] [--catalog FILE] [--yes] [--keep-data]',
  summary: 'Makes a folder for a new peer, with a configuration and a key.',
  details: `
In a terminal, it asks for missing settings: folder, name, address and ports, files to propose a catalog for, and a
first account. Each question has an answer that Enter takes. With --yes, or without a terminal, it asks nothing; then --institution
is needed.

What it makes:
  stimnet.yaml            the configuration, to be read and changed
  stimnet-data/           everything that the peer keeps; closed to other users
    identity.key          the key of the institution. Keep a copy; its PeerId is its public name

Nothing is offered and nobody may connect until stimnet.yaml says so: add catalogs, the PeerIds of the other institutions
(mesh.peers), an address of one of them (mesh.bootstrap) and who may ask (requesters). To undo, delete the folder.

An existing stimnet-data, such as one that was restored from a copy, has a key and accounts with passwords that somebody knows. The
command lists its contents and uses it only after a confirmation in the terminal, or with --keep-data; it never uses that of another user.

A proposed catalog is private: it is announced to nobody. The decisions that a person must make are shown line by line; the sentences have
words and counts of the data, so keep them here. Levels and bounds become public once others may see the catalog.

--catalog takes a file that describes catalogs, as in a configuration, and reads their data.

  stimnet init
  stimnet init ./peer --institution "University Hospital North" --node-id north --yes
  stimnet doctor --config ./peer/stimnet.yaml
  stimnet start --config ./peer/stimnet.yaml`,
  options: {
    institution: { type: 'string', value: 'NAME', help: 'The name that other institutions see' },
    catalog: { type: 'string', value: 'FILE', help: 'A YAML file with one catalog or a list of them, to include' },
    'node-id': { type: 'string', value: 'NAME', help: 'A short name for this peer (default: made from --institution)' },
    address: { type: 'string', value: 'HOST', help: 'Where others reach this machine (default: nowhere)' },
    port: { type: 'string', value: 'PORT', help: `For other institutions (default ${MESH_PORT})` },
    'gateway-port': { type: 'string', value: 'PORT', help: `For console and REST API (default ${GATEWAY_PORT})` },
    yes: { type: 'boolean', help: 'Ask nothing' },
    'keep-data': { type: 'boolean', help: 'Take a stimnet-data that is there, with its key and accounts' }
  },
  positionals: [0, 1],
  run: async (values, [folder], io) => {
    const { ask } = io
    const isAsking = ask !== undefined && values.yes !== true
    const known: Known = {
      folder,
      institution: nameIn(values.institution),
      address: addressIn(values.address),
      meshPort: portOf('--port', values.port),
      gatewayPort: portOf('--gateway-port', values['gateway-port']),
      files: values.catalog === undefined ? undefined : []
    }
    const setup = isAsking ? await askForSetup(known, { ...io, ask }) : unasked(known)
    if (setup.meshPort === setup.gatewayPort) refuse('--port and --gateway-port must differ')
    const place = resolve(setup.folder)
    // If there is already a configuration, only that is reported.
    if (!existsSync(join(place, CONFIG_FILE))) {
      const isKept = values['keep-data'] === true
      await assertDataKept(join(place, DATA_FOLDER), { isKept, ask: isAsking ? ask : undefined, io })
    }
    const catalogs = await catalogsOf(values.catalog, setup, io)
    const nodeId = values['node-id'] ?? nodeIdFor(setup.institution)
    const made = await make(setup, { nodeId, catalogs })
    io.out(
      `Wrote ${made.file}\nNode ${nodeId}: others ask only this peer with stimnet run --peers ${nodeId} (node_id in the file)\n`
    )
    io.out(
      `PeerId ${made.peerId}: join a federation with stimnet join CODE, or give it to the others for their mesh.peers.\n`
    )
    if (made.password !== '') io.out(accountText(setup.account, made.password))
    if (isAsking) io.out(forOthers(setup, made.peerId))
    if (catalogs.decisions.length > 0) tellDecisions(catalogs.decisions, made, io)
    io.out(nextText(setup, made.file, catalogs.text !== NO_CATALOGS))
    return EXIT.ok
  }
})

/** The setup without questions. Throws PARAMETER_INVALID without a name. */
function unasked(known: Known): Setup {
  return {
    folder: known.folder ?? '.',
    institution: given('--institution', known.institution, ', e.g. --institution "University Hospital North"'),
    address: known.address ?? '',
    meshPort: known.meshPort ?? MESH_PORT,
    gatewayPort: known.gatewayPort ?? GATEWAY_PORT,
    files: [],
    catalog: '',
    account: ''
  }
}

function nameIn(text: string | undefined): string | undefined {
  const why = text === undefined ? undefined : whyNoName(text)
  return why === undefined ? text : refuse(`--institution: ${why}`)
}

function addressIn(text: string | undefined): string | undefined {
  const why = text === undefined ? undefined : whyNoAddress(text)
  return why === undefined ? text : refuse(`--address: ${why}`)
}

function portOf(name: string, text: string | undefined): number | undefined {
  return wholeNumber(name, text, { most: 65_535 })
}

/** The section `catalogs`, and the decisions that a person must make about a proposed catalog. */
interface Catalogs {
  readonly text: string
  /** Lines are counted from that of `catalogs:`. */
  readonly decisions: readonly { readonly line: number; readonly about: string; readonly text: string }[]
}

const NO_CATALOGS = 'catalogs: []\n'
/** Minimum number of people for a level in a proposal, as with `stimnet catalog propose`. */
const PEOPLE_MIN = 10

async function catalogsOf(
  file: string | undefined,
  { folder, files, catalog: name }: Setup,
  io: Io
): Promise<Catalogs> {
  // Loaded when needed, so that data are read only if somebody names files.
  if (file !== undefined) {
    const { catalogsText } = await import('../../catalogs/described.ts')
    return { text: await catalogsText(file, resolve(folder)), decisions: [] }
  }
  if (files.length === 0) return { text: NO_CATALOGS, decisions: [] }
  const { proposeCatalog } = await import('@stimnet/data')
  try {
    const options = { name, baseDir: resolve(folder), peopleMin: PEOPLE_MIN }
    const { yaml, decisions } = await proposeCatalog(files, options)
    return { text: `catalogs:\n${itemOf(yaml)}`, decisions: decisions.map((one) => ({ ...one, line: one.line + 1 })) }
  } catch (error) {
    if (!(error instanceof StimnetError) || !['PARAMETER_INVALID', 'SOURCE_INVALID'].includes(codeOf(error)))
      throw error
    io.err(`No catalog could be proposed: ${printable(error.message)}\n`)
    return { text: NO_CATALOGS, decisions: [] }
  }
}

/** A catalog as YAML, as the only item of a list. The order of its lines stays the same, comments included. */
function itemOf(yaml: string): string {
  const lines = yaml.trimEnd().split('\n')
  const first = lines.findIndex((line) => !line.startsWith('#'))
  const indented = lines.map((line, at) => {
    if (at < first) return `  ${line}`
    return at === first ? `  - ${line}` : line === '' ? '' : `    ${line}`
  })
  return `${indented.join('\n')}\n`
}

/** The created folder of a peer. */
interface Made {
  readonly file: string
  readonly peerId: string
  /** The password of the first account; empty if there is no account. */
  readonly password: string
  /** The line of `catalogs:` in the file. */
  readonly catalogsLine: number
}

/** Number of bytes of a generated password: 120 bits. */
const PASSWORD_BYTES = 15
const ROLES = ['researcher', 'operator'] as const

async function make(
  setup: Setup,
  { nodeId, catalogs }: { readonly nodeId: string; readonly catalogs: Catalogs }
): Promise<Made> {
  const folder = resolve(setup.folder)
  const file = join(folder, CONFIG_FILE)
  const dataDir = join(folder, DATA_FOLDER)
  const head = configText(setup, nodeId)
  await mkdir(folder, { recursive: true })
  await writeNew(file, head + catalogs.text)
  const signer = await signerFromSeed(await loadOrCreateKey(dataDir, cryptographicRandom))
  const password = setup.account === '' ? '' : randomBytes(PASSWORD_BYTES).toString('base64url')
  if (password !== '') {
    const accounts = await Accounts.open(join(dataDir, 'accounts.json'))
    await accounts.put({ name: setup.account, roles: ROLES, password })
  }
  return { file, peerId: signer.id, password, catalogsLine: head.split('\n').length }
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o640 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new StimnetError('CONFIG_INVALID', `${file} exists already: nothing was changed`, { cause })
  }
}

function accountText(name: string, password: string): string {
  return `Account ${name} (${ROLES.join(', ')}), password ${password}\n  It is not shown again: stimnet account add ${name} sets another.\n`
}

function forOthers(setup: Setup, peerId: string): string {
  const address = setup.address === '' ? 'none yet: this peer listens on this machine alone' : addressOf(setup, peerId)
  return `
For the other institutions; read the end of the PeerId to them by telephone:
  institution  ${setup.institution}
  PeerId       ${peerId}
  address      ${address}
A member of a federation may send you a code instead, by stimnet invite.

`
}

/** The first part of a multiaddr. */
function hostPart(address: string): string {
  const version = isIP(address)
  return version === 0 ? `/dns4/${address}` : `/ip${version}/${address}`
}

function addressOf({ address, meshPort }: Setup, peerId: string): string {
  return `${hostPart(address)}/tcp/${meshPort}/p2p/${peerId}`
}

function tellDecisions(decisions: Catalogs['decisions'], { file, catalogsLine }: Made, io: Io): void {
  io.err(
    `Decide about the proposed catalog, line by line of ${file}. These sentences have words and counts of your data: keep them here.\n`
  )
  for (const { line, about, text } of decisions) {
    io.err(`line ${catalogsLine - 1 + line}, ${printable(about)}: ${printable(text)}\n`)
  }
}

function nextText({ files, account }: Setup, file: string, hasCatalogs: boolean): string {
  const catalogs = hasCatalogs ? `read the catalogs in ${file}` : `describe a catalog in ${file} (docs/operating.md)`
  const steps = [
    ...(files.length > 0 && hasCatalogs ? [`stimnet catalog check --config ${file}`] : []),
    ...(account === '' ? [`stimnet account add NAME --config ${file}`] : []),
    `stimnet doctor --config ${file}`,
    `stimnet start --config ${file}`
  ]
  return `Next: ${catalogs}, then\n${steps.map((step) => `  ${step}\n`).join('')}`
}

function meshText({ address, meshPort }: Setup): string {
  if (address === '') {
    return `  # Loopback: change it to the address that other institutions reach, e.g. /ip4/0.0.0.0/tcp/${meshPort}.
  listen: [/ip4/127.0.0.1/tcp/${meshPort}]`
  }
  const all = isIP(address) === 6 ? '/ip6/::' : '/ip4/0.0.0.0'
  return `  # On all addresses of this machine; others are told the announced one.
  listen: ["${all}/tcp/${meshPort}"]
  announce: ["${hostPart(address)}/tcp/${meshPort}"]`
}

function configText(setup: Setup, nodeId: string): string {
  return `# A StimNet peer. Explained in docs/operating.md; an example with every key: config/peer.example.yaml.
node_id: ${JSON.stringify(nodeId)}
institution: ${JSON.stringify(setup.institution)}
data_dir: ./stimnet-data

mesh:
${meshText(setup)}
  # One or two peers to join by, e.g. /dns4/peer.example.org/tcp/4001/p2p/12D3Koo...
  bootstrap: []
  # PeerIds of the institutions that may connect. Empty means nobody.
  peers: []

# Who may ask: key ids of researchers, or gateway:PEERID for every account of a peer's gateway.
requesters: [gateway:self]

gateway:
  port: ${setup.gatewayPort}

privacy:
  preset: default
  min_cohort_size: 5

# What this institution offers. An annotated example: config/peer.example.yaml.
`
}
