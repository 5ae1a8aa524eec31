import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import type { AskedQuestion } from '@stimnet/api'
import { P1_ASK } from '@stimnet/protocol'
import { payloadIn } from '../src/crate/bag.ts'
import { type Files, filesIn, zipOf } from '../src/crate/zip.ts'
import { ASKED, partOf, TABLE } from './fake-peer.ts'
import { openHouse } from './house.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const read = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const sha512 = (bytes: Uint8Array) => createHash('sha512').update(bytes).digest('hex')

// Entities of a graph, as a test looks at them.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Graph = any[]

/** A request as other tools write it. */
function requestGraph(more: { root?: object; action?: object; entities?: Graph } = {}): Graph {
  return [
    { '@id': 'ro-crate-metadata.json', '@type': 'CreativeWork', about: { '@id': './' } },
    {
      ...{ '@id': './', '@type': 'Dataset', conformsTo: { '@id': 'https://w3id.org/5s-crate/0.4' } },
      ...{ mainEntity: { '@id': 'workflow/' }, mentions: { '@id': '#query' }, sourceOrganization: { '@id': '#p' } },
      ...more.root
    },
    {
      ...{ '@id': '#query', '@type': 'CreateAction', instrument: { '@id': 'workflow/' }, agent: { '@id': '#ada' } },
      ...{ object: [{ '@id': '#catalog' }, { '@id': '#alpha' }], ...more.action }
    },
    {
      ...{ '@id': '#catalog', '@type': 'PropertyValue', name: 'data_catalog_name', value: '"clinical_trial_data"' },
      propertyID: 'urn:stimnet:submission'
    },
    { '@id': '#alpha', '@type': 'PropertyValue', name: 'alpha', value: '0.05' },
    { '@id': '#p', '@type': 'Project', name: 'DBS' },
    ...(more.entities ?? [])
  ]
}

const WORKFLOW: Graph = [
  { '@id': 'ro-crate-metadata.json', '@type': 'CreativeWork', about: { '@id': './' } },
  { '@id': './', '@type': 'Dataset', mainEntity: { '@id': 'main.py' } },
  { '@id': 'main.py', '@type': ['File', 'ComputationalWorkflow'], programmingLanguage: { '@id': '#python' } },
  { '@id': '#python', '@type': 'ComputerLanguage', name: 'Python' }
]

const json = (graph: Graph) => utf8(JSON.stringify({ '@graph': graph }))
const PAYLOAD = (graph = requestGraph(), workflow = WORKFLOW): [string, Uint8Array][] => [
  ['ro-crate-metadata.json', json(graph)],
  ['workflow/ro-crate-metadata.json', json(workflow)],
  ['workflow/main.py', utf8('result = 1\n')]
]

/** A bag; `change` modifies files after the manifest was written. */
function bag(
  payload: [string, Uint8Array][],
  change: (files: Map<string, Uint8Array>) => void = () => undefined
): Files {
  const manifest = payload.map(([path, bytes]) => `${sha512(bytes)}  data/${path}\n`).join('')
  const files = new Map<string, Uint8Array>([
    ['q/bagit.txt', utf8('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')],
    ['q/manifest-sha512.txt', utf8(manifest)],
    ...payload.map(([path, bytes]) => [`q/data/${path}`, bytes] as [string, Uint8Array])
  ])
  change(files)
  return files
}

const post = async (archive: Uint8Array) =>
  openHouse().json('POST', '/api/v1/crates', {
    as: 'ada',
    body: archive,
    headers: { 'content-type': 'application/zip' }
  })
const refused = async (archive: Uint8Array, reason: RegExp) => {
  const { status, body } = await post(archive)
  assert.deepEqual([status, body.code], [422, 'CRATE_INVALID'])
  assert.match(body.detail, reason)
}
const zipped = (files: Files) => zipOf(files, 1_700_000_000_000)

