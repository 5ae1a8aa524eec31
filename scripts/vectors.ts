/** Generates the test vectors in test/vectors: inputs and outputs on which all implementations must agree. */
// usage: node scripts/with-node.mjs scripts/vectors.ts    writes them; test/vectors.test.ts compares
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  canonicalJson,
  DOMAIN,
  type Filter,
  filterToMessage,
  jobIdOf,
  messages,
  publicKeyOf,
  type SealedType,
  SimulatedClock,
  seal,
  sha256Hex,
  signerFromSeed,
  toHex
} from '@stimnet/protocol'
import { base58btc } from 'multiformats/bases/base58'
import { modelVectors } from './vectors/models.ts'
import { poolVectors } from './vectors/pools.ts'
import { proofVectors } from './vectors/proofs.ts'
import { receiptVectors } from './vectors/receipts.ts'
import { requestVectors } from './vectors/requests.ts'

/** The folder of the vectors. */
export const VECTORS = join(import.meta.dirname, '..', 'test', 'vectors')

/** The content of each vector file, by file name. */
export async function vectorFiles(): Promise<Readonly<Record<string, string>>> {
  const files = {
    'canonical.json': await canonicalVectors(),
    'envelope.json': await envelopeVectors(),
    'filter.json': filterVectors(),
    'keys.json': await keyVectors(),
    'models.json': modelVectors(),
    'pools.json': poolVectors(),
    'proofs.json': await proofVectors(),
    'receipts.json': await receiptVectors(),
    'requests.json': await requestVectors()
  }
  return Object.fromEntries(Object.entries(files).map(([name, value]) => [name, `${JSON.stringify(value, null, 2)}\n`]))
}

const seedOf = (byte: number) => new Uint8Array(32).fill(byte)
const encoder = new TextEncoder()

async function canonicalVectors() {
  const values: unknown[] = [
    null,
    true,
    0,
    [-0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 333333333.3333333, 0.1, 100],
    '',
    'a"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028€😀',
    [],
    {},
    { b: [1, { d: null, c: false }], a: 'x' },
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7, '': 8, A: 9, a: 10 }
  ]
  const cases = values.map(async (value) => {
    const canonical = canonicalJson(value)
    return { value, canonical, sha256: await sha256Hex(encoder.encode(canonical)) }
  })
  return {
    about: 'RFC 8785: value, its canonical JSON, and the SHA-256 of that in UTF-8.',
    cases: await Promise.all(cases)
  }
}

async function keyVectors() {
  // The first seed is the one in RFC 8032, section 7.1, test 1.
  const rfc = Uint8Array.from(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'))
  const cases = [rfc, seedOf(0), seedOf(1), seedOf(2), seedOf(255)].map(async (seed) => {
    const { id } = await signerFromSeed(seed)
    return { seed: toHex(seed), publicKey: toHex(publicKeyOf(id)), keyId: id }
  })
  return {
    about:
      'Ed25519: secret seed and public key, hex, and the key id (PeerId). `weak`: 32 bytes that are no public key, of small order or a second spelling, and their key id.',
    cases: await Promise.all(cases),
    weak: weakKeys().map((bytes) => ({ publicKey: toHex(bytes), keyId: spelled(bytes) }))
  }
}

/** The field size, 2^255 - 19, and a y coordinate of order eight. The other such coordinate is its negative. */
const FIELD = 2n ** 255n - 19n
const ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022n

/** The encodings of all weak public keys: each weak y with both signs of x. */
function weakKeys(): Uint8Array[] {
  const smallOrder = [0n, 1n, FIELD - 1n, ORDER_EIGHT, FIELD - ORDER_EIGHT]
  const secondSpellings = Array.from({ length: 19 }, (_, i) => FIELD + BigInt(i))
  return [...smallOrder, ...secondSpellings].flatMap((y) =>
    [y, y + 2n ** 255n].map((number) =>
      Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n))
    )
  )
}

