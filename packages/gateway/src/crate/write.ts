/** Writes a request with its results as a Five Safes RO-Crate: requester, project, program, decisions and released outputs. */
import type { AskedQuestion, Broadcast, BroadcastPart } from '@stimnet/api'
import { canonicalJson, isEnded, StimnetError } from '@stimnet/protocol'
import type { OwnRequest, PeerFacts } from '../peer.ts'
import { envelopeBytesOf } from '../shapes/submission.ts'
import { bagOf, utf8 } from './bag.ts'
import { type Entity, FIELD, METADATA, PARAMETER, PROGRAMS, ref, TERMS, WORKFLOW } from './vocabulary.ts'
import { zipOf } from './zip.ts'

interface CrateParts extends OwnRequest {
  readonly asked: AskedQuestion
  readonly facts: PeerFacts
}

/**
 * The zip archive that contains the bag. `facts`: about the peer that writes it. The same request in the same state gives the same
 * bytes. Throws NODE_ERROR if the content of the request is unknown.
 */
export function crateOf(request: OwnRequest, facts: PeerFacts): Promise<Uint8Array> {
  const { asked, completed_at, id, submitted_at } = request.broadcast
  if (!asked) throw new StimnetError('NODE_ERROR', 'writing a crate without its question')
  const parts = { ...request, asked, facts }
  const dateMs = Date.parse(completed_at ?? submitted_at)
  const bag = bagOf(new Map([...filesOf(parts), [METADATA, json(graphOf(parts))]]), {
    folder: `stimnet-${id}`,
    identifier: `urn:uuid:${uuidOf(id)}`,
    organization: facts.institution,
    dateMs
  })
  return zipOf(bag, dateMs)
}

/** The files of the crate: the program in a workflow crate of its own, each released output, and each receipt. */
function filesOf({ broadcast, asked }: CrateParts): Map<string, Uint8Array> {
  const { script_type: type, script_content: content } = asked
  const files = new Map<string, Uint8Array>([
    [`${WORKFLOW}${PROGRAMS[type].file}`, utf8(content)],
    [`${WORKFLOW}${METADATA}`, json(workflowGraph(asked))]
  ])
  for (const part of broadcast.parts) {
    if (part.output) files.set(outputOf(part), json(part.output))
    if (part.receipt) files.set(receiptOf(part), envelopeBytesOf(part.receipt))
  }
  if (broadcast.pooled) files.set(POOLED, json(broadcast.pooled))
  return files
}

const POOLED = 'outputs/pooled.json'
const outputOf = ({ peer_id }: BroadcastPart) => `outputs/${peer_id}.json`
const receiptOf = ({ peer_id }: BroadcastPart) => `receipts/${peer_id}.jws`

function workflowGraph(asked: AskedQuestion): Entity[] {
  const { script_type: type } = asked
  const { file, language, media } = PROGRAMS[type]
  const name = asked.title || 'Analysis'
  return [
    descriptor(),
    {
      '@id': './',
      '@type': 'Dataset',
      name,
      conformsTo: ref(TERMS.workflowCrate),
      hasPart: [ref(file)],
      mainEntity: ref(file)
    },
    {
      '@id': file,
      '@type': ['File', 'SoftwareSourceCode', 'ComputationalWorkflow'],
      name,
      encodingFormat: media,
      programmingLanguage: ref(`#${type}`)
    },
    { '@id': `#${type}`, '@type': 'ComputerLanguage', name: language, identifier: `urn:stimnet:program:${type}` }
  ]
}

