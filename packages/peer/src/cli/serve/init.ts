/** `stimnet init`: writes a commented configuration and a key for a new peer, and prints the next steps. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { command, EXIT, given, loadOrCreateSeed } from '@stimnet/machine'
import { cryptographicRandom, StimnetError, signerFromSeed } from '@stimnet/protocol'

/** Never overwrites. Throws CONFIG_INVALID where there is a configuration already. */
export const initCommand = command({
  name: 'init',
  usage: '[FOLDER] --institution NAME [--node-id NAME] [--catalog FILE]',
  summary: 'Makes a folder for a new peer, with a configuration and a key.',
  details: `
Nothing is offered and nobody may connect until stimnet.yaml says so: add catalogs, the PeerIds of the other institutions
(mesh.peers), an address of one of them (mesh.bootstrap) and who may ask (requesters). To undo, delete the folder.

--catalog takes a file that describes catalogs, as in a configuration, and reads their data.

  stimnet init ./peer --institution "University Hospital North" --node-id north
  stimnet start --config ./peer/stimnet.yaml`,
  options: {
    institution: { type: 'string', value: 'NAME', help: 'The name that other institutions see' },
    catalog: { type: 'string', value: 'FILE', help: 'A YAML file with one catalog or a list of them, to include' },
    'node-id': { type: 'string', value: 'NAME', help: 'A short name for this peer (default node-1)' }
  },
  positionals: [0, 1],
  run: async (values, [folder = '.'], io) => {
    const institution = given('--institution', values.institution, ', e.g. --institution "University Hospital North"')
    const file = join(resolve(folder), 'stimnet.yaml')
    const dataDir = join(resolve(folder), 'stimnet-data')
    const catalogs = await catalogsOf(values.catalog, resolve(folder))
    await mkdir(resolve(folder), { recursive: true })
    await writeNew(file, configText(institution, values['node-id'] ?? 'node-1') + catalogs)
    const signer = await signerFromSeed(await loadOrCreateSeed(join(dataDir, 'identity.key'), cryptographicRandom))
    io.out(`Wrote ${file}\n`)
    io.out(`PeerId ${signer.id}: give it to the other institutions for their mesh.peers.\n`)
    const next = values.catalog ? `read the catalogs in ${file}` : `describe a catalog in ${file} (docs/operating.md)`
    io.out(`Next: ${next}, then\n`)
    io.out(
      `  stimnet account add NAME --config ${file}\n  stimnet start --config ${file}\n  stimnet doctor --config ${file}\n`
    )
    return EXIT.ok
  }
})

async function catalogsOf(file: string | undefined, folder: string): Promise<string> {
  if (file === undefined) return 'catalogs: []\n'
  // Loaded when needed, so that data are read only with `--catalog`.
  const { catalogsText } = await import('../../catalogs/described.ts')
  return catalogsText(file, folder)
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o640 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new StimnetError('CONFIG_INVALID', `${file} exists already: nothing was changed`, { cause })
  }
}

function configText(institution: string, nodeId: string): string {
  return `# A StimNet peer. Explained in docs/operating.md; an example with every key: config/peer.example.yaml.
node_id: ${JSON.stringify(nodeId)}
institution: ${JSON.stringify(institution)}
data_dir: ./stimnet-data

mesh:
  # Loopback: change it to the address that other institutions reach, e.g. /ip4/0.0.0.0/tcp/4001.
  listen: [/ip4/127.0.0.1/tcp/4001]
  # One or two peers to join by, e.g. /dns4/peer.example.org/tcp/4001/p2p/12D3Koo...
  bootstrap: []
  # PeerIds of the institutions that may connect. Empty means nobody.
  peers: []

# Who may ask: key ids of researchers, or gateway:PEERID for every account of a peer's gateway.
requesters: [gateway:self]

gateway:
  port: 8000

privacy:
  preset: default
  min_cohort_size: 5

# What this institution offers. An annotated example: config/peer.example.yaml.
`
}