describe('a request as a crate', () => {
  it('of another tool is read as the submission it asks for', async () => {
    const { status, body } = await post(await zipped(bag(PAYLOAD())))
    assert.equal(status, 200)
    assert.deepEqual(body.submission, {
      data_catalog_name: 'clinical_trial_data',
      script_type: 'python',
      script_content: 'result = 1\n',
      parameters: { alpha: '0.05' }
    })
    assert.deepEqual(body.warnings, [])
  })

  it('says nothing by its own assessments: they are left out, and it says so', async () => {
    const claimed = {
      '@id': '#check',
      '@type': 'AssessAction',
      actionStatus: 'http://schema.org/CompletedActionStatus'
    }
    const graph = requestGraph({ root: { mentions: [{ '@id': '#query' }, { '@id': '#check' }] }, entities: [claimed] })
    const { status, body } = await post(await zipped(bag(PAYLOAD(graph))))
    assert.equal(status, 200)
    assert.match(body.warnings[0], /1 assessments in the crate were left out/)
  })

  it('is checked as any other submission', async () => {
    const field = {
      '@id': '#x',
      '@type': 'PropertyValue',
      propertyID: 'urn:stimnet:submission',
      name: 'envelope',
      value: '"x"'
    }
    const graph = requestGraph({ action: { object: [{ '@id': '#catalog' }, { '@id': '#x' }] }, entities: [field] })
    const { status, body } = await post(await zipped(bag(PAYLOAD(graph))))
    assert.deepEqual([status, body.code], [422, 'BODY_INVALID'])
  })

  it('that leads out of its archive is refused, in a name, in the manifest or in the metadata', async () => {
    // The zip library refuses such a name, so a name of the same length is replaced afterwards.
    const swap = async (name: string, evil: string) => {
      const archive = Buffer.from(await zipped(bag([...PAYLOAD(), [name, utf8('x')]])))
      const [from, to] = [`q/data/${name}`, evil.padEnd(`q/data/${name}`.length, 'x')]
      assert.equal(from.length, to.length)
      for (let at = archive.indexOf(from); at >= 0; at = archive.indexOf(from, at + 1)) archive.write(to, at)
      return archive
    }
    for (const evil of ['q/../../../etc/', '/etc/passwd', 'q\\..\\..\\x', 'C:/windows/', '../']) {
      await refused(await swap('aaaaaaaaaaaaaaaaaaa', evil), /leads out of it|one folder/)
    }
    for (const id of ['../secret', 'workflow/../../x', '/etc/passwd', 'file:///etc/passwd', '%2e%2e/x', 'a\\..\\b']) {
      const graph = requestGraph({ entities: [{ '@id': id, '@type': 'File' }] })
      await refused(await zipped(bag(PAYLOAD(graph))), /leads out of it/)
    }
  })

  it('that is not what its manifest says is refused', async () => {
    const spoilt = (change: Parameters<typeof bag>[1]) => zipped(bag(PAYLOAD(), change))
    await refused(
      await spoilt((files) => files.set('q/data/workflow/main.py', utf8('result = 2\n'))),
      /not what its manifest/
    )
    await refused(await spoilt((files) => files.delete('q/data/workflow/main.py')), /not what its manifest/)
    await refused(await spoilt((files) => files.set('q/data/more.txt', utf8('x'))), /does not name every file/)
    await refused(await spoilt((files) => files.delete('q/manifest-sha512.txt')), /no manifest-sha512/)
    await refused(await spoilt((files) => files.delete('q/bagit.txt')), /no bag/)
    await refused(
      await spoilt((files) => files.set('q/fetch.txt', utf8('http://127.0.0.1/ - data/x'))),
      /nothing is fetched/
    )
    await refused(await spoilt((files) => files.set('other/x', utf8('x'))), /one folder/)
    await refused(
      await spoilt((files) => files.set('q/tagmanifest-sha512.txt', utf8(`${'0'.repeat(128)}  bagit.txt\n`))),
      /not what/
    )
  })

  it('that is huge once unpacked, or has very many files, is refused before it is', async () => {
    await refused(await zipped(bag([...PAYLOAD(), ['zeros', new Uint8Array(64 * 1024 * 1024)]])), /at most 4 MiB/)
    // The archive declares a small size; the inflated size is compared with it.
    const bomb = Buffer.from(await zipped(bag([...PAYLOAD(), ['zeros', new Uint8Array(3 * 1024 * 1024)]])))
    const size = Buffer.alloc(4)
    size.writeUInt32LE(3 * 1024 * 1024)
    for (let at = bomb.indexOf(size); at >= 0; at = bomb.indexOf(size, at + 1)) bomb.writeUInt32LE(1_000, at)
    await refused(bomb, /cannot be read/)
    const many = Array.from({ length: 65 }, (_, n): [string, Uint8Array] => [`f${n}`, utf8('x')])
    await refused(await zipped(bag([...PAYLOAD(), ...many])), /at most 64 files/)
  })

  it('costs little to refuse, however it is written', async () => {
    const hash = 'a'.repeat(128)
    // A line over which a regular expression would backtrack.
    const spaces = await zipped(
      bag(PAYLOAD(), (files) => files.set('q/manifest-sha512.txt', utf8(`${hash}${' '.repeat(100_000)}\rx\n`)))
    )
    await refused(spaces, /not well formed/)
    const long = await zipped(
      bag(PAYLOAD(), (files) => files.set('q/manifest-sha512.txt', utf8(' '.repeat(3_000_000))))
    )
    await refused(long, /too long/)
    // A list in which a schema would report two million errors.
    const [, ...rest] = PAYLOAD()
    const zeros = `{"@graph":[{"@id":"./","@type":"Dataset","conformsTo":[${'0,'.repeat(1_900_000)}0]}]}`
    await refused(await zipped(bag([['ro-crate-metadata.json', utf8(zeros)], ...rest])), /at most 512 KiB/)
    const many = requestGraph({ action: { object: Array.from({ length: 100_000 }, () => 0) } })
    await refused(await zipped(bag(PAYLOAD(many))), /at most 64 entities/)
    const types = requestGraph({ entities: [{ '@id': '#x', '@type': Array.from({ length: 50_000 }, () => 0) }] })
    await refused(await zipped(bag(PAYLOAD(types))), /no flat graph/)
  })

  it('that a later reader could trip over is refused', async () => {
    const hostile = (value: string, propertyID = 'urn:stimnet:parameter') => {
      const property = { '@id': '#x', '@type': 'PropertyValue', propertyID, name: 'x', value }
      return requestGraph({ action: { object: [{ '@id': '#catalog' }, { '@id': '#x' }] }, entities: [property] })
    }
    for (const value of [
      '1e999',
      '{"__proto__": 1}',
      '"\\ud800"',
      `${'['.repeat(100)}${']'.repeat(100)}`,
      'not JSON'
    ]) {
      await refused(await zipped(bag(PAYLOAD(hostile(value)))), /not JSON, or not plain/)
    }
    const language = WORKFLOW.map((entity) =>
      entity['@id'] === '#python' ? { ...entity, name: { toString: 1 } } : entity
    )
    await refused(await zipped(bag(PAYLOAD(requestGraph(), language))), /language/)
    // A workflow id without a file extension.
    const nameless = WORKFLOW.slice(0, 1).concat([
      { '@id': './', '@type': 'Dataset', mainEntity: { '@id': 'study' } },
      { '@id': 'study', '@type': 'File' }
    ])
    const [metadata] = PAYLOAD()
    const files: [string, Uint8Array][] = [
      metadata as [string, Uint8Array],
      ['workflow/ro-crate-metadata.json', json(nameless)],
      ['workflow/study', utf8('result = 1')]
    ]
    await refused(await zipped(bag(files)), /language/)
  })

  it('that has two files of one name, whatever the case, is refused', async () => {
    await refused(await zipped(bag([...PAYLOAD(), ['WORKFLOW/main.py', utf8('x')]])), /same name/)
  })

  it('that wants something fetched, several runs or no known language is refused', async () => {
    const remote = 'https://workflowhub.eu/workflows/289?version=1'
    const away = requestGraph({ root: { mainEntity: { '@id': remote } }, action: { instrument: { '@id': remote } } })
    await refused(await zipped(bag(PAYLOAD(away))), /not in the crate/)
    const other = requestGraph({ action: { instrument: { '@id': 'other/' } } })
    await refused(await zipped(bag(PAYLOAD(other))), /another workflow/)
    const two = requestGraph({
      root: { mentions: [{ '@id': '#query' }, { '@id': '#again' }] },
      entities: [{ '@id': '#again', '@type': 'CreateAction' }]
    })
    await refused(await zipped(bag(PAYLOAD(two))), /one run/)
    const shell = WORKFLOW.map((entity) => (entity['@id'] === '#python' ? { ...entity, name: 'Bash' } : entity))
    await refused(await zipped(bag(PAYLOAD(requestGraph(), shell))), /language/)
    const plain = requestGraph({ root: { conformsTo: { '@id': 'https://w3id.org/ro/crate' } } })
    await refused(await zipped(bag(PAYLOAD(plain))), /conforms/)
  })

  it('that is no archive, or not JSON inside, is refused', async () => {
    await refused(utf8('PK not really'), /no zip archive/)
    const [, ...rest] = PAYLOAD()
    await refused(await zipped(bag([['ro-crate-metadata.json', utf8('{')], ...rest])), /not JSON/)
    await refused(await zipped(bag([['ro-crate-metadata.json', utf8('{"@graph": {}}')], ...rest])), /no flat graph/)
  })
})

