/** Tests of a federation: three institutions found it, a fourth one joins and is revoked, and an outsider is never admitted. */
import assert from 'node:assert/strict'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { helloExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import { openStatement, systemClock } from '@stimnet/protocol'
import { parse, stringify } from 'yaml'
import { type CommandRun, type Site, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

const LISTEN = ['/ip4/127.0.0.1/tcp/0']

/** Changes part of a site's configuration. */
async function configure(site: Site, changes: object): Promise<void> {
  await writeFile(site.configFile, stringify({ ...parse(await readFile(site.configFile, 'utf8')), ...changes }))
}

const isBetween = (a: Peer, b: Peer) => a.mesh.connected().includes(b.peerId) && b.mesh.connected().includes(a.peerId)
const ok = ({ code, out, err }: CommandRun) => {
  assert.equal(code, 0, err)
  return out
}

test('three institutions found a federation, a fourth joins and is revoked, an outsider is refused', async (t) => {
  const folder = await scratchFolder(t)
  const stimnet = stimnetIn(folder)
  const config = { mesh: { listen: LISTEN }, catalogs: [] }
  const sites = await Promise.all([0, 1, 2, 3, 4].map((at) => writeSite(folder, at, { config })))
  // A peer generates its key at its first start. Founders need only each other's PeerIds.
  const ids = await Promise.all(
    sites.map(async (site) => {
      const peer = await startSite(site)
      await peer.stop()
      return peer.peerId
    })
  )
  const [fourth = '', outsider = ''] = ids.slice(3)

  const charter = join(folder, 'charter.json')
  const founders = ids.slice(0, 3).flatMap((id, i) => ['--founder', `${id}=Hospital ${i + 1}`])
  ok(
    await stimnet([
      'federation',
      'create',
      '--name',
      'Parkinson network',
      ...founders,
      '--needed',
      '2',
      '--out',
      charter
    ])
  )
  await configure(sites[0] as Site, { federation: { charter: '../charter.json' } })
  await assert.rejects(startSite(sites[0] as Site), { code: 'CONFIG_INVALID' }, 'not yet signed by all')
  for (const site of sites.slice(0, 3)) ok(await stimnet(['federation', 'sign', charter, '--config', site.configFile]))
  const alone = await stimnet(['federation', 'sign', charter, '--config', (sites[3] as Site).configFile])
  assert.match(alone.err, /NOT_PERMITTED/)

  const peers: Peer[] = []
  const start = async (at: number): Promise<Peer> => {
    const bootstrap = peers.slice(0, 3).flatMap((peer) => peer.addresses.slice(0, 1))
    await configure(sites[at] as Site, {
      mesh: { listen: LISTEN, bootstrap },
      federation: { charter: '../charter.json' }
    })
    const peer = await startSite(sites[at] as Site)
    t.after(() => peer.stop())
    peers[at] = peer
    return peer
  }
  for (const at of [0, 1, 2]) await start(at)
  const [one, two, three] = peers as [Peer, Peer, Peer]
  await until(() => isBetween(one, two) && isBetween(two, three) && isBetween(one, three), 'the founders are connected')

  // The newcomer has the charter, but is no member yet. The outsider has it too.
  const newcomer = await start(3)
  const stranger = await start(4)
  await assert.rejects(newcomer.mesh.connect(one.addresses[0] ?? '', { signal: AbortSignal.timeout(5_000) }))
  const admit = (at: number, peer: string, name: string) =>
    stimnet(['federation', 'admit', peer, '--institution', name, '--config', (sites[at] as Site).configFile])
  assert.match((await admit(0, fourth, 'Clinic')).err, /is not a member\. 1 of 2 signed to admit/)
  const waiting = ok(await stimnet(['federation', 'members', '--config', (sites[0] as Site).configFile]))
  assert.match(waiting, new RegExp(`Not yet decided:[^]*Clinic +${fourth} +1 of 2 signed to admit`))
  assert.match((await admit(3, fourth, 'Clinic')).err, /is not a member, so its signature would not count/)
  await until(() => !one.federation?.isMember(fourth), 'one signature is not enough')
  const second = ok(await admit(1, fourth, 'Clinic'))
  await until(() => [one, two, three].every((peer) => peer.federation?.isMember(fourth)), 'all count it in')

  // The newcomer receives the statement about its membership over the mesh once it may connect, or in another way, as here.
  await writeFile(join(folder, 'statement'), second)
  ok(await stimnet(['federation', 'receive', join(folder, 'statement'), '--config', (sites[3] as Site).configFile]))
  await until(() => [one, two, three].every((peer) => isBetween(newcomer, peer)), 'the newcomer is connected', {
    withinMs: 60_000
  })
  assert.match(ok(await stimnet(['federation', 'members', '--config', (sites[2] as Site).configFile])), /Clinic/)
  await assert.rejects(stranger.mesh.connect(one.addresses[0] ?? '', { signal: AbortSignal.timeout(5_000) }))

  // Two founders revoke it. Within seconds no peer is connected to it any more.
  const revoke = (at: number) =>
    stimnet(['federation', 'revoke', fourth, '--reason', 'left', '--config', (sites[at] as Site).configFile])
  ok(await revoke(0))
  ok(await revoke(2))
  await until(
    () => [one, two, three].every((peer) => !peer.mesh.connected().includes(fourth)),
    'nobody is connected to it'
  )
  // It may still consider an old connection open, but no peer answers it or counts it as connected.
  await newcomer.mesh.connect(two.addresses[0] ?? '', { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  const question = newcomer.mesh.ask(helloExchange, two.peerId, { version: '' }, { signal: AbortSignal.timeout(5_000) })
  await assert.rejects(question)
  assert.ok(!two.mesh.connected().includes(fourth))
  assert.ok(isBetween(one, two) && isBetween(two, three))

  // Statements that are signed from now on name this revocation in `on`.
  const [jws = ''] = (await admit(0, outsider, 'Outsider')).out.split('\n')
  const { says } = await openStatement(jws, { charter: one.federation?.id ?? '', clock: systemClock })
  assert.deepEqual(says.says === 'admit' && says.on, [fourth])

  // The same holds after a restart, from the stored statements.
  await copyFile(charter, join(folder, 'copy.json'))
  await two.stop()
  const again = await startSite(sites[1] as Site)
  t.after(() => again.stop())
  assert.deepEqual([again.federation?.isMember(fourth), again.federation?.isMember(outsider)], [false, false])
  assert.equal(again.federation?.members().length, 3)
})
