/** Tests of credentials: an institution vouches for its researcher, and another one permits her requests without knowing her. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { SimulatedClock, signerFromSeed, systemClock, vouch } from '@stimnet/protocol'
import { signRequest } from '@stimnet/sdk'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { answerOf, clientOf, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

const SQL = { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' } as const
const DAY_MS = 24 * 3_600_000

/** Two institutions that know each other. The second accepts affiliation credentials of the first. */
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
      const [part] = (await answerOf(client, signed)).parts
      return part?.code ?? part?.state
    }
    assert.equal(await ask(ada, [credential]), 'completed')
    assert.equal(await ask(ada, []), 'REQUESTER_NOT_PERMITTED')
    assert.equal(await ask(eve, [credential]), 'SIGNATURE_INVALID')

    // Credentials that she or an unknown institution signed do not count.
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

const ISSUER = 'https://passports.example.org'
const DATASET = 'https://data.example.org/dbs'

describe('a researcher with GA4GH visas', () => {
  test('may ask where her role or her grant is wanted, at every catalog by its own list', async (t) => {
    const parent = await scratchFolder(t)
    const keys = await generateKeyPair('ES256', { extractable: true })
    await writeFile(`${parent}/issuer.json`, JSON.stringify({ keys: [await exportJWK(keys.publicKey)] }))
    const [trial, imaging, demo] = demoCatalogs('data')
    const home = await startSite(
      await writeSite(parent, 0, { config: { mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], open: true } } })
    )
    t.after(() => home.stop())
    const config = {
      mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: home.addresses.slice(0, 1), peers: [home.peerId] },
      requesters: [],
      passports: {
        issuers: [{ issuer: ISSUER, keys: '../issuer.json', organisations: ['med.example.org'], datasets: [DATASET] }]
      },
      catalogs: [
        { ...trial, controlled_access: [DATASET], missingness: 'untold' },
        { ...imaging, requesters: ['visa:faculty@med.example.org'] },
        { ...demo }
      ]
    }
    const owner = await startSite(await writeSite(parent, 1, { config }))
    t.after(() => owner.stop())
    await until(() => owner.mesh.connected().length === 1 && home.mesh.connected().length === 1, 'they are connected')
    const client = await clientOf(home)

    const ada = await signerFromSeed(new Uint8Array(32).fill(5))
    const eve = await signerFromSeed(new Uint8Array(32).fill(6))
    const now = Math.floor(Date.now() / 1000)
    const visa = (assertion: object, claims: object = {}) =>
      new SignJWT({ ga4gh_visa_v1: { asserted: now - 60, source: 'https://dac.example.org', ...assertion }, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'vnd.ga4gh.visa+jwt' })
        .setIssuer(ISSUER)
        .setSubject(ada.id)
        .setIssuedAt(now - 60)
        .setExpirationTime(now + 3_600)
        .sign(keys.privateKey)
    const grant = await visa({ type: 'ControlledAccessGrants', value: DATASET, by: 'dac' })
    const role = await visa({ type: 'AffiliationAndRole', value: 'faculty@med.example.org', by: 'system' })
    const conditions = [[{ type: 'AffiliationAndRole', value: 'pattern:faculty@*' }]]
    const bound = await visa({ type: 'ControlledAccessGrants', value: DATASET, by: 'dac', conditions })

    const ask = async (signer: typeof ada, catalog: string, credentials: string[]) => {
      const table = { clinical_trial_data: 'subjects', imaging_data: 'scan_metadata' }[catalog] ?? 'test_data'
      const program = { kind: 'sql', sql: `SELECT COUNT(DISTINCT subject_id) AS n FROM ${table}` } as const
      const signed = await signRequest({ signer, catalog, program, targets: [owner.peerId], credentials })
      const [part] = (await answerOf(client, signed)).parts
      return part?.code ?? part?.state
    }
    assert.equal(await ask(ada, 'clinical_trial_data', [grant]), 'completed')
    assert.equal(await ask(ada, 'clinical_trial_data', [bound, role]), 'completed')
    assert.equal(await ask(ada, 'clinical_trial_data', [role]), 'REQUESTER_NOT_PERMITTED')
    assert.equal(await ask(ada, 'clinical_trial_data', [bound]), 'CONDITION_UNMET')
    assert.equal(await ask(eve, 'clinical_trial_data', [grant]), 'SIGNATURE_INVALID')
    assert.equal(await ask(ada, 'imaging_data', [role]), 'completed')
    assert.equal(await ask(ada, 'imaging_data', [grant]), 'REQUESTER_NOT_PERMITTED')
    // A request can carry one visa per peer. A visa for another peer must not cause a refusal.
    const elsewhere = await visa({ type: 'ControlledAccessGrants', value: DATASET, by: 'dac' }, { aud: home.peerId })
    assert.equal(await ask(ada, 'clinical_trial_data', [elsewhere, grant]), 'completed')
    assert.equal(await ask(ada, 'clinical_trial_data', [elsewhere]), 'AUDIENCE_MISMATCH')
    assert.equal(await ask(ada, 'demo_dataset', [grant, role]), 'REQUESTER_NOT_PERMITTED')
    const [record] = await owner.database.auditLog
      .read({ limit: 1_000 })
      .then((records) =>
        records.filter(({ kind, detailJson }) => kind === 'request' && detailJson.includes('ControlledAccessGrants'))
      )
    assert.match(record?.detailJson ?? '', /faculty@med\.example\.org|data\.example\.org/, 'the log says on whose word')
  })
})

async function seedOf(file: string): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises')
  return new Uint8Array(Buffer.from((await readFile(file, 'utf8')).trim(), 'hex'))
}
