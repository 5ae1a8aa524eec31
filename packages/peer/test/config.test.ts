import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { loadConfig, parseConfig } from '../src/config/config.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const exampleFile = join(import.meta.dirname, '../../../config/peer.example.yaml')

async function fileWith(t: TestContext, text: string): Promise<string> {
  const folder = await scratchFolder(t)
  const file = join(folder, 'stimnet.yaml')
  await writeFile(file, text)
  return file
}

const refused = async (t: TestContext, text: string, message: RegExp, environment = {}) =>
  assert.rejects(loadConfig(await fileWith(t, text), environment), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'CONFIG_INVALID')
    assert.match(error.message, message)
    return true
  })

describe('a peer’s configuration', () => {
  test('the example loads as it stands', async () => {
    const { config } = await loadConfig(exampleFile, {})
    assert.ok(config.catalogs.length > 0)
  })

  test('each key that the example has in a comment is one that a configuration may have', async () => {
    const lines = (await readFile(exampleFile, 'utf8')).split('\n')
    const optional = (line = '') => /^ *# ( *)(?:- |[a-z_]+:(?: |$))/.exec(line)?.[1]
    const starts = [...lines.keys()].filter((at) => optional(lines[at]) === '')
    assert.ok(starts.length > 30)
    for (const start of starts) {
      const length = lines.slice(start + 1).findIndex((line) => !optional(line))
      const entry = lines.slice(start, start + 1 + length).map((line) => line.replace('# ', ''))
      const text = [...lines.slice(0, start), ...entry, ...lines.slice(start + 1 + length)].join('\n')
      try {
        parseConfig(parse(text))
      } catch (error) {
        // Some keys are contradicted by the rest of the example, but each of them is well formed.
        const contradictions =
          /^(catalogs: |passports\.issuers: |catalogs\.0\.postgres: no table has|catalogs\.0\.tables\.0\.file: a table has one of)/
        assert.match((error as Error).message, contradictions, entry.join('\n'))
      }
    }
  })

  test('needs little more than a name, and then lets nobody in', async (t) => {
    const { config } = await loadConfig(await fileWith(t, 'institution: A\n'), {})
    assert.deepEqual([config.mesh.peers, config.requesters, config.mesh.open], [[], [], false])
    assert.equal(config.gateway.host, '127.0.0.1')
    assert.equal(config.privacy.min_cohort_size, 5)
  })

  test('a listener for metrics is a host and a port', async (t) => {
    const withListener = (listen: string) => `institution: A\nmetrics: { listen: "${listen}" }\n`
    for (const wrong of ['9464', '127.0.0.1', '127.0.0.1:99999', 'http://127.0.0.1:9464', '::1:9464']) {
      await refused(t, withListener(wrong), /line 2: metrics\.listen: not HOST:PORT/)
    }
    for (const listen of ['127.0.0.1:9464', '[::1]:9464', 'metrics.internal:9464']) {
      const { config } = await loadConfig(await fileWith(t, withListener(listen)), {})
      assert.equal(config.metrics.listen, listen)
    }
  })

  test('an unknown key is refused by name and line', (t) =>
    refused(t, 'institution: A\nmesh:\n  lissten: []\n', /mesh\.lissten: there is no such key/))

  test('a name of an institution that reads otherwise than it is written is refused', (t) =>
    refused(t, 'institution: "North \\u202E htuoS"\n', /line 1: institution: /))

  test('a wrong value is refused by line and key', (t) =>
    refused(t, 'institution: A\ngateway:\n  port: 99999\n', /line 3: gateway\.port/))

  test('a key given twice is refused', (t) => refused(t, 'institution: A\ninstitution: B\n', /unique/i))

  test('aliases that would fill the memory are refused in a sentence', async (t) => {
    const level = (n: number) => `a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(', ')}]\n`
    const bomb = `a0: &a0 [x]\n${[1, 2, 3, 4, 5, 6, 7, 8].map(level).join('')}`
    await refused(t, bomb, /stimnet\.yaml: its aliases \(\*name\) stand for more than can be read/)
  })

  test('plain HTTP beyond loopback must be meant', async (t) => {
    await refused(t, 'institution: A\ngateway:\n  host: 0.0.0.0\n', /gateway\.host: plain HTTP beyond loopback/)
    const file = await fileWith(t, 'institution: A\ngateway:\n  host: 0.0.0.0\n  insecure: true\n')
    assert.equal((await loadConfig(file, {})).config.gateway.insecure, true)
  })

  test('TLS stands for what is meant beyond loopback, and not together with plain HTTP', async (t) => {
    const tls = 'institution: A\ngateway:\n  host: 0.0.0.0\n  tls: { cert: a.crt, key: a.key }\n'
    const { config } = await loadConfig(await fileWith(t, tls), {})
    assert.deepEqual(config.gateway.tls, { cert: 'a.crt', key: 'a.key' })
    await refused(t, `${tls}  insecure: true\n`, /gateway\.insecure: says that plain HTTP is meant/)
    await refused(t, `${tls}  enabled: false\n`, /gateway\.tls: does nothing/)
    await refused(t, 'institution: A\ngateway:\n  tls: { cert: a.crt }\n', /gateway\.tls\.key/)
    await refused(t, 'institution: A\ngateway:\n  tls: { cert: a, key: b, ca: c }\n', /gateway\.tls\.ca: there is no/)
  })

  test('an origin of other pages is written whole, and never as a pattern', async (t) => {
    const withOrigin = (origin: string) => `institution: A\ngateway:\n  cors_origins: ["${origin}"]\n`
    for (const origin of [
      '*',
      'null',
      'https://*.example.org',
      'https://a.example.org/',
      'a.example.org',
      'ftp://a.org'
    ]) {
      await refused(t, withOrigin(origin), /gateway\.cors_origins\.0: not an origin/)
    }
    const { config } = await loadConfig(await fileWith(t, withOrigin('http://localhost:5173')), {})
    assert.deepEqual(config.gateway.cors_origins, ['http://localhost:5173'])
  })

  test('open and an allow-list contradict each other', (t) =>
    refused(t, 'institution: A\nmesh:\n  open: true\nrequesters: [gateway:self]\n', /mesh\.open/))

  test('a relay for everybody, and a relay that anybody could be, are refused', async (t) => {
    await refused(t, 'institution: A\nmesh: { open: true, relay: true }\n', /mesh\.relay: would relay for everybody/)
    for (const address of [
      '/dns4/relay.example/tcp/4001',
      '/dns4/relay.example/tcp/4001/p2p/12D3Koo',
      'relay.example'
    ]) {
      await refused(t, `institution: A\nmesh: { relays: [${address}] }\n`, /mesh\.relays\.0: not an address of a relay/)
    }
  })

  test('a proxy with its password in the configuration, or no proxy at all, is refused', async (t) => {
    for (const url of [
      'http://north:secret@proxy.example:3128',
      'socks5://proxy.example:1080',
      'proxy.example:3128',
      'http://p/x'
    ]) {
      await refused(t, `institution: A\nmesh: { proxy: { url: "${url}" } }\n`, /mesh\.proxy\.url/)
    }
    await refused(
      t,
      'institution: A\nmesh: { trusted_proxies: [10.0.0.0/8] }\n',
      /mesh\.trusted_proxies\.0: not an IP address/
    )
  })

  test('several Docker engines and one beside them contradict each other', (t) =>
    refused(
      t,
      'institution: A\nsandbox: { docker: { socket: /a, hosts: [{ socket: /b }] } }\n',
      /sandbox\.docker\.socket: does nothing beside sandbox\.docker\.hosts/
    ))

  test('visas that nobody could have are refused', (t) =>
    refused(t, 'institution: A\nrequesters: ["visa:faculty@med.example.org"]\n', /passports\.issuers: is empty/))

  test('an entry of requesters that is none is refused', (t) =>
    refused(
      t,
      'institution: A\nrequesters: ["visa:faculty"]\n',
      /requesters\.0: not a key id, affiliation:PEERID, visa:/
    ))

  test('members of no federation are refused with what to do, and a charter may be named before it is signed', async (t) => {
    const members = 'institution: A\nrequesters: [affiliation:members]\n'
    await refused(
      t,
      members,
      /needs federation\.charter .*name the charter there, signed or not yet, or take affiliation:members out/
    )
    const named = await loadConfig(await fileWith(t, `${members}federation: { charter: ./not-there-yet.json }\n`), {})
    assert.deepEqual(named.config.requesters, ['affiliation:members'])
  })

  test('a cohort floor below three is refused', (t) =>
    refused(t, 'institution: A\nprivacy:\n  min_cohort_size: 2\n', /privacy\.min_cohort_size/))

  test('a smallest cohort below the peer’s own floor is refused', (t) =>
    refused(
      t,
      'institution: A\nprivacy:\n  min_cohort_size: 5\n  k_min: 10\n',
      /privacy\.min_cohort_size: is below privacy\.k_min/
    ))

  test('a name that is no key id cannot be listed', (t) =>
    refused(t, 'institution: A\nrequesters: [ada]\n', /requesters/))

  test('a catalog name used twice is refused', () => {
    const catalog = {
      name: 'c',
      subject_key: 'id',
      tables: [{ name: 't', file: 't.csv', variables: [{ name: 'v', type: 'integer' }] }]
    }
    assert.throws(() => parseConfig({ institution: 'A', catalogs: [catalog, catalog] }), /the name c is used twice/)
  })

  test('scripts cannot run unread on real patients’ data', () => {
    const catalog = {
      name: 'c',
      subject_key: 'id',
      scripts: 'auto',
      tables: [{ name: 't', file: 't.csv', variables: [{ name: 'v', type: 'integer' }] }]
    }
    assert.throws(() => parseConfig({ institution: 'A', catalogs: [catalog] }), /scripts: auto needs synthetic/)
    assert.ok(parseConfig({ institution: 'A', catalogs: [{ ...catalog, synthetic: true }] }))
  })

  test('the environment goes over the file, and is checked like it', async (t) => {
    const file = await fileWith(t, 'institution: A\n')
    const { config } = await loadConfig(file, { STIMNET_GATEWAY_PORT: '9001', STIMNET_NODE_ID: 'north' })
    assert.deepEqual([config.gateway.port, config.node_id], [9001, 'north'])
    await refused(t, 'institution: A\n', /gateway\.port/, { STIMNET_GATEWAY_PORT: 'many' })
  })
})
