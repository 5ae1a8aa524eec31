/** Benchmarks of trust: verification of a requester, proof of a record in a long log, revocation of a member. */
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Peer } from '@stimnet/peer'
import {
  charterId,
  cryptographicRandom,
  open,
  openAffiliation,
  type Signer,
  signCharter,
  signerFromSeed,
  signStatement,
  systemClock,
  toHex,
  verifyAuditProof,
  vouch
} from '@stimnet/protocol'
import { signRequest } from '@stimnet/sdk'
import { generateKeyPair } from 'jose'
import { startSite, until, writeSite } from '../mesh.ts'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const MEMBERS = 20
const RECORDS = 1_000_000
const BATCH = 2_000
const REQUESTS = 200
const PROOFS = 200
const ROUNDS = 9

export const trustRow: Row = {
  name: 'trust',
  says: 'who asks, proofs of a long log, a member put out',
  withinMs: 300_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  return [await whoAsks(context), await proofs(context), await revocation(context)]
}

/** Verification of envelope, credential and membership of one request, as at admission. The floor is only its two signatures. */
async function whoAsks({ progress }: Context): Promise<Line> {
  progress('who asks')
  const [hospital, owner] = await Promise.all([newSigner(), newSigner()])
  const members = new Set([hospital.id, owner.id])
  // New requests each time, because recently verified statements are not verified again.
  const drawn = () =>
    Promise.all(
      Array.from({ length: REQUESTS }, async () => {
        const ada = await newSigner()
        const terms = { key: ada.id, name: 'Ada', role: 'researcher', lifetimeDays: 90, clock: systemClock }
        const credential = await vouch({ signer: hospital, ...terms })
        const program = { kind: 'sql', sql: 'SELECT COUNT(*) AS n FROM subjects' } as const
        const targets = [owner.id]
        const signed = await signRequest({ signer: ada, catalog: 'trial', program, targets, credentials: [credential] })
        return { envelope: signed.envelope, credential }
      })
    )
  const verifying = await floorOf()
  const each = async (work: (at: number) => Promise<unknown>) =>
    (await timed(async () => {
      for (let at = 0; at < REQUESTS; at++) await work(at)
    })) / REQUESTS
  const found = await inTurn(
    {
      ours: async () => {
        const requests = await drawn()
        return each(async (at) => {
          const { envelope = new Uint8Array(), credential = '' } = requests[at] ?? {}
          const { issuer } = await open(envelope, { type: 'job-request', clock: systemClock, audience: owner.id })
          const said = await openAffiliation(credential, { key: issuer, self: owner.id, clock: systemClock })
          if (!members.has(said.institution)) throw new Error('not a member')
        })
      },
      floor: () =>
        each(async () => {
          await verifying()
          await verifying()
        })
    },
    { warmUps: 2, rounds: ROUNDS }
  )
  return {
    name: 'envelope, credential and membership of a request',
    unit: 'ms',
    ours: median(found.ours),
    floor: median(found.floor),
    floorIs: 'two Ed25519 verifications',
    target: { of: 'ours', bound: 'at most', value: 1 },
    note: `middle half ${spread(found.ours)} ms`
  }
}

/** WebCrypto's verification, which jose uses internally. */
async function floorOf(): Promise<() => Promise<boolean>> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const bytes = Uint8Array.from(cryptographicRandom.bytes(1_500))
  const signature = await crypto.subtle.sign('Ed25519', privateKey, bytes)
  return () => crypto.subtle.verify('Ed25519', publicKey, signature, bytes)
}