describe('a result as a crate', () => {
  const asked: AskedQuestion = {
    targets: ['peer-node-1', 'peer-node-2', 'peer-node-3'],
    data_catalog_name: 'clinical_trial_data',
    ...{ script_type: 'python', script_content: 'print("<script>")\n' },
    ...{ parameters: { alpha: 0.05, words: '12' }, filters: { sex: 'female' } },
    where: { column: 'subjects.age', op: '>=', values: [65] },
    ...{ purpose: ['DUO:0000037'], project: 'dbs', privacy: P1_ASK, title: '12' }
  }
  const told = async () => {
    const house = openHouse()
    const receipt = Buffer.from('a.b.c').toString('base64url')
    const parts = [
      partOf('node-1', { state: 'completed', output: TABLE, receipt }),
      partOf('node-2', { state: 'blocked', code: 'COHORT_NOT_RELEASABLE', receipt }),
      partOf('node-3', { state: 'failed', code: 'REQUESTER_NOT_PERMITTED' })
    ]
    const { id } = house.peer.add({
      ...{ isToMany: true, state: 'completed', completed_at: '2023-11-14T22:15:00.000Z', parts, title: '12', asked }
    })
    const response = await house.ask('GET', `/api/v1/broadcasts/${id}/crate`, { as: 'ada' })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/zip')
    return { house, id, archive: new Uint8Array(await response.arrayBuffer()) }
  }

  it('holds what was asked, what each institution decided, the outputs and the receipts', async () => {
    const { archive } = await told()
    const payload = payloadIn(await filesIn(archive))
    const { '@graph': graph } = JSON.parse(read(payload.get('ro-crate-metadata.json'))) as { '@graph': Graph }
    const byId = new Map(graph.map((entity) => [entity['@id'], entity]))
    const root = byId.get('./')
    assert.deepEqual(root.conformsTo, { '@id': 'https://w3id.org/5s-crate/0.4' })
    assert.equal(byId.get(root.sourceOrganization['@id']).name, 'dbs')
    const mentioned: Graph = root.mentions.map(({ '@id': id }: { '@id': string }) => byId.get(id))
    assert.deepEqual(
      mentioned.map((entity) => [entity['@type'], entity.name.split(':')[0], entity.actionStatus.slice(18)]),
      [
        ['CreateAction', 'Analysis of clinical_trial_data at 3 institutions', 'CompletedActionStatus'],
        ['AssessAction', 'Sign-off by Institution of node-1', 'CompletedActionStatus'],
        ['AssessAction', 'Disclosure check by Institution of node-1', 'CompletedActionStatus'],
        ['AssessAction', 'Sign-off by Institution of node-2', 'CompletedActionStatus'],
        ['AssessAction', 'Disclosure check by Institution of node-2', 'FailedActionStatus'],
        ['AssessAction', 'Sign-off by Institution of node-3', 'FailedActionStatus'],
        ['UpdateAction', 'BagIt manifests written', 'CompletedActionStatus']
      ]
    )
    assert.deepEqual(JSON.parse(read(payload.get('outputs/peer-node-1.json'))), JSON.parse(JSON.stringify(TABLE)))
    assert.equal(read(payload.get('receipts/peer-node-1.jws')), 'a.b.c')
    // Every reference is to an entity in the crate, and every file is described.
    const ids = new Set(graph.map((entity) => entity['@id']))
    const references = JSON.stringify(graph).matchAll(/\{"@id":"([^"]+)"\}/g)
    for (const [, id = ''] of references) assert.ok(ids.has(id) || id.startsWith('https://w3id.org/'), id)
    for (const path of payload.keys()) assert.ok(ids.has(path) || path.startsWith('workflow/'), path)
  })

  it('is read again as exactly what was asked', async () => {
    const { archive } = await told()
    const { body } = await post(archive)
    assert.deepEqual(body.submission, { ...asked, privacy: { ...P1_ASK } })
    assert.match(body.warnings.join(), /assessments in the crate were left out/)
  })

  it('names the files that its script reads by their bytes, and says when it is read that they are not in it', async () => {
    const house = openHouse()
    const files = ['a.csv', 'b.csv'].map((name) => ({ name, sha256: 'ab'.repeat(32), size: 10 }))
    const { id } = house.peer.add({ asked: { ...ASKED, files } })
    const crate = await house.ask('GET', `/api/v1/jobs/${id}/crate`, { as: 'ada' })
    const archive = new Uint8Array(await crate.arrayBuffer())
    const graph = JSON.parse(read(payloadIn(await filesIn(archive)).get('ro-crate-metadata.json')))['@graph'] as Graph
    const named = graph.filter((entity) => String(entity['@id']).startsWith('urn:sha256:'))
    assert.deepEqual(
      named.map(({ name, sha256, contentSize }) => [name, sha256, contentSize]),
      files.map(({ name, sha256 }) => [name, sha256, '10'])
    )
    const { body } = await post(archive)
    assert.equal(body.submission.uploaded_file_ids, undefined)
    assert.match(body.warnings.join(), /urn:sha256:(ab){32}#a\.csv is a file and was left out/)
  })

  it('is its owner’s alone, and the same bytes each time', async () => {
    const { house, id, archive } = await told()
    assert.equal((await house.json('GET', `/api/v1/broadcasts/${id}/crate`, { as: 'bob' })).status, 404)
    const again = await house.ask('GET', `/api/v1/jobs/${id}/crate`, { as: 'ada' })
    assert.deepEqual(new Uint8Array(await again.arrayBuffer()), archive)
  })
})
