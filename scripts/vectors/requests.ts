/** Vectors for signed requests: requests in REST form, and the exact bytes that each client must sign. */
import {
  type About,
  type Filter,
  type OutputDeclarationInput,
  type PrivacyAskInput,
  SimulatedClock,
  signerFromSeed,
  toHex
} from '@stimnet/protocol'
import { type SignRequestOptions, signRequest } from '@stimnet/sdk'

const seed = new Uint8Array(32).fill(1)
const ISSUED_AT_MS = 1_750_000_000_000
const NONCE = Uint8Array.from({ length: 16 }, (_, at) => at)
const BROADCAST = Uint8Array.from({ length: 16 }, (_, at) => 255 - at)
const SQL = 'SELECT sex, COUNT(*) AS n FROM subjects GROUP BY sex'

interface Vector {
  /** The request in the form of the REST API. */
  readonly asked: Readonly<Record<string, unknown>>
  readonly options: Omit<SignRequestOptions, 'signer' | 'clock' | 'random' | 'targets' | 'catalog'>
  readonly peers: number
}

const FILTER: Filter = {
  all: [
    { column: 'subjects.age', op: '>=', values: [65.5] },
    { not: { column: 'sex', op: 'in', values: ['male', true] } }
  ]
}
const ABOUT: About = {
  requester_name: 'Ada Lovelace',
  requester_institution: 'Université',
  requester_email: 'ada@example.org',
  requester_affiliation: '',
  description: 'Two lines,\nand a “quotation”.',
  priority: 'high',
  estimated_duration: '',
  selected_score: 'UPDRS',
  selected_timeline: ''
}
const OUTPUTS: OutputDeclarationInput[] = [
  { name: 'women', kind: 'count' },
  { name: 'ages', kind: 'histogram', edges: [18, 40.25, 65], unit: 'a' },
  { name: 'mean', kind: 'mean', lower: '0', upper: '199.5', digits: 3 },
  { name: 'arm', kind: 'table', categories: ['drug', 'placebo'] }
]
const CONTRACT = [
  { variable: 'subjects.age', type: 'integer', unit: 'a', breakpoints: [65] },
  { variable: 'subjects.sex', type: 'category', levels: ['female', 'male'] }
]
const PRIVACY: PrivacyAskInput = {
  level: 'P2',
  epsilon: '0.5',
  rows_per_subject: 3,
  bounds: [{ variable: 'outcomes.UPDRS_total', lower: '0', upper: '132' }]
}
const STATISTIC = { name: 'mean', variables: ['scan_quality'], by: ['scan_type'], arguments: { kurtosis: true } }

const VECTORS: readonly Vector[] = [
  { asked: { script_type: 'sql', script_content: SQL }, options: { program: { kind: 'sql', sql: SQL } }, peers: 1 },
  {
    asked: {
      ...{ script_type: 'statistic', script_content: JSON.stringify(STATISTIC) },
      ...{ where: FILTER, privacy: PRIVACY, purpose: ['DUO:0000042', 'MONDO:0005180'], project: 'dbs-2026' },
      ...{ contract: CONTRACT, set: 'main', title: 'Größe 😀' }
    },
    options: {
      ...{ program: { kind: 'statistic', statistic: STATISTIC }, where: FILTER, privacy: PRIVACY, contract: CONTRACT },
      ...{ purpose: ['DUO:0000042', 'MONDO:0005180'], project: 'dbs-2026', set: 'main', title: 'Größe 😀' }
    },
    peers: 2
  },
  {
    asked: {
      ...{ script_type: 'python', script_content: 'import stimnet\n', outputs: OUTPUTS, about: ABOUT, review: true },
      ...{ parameters: { age: 65, words: ['a', null] }, filters: { sex: 'female', visit: ['baseline'] } },
      ...{ credentials: ['e30.e30.c2ln'], wall_time_ms_max: 90_000 }
    },
    options: {
      ...{ program: { kind: 'script', language: 'python', code: 'import stimnet\n' }, outputs: OUTPUTS, about: ABOUT },
      ...{ parameters: { age: 65, words: ['a', null] }, filters: { sex: 'female', visit: ['baseline'] }, review: true },
      ...{ credentials: ['e30.e30.c2ln'], wallTimeMsMax: 90_000 }
    },
    peers: 3
  },
  {
    asked: { script_type: 'sql', script_content: SQL, purpose: ['DUO:0000037'], permit: 'FD-2026-17' },
    options: { program: { kind: 'sql', sql: SQL }, purpose: ['DUO:0000037'], permit: 'FD-2026-17' },
    peers: 1
  }
]

/** The contents of requests.json. */
export async function requestVectors() {
  const peers = await Promise.all(
    [2, 3, 4].map(async (byte) => (await signerFromSeed(new Uint8Array(32).fill(byte))).id)
  )
  const [first = '', second = '', carrier = ''] = peers
  const mapping = {
    ...{ peer: second, variable: 'subjects.sex', local: 'people.gender', scale: '' },
    levels: [{ local: 'w', level: 'female' }]
  }
  const cases = VECTORS.map(async ({ asked, options, peers: count }) => {
    // Only the vector with three peers has mappings.
    const mappings = count === 3 ? [mapping, { peer: first, variable: 'a.b', local: 'c.d', scale: '0.5' }] : undefined
    const targets = peers.slice(0, count)
    const carried = targets.length > 1 ? { carrier } : {}
    const drawn = targets.length > 1 ? [BROADCAST, NONCE] : [NONCE]
    const signed = await signRequest({
      ...{ ...options, ...carried, targets, catalog: 'clinical_trial_data', signer: await signerFromSeed(seed) },
      ...(mappings ? { mappings } : {}),
      clock: new SimulatedClock(ISSUED_AT_MS),
      random: { bytes: () => drawn.shift() ?? new Uint8Array() }
    })
    return {
      ...{ seed: toHex(seed), targets, issuedAtMs: ISSUED_AT_MS, nonce: toHex(NONCE), broadcast: toHex(BROADCAST) },
      asked: { data_catalog_name: 'clinical_trial_data', ...asked, ...(mappings ? { mappings } : {}) },
      ...carried,
      ...{ envelope: signed.text, hash: signed.hash }
    }
  })
  const about =
    'Requests as REST writes them, signed by the seed: five minutes from issuedAtMs on. `broadcast` and `carrier` with several targets.'
  return { about, cases: await Promise.all(cases) }
}