/** Proofs, with their records, for places all over a log of a million records. Their verification is not timed. */
async function proofs(context: Context): Promise<Line> {
  const site = await writeSite(await scratchFolder(context), 0, {
    config: { gateway: { enabled: false }, catalogs: [] }
  })
  const { database, stop } = await startSite(site)
  context.after(stop)
  const { auditLog } = database
  for (let done = auditLog.head.size; done < RECORDS; done = auditLog.head.size) {
    if (done % 100_000 < BATCH) context.progress(`a log of ${Math.round(done / 1_000)},000 records`)
    const batch = Math.min(BATCH, RECORDS - done)
    await database.commit(
      (draft) => {
        for (let at = 0; at < batch; at++) draft.audit({ kind: 'request', actor: 'bench', detail: { at: done + at } })
      },
      { sync: false }
    )
  }
  const { size } = auditLog.head
  const times: number[] = []
  for (let n = 0; n < PROOFS; n++) {
    const sequence = 1 + ((n * 7_919_993) % size)
    let proof: Awaited<ReturnType<typeof auditLog.prove>> | undefined
    times.push(
      await timed(async () => {
        proof = await auditLog.prove(sequence, { size, isOpened: () => true })
      })
    )
    if (proof) await verifyAuditProof(proof)
  }
  return {
    name: `inclusion proof of one in ${RECORDS.toLocaleString('en')} records`,
    unit: 'ms',
    ours: median(times),
    target: { of: 'ours', bound: 'at most', value: 5 },
    note: `middle half ${spread(times)} ms; each verified`
  }
}

/** Time from the second signature of a revocation until no peer is connected to the revoked one. */
async function revocation(context: Context): Promise<Line> {
  const folder = await scratchFolder(context)
  const seeds = Array.from({ length: MEMBERS }, () => cryptographicRandom.bytes(32))
  const signers = await Promise.all(seeds.map(signerFromSeed))
  const charter = {
    ...{ name: 'Benchmark', purpose: '', needed: 2 },
    founders: signers.map(({ id }, at) => ({ peer: id, institution: `Hospital ${at + 1}` }))
  }
  const signatures = await Promise.all(signers.map((signer) => signCharter(charter, { signer, clock: systemClock })))
  await writeFile(join(folder, 'charter.json'), JSON.stringify({ charter, signatures }))
  const peers: Peer[] = []
  context.after(() => Promise.all(peers.map((peer) => peer.stop())))
  for (const [at, seed] of seeds.entries()) {
    context.progress(`member ${at + 1} of ${MEMBERS}`)
    peers.push(await startMember(folder, at, { seed, bootstrap: peers[0]?.addresses.slice(0, 1) ?? [] }))
  }
  const out = signers.at(-1) as Signer
  const others = peers.slice(0, -1)
  await until(() => peers.every((peer) => peer.mesh.connected().length === MEMBERS - 1), 'all are connected', {
    withinMs: 120_000
  })
  context.progress('putting one out')
  const says = { says: 'revoke', charter: await charterId(charter), peer: out.id, reason: 'benchmark' } as const
  const statements = await Promise.all(
    signers.slice(0, 2).map((signer) => signStatement(says, { signer, clock: systemClock }))
  )
  const took = await timed(async () => {
    await Promise.all(statements.map((statement, at) => peers[at]?.federation?.merge([statement])))
    await until(() => others.every((peer) => !peer.mesh.connected().includes(out.id)), 'nobody is connected to it')
  })
  return {
    name: `a member put out of a mesh of ${MEMBERS}`,
    unit: 'ms',
    ours: took,
    target: { of: 'ours', bound: 'at most', value: 5_000 },
    note: 'all in one process and on one thread, each connected to each'
  }
}

async function startMember(
  folder: string,
  at: number,
  { seed, bootstrap }: { seed: Uint8Array; bootstrap: readonly string[] }
): Promise<Peer> {
  const site = await writeSite(folder, at, {
    config: {
      ...{ gateway: { enabled: false }, catalogs: [], federation: { charter: '../charter.json' } },
      mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap }
    }
  })
  const key = join(site.folder, 'stimnet-data', 'identity.key')
  await mkdir(join(site.folder, 'stimnet-data'), { recursive: true, mode: 0o700 })
  await writeFile(key, `${toHex(seed)}\n`)
  await chmod(key, 0o600)
  return startSite(site)
}

function newSigner(): Promise<Signer> {
  return signerFromSeed(cryptographicRandom.bytes(32))
}