/** The key id that a weak key would have; `keyIdOf` refuses weak keys. */
function spelled(publicKey: Uint8Array): string {
  return base58btc.encode(Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20, ...publicKey)).slice(1)
}

const FILTERS: readonly Filter[] = [
  { column: 'sex', op: '=', values: ['F'] },
  { column: 'subjects.age', op: '>=', values: [65] },
  { column: 'smoker', op: '!=', values: [true] },
  { column: 'visit', op: 'in', values: [1, 2.5, -3] },
  { column: 'death', op: 'is null', values: [] },
  { column: 'note', op: '=', values: [''] },
  {
    all: [
      { column: 'diagnosis', op: 'in', values: ['PD', 'HC'] },
      {
        not: {
          any: [
            { column: 'age', op: '<', values: [60] },
            { column: 'age', op: 'is null', values: [] }
          ]
        }
      }
    ]
  }
]

function filterVectors() {
  const cases = FILTERS.map((filter) => ({
    filter,
    // A request with this cohort and no other field.
    request: toHex(messages.JobRequest.encode({ cohort: filterToMessage(filter) }))
  }))
  return { about: 'A filter as JSON, and as the cohort (field 4) of an otherwise empty JobRequest, hex.', cases }
}

async function envelopeVectors() {
  const [ada, bob] = [await signerFromSeed(seedOf(1)), await signerFromSeed(seedOf(2))]
  const request = messages.JobRequest.encode({
    catalog: 'demo_dataset',
    purpose: ['DUO:0000042'],
    cohort: filterToMessage({ column: 'age', op: '>=', values: [65] }),
    program: { sql: 'SELECT sex, COUNT(*) FROM subjects GROUP BY sex' },
    custody: 'requester',
    title: 'Größe'
  })
  const decision = messages.Decision.encode({ allowed: false, code: 'QUEUE_FULL', reason: 'The queue is full.' })
  const inputs: readonly { type: SealedType; body: Uint8Array; audience: string[]; lifetimeMs: number }[] = [
    { type: 'job-request', body: request, audience: [bob.id], lifetimeMs: 300_000 },
    { type: 'job-request', body: request, audience: [], lifetimeMs: 600_000 },
    { type: 'decision', body: decision, audience: [ada.id], lifetimeMs: Number.POSITIVE_INFINITY },
    { type: 'cancel', body: new Uint8Array(), audience: [bob.id, ada.id], lifetimeMs: 0 }
  ]
  const cases = inputs.map(async ({ type, body, audience, lifetimeMs }, i) => {
    const issuedAtMs = 1_750_000_000_000 + i
    const nonce = Uint8Array.from({ length: 16 }, (_, at) => at + i)
    const { bytes: jws } = await seal({
      type,
      body,
      audience,
      lifetimeMs,
      nonce,
      signer: ada,
      clock: new SimulatedClock(issuedAtMs)
    })
    const text = new TextDecoder().decode(jws)
    return {
      seed: toHex(seedOf(1)),
      issuer: ada.id,
      type,
      audience,
      issuedAtMs,
      // JSON has no infinity, so null stands for a statement that never expires.
      lifetimeMs: Number.isFinite(lifetimeMs) ? lifetimeMs : null,
      nonce: toHex(nonce),
      body: toHex(body),
      statement: toHex(Buffer.from(text.split('.')[1] ?? '', 'base64url')),
      envelope: text,
      hash: await sha256Hex(jws),
      servingPeer: bob.id,
      jobId: await jobIdOf({ issuer: ada.id, nonce, servingPeer: bob.id })
    }
  })
  return {
    about: `Sealed statements of domain ${DOMAIN}. Bytes are hex; hash is SHA-256 of the envelope, jobId that at servingPeer.`,
    cases: await Promise.all(cases)
  }
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await vectorFiles())) writeFileSync(join(VECTORS, name), text)
  console.log(`wrote ${VECTORS}`)
}
