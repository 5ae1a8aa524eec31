/** `stimnet invite`: lets a newcomer into the federation by a code and a phrase that two people compare. */
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { command, EXIT, type Io, printable, readSeed, refuse, wholeNumber } from '@stimnet/machine'
import {
  cryptographicRandom,
  INVITE_BYTES,
  invitationCode,
  isNameOfOther,
  MEMBERS_MAX,
  isPhrase,
  type Signer,
  signerFromSeed,
  signStatement,
  StimnetError,
  systemClock,
  counted
} from '@stimnet/protocol'
import type { PeerConfig } from '../../config/config.ts'
import type { Candidate, Door, Holder } from '../../federation/door.ts'
import type { Federation } from '../../federation/federation.ts'
import { CONFIG_OPTION } from '../serve/start.ts'
import { askPhrase } from './ask-phrase.ts'

const MINUTES_DEFAULT = 30
const MINUTES_MAX = 24 * 60

/** Exit code 1: nobody was admitted. */
export const inviteCommand = command({
  name: 'invite',
  usage: '[--minutes N] [--listen ADDRESS] [--announce ADDRESS] [--config FILE]',
  summary: 'Invites an institution into the federation with one code, and admits it when two people agree on phrases.',
  details: `
Prints a code for the newcomer, who runs stimnet join CODE, and waits. When the newcomer has connected, its machine shows a phrase.
Call the person you invited, at a number that you know, have the phrase read to you, and type it: only then this peer signs that the
newcomer is a member, as stimnet federation admit does. Then read the second phrase, which this machine shows, to the newcomer's
person, who types it before the newcomer accepts the charter. The code alone admits nobody. It is valid once, until the command ends or
--minutes are over.

The command listens at a port of its own, which the newcomer must reach: a free one, or the one that --listen names. Everybody
may connect there and can only show the code; the peer itself may continue to run and stays closed to strangers.

A newcomer from whose network only HTTPS gets out reaches a web server at port 443, which passes WebSockets on to the port of --listen.
The code then has the address that --announce names.

  stimnet invite --config ./peer/stimnet.yaml
  stimnet invite --listen /ip4/0.0.0.0/tcp/4002 --minutes 60
  stimnet invite --listen /ip4/127.0.0.1/tcp/4003/ws --announce /dns4/invite.example.org/tcp/443/tls/ws`,
  options: {
    config: CONFIG_OPTION,
    minutes: { type: 'string', value: 'N', help: `How long the code is valid (default ${MINUTES_DEFAULT})` },
    listen: { type: 'string', value: 'ADDRESS', help: 'Where to wait, such as 0.0.0.0:4002 or /ip4/0.0.0.0/tcp/4002' },
    announce: {
      type: 'string',
      value: 'ADDRESS',
      help: 'Where the newcomer reaches it, if a web server stands in front'
    }
  },
  positionals: [0, 0],
  run: async (values, _, io) => {
    if (!io.ask) refuse('stimnet invite needs a terminal: a person types the phrase')
    const minutes = wholeNumber('--minutes', values.minutes, { most: MINUTES_MAX }) ?? MINUTES_DEFAULT
    const host = await hostOf(values.config ?? 'stimnet.yaml')
    const listen = await listenOf(values.listen, host.config)
    const announced = announcedBy(values.announce)
    const { Door } = await import('../../federation/door.ts')
    const secret = cryptographicRandom.bytes(INVITE_BYTES)
    const untilMs = systemClock.now() + minutes * 60_000
    const waiting = new Waiting(io)
    const door = await Door.open({
      seed: host.seed,
      listen,
      trustedProxies: host.config.mesh.trusted_proxies,
      secret,
      untilMs,
      clock: systemClock,
      random: cryptographicRandom,
      onHolder: (holder) => waiting.knocks(holder),
      onCandidate: (candidate) => waiting.add(candidate),
      onFull: () => waiting.full()
    })
    try {
      const signal = AbortSignal.any([io.signal, AbortSignal.timeout(minutes * 60_000)])
      await printCode({ door, host, secret, untilMs, minutes, announced }, io)
      return await decide({ door, host, waiting, signal }, io)
    } finally {
      await door.close()
    }
  }
})

/** The member that invites. */
interface Host {
  readonly config: PeerConfig
  readonly seed: Uint8Array
  readonly signer: Signer
  readonly federation: Federation
  readonly folder: string
  readonly charterJson: string
}

