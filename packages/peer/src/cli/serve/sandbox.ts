/** `stimnet sandbox`: shows the parts of the embedded sandbox, adds to them, and attacks the sandboxes. */
import { resolve } from 'node:path'
import { command, EXIT, type Io, oneOf, tableOf } from '@stimnet/machine'
import { sandboxCacheDir } from '../../config/sandbox-settings.ts'
import { SANDBOX_TEST_DETAILS, SANDBOX_TEST_OPTIONS, sandboxTest } from './sandbox-test.ts'
import { CONFIG_OPTION } from './start.ts'

const ACTIONS = ['list', 'add', 'fetch', 'test'] as const

/** Exit code 1: a part to be added is not available or does not have the hash in its lock, or an attack succeeded. */
export const sandboxCommand = command({
  name: 'sandbox',
  usage: 'list | add r | fetch LIBRARY… [--from PLACE] | test [--engine ENGINE] [--only ID,…] [--config FILE]',
  summary: 'Shows and extends the embedded sandbox (R, Python libraries), and attacks the sandboxes to test them.',
  details: `
The embedded sandbox has Python and its standard library. More can be added.

  list              shows its libraries, and those that can be added
  add r             adds R (webR, 38 MB, fetched by this machine's npm). webR is licensed under GPL-3.0; it is started as a
                    process of its own, and StimNet is not linked with it.
  fetch LIBRARY…    adds Python libraries and their dependencies, e.g. fetch numpy pandas${SANDBOX_TEST_DETAILS}

Each added file must have the hash in the lock of this version; otherwise nothing is kept. Without a network, --from names a local
source: the archive that \`npm pack\` makes, a folder with the files of the Python libraries, or an address that has them. A peer uses
the additions from its next start on.

  stimnet sandbox list --config peer/stimnet.yaml
  stimnet sandbox add r --config peer/stimnet.yaml`,
  options: {
    config: CONFIG_OPTION,
    from: { type: 'string', value: 'PLACE', help: 'The file, folder or address to take it from' },
    ...SANDBOX_TEST_OPTIONS
  },
  positionals: [1, 64, `ACTION (${ACTIONS.join(', ')})`],
  run: async (values, [action = '', ...names], io) => {
    const asked = oneOf('the action', action, ACTIONS)
    if (asked === 'test') return sandboxTest(values, io)
    const cacheDir = await cacheDirOf(values.config)
    switch (asked) {
      case 'list':
        return list(cacheDir, io)
      case 'add':
        if (names.join(' ') === 'r') return add(cacheDir, values.from, io)
        io.err('stimnet sandbox add: only R can be added: stimnet sandbox add r\n')
        return EXIT.usage
      case 'fetch':
        return fetchLibraries(cacheDir, { names, from: values.from }, io)
    }
  }
})

async function cacheDirOf(file: string | undefined): Promise<string> {
  // Loaded when needed, so that client commands start without DuckDB and libp2p.
  const { loadConfig } = await import('../../config/config.ts')
  const { config, baseDir } = await loadConfig(file ?? 'stimnet.yaml')
  return sandboxCacheDir(config, resolve(baseDir, config.data_dir))
}

async function list(cacheDir: string, io: Io): Promise<number> {
  const { embeddedParts } = await import('@stimnet/sandbox')
  const { pyodideVersion, webr, wheels } = await embeddedParts(cacheDir)
  const rows = [
    ['python', `pyodide ${pyodideVersion}`, 'here'],
    ['r', `webr ${webr.version} (${webr.license})`, webr.isAdded ? 'here' : 'stimnet sandbox add r'],
    ...wheels.map(({ name, version }) => [`python: ${name}`, version, 'here'])
  ]
  io.out(tableOf(['part', 'version', 'state'], rows))
  return EXIT.ok
}

async function add(cacheDir: string, archive: string | undefined, io: Io): Promise<number> {
  const { ADDONS, addR } = await import('@stimnet/sandbox')
  const { version, license } = ADDONS.webr
  io.err(`webR ${version}: licensed under ${license}, fetched as it was published.\n`)
  const { directory, isNew } = await addR({
    cacheDir,
    signal: io.signal,
    ...(archive === undefined ? {} : { archive })
  })
  io.out(isNew ? `R is in ${directory}. The peer sees it at its next start.\n` : `R is in ${directory} already.\n`)
  return EXIT.ok
}

async function fetchLibraries(
  cacheDir: string,
  { names, from }: { names: readonly string[]; from: string | undefined },
  io: Io
): Promise<number> {
  if (names.length === 0) {
    io.err('stimnet sandbox fetch: name the libraries, e.g. stimnet sandbox fetch numpy pandas\n')
    return EXIT.usage
  }
  const { fetchWheels } = await import('@stimnet/sandbox')
  const wheels = await fetchWheels({
    cacheDir,
    names,
    signal: io.signal,
    onFile: ({ fileName }) => io.err(`${fileName}\n`),
    ...(from === undefined ? {} : { from })
  })
  io.out(
    `${wheels.map(({ name, version }) => `${name} ${version}`).join(', ')}. The peer sees them at its next start.\n`
  )
  return EXIT.ok
}
