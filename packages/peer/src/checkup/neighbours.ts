/** Check of other peers: whether bootstrap peers and relays answer, and whether the clocks agree. */
import { connect } from 'node:net'
import { createMesh, helloExchange, wayOutReason } from '@stimnet/mesh'
import { type Clock, codeOf, cryptographicRandom, isKeyId, open, systemClock, counted } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import type { LoadedConfig } from '../config/config.ts'
import type { WayOutSettings } from '../config/way-out.ts'
import { SILENT } from '../federation/door.ts'
import type { Permits } from '../federation/permits.ts'
import { isOff, offsetOf, spanText } from '../monitor/clocks.ts'
import { type Finding, namer } from './finding.ts'

const ANSWER_MS = 5_000

/** The identity with which this peer probes others. */
export interface Self {
  /** The key's seed; undefined if there is no readable key: then only TCP is tried. */
  readonly seed: Uint8Array | undefined
  readonly peerId: string | undefined
  /** Whether the peer runs or may run. Then no second connection with its key is kept open. */
  readonly mayRun: boolean
  readonly clock?: Clock
  /** How its connections leave this network. */
  readonly wayOut?: WayOutSettings
}

/** Checks each address in mesh.bootstrap, then the clock against the peers that answered. */
export async function bootstrapFindings(
  { mesh }: LoadedConfig['config'],
  permits: Permits,
  self: Self
): Promise<{ findings: Finding[]; offsets: number[] }> {
  const looked = await Promise.all(mesh.bootstrap.map((address) => look('bootstrap', address, permits, self)))
  return {
    findings: looked.map(({ finding }) => finding),
    offsets: looked.flatMap(({ offset }) => (offset === undefined ? [] : [offset]))
  }
}

/** The finding about an address of another peer, and the clock of the peer that answered. */
interface Looked {
  readonly finding: Finding
  /** How far the other peer's clock is ahead, ms. */
  readonly offset?: number
}

/** Checks whether a peer answers at an address in `mesh.bootstrap` or `mesh.relays`, and whether it is the expected peer. */
export async function look(
  name: 'bootstrap' | 'relays',
  address: string,
  permits: Permits,
  self: Self
): Promise<Looked> {
  const { ok, fix } = namer(name)
  const match = /^(\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)((?:\/tls)?\/ws|\/wss)?)(?:\/p2p\/([^/]+))?$/.exec(
    address
  )
  const [, place = '', host = '', port = '', web, named] = match ?? []
  if (!match || (named !== undefined && !isKeyId(named))) {
    return { finding: fix(`${address} is not an address such as /dns4/HOST/tcp/4001/p2p/PEERID`) }
  }
  if (named === self.peerId && named !== undefined) {
    return { finding: fix(`${address} is this peer itself: name another one`) }
  }
  const isPlain = web === undefined && self.wayOut?.proxy === undefined
  if (isPlain && !(await canConnect(host, Number(port)))) {
    return { finding: fix(`${address} does not answer: ask its steward, check the firewall`) }
  }
  if (self.seed === undefined) {
    return {
      finding:
        named === undefined
          ? fix(withoutPeerId(address))
          : ok(`${address} ${isPlain ? 'answers; who it is' : ''} was not checked, because the peer has no key`)
    }
  }
  const { met, refused, offset, outside } = await meet(place, { ...self, seed: self.seed }, permits)
  if (outside !== undefined) return { finding: fix(`${address} cannot be reached: ${outside}`) }
  return {
    finding: judge({ key: `mesh.${name}`, address, named, met, refused, permits, ok, fix, self }),
    ...(offset === undefined ? {} : { offset })
  }
}

interface Judging extends Pick<ReturnType<typeof namer>, 'ok' | 'fix'> {
  /** The configuration key that contains the address. */
  readonly key: string
  readonly address: string
  /** The PeerId in the address. */
  readonly named: string | undefined
  /** The PeerId that the answering peer proved. */
  readonly met: string | undefined
  readonly refused: string | undefined
  readonly permits: Permits
  readonly self: Self
}