function graphOf(parts: CrateParts): Entity[] {
  const { broadcast, asked, facts } = parts
  const inputs = [...inputsOf(asked), ...broughtAlong(asked)]
  const outputs = outputsOf(parts)
  const assessed = broadcast.parts.flatMap((part) => assessmentsOf(broadcast, part))
  const bagged = baggedBy(facts, broadcast)
  const actions = [creation(parts, { inputs, outputs }), ...assessed, bagged]
  return [
    descriptor(),
    {
      '@id': './',
      '@type': 'Dataset',
      name: asked.title || `Request ${broadcast.id}`,
      conformsTo: ref(TERMS.profile),
      ...(broadcast.completed_at === null ? {} : { datePublished: broadcast.completed_at }),
      publisher: ref(`#${facts.peerId}`),
      license: ref('#terms'),
      hasPart: [ref(WORKFLOW), ...outputs.map(({ '@id': id }) => ref(id))],
      mainEntity: ref(WORKFLOW),
      mentions: actions.map(({ '@id': id }) => ref(id)),
      sourceOrganization: ref('#project')
    },
    { '@id': TERMS.profile, '@type': 'Profile', name: 'Five Safes RO-Crate profile' },
    { '@id': WORKFLOW, '@type': 'Dataset', name: 'The program', conformsTo: ref(TERMS.workflowCrate) },
    { '@id': TERMS.sha512, '@type': 'DefinedTerm', name: 'sha-512 algorithm' },
    { '@id': '#terms', '@type': 'CreativeWork', name: 'As agreed with the institutions that are named here' },
    ...peopleOf(parts),
    ...actions,
    ...inputs,
    ...outputs,
    ...policiesOf(broadcast)
  ]
}

function descriptor(): Entity {
  return { '@id': METADATA, '@type': 'CreativeWork', about: ref('./'), conformsTo: ref(TERMS.crate) }
}

function creation(
  { broadcast }: CrateParts,
  { inputs, outputs }: { inputs: readonly Entity[]; outputs: readonly Entity[] }
): Entity {
  const references = (entities: readonly Entity[]) => entities.map(({ '@id': id }) => ref(id))
  return {
    '@id': `#request-${uuidOf(broadcast.id)}`,
    '@type': 'CreateAction',
    name: `Analysis of ${broadcast.data_catalog_name} at ${broadcast.parts.length} institutions`,
    actionStatus: statusOf(broadcast.state),
    agent: ref('#requester'),
    instrument: ref(WORKFLOW),
    ...(broadcast.started_at === null ? {} : { startTime: broadcast.started_at }),
    ...(broadcast.completed_at === null ? {} : { endTime: broadcast.completed_at }),
    object: references(inputs),
    result: references(outputs)
  }
}

function statusOf(state: Broadcast['state']): string {
  if (state === 'completed') return TERMS.completed
  if (isEnded(state)) return TERMS.failed
  return state === 'pending' || state === 'queued' ? TERMS.potential : TERMS.active
}

/** Every field of the submission except for the program, and the parameters of the script. */
function inputsOf(asked: AskedQuestion): Entity[] {
  const { script_content: _, script_type: __, files: ___, parameters, ...fields } = asked
  const property = (propertyID: string, [name, value]: [string, unknown], at: number): Entity => ({
    // Numbered, since the name of a parameter need not be valid in a URL.
    '@id': `#${propertyID === FIELD ? 'field' : 'parameter'}-${at + 1}`,
    '@type': 'PropertyValue',
    name,
    value: canonicalJson(value),
    propertyID
  })
  return [
    ...Object.entries(fields).map((field, at) => property(FIELD, field, at)),
    ...Object.entries(parameters ?? {}).map((parameter, at) => property(PARAMETER, parameter, at))
  ]
}

/** The uploaded files, by hash only. They belong to the requester and are not included, but a reader learns that the script needs them. */
function broughtAlong({ files = [] }: AskedQuestion): Entity[] {
  return files.map(({ name, sha256, size }) => ({
    '@id': `urn:sha256:${sha256}#${name}`,
    '@type': 'File',
    name,
    sha256,
    contentSize: String(size)
  }))
}

function outputsOf({ broadcast }: CrateParts): Entity[] {
  const file = (id: string, name: string, media: string): Entity => ({
    '@id': id,
    '@type': 'File',
    name,
    encodingFormat: media
  })
  return [
    ...broadcast.parts.flatMap((part) => [
      ...(part.output ? [file(outputOf(part), `Safe output of ${part.institution}`, 'application/json')] : []),
      ...(part.receipt ? [file(receiptOf(part), `Receipt of ${part.institution}`, 'application/jose')] : [])
    ]),
    ...(broadcast.pooled ? [file(POOLED, 'Pooled answer', 'application/json')] : [])
  ]
}

