/** The certificates of the gateway and of the channel to its processes, read from the files that the configuration names. */
import { resolve } from 'node:path'
import { Certificates } from '@stimnet/gateway'
import type { Clock } from '@stimnet/protocol'
import type { PeerConfig } from './config.ts'

/** Opens the certificate; undefined if the gateway uses plain HTTP. Throws CONFIG_INVALID naming the key. */
export async function openCertificates(
  { config, baseDir }: { config: PeerConfig; baseDir: string },
  clock: Clock
): Promise<Certificates | undefined> {
  const { tls } = config.gateway
  if (tls === undefined) return undefined
  const path = (written: string) => resolve(baseDir, written)
  const clientCa = tls.client_ca === undefined ? {} : { clientCa: path(tls.client_ca) }
  return Certificates.open({ cert: path(tls.cert), key: path(tls.key), ...clientCa }, clock)
}

/** The certificate that the peer shows to gateway processes, and their authority. Throws CONFIG_INVALID naming the key. */
export function openChannelCertificates(
  { cert, key, client_ca }: NonNullable<PeerConfig['gateways']['tls']>,
  baseDir: string,
  clock: Clock
): Promise<Certificates> {
  const keys = { cert: 'gateways.tls.cert', key: 'gateways.tls.key', clientCa: 'gateways.tls.client_ca' }
  const path = (written: string) => resolve(baseDir, written)
  return Certificates.open({ keys, cert: path(cert), key: path(key), clientCa: path(client_ca) }, clock)
}
