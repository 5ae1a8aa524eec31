/** `stimnet start`: runs a peer until it receives a signal to stop. */
import { command, EXIT } from '@stimnet/machine'

/** The option for the peer's configuration file, for every command on the peer's own machine. */
export const CONFIG_OPTION = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  help: 'The peer’s configuration (default stimnet.yaml)'
} as const

/** Exit code 2: the configuration is wrong; 1: the peer could not start. */
export const startCommand = command({
  name: 'start',
  usage: '[--config FILE]',
  summary: 'Runs the peer in the foreground until Ctrl-C or SIGTERM.',
  details: `
Log lines go to standard error as JSON. Jobs that are running when the peer stops run again at its next start.

  stimnet start --config ./peer/stimnet.yaml`,
  options: { config: CONFIG_OPTION },
  positionals: [0, 0],
  run: async (values, _, io) => {
    // Loaded when needed, so that client commands start without DuckDB and libp2p.
    const [{ loadConfig }, { startPeer }, { collectAtRest }] = await Promise.all([
      import('../../config/config.ts'),
      import('../../peer.ts'),
      import('../../start/rest.ts')
    ])
    const peer = await startPeer(await loadConfig(values.config ?? 'stimnet.yaml'))
    io.out(`PeerId   ${peer.peerId}\n`)
    for (const address of peer.addresses) io.out(`Address  ${address}\n`)
    if (peer.gatewayUrl) io.out(`Gateway  ${peer.gatewayUrl}\n`)
    for (const { descriptor, newer } of peer.catalogs.values()) {
      if (newer === undefined) continue
      io.err(
        `${descriptor.name}: the files have changed; the catalog still answers from the earlier snapshot. stimnet epoch accept takes the new files.\n`
      )
    }
    io.out(`Catalogs ${[...peer.catalogs.keys()].join(', ') || 'none'}\n`)
    const wake = collectAtRest()
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) return resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    wake()
    io.err('Stopping.\n')
    await peer.stop()
    return EXIT.ok
  }
})
