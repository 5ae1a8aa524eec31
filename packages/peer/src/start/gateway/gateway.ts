/** The opening of the gateway: on a port of the peer, and on the private channels on which gateway processes carry requests to it. */
import { resolve } from 'node:path'
import {
  createGateway,
  createMetrics,
  type GatewayApp,
  type GatewayPeer,
  type Gateways,
  listenChannel,
  listenGateway,
  type Listening,
  type ListenOptions
} from '@stimnet/gateway'
import type { Clock, RandomSource } from '@stimnet/protocol'
import { openCertificates, openChannelCertificates } from '../../config/certificates.ts'
import type { PeerConfig } from '../../config/config.ts'
import { hostAndPort } from '../../config/hosts.ts'
import type { PeerEvents } from '../../events.ts'
import { derivedSecret } from '../../store/identity.ts'
import { prepareSocket } from './channel-socket.ts'
import { CONSOLE_DIR } from './console-dir.ts'
import type { Lifetime } from '../lifetime.ts'
import { loginProviders } from '../logins.ts'

interface GatewayParts {
  readonly config: PeerConfig
  readonly baseDir: string
  readonly seed: Uint8Array
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: PeerEvents
  readonly peer: GatewayPeer
  readonly gateways: Gateways
}

/** Opens the gateway and its channels. Returns the URL of the peer's own listener; undefined if it is switched off. */
export async function openGateway(parts: GatewayParts, lifetime: Lifetime): Promise<string | undefined> {
  const { gateway, gateways } = parts.config
  if (!gateway.enabled && gateways.socket === undefined && gateways.tls === undefined) return undefined
  const app = createGateway(parts.peer, {
    tokenSecret: derivedSecret(parts.seed, 'gateway-token'),
    tokenLifetimeMs: gateway.token_lifetime_minutes * 60_000,
    requireAuth: true,
    providers: await loginProviders(parts.config, parts.baseDir),
    ...(gateway.public_url === undefined ? {} : { publicUrl: gateway.public_url }),
    rate: { perMinutePerIdentity: gateway.requests_per_minute, loginPerMinute: gateway.logins_per_minute },
    corsOrigins: gateway.cors_origins,
    trustedProxies: gateway.trusted_proxies,
    clock: parts.clock,
    random: parts.random,
    consoleDir: CONSOLE_DIR
  })
  const url = gateway.enabled ? await openListener(parts, app, lifetime) : undefined
  await openChannels(parts, app, lifetime)
  return url
}

async function openListener(parts: GatewayParts, app: GatewayApp, lifetime: Lifetime): Promise<string> {
  const { gateway } = parts.config
  const certificates = await openCertificates(parts, parts.clock)
  const listening = lifetime.keep(
    await listenGateway(app, {
      host: gateway.host,
      port: gateway.port,
      trustedProxies: gateway.trusted_proxies,
      ...(certificates ? { certificates } : {}),
      ...accessLogOf(parts),
      onProblem: (error) => parts.events.unexpected(error, 'reading gateway.tls')
    }),
    (opened) => opened.close()
  )
  if (certificates) renewOnHangUp(listening, lifetime)
  return listening.url
}

function accessLogOf({ config, clock, events }: GatewayParts): Pick<ListenOptions, 'accessLog'> {
  return config.log.access ? { accessLog: { clock, note: events.accessed } } : {}
}

/** Reads certificates again on SIGHUP. Without TLS, the signal keeps its usual effect on the process. */
function renewOnHangUp(listening: Pick<Listening, 'renew'>, lifetime: Lifetime): void {
  const renew = () => void listening.renew()
  process.on('SIGHUP', renew)
  lifetime.keep(renew, (opened) => process.off('SIGHUP', opened))
}

/** Opens the channels to gateway processes that are configured. Throws CONFIG_INVALID, ADDRESS_IN_USE. */
async function openChannels(parts: GatewayParts, app: GatewayApp, lifetime: Lifetime): Promise<void> {
  const { config, baseDir, clock, events, gateways } = parts
  const { socket, tls } = config.gateways
  if (socket !== undefined) {
    const path = resolve(baseDir, socket)
    await prepareSocket(path)
    lifetime.keep(await listenChannel(gateways.serve(app, 'socket'), { path, ...accessLogOf(parts) }), (opened) =>
      opened.close()
    )
  }
  const where = tls && hostAndPort(tls.listen)
  if (tls === undefined || where === undefined) return
  const certificates = await openChannelCertificates(tls, baseDir, clock)
  const listening = await listenChannel(gateways.serve(app, 'tls'), {
    host: where.host,
    port: where.port,
    certificates,
    clientNames: tls.names,
    ...accessLogOf(parts),
    onProblem: (error) => events.unexpected(error, 'reading gateways.tls')
  })
  lifetime.keep(listening, (opened) => opened.close())
  renewOnHangUp(listening, lifetime)
}

/** Opens the listener for Prometheus; undefined if none is configured. Throws ADDRESS_IN_USE. */
export async function openMetrics(
  { config, events }: { config: PeerConfig; events: PeerEvents },
  lifetime: Lifetime
): Promise<string | undefined> {
  const where = config.metrics.listen === undefined ? undefined : hostAndPort(config.metrics.listen)
  if (where === undefined) return undefined
  const listening = await listenGateway(
    createMetrics(() => events.metrics()),
    where
  )
  return lifetime.keep(listening, (opened) => opened.close()).url
}