async function hostOf(configFile: string): Promise<Host> {
  // Loaded when needed, so that client commands start without DuckDB and libp2p.
  const [{ loadConfig }, { KEY_FILE, keyLostText }, { Federation }, { createEvents }] = await Promise.all([
    import('../../config/config.ts'),
    import('../../store/identity.ts'),
    import('../../federation/federation.ts'),
    import('../../events.ts')
  ])
  const { config, baseDir, file } = await loadConfig(configFile)
  const dataDir = resolve(baseDir, config.data_dir)
  if (config.federation.charter === undefined) {
    refuse(`${file} names no charter. An invitation is into a federation: found one with stimnet federation create`)
  }
  const seed = await readSeed(join(dataDir, KEY_FILE))
  if (!seed) refuse(keyLostText(dataDir) ?? `There is no key in ${dataDir} yet: the peer makes one at its first start`)
  const signer = await signerFromSeed(seed)
  const charterFile = resolve(baseDir, config.federation.charter)
  const folder = join(dataDir, 'federation')
  const events = createEvents({ level: 'silent', nodeId: config.node_id })
  const federation = await Federation.open({ charterFile, folder, clock: systemClock, events })
  if (!federation.isMember(signer.id)) refuse('This peer is not a member, so its signature would admit nobody')
  if (federation.members().length >= MEMBERS_MAX)
    refuse(`The federation has ${MEMBERS_MAX} members, and no more can be counted: revoke one that has left first`)
  return { config, seed, signer, federation, folder, charterJson: await readFile(charterFile, 'utf8') }
}

/** The given address, or the configured addresses with a free port. */
async function listenOf(named: string | undefined, { mesh }: PeerConfig): Promise<string[]> {
  if (named !== undefined) return [await multiaddrOf(named)]
  const listen = mesh.listen.map((address) => address.replace(/\/tcp\/\d+.*$/, '/tcp/0'))
  return listen.length > 0 ? [...new Set(listen)] : ['/ip4/0.0.0.0/tcp/0']
}

/** An address as a multiaddr. IP:PORT is accepted as well. */
async function multiaddrOf(address: string): Promise<string> {
  const { hostAndPort } = await import('../../config/hosts.ts')
  const { host = '', port } = hostAndPort(address) ?? {}
  if (isIP(host) > 0) return `/ip${isIP(host)}/${host}/tcp/${port}`
  if (!/^\/ip[46]\/[^/]+\/tcp\/\d+(\/ws)?$/.test(address))
    refuse(`--listen takes an IP address of this machine and a port, such as 0.0.0.0:4002, not ${address}`)
  return address
}

const ANNOUNCED = /^\/(ip4|ip6|dns|dns4|dns6)\/[\w.:-]+\/tcp\/[1-9]\d{0,4}(\/tls\/ws|\/wss|\/ws)?$/

function announcedBy(address: string | undefined): string[] | undefined {
  if (address === undefined) return undefined
  if (!ANNOUNCED.test(address))
    refuse(`--announce takes an address such as /dns4/invite.example.org/tcp/443/tls/ws, not ${address}`)
  return [address]
}

const ADDRESSES_MAX = 4
const LOOPBACK = /^\/(ip4\/127\.|ip6\/::1\/)/

/** The addresses at which a newcomer reaches the door: those of the announced hosts, or of this machine. */
function reachableAt(door: Door, { mesh }: PeerConfig): string[] {
  const own = door.addresses()
  const port = /\/tcp\/(\d+)/.exec(own[0] ?? '')?.[1] ?? ''
  if (mesh.announce.length > 0) {
    return [...new Set(mesh.announce.map((one) => one.replace(/\/tcp\/\d+.*$/, `/tcp/${port}`)))].slice(
      0,
      ADDRESSES_MAX
    )
  }
  const far = own.filter((address) => !LOOPBACK.test(address))
  return (far.length > 0 ? far : own).slice(0, ADDRESSES_MAX)
}

async function printCode(
  made: {
    door: Door
    host: Host
    secret: Uint8Array
    untilMs: number
    minutes: number
    announced: string[] | undefined
  },
  io: Io
): Promise<void> {
  const { invitationOf } = await import('../../federation/door.ts')
  const { signer, federation, config } = made.host
  const at = made.announced ?? reachableAt(made.door, config)
  io.out(`${invitationCode(invitationOf(made, { peer: signer.id, at, charter: federation.id }))}\n`)
  io.err(`\nAn invitation into ${printable(federation.charter.name)}, valid for ${counted(made.minutes, 'minute')}. `)
  io.err(`The newcomer runs: stimnet join CODE\nWaiting at ${at.join(', ')}. Ctrl-C withdraws it.\n`)
}

/** Maximum number of holders of the code that are shown one by one; further holders are summarised in one sentence. */
const HOLDERS_SHOWN_MAX = 16

/** The newcomers that have the code, shown as they arrive. */
class Waiting {
  /** By PeerId. */
  readonly #candidates = new Map<string, Candidate>()
  readonly #holders = new Set<string>()
  readonly #io: Io
  readonly #first = Promise.withResolvers<void>()

  constructor(io: Io) {
    this.#io = io
  }

