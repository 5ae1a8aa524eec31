import assert from 'node:assert/strict'
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadOrCreateSeed } from '@stimnet/machine'
import {
  type Clock,
  charterId,
  cryptographicRandom,
  signCharter,
  signerFromSeed,
  signStatement,
  systemClock
} from '@stimnet/protocol'
import { stringify } from 'yaml'
import { replaceKey } from '../src/backup/replace-key.ts'
import { checkUp } from '../src/checkup/checkup.ts'
import type { Finding } from '../src/checkup/finding.ts'
import { reachFindings } from '../src/checkup/reach.ts'
import { dockerRemedy } from '../src/checkup/sandbox.ts'
import { loadConfig } from '../src/config/config.ts'
import { keepStatement } from '../src/federation/statements.ts'
import { type Peer, startPeer } from '../src/peer.ts'

/** A stopped peer that has run before, beside a running neighbour that permits it and is in its own list. */
interface Site {
  readonly folder: string
  readonly key: string
  readonly peerId: string
  readonly seed: Uint8Array
}

const BASE = { institution: 'Hospital A', data_dir: 'data', sandbox: { engine: 'none' }, log: { level: 'silent' } }
const VARIABLES = [
  { name: 'age', type: 'integer', minimum: 0, maximum: 120 },
  { name: 'sex', type: 'category', levels: ['f', 'm'] }
]
const TRIAL = {
  ...{ name: 'trial', title: 'Trial', subject_key: 'id' },
  tables: [{ name: 'people', file: 'people.csv', one_row_per_subject: true, variables: VARIABLES }]
}

let folder: string
let site: Site
let neighbour: Peer

/** The findings of the stopped peer, whose configuration is the base with these changes. */
async function findingsOf(changes: object, clock?: Clock): Promise<Finding[]> {
  const file = await configure(changes)
  return checkUp(await loadConfig(file, {}), clock ? { clock } : {})
}

async function configure(changes: object): Promise<string> {
  const file = join(site.folder, 'stimnet.yaml')
  const mesh = { listen: [], peers: [neighbour.peerId], bootstrap: neighbour.addresses.slice(0, 1) }
  await writeFile(file, stringify({ ...BASE, gateway: { port: await freePort() }, mesh, ...changes }))
  return file
}

