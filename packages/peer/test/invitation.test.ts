import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { loadOrCreateSeed, runCommand, tell } from '@stimnet/machine'
import { createMesh, inviteExchange, type Mesh } from '@stimnet/mesh'
import {
  type Charter,
  charterId,
  type Clock,
  cryptographicRandom,
  type Invitation,
  invitationCode,
  inviteCommitment,
  inviteProof,
  readInvitation,
  signCharter,
  signerFromSeed,
  signStatement,
  SimulatedClock,
  systemClock
} from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { stringify } from 'yaml'
import { inviteCommand } from '../src/cli/invite/invite.ts'
import { joinCommand } from '../src/cli/invite/join.ts'
import { loadConfig } from '../src/config/config.ts'
import { createEvents } from '../src/events.ts'
import { Door, invitationOf, SILENT } from '../src/federation/door.ts'
import { askToJoin, verifyWelcome } from '../src/federation/joining.ts'
import { type Peer, startPeer } from '../src/peer.ts'
import { recordingIo } from '../../../test/recording-io.ts'

interface Site {
  readonly folder: string
  readonly configFile: string
  readonly seed: Uint8Array
  readonly peerId: string
}

const LISTEN = '/ip4/127.0.0.1/tcp/0'
let folder: string
let member: Site
let memberPort: number
let charter: Charter

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function siteOf(name: string, config: object): Promise<Site> {
  const own = join(folder, name)
  const seed = await loadOrCreateSeed(join(own, 'data', 'identity.key'), cryptographicRandom)
  const configFile = join(own, 'stimnet.yaml')
  const base = {
    institution: `Hospital ${name}`,
    data_dir: 'data',
    sandbox: { engine: 'none' },
    log: { level: 'silent' }
  }
  await writeFile(
    configFile,
    `# Kept by hand.\n${stringify({ ...base, gateway: { port: 0 }, mesh: { listen: [LISTEN] }, ...config })}`
  )
  return { folder: own, configFile, seed, peerId: (await signerFromSeed(seed)).id }
}

/** Runs `stimnet invite` with a person who answers the question about the phrase; resolves at once with the code. */
async function invites(answer: (asked: number) => Promise<string>, listen: readonly string[] = ['--listen', LISTEN]) {
  const io = recordingIo()
  let asked = 0
  const ask = (_: string, signal: AbortSignal) => {
    asked += 1
    const over = new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(''), { once: true }))
    return Promise.race([answer(asked), over])
  }
  const ended = runCommand(inviteCommand, ['--config', member.configFile, ...listen], { ...io, ask })
  await Promise.race([until(() => io.said.out.includes('\n'), 'the code is printed'), ended])
  const phrase = async () => {
    await until(() => /who types it: (\S+)/.test(io.said.err), 'the second phrase is shown')
    return /who types it: (\S+)/.exec(io.said.err)?.[1] ?? ''
  }
  return { io, ended, phrase, code: io.said.out.split('\n')[0] ?? '' }
}

/** Runs `stimnet join` with a person who types what `hears` returns, or otherwise the phrase as soon as it is shown. */
function joins(site: Site, code: string, hears?: () => Promise<string>, options: readonly string[] = []) {
  const recording = recordingIo()
  const io = hears ? { ...recording, ask: hears } : recording
  const ended = runCommand(joinCommand, [code, '--config', site.configFile, ...options], io).catch((error: unknown) =>
    tell(error, io)
  )
  const phrase = async () => {
    await until(() => /invited you: (\S+)/.test(io.said.err), 'the phrase is shown')
    return /invited you: (\S+)/.exec(io.said.err)?.[1] ?? ''
  }
  return { io, ended, phrase }
}

const statementsAt = async (site: Site) =>
  (await readdir(join(site.folder, 'data', 'federation')).catch(() => [])).length

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stimnet-invite-'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  memberPort = (server.address() as AddressInfo).port
  await new Promise((resolve) => server.close(resolve))
  member = await siteOf('A', {
    mesh: { listen: [`/ip4/127.0.0.1/tcp/${memberPort}`] },
    federation: { charter: './charter.json' }
  })
  charter = { name: 'Network', purpose: '', needed: 1, founders: [{ peer: member.peerId, institution: 'Hospital A' }] }
  const signatures = [await signCharter(charter, { signer: await signerFromSeed(member.seed), clock: systemClock })]
  await writeFile(join(member.folder, 'charter.json'), JSON.stringify({ charter, signatures }))
})

