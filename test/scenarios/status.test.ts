/** Tests of an operator's view of a running peer: its state, and clocks that differ. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { createClient } from '@stimnet/sdk'
import { type Clock, systemClock } from '@stimnet/protocol'
import { stringify } from 'yaml'
import { clientOf, PASSWORD, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

const MINUTE_MS = 60_000
/** A machine whose clock is five minutes ahead. */
const ahead: Clock = { ...systemClock, now: () => Date.now() + 5 * MINUTE_MS }

/** Stores logins at gateways as `stimnet login` does. */
async function logIn(home: string, names: Readonly<Record<string, string>>): Promise<void> {
  const tokens = await Promise.all(
    Object.entries(names).map(async ([url, name]) => [
      url,
      { token: await createClient({ url }).authenticate(name, PASSWORD) }
    ])
  )
  await mkdir(join(home, '.config', 'stimnet'), { recursive: true })
  await writeFile(join(home, '.config', 'stimnet', 'session.json'), JSON.stringify(Object.fromEntries(tokens)), {
    mode: 0o600
  })
}

test('an operator sees what runs, who is connected, whose clock is off and what waits', async (t) => {
  const folder = await scratchFolder(t)
  const stimnet = stimnetIn(folder)
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  const sites = []
  for (const at of [0, 1, 2]) {
    const site = await writeSite(folder, at, { bootstrap: peers[0]?.addresses.slice(0, 1) ?? [] })
    sites.push(site)
    peers.push(await startSite(site, at === 2 ? { clock: ahead } : {}))
  }
  const [first, , late] = peers as [Peer, Peer, Peer]
  const url = first.gatewayUrl ?? ''
  await first.accounts.put({ name: 'rob', roles: ['researcher'], password: PASSWORD })

  // Both sides report it: each peer about the peer with the wrong clock, and that peer about itself, because both others disagree with it.
  const alerts = async (peer: Peer) => (await (await clientOf(peer)).events({ limit: 50, alerts: true })).map(said)
  const said = ({ kind, actor, detail }: { kind: string; actor: string; detail: string }) =>
    `${kind} ${actor} ${detail}`
  const about = (peer: Peer) => new RegExp(`^clock-skew ${peer.peerId} `)
  await until(async () => (await alerts(first)).some((line) => about(late).test(line)), 'the others notice the clock')
  await until(async () => (await alerts(late)).some((line) => about(late).test(line)), 'the peer itself notices it')
  const own = (await alerts(late)).find((line) => about(late).test(line))
  assert.match(own ?? '', /2 of 2 peers’ clocks are [45] min \d+ s behind this machine’s: set it, and keep it with NTP/)
  assert.ok(!(await alerts(first)).some((line) => about(first).test(line)), 'one wrong peer blames nobody else')
  const ready = async (peer: Peer) => (await clientOf(peer)).readiness()
  await until(async () => (await ready(late)).checks.some(({ name, ok }) => name === 'clock' && !ok), 'it is not ready')
  assert.equal((await ready(first)).ready, true)

  // Without a login: the public part. A researcher sees no more.
  const open = await stimnet(['status', '--url', url])
  assert.equal(open.code, 4, open.err)
  assert.match(open.out, /runs, version .*\nPeerId +12D3Koo/)
  assert.doesNotMatch(open.out, /Mesh/)
  assert.match(open.err, /log in as steward, auditor or operator \(stimnet login NAME --url http/)
  const lateUrl = late.gatewayUrl ?? ''
  await logIn(folder, { [url]: 'rob' })
  assert.equal((await stimnet(['status', '--url', url])).code, 4)

  await logIn(folder, { [url]: 'ada', [lateUrl]: 'ada' })
  const shown = await stimnet(['status', '--url', url])
  assert.equal(shown.code, 0, shown.err)
  const institutions = sites.map(({ site }) => site.institution)
  assert.match(shown.out, new RegExp(`^${institutions[0]} \\(node-1\\) runs since`))
  assert.match(shown.out, new RegExp(`Mesh +/ip4/127.0.0.1/tcp/\\d+/p2p/${first.peerId}`))
  assert.match(shown.out, /Peers that may connect: 2 of 2 connected/)
  assert.match(shown.out, new RegExp(`${institutions[1]} +connected +agrees`))
  assert.match(shown.out, new RegExp(`${institutions[2]} +connected +[45] min \\d+ s ahead of ours`))
  assert.match(shown.out, /1 alert clock-skew, the latest/)
  assert.match(shown.out, /Disk +database .*, epochs .*, free /)
  assert.match(shown.out, /clinical_trial_data +[0-9a-f]{12}/)

  const json = JSON.parse((await stimnet(['status', '--url', url, '--json'])).out)
  assert.deepEqual([json.running, json.peer_id, json.clock.compared, json.clock.differing], [true, first.peerId, 2, 1])
  assert.equal(json.clock.own_off_ms, null)
  assert.ok(json.disk.some(({ what, bytes }: { what: string; bytes: number }) => what === 'epochs' && bytes > 0))
  const off = await stimnet(['status', '--url', lateUrl])
  assert.equal(off.code, 1, off.out)
  assert.match(off.out, /FIX +clock: 2 of 2 peers’ clocks are/)

  // A configuration names its own peer. If another peer or program has its port, the peer does not count as running.
  await stimnet(['init', 'other', '--institution', 'Hospital Z'])
  const configFile = join(folder, 'other', 'stimnet.yaml')
  const at = (port: number) => writeFile(configFile, stringify({ institution: 'Hospital Z', gateway: { port } }))
  await at(Number(new URL(url).port))
  const taken = await stimnet(['status', '--config', configFile])
  assert.equal(taken.code, 3)
  assert.match(taken.out, /^Not running: another peer answers there: .* \(12D3Koo/)
  const stranger = createServer((_, response) => void response.end('{}'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  t.after(() => stranger.close())
  await at((stranger.address() as AddressInfo).port)
  const none = await stimnet(['status', '--config', configFile, '--json'])
  assert.deepEqual([none.code, JSON.parse(none.out).running], [3, false])
  assert.match(taken.err, /stimnet doctor --config .* says what keeps it from starting/)
})