const faults = (findings: readonly Finding[]) =>
  findings.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`)
/** Asserts that exactly one finding needs repair, with this text. */
const onlyFault = (findings: readonly Finding[], expected: RegExp) => {
  assert.equal(faults(findings).length, 1, faults(findings).join('\n'))
  assert.match(faults(findings)[0] ?? '', expected)
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  const port = await listen(server)
  await new Promise((done) => server.close(done))
  return port
}

function listen(server: Server): Promise<number> {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)))
}

/** Path, size, mode and time of everything in a folder. */
async function treeOf(path: string): Promise<string[]> {
  const names = (await readdir(path, { recursive: true })).sort()
  return Promise.all(
    names.map(async (name) => {
      const { size, mode, mtimeMs } = await stat(join(path, name))
      return `${name} ${size} ${mode} ${mtimeMs}`
    })
  )
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stimnet-doctor-'))
  const own = join(folder, 'a')
  const key = join(own, 'data', 'identity.key')
  const seed = await loadOrCreateSeed(key, cryptographicRandom)
  site = { folder: own, key, seed, peerId: (await signerFromSeed(seed)).id }
  const there = join(folder, 'b.yaml')
  const mesh = { listen: ['/ip4/127.0.0.1/tcp/0'], peers: [site.peerId] }
  await writeFile(there, stringify({ ...BASE, institution: 'Hospital B', data_dir: 'b', gateway: { port: 0 }, mesh }))
  neighbour = await startPeer(await loadConfig(there, {}))
  const file = await configure({ mesh: { listen: [] } })
  await (await startPeer(await loadConfig(file, {}))).stop()
})

after(async () => {
  await neighbour?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the check-up', () => {
  test('finds nothing wrong where nothing is, and leaves every file as it is', async () => {
    const file = await configure({ catalogs: [TRIAL], requesters: [neighbour.peerId] })
    await writeFile(
      join(site.folder, 'people.csv'),
      `id,age,sex\n${[...'abcdefghij'].map((id) => `${id},50,f\n`).join('')}`
    )
    const before = await treeOf(site.folder)
    const findings = await checkUp(await loadConfig(file, {}))
    assert.deepEqual(faults(findings), [])
    assert.deepEqual(await treeOf(site.folder), before)
    const told = findings.map(({ name, detail }) => `${name}: ${detail}`).join('\n')
    assert.match(told, /store: all \d+ values are undamaged/)
    assert.match(told, /bootstrap: .* answers and proves its PeerId/)
    assert.match(told, /clock: agrees with the peer that was asked/)
    assert.match(told, /data: trial: its file and every declared column are there/)
  })

  test('a key that is lost, damaged or open to others is named, and no start makes another one', async () => {
    const file = await configure({})
    const copy = `${site.key}.copy`
    await rename(site.key, copy)
    onlyFault(
      await findingsOf({}),
      /^key: .*identity\.key is missing, and the database beside it belongs to that key: put/
    )
    const lost = {
      code: 'CONFIG_INVALID',
      message: /belongs to that key: put the key back .* stimnet identity replace/
    }
    await assert.rejects(startPeer(await loadConfig(file, {})), lost)
    assert.ok(!(await readdir(join(site.folder, 'data'))).includes('identity.key'), 'no key was made')

    await writeFile(site.key, 'half a key', { mode: 0o600 })
    onlyFault(await findingsOf({}), /^key: .* is damaged: a key file is one line of 64 hexadecimal digits/)
    await rm(site.key)
    await cp(copy, site.key)
    if (process.platform !== 'win32') {
      await chmod(site.key, 0o644)
      assert.match(faults(await findingsOf({}))[0] ?? '', /^key: .*identity\.key can be read by others: chmod 600/)
      await chmod(site.key, 0o600)
    }
    await rm(copy)
    assert.deepEqual(faults(await findingsOf({})), [])
  })

  test('a gateway port that another program or another peer holds is named', async (t) => {
    const stranger = createServer((_, response) => void response.end('{}'))
    t.after(() => stranger.close())
    const port = await listen(stranger)
    onlyFault(
      await findingsOf({ gateway: { port } }),
      /^gateway: port \d+ is taken by another program: stop it, or change/
    )
    const theirs = Number(new URL(neighbour.gatewayUrl ?? '').port)
    onlyFault(await findingsOf({ gateway: { port: theirs } }), /is taken by another peer, Hospital B \(12D3Koo/)
  })

  test('a bootstrap address without a PeerId, with a wrong one, or of another program is named', async (t) => {
    const [address = ''] = neighbour.addresses
    const at = (...bootstrap: string[]) => ({ mesh: { listen: [], peers: [neighbour.peerId], bootstrap } })
    const place = address.replace(/\/p2p\/.*/, '')
    onlyFault(
      await findingsOf(at(place)),
      new RegExp(`has no PeerId.*add /p2p/PEERID. Now ${neighbour.peerId} answers there`)
    )
    const other = (await signerFromSeed(new Uint8Array(32).fill(7))).id
    onlyFault(
      await findingsOf(at(`${place}/p2p/${other}`)),
      new RegExp(`another PeerId answers there, ${neighbour.peerId}`)
    )
    onlyFault(await findingsOf(at(`${place}/p2p/${site.peerId}`)), /is this peer itself/)
    const web = createServer((_, response) => void response.end())
    t.after(() => web.close())
    const port = await listen(web)
    onlyFault(await findingsOf(at(`/ip4/127.0.0.1/tcp/${port}/p2p/${neighbour.peerId}`)), /not as a StimNet peer does/)
    onlyFault(await findingsOf(at(`/ip4/127.0.0.1/tcp/${await freePort()}/p2p/${neighbour.peerId}`)), /does not answer/)
  })

  test('relays are asked while the peer is stopped, and a running one says through what it is reached', async () => {
    const [address = ''] = neighbour.addresses
    const at = (relays: string[]) => ({ mesh: { listen: [], peers: [neighbour.peerId], relays } })
    const said = (findings: Finding[], of: string) =>
      findings.filter(({ name }) => name === of).map(({ ok, detail }) => `${ok ? 'ok' : 'FIX'} ${detail}`)
    assert.deepEqual(said(await findingsOf(at([address])), 'relays'), [`ok ${address} answers and proves its PeerId`])
    const away = `/ip4/127.0.0.1/tcp/${await freePort()}/p2p/${neighbour.peerId}`
    onlyFault(await findingsOf(at([away])), /^relays: .* does not answer/)
    assert.match(said(await findingsOf(at([])), 'reach').join(), /^ok .*only peers that this one dials can ask it$/)
    const { config } = await loadConfig(await configure({}), {})
    const reach = {
      direct: { addresses: ['/ip4/127.0.0.1/tcp/4001'], reached: false },
      relays: [
        { peer_id: neighbour.peerId, address, since: '2026-12-01T00:00:00.000Z', why: '' },
        { peer_id: neighbour.peerId, address: away, since: null, why: 'it cannot be reached' }
      ],
      relaying: null
    }
    const self = { seed: undefined, peerId: site.peerId, mayRun: true }
    assert.deepEqual(said(await reachFindings(config, () => true, self, reach), 'reach'), [
      'ok not directly so far: nobody has connected since the start; if others should, check the firewall',
      `ok through the relay ${neighbour.peerId} since 2026-12-01T00:00:00.000Z`,
      `FIX not through ${away}: it cannot be reached`
    ])
  })

  test('what keeps a peer inside its network is named: the proxy, its credentials, or the certificate', async (t) => {
    const relay = `/dns4/relay.test/tcp/443/tls/ws/p2p/${neighbour.peerId}`
    const at = (mesh: object) => ({ mesh: { listen: [], peers: [neighbour.peerId], relays: [relay], ...mesh } })
    const proxy = createServer((_request, response) => response.end())
    t.after(() => proxy.close())
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'))
    const url = `http://127.0.0.1:${await listen(proxy)}`
    onlyFault(await findingsOf(at({ proxy: { url } })), /^relays: .* cannot be reached: the proxy .* wants credentials/)
    const credentials = join(site.folder, 'proxy.secret')
    await writeFile(credentials, 'north:secret\n', { mode: 0o600 })
    onlyFault(await findingsOf(at({ proxy: { url, credentials } })), /^relays: .* does not accept the credentials/)
    await chmod(credentials, 0o644)
    const findings = await findingsOf(at({ proxy: { url, credentials } }))
    assert.match(findings.find(({ name }) => name === 'reach')?.detail ?? '', /can be read by others: chmod 600/)
  })

  test('a clock that is minutes off is named, with how far', async () => {
    const clock = { ...systemClock, now: () => Date.now() + 5 * 60_000 }
    onlyFault(
      await findingsOf({}, clock),
      /^clock: the clocks of 1 of 1 peer differ: .* [45] min \d+ s behind this machine’s/
    )
  })

  test('a charter that is missing or not signed is named; a signed one needs no list of peers', async () => {
    const { id } = await signerFromSeed(site.seed)
    const founders = [
      { peer: id, institution: 'Hospital A' },
      { peer: neighbour.peerId, institution: 'Hospital B' }
    ]
    const charter = { name: 'Network', purpose: '', founders, needed: 1 }
    const changes = {
      federation: { charter: 'charter.json' },
      mesh: { listen: [], bootstrap: neighbour.addresses.slice(0, 1) }
    }
    const charterFile = join(site.folder, 'charter.json')
    const named = (expected: RegExp, findings: Finding[]) =>
      assert.match(faults(findings).find((fault) => fault.startsWith('federation')) ?? '', expected)
    named(/charter\.json cannot be read/, await findingsOf(changes))
    const theirs = await signerFromSeed(await loadOrCreateSeed(join(folder, 'b', 'identity.key'), cryptographicRandom))
    const signatures = [await signCharter(charter, { signer: theirs, clock: systemClock })]
    await writeFile(charterFile, JSON.stringify({ charter, signatures }))
    named(/is not signed by Hospital A yet: each founder runs stimnet federation sign/, await findingsOf(changes))
    signatures.push(await signCharter(charter, { signer: await signerFromSeed(site.seed), clock: systemClock }))
    await writeFile(charterFile, JSON.stringify({ charter, signatures }))
    assert.deepEqual(faults(await findingsOf(changes)), [])

    const sole = { ...charter, founders: founders.slice(0, 1) }
    const own = [await signCharter(sole, { signer: await signerFromSeed(site.seed), clock: systemClock })]
    await writeFile(charterFile, JSON.stringify({ charter: sole, signatures: own }))
    const asOnly = await findingsOf({ ...changes, mesh: { listen: [] }, requesters: ['affiliation:members'] })
    assert.deepEqual(faults(asOnly), [], 'an institution that founded a federation alone has nothing to mend')
    const said = asOnly.map(({ name, detail }) => `${name}: ${detail}`).join('\n')
    assert.match(
      said,
      /^admission: this peer is the only member so far \(stimnet invite lets another in\), 1 requester/m
    )

    const alone = { ...charter, founders: founders.slice(1) }
    const only = [await signCharter(alone, { signer: theirs, clock: systemClock })]
    await writeFile(charterFile, JSON.stringify({ charter: alone, signatures: only }))
    named(
      /this peer is no member yet \(0 of 1 signed\): members run stimnet federation admit/,
      await findingsOf(changes)
    )
  })

  test('after a new key, the members are asked to replace the old one, and entries with a revoked key are named', async (t) => {
    const renewed = join(folder, 'renewed')
    t.after(() => rm(renewed, { recursive: true, force: true }))
    await cp(site.folder, renewed, { recursive: true })
    const [first, third] = await Promise.all([site.seed, cryptographicRandom.bytes(32)].map(signerFromSeed))
    const theirs = await signerFromSeed(await loadOrCreateSeed(join(folder, 'b', 'identity.key'), cryptographicRandom))
    assert.ok(first && third)
    const founders = [first, theirs, third].map(({ id: peer }, at) => ({ peer, institution: `Hospital ${'ABC'[at]}` }))
    const charter = { name: 'Network', purpose: '', founders, needed: 2 }
    const signing = [first, theirs, third].map((signer) => signCharter(charter, { signer, clock: systemClock }))
    const signatures = await Promise.all(signing)
    await writeFile(join(renewed, 'charter.json'), JSON.stringify({ charter, signatures }))
    const file = join(renewed, 'stimnet.yaml')
    const from = first.id
    const changes = {
      federation: { charter: 'charter.json' },
      requesters: [`gateway:${from}`, `gateway:${theirs.id}`],
      catalogs: [{ ...TRIAL, requesters: [`affiliation:${third.id}`] }],
      gateway: { port: await freePort() },
      mesh: { listen: [], peers: [third.id], bootstrap: [`/ip4/127.0.0.1/tcp/1/p2p/${third.id}`] }
    }
    await writeFile(file, stringify({ ...BASE, ...changes }))
    const loaded = await loadConfig(file, {})
    const { to } = await replaceKey(loaded, { clock: systemClock, random: cryptographicRandom })
    const said = async () =>
      faults(await checkUp(loaded)).filter((fault) => /^(federation|admission|bootstrap)/.test(fault))
    const [member, own, ...others] = await said()
    assert.match(
      member ?? '',
      new RegExp(`no member yet \\(0 of 2 signed, .*not signed run stimnet federation replace ${from} ${to}$`)
    )
    assert.match(
      own ?? '',
      new RegExp(`^admission: requesters names gateway:${from}, whose PeerId this peer had before`)
    )
    assert.deepEqual(others.length, 1, others.join('\n'))
    assert.match(others[0] ?? '', /^bootstrap: .* does not answer/)

    // This member was revoked, so its address need not answer any more.
    for (const signer of [first, theirs]) {
      const says = { says: 'revoke', charter: await charterId(charter), peer: third.id, reason: 'left' } as const
      await keepStatement(
        join(renewed, 'data', 'federation'),
        await signStatement(says, { signer, clock: systemClock })
      )
    }
    assert.deepEqual((await said()).slice(2), [
      `admission: requesters of the catalog trial names affiliation:${third.id}, whose PeerId was revoked: put the present one there, or take it out`,
      `admission: mesh.peers names ${third.id}, whose PeerId was revoked: put the present one there, or take it out`,
      `admission: mesh.bootstrap names /ip4/127.0.0.1/tcp/1/p2p/${third.id}, whose PeerId was revoked: put the present one there, or take it out`
    ])
  })

  test('a missing data file and a missing column are named', async () => {
    const changes = { catalogs: [TRIAL], requesters: [neighbour.peerId] }
    const file = join(site.folder, 'people.csv')
    await writeFile(file, 'id,age\na,50\n')
    onlyFault(await findingsOf(changes), /^data: trial: .*people\.csv: no column "sex"; it has id, age/)
    await rm(file)
    onlyFault(await findingsOf(changes), /^data: trial: .*people\.csv: cannot be read/)
  })

  test('what keeps Docker away is named by its socket, not by a remedy for another engine', async () => {
    const socket = join(folder, 'no.sock')
    const findings = await findingsOf({ sandbox: { engine: 'docker', docker: { socket } } })
    onlyFault(findings, /^sandbox: .*No Docker engine answers at .*no\.sock: start Docker \(systemctl start docker\)/)
    assert.doesNotMatch(faults(findings)[0] ?? '', /npm ci/)
    assert.match(dockerRemedy('EACCES', socket), /may not use .*no\.sock: add the user to the group/)
  })
})

test('a socket for gateway processes in a folder that others may enter is found, and one that is closed is not', async () => {
  const open = join(site.folder, 'open')
  await mkdir(open)
  await chmod(open, 0o755)
  onlyFault(await findingsOf({ gateways: { socket: 'open/gateways.sock' } }), /^gateways: .*others may enter: chmod o=/)
  await chmod(open, 0o700)
  assert.deepEqual(faults(await findingsOf({ gateways: { socket: 'open/gateways.sock' } })), [])
  const taken = createTcpServer()
  const port = await listen(taken)
  const tls = { listen: `127.0.0.1:${port}`, cert: 'a', key: 'b', client_ca: 'c', names: ['gateway-1.example'] }
  onlyFault(await findingsOf({ gateways: { tls } }), /^gateways: .*change gateways.tls.listen/)
  await new Promise((done) => taken.close(done))
})