function judge({ key, address, named, met, refused, permits, self, ok, fix }: Judging): Finding {
  if (met === undefined) return fix(`${address} answers, but not as a StimNet peer does: another program is there`)
  if (named === undefined)
    return fix(`${withoutPeerId(address)}. Now ${met} answers there: ask its steward whether that is the peer`)
  if (met !== named) {
    return fix(
      `${address}: another PeerId answers there, ${met}. Ask its steward which one is right, and correct ${key}`
    )
  }
  if (!permits(met))
    return fix(`${address} answers, but may not connect here: add its PeerId to mesh.peers, or admit it`)
  if (refused !== undefined) {
    return fix(
      `${address} answers, but does not let this peer in (${refused}): ask its steward to admit ${self.peerId}`
    )
  }
  return ok(`${address} answers and proves its PeerId`)
}

function withoutPeerId(address: string): string {
  return `${address} has no PeerId, so another peer there would not be noticed: add /p2p/PEERID`
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout: ANSWER_MS })
    const end = (isThere: boolean) => {
      socket.destroy()
      settle(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}

interface Met {
  readonly met: string | undefined
  readonly refused?: string | undefined
  readonly offset?: number | undefined
  /** The reason why no connection left this network. */
  readonly outside?: string | undefined
}

/**
 * Connects to the peer at an address; Noise proves its PeerId. If this peer may be running, the connection ends there,
 * because two connections of one PeerId would receive each other's requests. Otherwise the peer is asked for its signed
 * time.
 */
async function meet(place: string, self: Self & { seed: Uint8Array }, permits: Permits): Promise<Met> {
  let met: string | undefined
  const permitsNow = (peerId: string) => {
    met ??= peerId
    return !self.mayRun && permits(peerId)
  }
  const clock = self.clock ?? systemClock
  const own = { nodeSeed: self.seed, listen: [], bootstrap: [], mdns: false, permits: permitsNow }
  const settings = self.wayOut === undefined ? own : { ...own, ...self.wayOut }
  const store = new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
  const mesh = await createMesh(settings, {
    store: store as never,
    clock: systemClock,
    random: cryptographicRandom,
    events: SILENT
  })
  try {
    await mesh.start()
    const signal = AbortSignal.timeout(ANSWER_MS)
    const peerId = await mesh.connect(place, { signal })
    const askedAtMs = clock.now()
    const { jws } = await mesh.ask(helloExchange, peerId, { version: '' }, { signal })
    const heardAtMs = clock.now()
    const { issuedAtMs: saidMs } = await open(jws, { type: 'hello', issuer: peerId, clock, atAnyTime: true })
    return { met, offset: offsetOf({ askedAtMs, saidMs, heardAtMs }) }
  } catch (error) {
    const outside = met === undefined ? wayOutReason(error) : undefined
    return { met, outside, refused: self.mayRun ? undefined : codeOf(error) }
  } finally {
    await mesh.stop()
    await store.close()
  }
}

/** The finding about this machine's clock, from how far others are ahead of it, ms. */
export function clockFinding(offsets: readonly number[], nowMs: number): Finding {
  const { ok, fix } = namer('clock')
  const year = new Date(nowMs).getUTCFullYear()
  if (year < 2026) return fix(`shows the year ${year}: set it, and keep it with NTP`)
  const off = offsets.filter(isOff)
  const most = [...off].sort((a, b) => a - b)[Math.floor(off.length / 2)]
  if (most !== undefined) {
    const whose = `the clocks of ${off.length} of ${counted(offsets.length, 'peer')} differ: theirs are ${spanText(most)} this machine’s`
    return fix(`${whose}. Beyond a minute nothing is accepted: synchronise with NTP, and ask them to`)
  }
  const agree =
    offsets.length === 1
      ? 'agrees with the peer that was asked'
      : `agrees with the ${offsets.length} peers that were asked`
  return ok(offsets.length === 0 ? 'not compared with another peer; keep it synchronised with NTP' : agree)
}