  get candidates(): Candidate[] {
    return [...this.#candidates.values()]
  }

  /** The PeerIds that have proved to have the code. */
  get holders(): string[] {
    return [...this.#holders]
  }

  knocks({ institution, peer }: Holder): void {
    if (this.#holders.has(peer)) return
    this.#holders.add(peer)
    const count = this.#holders.size
    if (count > HOLDERS_SHOWN_MAX + 1) return
    if (count > HOLDERS_SHOWN_MAX) this.#io.err('\nStill more have this code; they are not shown one by one.\n')
    else this.#io.err(`\n“${printable(institution)}” has used the code, with the PeerId ${peer}.\n`)
    if (count === 2) {
      this.#io.err('More than one has this code. Only the one whose person reads you its phrase is whom you invited.\n')
    }
  }

  add(candidate: Candidate): void {
    this.#candidates.set(candidate.peer, candidate)
    this.#first.resolve()
  }

  /** Warns that the invited newcomer may no longer be able to connect. */
  full(): void {
    this.#io.err(
      '\nSo many have used this code that others are turned away. If the one you invited is not among them, the code is in wrong hands: stop with Ctrl-C and invite again.\n'
    )
  }

  /** Resolves with the first newcomer, or at the end of the invitation. */
  async first(signal: AbortSignal): Promise<void> {
    const over = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([this.#first.promise, over])
  }
}

interface Deciding {
  readonly door: Door
  readonly host: Host
  readonly waiting: Waiting
  readonly signal: AbortSignal
}

/** Number of wrong phrases after which the invitation ends: a slip is forgiven, guessing is not. */
const TRIES_MAX = 3
const QUESTION = 'Have the phrase read to you on the phone and type it, or type no: '

async function decide({ door, host, waiting, signal }: Deciding, io: Io): Promise<number> {
  await waiting.first(signal)
  for (let tries = 0; tries < TRIES_MAX && !signal.aborted; tries++) {
    const typed = await askPhrase(QUESTION, io, signal)
    if (signal.aborted || isPhrase('no', typed)) break
    const chosen = waiting.candidates.find(({ phrases }) => isPhrase(phrases.newcomer, typed))
    if (chosen) return admit({ door, host, waiting, signal }, chosen, io)
    io.err(
      'That is the phrase of nobody here. If it was read to you like this, the one who connected is somebody else.\n'
    )
  }
  const names = waiting.holders.slice(0, HOLDERS_SHOWN_MAX).join(', ')
  door.refuse()
  io.err(
    `${names === '' ? 'Nobody used the code.' : `Not admitted: ${names}.`} The code is void, nothing was signed.\n`
  )
  await untilTold(door)
  return EXIT.failed
}

async function admit({ door, host, waiting }: Deciding, chosen: Candidate, io: Io): Promise<number> {
  const { peer, institution, phrases } = chosen
  const { federation, signer, folder } = host
  // Statements, for example a revocation, may have arrived while the invitation was open.
  await federation.refresh()
  if (
    !federation.isMember(signer.id) ||
    federation.isRevoked(peer) ||
    isNameOfOther(federation.members(), { peer, institution })
  ) {
    door.refuse()
    await untilTold(door)
    const reason =
      'Not signed: this peer is no member any more, the newcomer was revoked, or it calls itself like a member.'
    throw StimnetError.told('NOT_PERMITTED', reason)
  }
  const { keepStatement } = await import('../../federation/statements.ts')
  const on = federation.revoked()
  const says = { says: 'admit', charter: federation.id, peer, institution, ...(on.length > 0 ? { on } : {}) } as const
  await keepStatement(folder, await signStatement(says, { signer, clock: systemClock }))
  await federation.refresh()
  const { statements } = await federation.answer({ charter: federation.id, digest: '', statements: [] })
  const addresses = host.config.mesh.announce.length > 0 ? host.config.mesh.announce : host.config.mesh.listen
  door.admit(peer, { charterJson: host.charterJson, statements, addresses })
  const waits = federation.pending().find((one) => one.peer === peer && one.says === 'admit')
  const { needed } = federation.charter
  io.out(
    `Signed: ${printable(institution)} (${peer}) ${waits ? `has ${waits.signatures} of ${counted(needed, 'signature')}` : 'is a member'}.\n`
  )
  io.err(`Now read this phrase to the same person, who types it: ${phrases.member}\n`)
  if (waits) io.err(`Other members sign with stimnet federation admit ${peer} --institution NAME.\n`)
  const others = waiting.holders.filter((one) => one !== peer)
  for (const one of others.slice(0, HOLDERS_SHOWN_MAX)) {
    io.err(`Refused: ${one} had the same code. Find out how it came by it.\n`)
  }
  if (!(await untilTold(door))) io.err('The newcomer did not fetch the charter any more: send it the charter file.\n')
  return EXIT.ok
}

const TOLD_MS = 10_000
const LOOK_MS = 100

/** Waits some seconds until every newcomer has read the decision. */
async function untilTold(door: Door): Promise<boolean> {
  const end = systemClock.now() + TOLD_MS
  while (!door.isDone && systemClock.now() < end) await systemClock.sleep(LOOK_MS)
  // The most recent answer still has to be delivered.
  await systemClock.sleep(LOOK_MS)
  return door.isDone
}