/**
 * The two decisions of an institution: whether the program may run, and whether its output may be released. The receipt proves the
 * second one.
 */
function assessmentsOf({ id }: Broadcast, part: BroadcastPart): Entity[] {
  // A cancelled request has no decision.
  if (!isEnded(part.state) || part.state === 'cancelled') return []
  const { peer_id: peerId, institution, updated_at, output, code } = part
  // An admitted request ends with a receipt, and so does one that stewards denied.
  const ran = part.receipt !== null && part.state !== 'denied' && part.state !== 'expired'
  const common = { agent: ref(`#${peerId}`), endTime: updated_at }
  const signOff: Entity = {
    '@id': `#signoff-${peerId}`,
    '@type': 'AssessAction',
    additionalType: ref(TERMS.signOff),
    name: `Sign-off by ${institution}: ${ran ? 'approved' : `refused (${code ?? part.state})`}`,
    object: [ref('./'), ref(WORKFLOW), ref('#project')],
    ...(output ? { instrument: ref(policyOf(output.disclosure.policy_hash)) } : {}),
    actionStatus: ran ? TERMS.completed : TERMS.failed,
    ...common
  }
  if (!output && part.state !== 'blocked') return [signOff]
  const disclosure: Entity = {
    '@id': `#disclosure-${peerId}`,
    '@type': 'AssessAction',
    additionalType: ref(TERMS.disclosureCheck),
    name: output
      ? `Disclosure check by ${institution}: ${output.disclosure.level}. ${output.disclosure.claim}`
      : `Disclosure check by ${institution}: nothing may leave (${code ?? ''})`,
    object: output ? [ref(outputOf(part))] : [ref(`#request-${uuidOf(id)}`)],
    ...(output ? { instrument: ref(policyOf(output.disclosure.policy_hash)) } : {}),
    actionStatus: output ? TERMS.completed : TERMS.failed,
    ...common
  }
  return [signOff, disclosure]
}

const policyOf = (hash: string) => `urn:stimnet:policy:${hash}`

function policiesOf({ parts }: Broadcast): Entity[] {
  const cards = parts.flatMap(({ output }) => (output ? [output.disclosure] : []))
  const byHash = new Map(cards.map(({ policy_hash, preset }) => [policyOf(policy_hash), preset]))
  return [...byHash].map(([id, preset]) => ({
    '@id': id,
    '@type': 'CreativeWork',
    name: `Disclosure policy (preset ${preset})`
  }))
}

function baggedBy({ peerId }: PeerFacts, { id }: Broadcast): Entity {
  return {
    '@id': `#bagit-${uuidOf(id)}`,
    '@type': 'UpdateAction',
    additionalType: ref(TERMS.generateCheckValue),
    name: 'BagIt manifests written',
    object: ref('./'),
    instrument: ref(TERMS.sha512),
    agent: ref(`#${peerId}`),
    actionStatus: TERMS.completed
  }
}

function peopleOf({ broadcast, requester, requesterKey, asked, facts }: CrateParts): Entity[] {
  const institutions = new Map([[facts.peerId, facts.institution]])
  for (const { peer_id, institution } of broadcast.parts) institutions.set(peer_id, institution || peer_id)
  return [
    {
      '@id': '#requester',
      '@type': 'Person',
      name: requester,
      identifier: requesterKey,
      affiliation: ref(`#${facts.peerId}`),
      memberOf: ref('#project')
    },
    { '@id': '#project', '@type': 'Project', name: asked.project || asked.title || 'no project stated' },
    ...[...institutions].map(([peerId, name]) => ({
      '@id': `#${peerId}`,
      '@type': 'Organization',
      name,
      identifier: `urn:stimnet:peer:${peerId}`
    }))
  ]
}

/** A version 8 UUID made from an id of 16 random bytes in hex. */
function uuidOf(id: string): string {
  const hex = id.padEnd(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-'
  )
}

function json(value: unknown): Uint8Array {
  const document = Array.isArray(value) ? { '@context': TERMS.context, '@graph': value } : value
  return utf8(`${JSON.stringify(document, null, 2)}\n`)
}
