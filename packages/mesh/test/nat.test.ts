/** Two hospitals in separate network namespaces, each behind a NAT that drops incoming traffic, and one relay. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { cryptographicRandom, signerFromSeed } from '@stimnet/protocol'
import type { NatAnswer, NatQuestion, NatSettings } from './nat-peer.ts'
import { until } from './network.ts'

const PROGRAM = join(import.meta.dirname, 'nat-peer.ts')
const PORT = 4001

const run = (command: string): void => {
  const [program = '', ...args] = command.split(' ')
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Creates the namespaces of a wide area network with one public address, and of two sites. Throws where that is not possible. */
function build(prefix: string): void {
  const wan = `${prefix}-wan`
  run(`ip netns add ${wan}`)
  run(`ip -n ${wan} link add br0 type bridge`)
  run(`ip -n ${wan} addr add 192.0.2.1/24 dev br0`)
  for (const link of ['lo', 'br0']) run(`ip -n ${wan} link set ${link} up`)
  for (const at of [11, 12]) {
    const [nat, site] = [`${prefix}-nat${at}`, `${prefix}-site${at}`]
    run(`ip netns add ${nat}`)
    run(`ip netns add ${site}`)
    run(`ip -n ${nat} link add wan type veth peer name to${at} netns ${wan}`)
    run(`ip -n ${wan} link set to${at} master br0 up`)
    run(`ip -n ${nat} addr add 192.0.2.${at}/24 dev wan`)
    run(`ip -n ${nat} link add lan type veth peer name eth0 netns ${site}`)
    run(`ip -n ${nat} addr add 10.${at}.0.1/24 dev lan`)
    for (const link of ['lo', 'wan', 'lan']) run(`ip -n ${nat} link set ${link} up`)
    run(`ip -n ${site} addr add 10.${at}.0.2/24 dev eth0`)
    for (const link of ['lo', 'eth0']) run(`ip -n ${site} link set ${link} up`)
    run(`ip -n ${site} route add default via 10.${at}.0.1`)
    const within = `ip netns exec ${nat}`
    run(`${within} sysctl -qw net.ipv4.ip_forward=1`)
    run(`${within} iptables -t nat -A POSTROUTING -o wan -j MASQUERADE`)
    run(`${within} iptables -P FORWARD DROP`)
    run(`${within} iptables -A FORWARD -i lan -o wan -j ACCEPT`)
    run(`${within} iptables -A FORWARD -i wan -o lan -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`)
  }
}

function remove(prefix: string): void {
  for (const name of ['wan', 'nat11', 'nat12', 'site11', 'site12']) {
    try {
      run(`ip netns del ${prefix}-${name}`)
    } catch {
      // The namespace was not created.
    }
  }
}

/** A mesh in a namespace. */
class NatPeer {
  readonly process: ChildProcess
  readonly #lines: Interface
  readonly started: Promise<NatAnswer>

  constructor(namespace: string, settings: NatSettings) {
    const args = ['netns', 'exec', namespace, process.execPath, PROGRAM, JSON.stringify(settings)]
    // `ip` replaces itself by the program, so signals reach the program.
    const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.process = child
    this.#lines = createInterface({ input: child.stdout })
    this.started = this.#next()
  }

  async #next(): Promise<NatAnswer> {
    const [line] = (await once(this.#lines, 'line')) as [string]
    return JSON.parse(line) as NatAnswer
  }

  ask(question: NatQuestion = {}): Promise<NatAnswer> {
    this.process.stdin?.write(`${JSON.stringify(question)}\n`)
    return this.#next()
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    this.process.kill('SIGKILL')
    await once(this.process, 'exit')
  }
}

const newSeed = (): string => Buffer.from(cryptographicRandom.bytes(32)).toString('hex')

test('two sites behind NAT ask each other through a relay, also after it was killed and started again', async (t: TestContext) => {
  const prefix = `stimnet-${process.pid}`
  t.after(() => remove(prefix))
  try {
    build(prefix)
  } catch {
    return t.skip('no network namespaces with NAT here')
  }
  const peers: NatPeer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.kill())))
  const startIn = (name: string, settings: NatSettings) => {
    const peer = new NatPeer(`${prefix}-${name}`, settings)
    peers.push(peer)
    return peer
  }
  const seedHex = newSeed()
  const relaying = { reservationsMax: 8, circuitsMax: 8, circuitBytesMax: 2 ** 26, circuitMsMax: 3_600_000 }
  const startRelay = () =>
    startIn('wan', {
      seedHex,
      listen: [`/ip4/192.0.2.1/tcp/${PORT}`],
      relaying
    })
  const relay = startRelay()
  const { id } = await signerFromSeed(Uint8Array.from(Buffer.from(seedHex, 'hex')))
  const relays = [`/ip4/192.0.2.1/tcp/${PORT}/p2p/${id}`]
  // The sites listen, as a careless operator would configure them; the NAT lets nobody in.
  const listen = [`/ip4/0.0.0.0/tcp/${PORT}`]
  const sites = [11, 12].map((at) => startIn(`site${at}`, { seedHex: newSeed(), listen, bootstrap: relays, relays }))
  const [north, south] = sites as [NatPeer, NatPeer]
  await relay.started
  const [northId, southId] = (await Promise.all(sites.map(({ started }) => started))).map(({ peerId }) => peerId)
  const isAnswered = async (asker: NatPeer, other = '') => {
    const { connected } = await asker.ask()
    return connected.includes(other) && (await asker.ask({ ask: other })).error === undefined
  }
  const bothWays = async () => (await isAnswered(north, southId)) && (await isAnswered(south, northId))
  await until(bothWays, 'both are answered')
  const before = await Promise.all(sites.map((site) => site.ask()))
  assert.deepEqual(
    before.map(({ isReserved, isReachedDirectly }) => ({ isReserved, isReachedDirectly })),
    Array(2).fill({ isReserved: true, isReachedDirectly: false })
  )
  await relay.kill()
  const isLost = async () => (await Promise.all(sites.map((site) => site.ask()))).every(({ isReserved }) => !isReserved)
  await until(isLost, 'both notice that the relay is gone')
  assert.equal((await north.ask({ ask: southId ?? '' })).error, 'PEER_UNREACHABLE')
  await startRelay().started
  await until(bothWays, 'both are answered again')
})
