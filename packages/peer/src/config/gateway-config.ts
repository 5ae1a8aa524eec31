/** The configuration of a gateway process: each key with its default and reason. It is a file of its own, without secrets of the peer. */
import { dirname, resolve } from 'node:path'
import { Certificates, isProxyRange, type PeerPlace } from '@stimnet/gateway'
import { type Clock, plainLine } from '@stimnet/protocol'
import { z } from 'zod'
import { isLoopback } from './hosts.ts'
import { checkedBy, type Contradictions, readYaml } from './yaml.ts'

const gatewayConfigSchema = z.strictObject({
  /** The name that `stimnet status` of the peer shows. Default: host and port. */
  name: plainLine(100).min(1).optional(),
  /** The peer: its socket on this machine (`gateways.socket` there), or its URL (`gateways.tls` there). */
  peer: z.union(
    [
      z.strictObject({ socket: z.string().min(1) }),
      z.strictObject({
        /** https://HOST:PORT */
        url: z.url({ protocol: /^https$/ }),
        /** The authority of the peer's certificate. */
        ca: z.string().min(1),
        cert: z.string().min(1),
        /** The key file must not be readable by others. */
        key: z.string().min(1)
      })
    ],
    { error: 'is { socket: PATH }, or { url: https://HOST:PORT, ca, cert, key }' }
  ),
  /** As in the `gateway` section of a peer. */
  host: z.string().default('127.0.0.1'),
  /** 0 selects a free port. `stimnet gateway --port` goes before it, so that several processes can have one file. */
  port: z.int().min(0).max(65_535).default(8000),
  insecure: z.boolean().default(false),
  tls: z
    .strictObject({ cert: z.string().min(1), key: z.string().min(1), client_ca: z.string().min(1).optional() })
    .optional(),
  trusted_proxies: z
    .array(z.string().refine(isProxyRange, 'not an address, or a network as ADDRESS/BITS'))
    .max(32)
    .default([]),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({})
})

/** A valid configuration of a gateway process. Paths are as written, relative to `baseDir`. */
export type GatewayConfig = z.output<typeof gatewayConfigSchema>

/** A configuration and its folder. */
export interface LoadedGatewayConfig {
  readonly config: GatewayConfig
  readonly baseDir: string
}

/** Reads and checks the configuration of a gateway process. Throws CONFIG_INVALID naming file, line and key. */
export async function loadGatewayConfig(file: string): Promise<LoadedGatewayConfig> {
  const written = await readYaml(file, 'config/gateway.example.yaml shows every key')
  return { config: checkedBy(gatewayConfigSchema, contradictions, written), baseDir: dirname(written.path) }
}

function* contradictions({ host, insecure, tls }: GatewayConfig): Contradictions {
  if (!isLoopback(host) && !insecure && !tls) {
    yield ['host', 'plain HTTP beyond loopback: give tls, put TLS in front and say insecure: true, or bind 127.0.0.1']
  }
  if (tls && insecure) {
    yield ['insecure', 'says that plain HTTP is meant, and tls that it is not: remove one or the other']
  }
}

/** The way to the peer, and the certificate to show there if it leads over the network. Throws CONFIG_INVALID. */
export async function peerPlaceOf(
  { config: { peer }, baseDir }: LoadedGatewayConfig,
  clock: Clock
): Promise<{ place: PeerPlace; shown?: Certificates }> {
  const path = (written: string) => resolve(baseDir, written)
  if ('socket' in peer) return { place: { socket: path(peer.socket) } }
  const keys = { cert: 'peer.cert', key: 'peer.key', clientCa: 'peer.ca' }
  const files = { keys, cert: path(peer.cert), key: path(peer.key), clientCa: path(peer.ca) }
  const certificates = await Certificates.open(files, clock)
  return { place: { url: peer.url, certificates }, shown: certificates }
}

/** The certificate that the gateway process shows to clients; undefined for plain HTTP. Throws CONFIG_INVALID. */
export async function ownCertificatesOf(
  { config: { tls }, baseDir }: LoadedGatewayConfig,
  clock: Clock
): Promise<Certificates | undefined> {
  if (tls === undefined) return undefined
  const keys = { cert: 'tls.cert', key: 'tls.key', clientCa: 'tls.client_ca' }
  const path = (written: string) => resolve(baseDir, written)
  const clientCa = tls.client_ca === undefined ? {} : { clientCa: path(tls.client_ca) }
  return Certificates.open({ keys, cert: path(tls.cert), key: path(tls.key), ...clientCa }, clock)
}