after(() => rm(folder, { recursive: true, force: true }))

describe('an invitation into a federation', () => {
  test('admits whom two people confirmed by phrase, and both peers then connect without a PeerId being copied', async (t) => {
    const newcomer = await siteOf('B', {})
    const peers: Peer[] = [await startPeer(await loadConfig(member.configFile, {}))]
    t.after(() => Promise.all(peers.map((peer) => peer.stop())))
    let phrase = async () => ''
    const inviting = await invites(() => phrase().then((text) => text.replaceAll('-', ' ').toUpperCase()))
    const joining = joins(newcomer, inviting.code, async () => (await inviting.phrase()).replaceAll('-', ' '))
    phrase = joining.phrase
    assert.equal(await joining.ended, 0, joining.io.said.err)
    assert.equal(await inviting.ended, 0, inviting.io.said.err)
    assert.match(inviting.io.said.err, new RegExp(`“Hospital B” has used the code.*${newcomer.peerId}`))
    assert.doesNotMatch(inviting.io.said.err, new RegExp(await phrase()), 'the first phrase has to be heard as well')
    assert.match(inviting.io.said.out, /Signed: Hospital B \(12D3Koo\w+\) is a member/)
    assert.match(joining.io.said.out, /This peer is a member of Network, with 1 other\./)
    assert.match(joining.io.said.err, new RegExp(`…${member.peerId.slice(-8)}  Hospital A\\n`))
    assert.match(joining.io.said.err, new RegExp(`The member that made the code: ${member.peerId}  Hospital A\\n`))
    assert.doesNotMatch(joining.io.said.err, new RegExp(await inviting.phrase()), 'the second phrase has to be heard')

    const config = await readFile(newcomer.configFile, 'utf8')
    assert.match(config, /^# Kept by hand\./)
    assert.match(config, new RegExp(`/ip4/127.0.0.1/tcp/${memberPort}/p2p/${member.peerId}`))
    peers.push(await startPeer(await loadConfig(newcomer.configFile, {})))
    const [first, second] = peers as [Peer, Peer]
    await until(() => first.mesh.connected().includes(second.peerId), 'the member connects to the newcomer')
    assert.equal(second.federation?.isMember(newcomer.peerId), true)

    const again = joins(newcomer, inviting.code, async () => '')
    assert.equal(await again.ended, 2)
    assert.match(again.io.said.err, /names a charter already/)
  })

  test('of two with one code admits only the one whose phrase was read out, and names the other', async () => {
    const [thief, invited] = [await siteOf('T', {}), await siteOf('C', {})]
    const before = await statementsAt(member)
    const typed = Promise.withResolvers<string>()
    const inviting = await invites(() => typed.promise)
    const first = joins(thief, inviting.code, inviting.phrase)
    await first.phrase()
    const second = joins(invited, inviting.code, undefined, ['--member', member.peerId])
    // The person was asked when the first newcomer came, and answers with the phrase that the second reads out.
    assert.notEqual(await first.phrase(), await second.phrase())
    typed.resolve(await second.phrase())
    const ended = await Promise.all([inviting.ended, first.ended, second.ended])
    assert.deepEqual(ended, [0, 4, 0], inviting.io.said.err + second.io.said.err)
    assert.match(inviting.io.said.err, /More than one has this code/)
    assert.match(inviting.io.said.err, new RegExp(`Refused: ${thief.peerId} had the same code`))
    assert.match(first.io.said.err, /NOT_PERMITTED: The member did not confirm this peer/)
    assert.equal(await statementsAt(member), before + 1)
    assert.doesNotMatch(await readFile(thief.configFile, 'utf8'), /charter/)
  })

  test('waits at the address that --listen names, also as IP:PORT, and an empty line is no wrong phrase', async () => {
    const stranger = await siteOf('N', {})
    const typed = ['', '', '', 'bobab-bobab-bobab', '', 'no']
    const inviting = await invites(
      async () => typed.shift() ?? assert.fail('asked too often'),
      ['--listen', '127.0.0.1:0']
    )
    assert.match(inviting.io.said.err, /Waiting at \/ip4\/127\.0\.0\.1\/tcp\/[1-9]/)
    const joining = joins(stranger, inviting.code, inviting.phrase)
    assert.equal(await inviting.ended, 1)
    assert.deepEqual(typed, [])
    assert.equal(inviting.io.said.err.match(/phrase of nobody here/g)?.length, 1)
    assert.equal(await joining.ended, 4)
    const asking = { ...recordingIo(), ask: async () => 'no' }
    for (const listen of ['localhost:4002', 'host', '0.0.0.0:99999', '/dns4/x/tcp/1']) {
      const refused = runCommand(inviteCommand, ['--config', member.configFile, '--listen', listen], asking)
      await assert.rejects(refused, {
        code: 'PARAMETER_INVALID',
        message: /--listen takes an IP address .* 0\.0\.0\.0:4002/
      })
    }
  })

  test('signs nothing for a wrong phrase, and its code is void then', async () => {
    const stranger = await siteOf('D', {})
    const before = await statementsAt(member)
    const inviting = await invites(async () => 'bobab-bobab-bobab')
    const joining = joins(stranger, inviting.code, inviting.phrase)
    assert.equal(await inviting.ended, 1)
    assert.equal(await joining.ended, 4)
    assert.match(
      inviting.io.said.err,
      new RegExp(`Not admitted: ${stranger.peerId}. The code is void, nothing was signed`)
    )
    assert.match(joining.io.said.err, /NOT_PERMITTED/)
    assert.equal(await statementsAt(member), before)
    assert.equal(await statementsAt(stranger), 0)
    const late = joins(stranger, inviting.code, inviting.phrase)
    assert.equal(await late.ended, 3)
    assert.match(late.io.said.err, /cannot be reached at .* Does its stimnet invite still wait\?/)
  })

  test('signs for nobody that calls itself nearly like a member, a founder or not', async () => {
    const likeB = await siteOf('L', { institution: 'HОSPITАL  B.' })
    const before = await statementsAt(member)
    const copy = await siteOf('M', { institution: 'HOSPITAL  B.' })
    let phrase = async () => ''
    const inviting = await invites(() => phrase())
    const mixed = joins(likeB, inviting.code, inviting.phrase)
    assert.equal(await mixed.ended, 2)
    assert.match(mixed.io.said.err, /mixes Latin, Greek or Cyrillic letters/)
    const joining = joins(copy, inviting.code, inviting.phrase)
    phrase = joining.phrase
    await assert.rejects(inviting.ended, { code: 'NOT_PERMITTED', message: /calls itself like a member/ })
    assert.equal(await joining.ended, 4)
    assert.equal(await statementsAt(member), before)
  })

  test('is for a terminal and for members, and an expired code is not even sent', async () => {
    const io = recordingIo()
    await assert.rejects(runCommand(inviteCommand, ['--config', member.configFile], io), { code: 'PARAMETER_INVALID' })
    const outsider = await siteOf('E', {})
    const asking = { ...io, ask: async () => '' }
    const alone = runCommand(inviteCommand, ['--config', outsider.configFile], asking)
    await assert.rejects(alone, { code: 'PARAMETER_INVALID', message: /names no charter/ })
    const about = { peer: member.peerId, at: ['/ip4/127.0.0.1/tcp/1'], charter: 'ab'.repeat(32) }
    const old = invitationOf({ secret: new Uint8Array(16), untilMs: Date.now() - 2 * 60_000 }, about)
    const joining = joins(outsider, invitationCode(old), async () => '')
    assert.equal(await joining.ended, 1)
    assert.match(joining.io.said.err, /EXPIRED: The invitation has expired/)
  })
})

describe('a code that was exchanged in the mail', () => {
  /** An attacker's federation under the same names, whose door admits any newcomer at once. */
  async function trap() {
    const secret = cryptographicRandom.bytes(16)
    const untilMs = Date.now() + 60_000
    const seed = cryptographicRandom.bytes(32)
    const signer = await signerFromSeed(seed)
    const copy = { ...charter, founders: [{ peer: signer.id, institution: 'Hospital A' }] }
    const id = await charterId(copy)
    const signatures = [await signCharter(copy, { signer, clock: systemClock })]
    const door: Door = await Door.open({
      ...{ seed, secret, untilMs, listen: [LISTEN], clock: systemClock, random: cryptographicRandom },
      ...{ onHolder: () => undefined, onFull: () => undefined },
      onCandidate: async ({ peer, institution }) => {
        const says = { says: 'admit', charter: id, peer, institution } as const
        const statements = [await signStatement(says, { signer, clock: systemClock })]
        const charterJson = JSON.stringify({ charter: copy, signatures })
        door.admit(peer, { charterJson, statements, addresses: ['/dns4/evil.example/tcp/4001'] })
      }
    })
    const about = { peer: signer.id, at: door.addresses(), charter: id }
    return { door, peer: signer.id, code: invitationCode(invitationOf({ secret, untilMs }, about)) }
  }

  test('is believed by nobody: without the phrase of the member nothing is written', async (t) => {
    const { door, peer, code } = await trap()
    t.after(() => door.close())
    const victim = await siteOf('V', {})
    const before = [await readFile(victim.configFile, 'utf8'), await readdir(victim.folder)]
    // Three wrong phrases are too many; an empty line does not count as a phrase.
    const heard = ['bobab-bobab-bobab', '', ' ', 'bobab bobab bobab', 'no phrase at all']
    let joining = joins(victim, code, async () => heard.shift() ?? assert.fail('asked too often'))
    assert.equal(await joining.ended, 4, joining.io.said.err)
    assert.match(joining.io.said.err, new RegExp(`…${peer.slice(-8)}  Hospital A\\n`), 'the copy is shown by its keys')
    assert.deepEqual(heard, [])
    assert.match(joining.io.said.err, /NOT_PERMITTED: You did not confirm the member. Nothing was written/)
    assert.equal(joining.io.said.out, '')
    joining = joins(victim, code, async () => '')
    assert.equal(await joining.ended, 4, 'nobody sits there')
    joining = joins(victim, code, async () => 'no')
    assert.equal(await joining.ended, 4, 'a no is no')
    joining = joins(victim, code)
    assert.equal(await joining.ended, 2)
    assert.match(joining.io.said.err, /needs a terminal, .* or --member PEERID/)
    joining = joins(victim, code, undefined, ['--member', member.peerId])
    assert.equal(await joining.ended, 4)
    assert.match(joining.io.said.err, new RegExp(`The code was made by ${peer}, not by the member`))
    assert.deepEqual([await readFile(victim.configFile, 'utf8'), await readdir(victim.folder)], before)
    assert.equal(await statementsAt(victim), 0)
  })
})

describe('the door of an invitation', () => {
  const secret = cryptographicRandom.bytes(16)
  const clock = systemClock
  let door: Door
  let seen: string[]
  let holders: string[]
  let full: number

  async function openDoor(untilMs = Date.now() + 60_000, doorClock: Clock = clock): Promise<Invitation> {
    ;[seen, holders, full] = [[], [], 0]
    door = await Door.open({
      ...{ seed: member.seed, listen: [LISTEN], secret, untilMs, clock: doorClock, random: cryptographicRandom },
      onHolder: ({ peer }) => void holders.push(peer),
      onCandidate: ({ peer }) => void seen.push(peer),
      onFull: () => {
        full += 1
      }
    })
    return readInvitation(
      invitationCode(
        invitationOf({ secret, untilMs }, { peer: member.peerId, at: door.addresses(), charter: 'ab'.repeat(32) })
      )
    )
  }

  async function meshOf(seed: Uint8Array) {
    const store = new MemoryLevel<string, Uint8Array>({ valueEncoding: 'view' })
    const settings = { nodeSeed: seed, listen: [], bootstrap: [], mdns: false, permits: () => true }
    const mesh = await createMesh(settings, {
      store: store as never,
      clock,
      random: cryptographicRandom,
      events: SILENT
    })
    await mesh.start()
    return mesh
  }

  const connects = (mesh: Mesh) =>
    mesh.connect(`${door.addresses()[0]}/p2p/${member.peerId}`, { signal: AbortSignal.timeout(10_000) })

  /** Sends requests to the door like a program that does not follow the order of `stimnet join`. */
  async function asks(seed: Uint8Array, questions: readonly object[]): Promise<string[]> {
    const mesh = await meshOf(seed)
    const signal = AbortSignal.timeout(10_000)
    const codes: string[] = []
    try {
      await connects(mesh)
      for (const question of questions) {
        const ask = mesh.ask(inviteExchange, member.peerId, question, { signal })
        codes.push(
          await ask.then(
            () => 'OK',
            (error: { code: string }) => error.code
          )
        )
      }
    } finally {
      await mesh.stop()
    }
    return codes
  }

  async function begins(seed: Uint8Array, nonce = cryptographicRandom.bytes(16), institution = 'Hospital') {
    const commitment = await inviteCommitment(nonce)
    const newcomer = (await signerFromSeed(seed)).id
    return {
      institution,
      commitment,
      proof: await inviteProof(secret, { member: member.peerId, newcomer }, commitment)
    }
  }

  test('takes no proof that was copied from another peer and no other nonce, and the same beginning again', async (t) => {
    await openDoor()
    t.after(() => door.close())
    const [honest, thief] = [cryptographicRandom.bytes(32), cryptographicRandom.bytes(32)]
    const newcomer = (await signerFromSeed(honest)).id
    const nonce = cryptographicRandom.bytes(16)
    const first = await begins(honest, nonce)
    const later = cryptographicRandom.bytes(16)
    const second = await begins(honest, later)
    const wrong = { ...first, nonce: cryptographicRandom.bytes(16) }
    assert.deepEqual(await asks(thief, [first]), ['SIGNATURE_INVALID'])
    const codes = await asks(honest, [first, first, wrong, { ...first, nonce }, { ...first, nonce }])
    assert.deepEqual(codes, ['OK', 'OK', 'SIGNATURE_INVALID', 'OK', 'OK'])
    assert.deepEqual([holders, seen], [[newcomer], [newcomer]], 'shown to the operator once')
    // A restarted peer has another nonce, and the earlier phrase no longer counts.
    const anew = await asks(honest, [second, { ...first, nonce }, { ...second, nonce: later }])
    assert.deepEqual(anew, ['OK', 'REQUEST_REPLAYED', 'OK'])
    assert.deepEqual([holders, seen], [[newcomer], [newcomer, newcomer]])
    for (const name of ['a\u202eb', 'Charité ”  Its phrase: tidag-bobab-bobab', 'Charité\u2060']) {
      assert.deepEqual(await asks(thief, [await begins(thief, nonce, name)]), ['PARAMETER_INVALID'], name)
    }
  })

  test('shows who has the code but reveals nothing, and frees its place within seconds', async (t) => {
    const doorClock = new SimulatedClock(Date.now())
    const invitation = await openDoor(Date.now() + 3_600_000, doorClock)
    t.after(() => door.close())
    const seeds = Array.from({ length: 8 }, () => cryptographicRandom.bytes(32))
    for (const seed of seeds) assert.deepEqual(await asks(seed, [await begins(seed)]), ['OK'])
    assert.deepEqual([holders.length, seen.length, full], [8, 0, 0])
    const phrase = Promise.withResolvers<string>()
    const busy = Promise.withResolvers<void>()
    const stop = new AbortController()
    const parts = { institution: 'Hospital', clock, random: cryptographicRandom, signal: stop.signal }
    const seed = cryptographicRandom.bytes(32)
    const joining = askToJoin(invitation, { ...parts, seed, onPhrase: phrase.resolve, onBusy: busy.resolve })
    await busy.promise
    assert.equal(full, 1, 'the operator is told that somebody was turned away')
    await doorClock.advance(10_000)
    await phrase.promise
    assert.deepEqual(seen, [(await signerFromSeed(seed)).id])
    stop.abort()
    await assert.rejects(joining)
  })

  test('is not kept shut by strangers without the code', async (t) => {
    // No quota is refilled while the clock stands still.
    const invitation = await openDoor(Date.now() + 60_000, new SimulatedClock(Date.now()))
    t.after(() => door.close())
    const strangers = await Promise.all(Array.from({ length: 20 }, () => meshOf(cryptographicRandom.bytes(32))))
    t.after(() => Promise.all(strangers.map((mesh) => mesh.stop())))
    const signal = AbortSignal.timeout(20_000)
    const codes = new Set<string>()
    for (const mesh of strangers) {
      await connects(mesh)
      const question = { institution: 'x', commitment: new Uint8Array(32), proof: new Uint8Array(32) }
      for (let asked = 0; asked < 6; asked++) {
        await mesh.ask(inviteExchange, member.peerId, question, { signal }).catch(({ code }) => codes.add(code))
      }
    }
    // There were more requests than all holders of the code may send, and the oldest connections of the address were ended.
    assert.ok(codes.has('SIGNATURE_INVALID') && codes.has('BUSY'), [...codes].join())
    await until(() => strangers.filter((mesh) => mesh.connected().length > 0).length <= 16, 'the oldest ones are ended')
    const phrase = Promise.withResolvers<string>()
    const stop = new AbortController()
    const parts = { institution: 'Hospital', clock, random: cryptographicRandom, signal: stop.signal }
    const onBusy = () => assert.fail('busy')
    const joining = askToJoin(invitation, {
      ...{ ...parts, seed: cryptographicRandom.bytes(32), onPhrase: phrase.resolve, onBusy }
    })
    await Promise.race([phrase.promise, joining])
    stop.abort()
    await assert.rejects(joining)
  })

  test('is closed after its time, whatever the newcomer’s clock says, and to the code of another invitation', async (t) => {
    const parts = {
      seed: cryptographicRandom.bytes(32),
      institution: 'H',
      clock,
      random: cryptographicRandom,
      onPhrase: () => undefined
    }
    const signal = AbortSignal.timeout(20_000)
    const invitation = await openDoor(Date.now() - 1)
    await assert.rejects(askToJoin(invitation, { ...parts, signal }), { code: 'EXPIRED' })
    await door.close()
    const open = await openDoor()
    t.after(() => door.close())
    const other = { ...open, secret: Buffer.from(new Uint8Array(16)).toString('base64url') }
    await assert.rejects(askToJoin(other, { ...parts, signal }), { code: 'SIGNATURE_INVALID' })
    assert.deepEqual(seen, [])
  })

  test('what it hands out counts only with the charter that the code names and a signature for this peer', async () => {
    const charterJson = await readFile(join(member.folder, 'charter.json'), 'utf8')
    const signer = await signerFromSeed(member.seed)
    const self = (await signerFromSeed(cryptographicRandom.bytes(32))).id
    const stranger = (await signerFromSeed(cryptographicRandom.bytes(32))).id
    const events = createEvents({ level: 'silent', nodeId: 'n' })
    const id = await charterId(charter)
    const invitation = { peer: member.peerId, at: ['x'], charter: id, secret: 'A'.repeat(22), until: 1 }
    const expected = { invitation, self, clock, events }
    const says = { says: 'admit', charter: id, peer: self, institution: 'Hospital' } as const
    const statements = [await signStatement(says, { signer, clock })]
    const welcome = { charterJson, statements, addresses: [] }
    assert.equal((await verifyWelcome(welcome, expected)).isMember, true)
    const refused = { code: 'SIGNATURE_INVALID' }
    await assert.rejects(verifyWelcome({ ...welcome, statements: [] }, expected), refused)
    const elsewhere = { ...expected, invitation: { ...invitation, charter: 'ab'.repeat(32) } }
    await assert.rejects(verifyWelcome(welcome, elsewhere), refused)
    const unsigned = JSON.stringify({ charter, signatures: [] })
    await assert.rejects(verifyWelcome({ ...welcome, charterJson: unsigned }, expected), { code: 'CONFIG_INVALID' })
    await assert.rejects(verifyWelcome(welcome, { ...expected, invitation: { ...invitation, peer: stranger } }), {
      code: 'SIGNATURE_INVALID'
    })
  })

  test('one signature of two makes no member, and the newcomer is told how many there are', async () => {
    const others = await Promise.all([1, 2].map(() => signerFromSeed(cryptographicRandom.bytes(32))))
    const signer = await signerFromSeed(member.seed)
    const more = others.map(({ id }, at) => ({ peer: id, institution: `Hospital ${at}` }))
    const larger = { ...charter, needed: 2, founders: [...charter.founders, ...more] }
    const signatures = await Promise.all([signer, ...others].map((one) => signCharter(larger, { signer: one, clock })))
    const self = (await signerFromSeed(cryptographicRandom.bytes(32))).id
    const id = await charterId(larger)
    const says = { says: 'admit', charter: id, peer: self, institution: 'Hospital' } as const
    const statements = [await signStatement(says, { signer, clock })]
    const welcome = { charterJson: JSON.stringify({ charter: larger, signatures }), statements, addresses: [] }
    const invitation = { peer: member.peerId, at: ['x'], charter: id, secret: 'A'.repeat(22), until: 1 }
    const events = createEvents({ level: 'silent', nodeId: 'n' })
    const joined = await verifyWelcome(welcome, { invitation, self, clock, events })
    assert.deepEqual([joined.isMember, joined.signatures, joined.needed, joined.members], [false, 1, 2, 3])
  })
})
