/** An institution vouches for its researcher; another lets her ask without knowing her. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SimulatedClock, signerFromSeed, systemClock, vouch } from '@stimnet/protocol'
import { signRequest } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { clientOf, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

const SQL = { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' } as const
const DAY_MS = 24 * 3_600_000

/** Two institutions that know each other; the second trusts the first's word for its people. */
async function two(t: { after(fn: () => unknown): void }) {
  const parent = await scratchFolder(t)
  const home = await startSite(
    await writeSite(parent, 0, { config: { mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], open: true } } })
  )
  t.after(() => home.stop())
  const config = {
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: home.addresses.slice(0, 1), peers: [home.peerId] },
    requesters: [`affiliation:${home.peerId}`],
    catalogs: demoCatalogs('data')
  }
  const site = await writeSite(parent, 1, { config })
  const owner = await startSite(site)
  t.after(() => owner.stop())
  await until(() => owner.mesh.connected().length === 1 && home.mesh.connected().length === 1, 'they are connected')
  return { home, owner, client: await clientOf(home), folder: parent }
}

describe('a researcher from another institution', () => {
  test('may ask with her institution’s word, and not without, nor with one that does not hold', async (t) => {
    const { home, owner, client, folder } = await two(t)
    const stimnet = stimnetIn(folder)
    const ada = await signerFromSeed(new Uint8Array(32).fill(5))
    const eve = await signerFromSeed(new Uint8Array(32).fill(6))

    const configFile = `${folder}/node-1/stimnet.yaml`
    const given = await stimnet(['vouch', ada.id, '--name', 'Ada', '--days', '30', '--config', configFile])
    assert.equal(given.code, 0, given.err)
    const credential = given.out.trim()

    const ask = async (signer: typeof ada, credentials: string[]) => {
      const signed = await signRequest({
        signer,
        catalog: 'clinical_trial_data',
        program: SQL,
        targets: [owner.peerId],
        credentials
      })
      const { id } = await client.submitBroadcast(signed)
      for await (const _ of client.watchBroadcast(id)) void _
      const [part] = (await client.broadcast(id)).parts
      return part?.code ?? part?.state
    }
    assert.equal(await ask(ada, [credential]), 'completed')
    assert.equal(await ask(ada, []), 'REQUESTER_NOT_PERMITTED')
    assert.equal(await ask(eve, [credential]), 'SIGNATURE_INVALID')

    // Vouched for by herself, or by somebody nobody asked: it counts for nothing.
    const own = await vouch({
      signer: eve,
      key: eve.id,
      name: 'Eve',
      role: 'researcher',
      lifetimeDays: 1,
      clock: systemClock
    })
    assert.equal(await ask(eve, [own]), 'REQUESTER_NOT_PERMITTED')
    const peerKey = await signerFromSeed(await seedOf(`${folder}/node-1/stimnet-data/identity.key`))
    assert.equal(peerKey.id, home.peerId)
    const then = new SimulatedClock(Date.now() - 40 * DAY_MS)
    const old = await vouch({
      signer: peerKey,
      key: ada.id,
      name: 'Ada',
      role: 'researcher',
      lifetimeDays: 30,
      clock: then
    })
    assert.equal(await ask(ada, [old]), 'EXPIRED')
    const elsewhere = await vouch({
      ...{ signer: peerKey, key: ada.id, name: 'Ada', role: 'researcher', lifetimeDays: 30 },
      audience: [home.peerId],
      clock: systemClock
    })
    assert.equal(await ask(ada, [elsewhere]), 'AUDIENCE_MISMATCH')
  })
})

async function seedOf(file: string): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises')
  return new Uint8Array(Buffer.from((await readFile(file, 'utf8')).trim(), 'hex'))
}
