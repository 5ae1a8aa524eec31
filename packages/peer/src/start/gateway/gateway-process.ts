/** A gateway process: it listens for clients, carries their requests to the peer, and stays attached to it. */
import { type AttachedTo, createFront, GATEWAY_LIMITS, listenHttp, Reach, stayAttached } from '@stimnet/gateway'
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import { pino } from 'pino'
import { type LoadedGatewayConfig, ownCertificatesOf, peerPlaceOf } from '../../config/gateway-config.ts'
import { VERSION } from '../../version.ts'
import { CONSOLE_DIR } from './console-dir.ts'
import { type Lifetime, withLifetime } from '../lifetime.ts'

/** A running gateway process. */
export interface GatewayProcess {
  readonly url: string
  readonly name: string
  /** Ends event streams, waits shortly for answers in progress, then closes everything. */
  stop(): Promise<void>
}

/** Starts a gateway process. It needs no peer in order to start. `found` is called with the peer whenever it is attached. */
export function startGatewayProcess(
  loaded: LoadedGatewayConfig,
  options: { readonly port?: number; readonly found?: (peer: AttachedTo) => void } = {}
): Promise<GatewayProcess> {
  return withLifetime((lifetime) => compose(loaded, options, lifetime))
}

async function compose(
  loaded: LoadedGatewayConfig,
  { port, found }: { readonly port?: number; readonly found?: (peer: AttachedTo) => void },
  lifetime: Lifetime
): Promise<GatewayProcess> {
  const { config } = loaded
  const events = createLog(config.log.level)
  const { place, shown } = await peerPlaceOf(loaded, systemClock)
  const certificates = await ownCertificatesOf(loaded, systemClock)
  const reach = new Reach(place)
  if (shown) {
    const renew = () => void shown.renew().catch((error: unknown) => events.unexpected(error, 'reading peer.cert'))
    lifetime.every(GATEWAY_LIMITS.certificatesEveryMs, renew)
  }
  const front = createFront({
    reach,
    trustedProxies: config.trusted_proxies,
    consoleDir: CONSOLE_DIR,
    random: cryptographicRandom,
    failed: events.failed
  })
  const listening = lifetime.keep(
    await listenHttp(front, {
      host: config.host,
      port: port ?? config.port,
      trustedProxies: config.trusted_proxies,
      ...(certificates ? { certificates } : {}),
      onProblem: (error) => events.unexpected(error, 'reading tls')
    }),
    (opened) => opened.close()
  )
  const name = config.name ?? new URL(listening.url).host
  const stopping = new AbortController()
  const attached = stayAttached(
    {
      reach,
      clock: systemClock,
      self: { name, version: VERSION },
      found: (peer) => {
        events.found(peer)
        found?.(peer)
      },
      lost: events.lost
    },
    stopping.signal
  )
  lifetime.keep(stopping, async (opened) => {
    opened.abort()
    await attached
  })
  events.started({ gateway: name, url: listening.url, peer: reach.name })
  return { url: listening.url, name, stop: () => lifetime.close() }
}

/** The log of a gateway process, as JSON lines on standard error. */
function createLog(level: string) {
  const log = pino({ level }, pino.destination({ fd: 2, sync: false }))
  return {
    started: (facts: object) => log.info(facts, 'serving'),
    found: ({ peer_id, institution, version }: AttachedTo) => {
      log.info({ peerId: peer_id, institution, version }, 'attached to the peer')
      if (version !== VERSION) log.warn({ version: VERSION, peers: version }, 'the peer is of another version')
    },
    lost: (why: string) => log.warn({ why }, 'the peer is away: requests are answered with 503'),
    failed: ({ code }: { code: string }, requestId: string) =>
      log.info({ code, requestId }, 'could not carry a request'),
    unexpected: (error: unknown, during: string) => log.error({ err: error, during }, 'unexpected')
  }
}
