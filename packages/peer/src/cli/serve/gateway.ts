/** `stimnet gateway`: runs one of several gateways in front of a peer until it receives a signal to stop. */
import { command, EXIT, wholeNumber } from '@stimnet/machine'

/** Exit code 2: the configuration is wrong; 1: the gateway could not start. */
export const gatewayCommand = command({
  name: 'gateway',
  usage: '[--config FILE] [--port PORT]',
  summary: 'Runs a gateway process in front of a peer, one of several.',
  details: `
A gateway process has no data, keys or accounts: it forwards requests to the peer, and only the peer decides. So a token of one gateway is
valid at all, and each shows the same jobs. While the peer is unavailable, it answers 503. docs/deploying.md explains several behind nginx.

  stimnet gateway --config /etc/stimnet-gateway/gateway.yaml --port 8001`,
  options: {
    config: {
      type: 'string',
      short: 'c',
      value: 'FILE',
      help: 'The gateway’s configuration (default gateway.yaml)'
    },
    port: { type: 'string', value: 'PORT', help: 'The port to listen on, in place of the one in the configuration' }
  },
  positionals: [0, 0],
  run: async (values, _, io) => {
    const port = wholeNumber('--port', values.port, { least: 0, most: 65_535 })
    const [{ loadGatewayConfig }, { startGatewayProcess }] = await Promise.all([
      import('../../config/gateway-config.ts'),
      import('../../start/gateway/gateway-process.ts')
    ])
    const gateway = await startGatewayProcess(await loadGatewayConfig(values.config ?? 'gateway.yaml'), {
      ...(port === undefined ? {} : { port }),
      found: ({ peer_id, institution }) => io.out(`Peer     ${peer_id} (${institution})\n`)
    })
    io.out(`Gateway  ${gateway.url}\n`)
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) return resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    io.err('Stopping.\n')
    await gateway.stop()
    return EXIT.ok
  }
})
