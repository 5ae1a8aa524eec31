import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { outputContractSchema, signerFromSeed, type VariableMapping } from '@stimnet/protocol'
import { fakeSandbox, type SandboxJob } from '@stimnet/sandbox'
import { type Broadcast, type Client, signRequest } from '@stimnet/sdk'
import { pool } from '@stimnet/statistics'
import { parse, stringify } from 'yaml'
import { PEOPLE, POUND, people, registryOf, writeRegistry } from '../registries.ts'
import {
  answerOf,
  clientOf,
  PASSWORD,
  type Site,
  scratchFolder,
  startSite,
  stimnetIn,
  until,
  writeSite
} from '../mesh.ts'
import { atEnd } from '../scratch.ts'

/** A script that reads columns by position, as many do: the mean of the third column. The first one is the subject key. */
function meanOfThirdColumn({ tables }: SandboxJob): { result: string } {
  const [, ...lines] = new TextDecoder().decode(tables[0]?.csv).trim().split('\n')
  const values = lines.map((line) => Number(line.split(',')[2]))
  const value = values.reduce((a, b) => a + b, 0) / values.length
  return {
    result: JSON.stringify({
      stimnet_outputs: { people: { kind: 'count', value: values.length }, weight: { kind: 'mean', value } }
    })
  }
}

const SCRIPT = {
  data_catalog_name: 'registry',
  script_type: 'python' as const,
  script_content: 'result = "the sandbox of this test does not read it"',
  outputs: outputContractSchema.parse([
    { name: 'people', kind: 'count' },
    { name: 'weight', kind: 'mean', lower: '0', upper: '400', unit: 'kg', of: 'people' }
  ])
}
const BY_SEX = {
  data_catalog_name: 'registry',
  script_type: 'sql' as const,
  script_content: 'SELECT sex, COUNT(DISTINCT id) AS n, AVG(weight) AS weight FROM people GROUP BY sex'
}
const MEAN_OF_ALL = [0, 1, 2].flatMap(people).reduce((sum, { weight }) => sum + weight, 0) / (3 * PEOPLE)

describe('three registries whose columns, levels and units differ', () => {
  const end = atEnd()
  const sites: Site[] = []
  const peers: Peer[] = []
  let researcher: Client
  let mappings: VariableMapping[]

  before(async () => {
    const parent = await scratchFolder(end)
    end.after(() => Promise.all(peers.map((peer) => peer.stop())))
    for (const at of [0, 1, 2]) {
      const bootstrap = peers[0]?.addresses.slice(0, 1) ?? []
      const site = await writeSite(parent, at, { bootstrap, config: { catalogs: [registryOf(at)] } })
      await writeRegistry(site.folder, at)
      sites.push(site)
      peers.push(await startSite(site, { sandbox: fakeSandbox({ answer: meanOfThirdColumn }) }))
    }
    await until(() => peers.every((peer) => peer.mesh.connected().length >= 2), 'all peers are connected')
    researcher = await clientOf(peers[0])
    const [, second = '', third = ''] = peers.map(({ peerId }) => peerId)
    mappings = [
      { peer: second, variable: 'people.sex', local: 'people.sex', levels: [], scale: '' },
      { peer: third, variable: 'people.id', local: 'people.patient', levels: [], scale: '' },
      { peer: third, variable: 'people.weight', local: 'people.pounds', levels: [], scale: String(POUND) }
    ]
  })

  async function ask(submission: Parameters<Client['submitBroadcast']>[0]): Promise<Broadcast> {
    return answerOf(researcher, submission)
  }

  test('asked one by one each answers, and what they answer pools into a wrong number without a word', async () => {
    const parts = await Promise.all(
      peers.map(async ({ peerId }) => {
        const { parts } = await ask({ ...SCRIPT, targets: [peerId] })
        return { site: peerId, output: parts[0]?.output ?? null }
      })
    )
    const { outputs, notes } = pool(parts, { outputs: SCRIPT.outputs })
    const [, weight] = outputs ?? []
    assert.equal(weight?.sites.length, 3)
    assert.ok(weight && 'value' in weight.output && Math.abs((weight.output.value ?? 0) - MEAN_OF_ALL) > 40)
    assert.doesNotMatch(notes.join(), /left out/)
  })

  test('asked together they are stopped before anything is sent, and the difference is shown site by site', async () => {
    const answer = await ask({ ...SCRIPT, targets: '*' })
    assert.deepEqual([answer.state, answer.code, answer.parts.length], ['failed', 'SCHEMA_MISMATCH', 0])
    const [first = '', second = '', third = ''] = peers.map(({ peerId }) => peerId)
    const at = (site: string) =>
      (answer.schema?.differences ?? []).filter((d) => d.site === site).map(({ variable, field }) => [variable, field])
    assert.deepEqual(at(second).sort(), [
      ['people', 'column order'],
      ['people.sex', 'levels']
    ])
    // The opposite difference, that the others lack `patient` and `pounds`, would be the same information again.
    assert.deepEqual(at(third), [
      ['people.id', 'name'],
      ['people.weight', 'name']
    ])
    assert.deepEqual(at(first), [])
    assert.match(answer.reason ?? '', /people.sex, levels "male, female" instead of "female, male"/)
    assert.ok(answer.schema?.mappings.some(({ peer, variable }) => peer === second && variable === 'people.sex'))
  })

  test('with a mapping the script runs at all of them and gives the right mean', async () => {
    const answer = await ask({ ...SCRIPT, targets: '*', mappings })
    assert.equal(answer.state, 'completed', JSON.stringify(answer.schema))
    const [, weight] = answer.pooled?.outputs ?? []
    assert.ok(weight && 'value' in weight.output)
    assert.equal(weight.sites.length, 3)
    assert.ok(Math.abs((weight.output.value ?? 0) - MEAN_OF_ALL) < 0.05)
  })

  test('a query in SQL is stopped and mapped just so, and pools exactly', async () => {
    const stopped = await ask({ ...BY_SEX, targets: '*' })
    assert.equal(stopped.code, 'SCHEMA_MISMATCH')
    const answer = await ask({ ...BY_SEX, targets: '*', mappings })
    const all = [0, 1, 2].flatMap(people)
    const expected = ['female', 'male'].map((sex) => {
      const group = all.filter((person) => person.sex === sex)
      return [sex, group.length, group.reduce((sum, { weight }) => sum + weight, 0) / group.length]
    })
    const rows = answer.pooled?.rows.map(({ values }) => values) ?? []
    assert.deepEqual(
      rows.map(([sex, n]) => [sex, n]),
      expected.map(([sex, n]) => [sex, n])
    )
    for (const [i, [, , mean]] of rows.entries())
      assert.ok(Math.abs(Number(mean) - Number(expected[i]?.[2])) < 0.01, `${mean} for ${expected[i]?.[2]}`)
    assert.deepEqual(answer.schema?.differences, [])
  })

  test('a cohort chosen by a mapped variable has the same people in it', async () => {
    const count = { ...BY_SEX, script_content: 'SELECT COUNT(DISTINCT id) AS n FROM people' }
    const answer = await ask({ ...count, targets: '*', mappings, filters: { sex: 'male' } })
    assert.deepEqual(answer.pooled?.rows[0]?.values, [60])
  })

  test('a request that the researcher signed is stopped too, and runs with a contract of its own', async () => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(7))
    const request = {
      signer,
      catalog: 'registry',
      targets: peers.map(({ peerId }) => peerId),
      carrier: peers[0]?.peerId ?? '',
      program: { kind: 'sql' as const, sql: BY_SEX.script_content }
    }
    assert.equal((await ask(await signRequest(request))).code, 'SCHEMA_MISMATCH')
    const contract = [
      { variable: 'people.id', type: 'key' },
      { variable: 'people.sex', type: 'category', levels: ['female', 'male'] },
      { variable: 'people.weight', type: 'number', unit: 'kg' }
    ]
    const answer = await ask(await signRequest({ ...request, contract, mappings }))
    assert.deepEqual([answer.state, answer.parts.map(({ code }) => code)], ['completed', [null, null, null]])
  })

  test('at the command line the difference comes with a mapping to complete, signed by oneself or not', async () => {
    const folder = sites[0]?.folder ?? ''
    await writeFile(join(folder, 'q.sql'), BY_SEX.script_content)
    await writeFile(join(folder, 'mapping.json'), JSON.stringify(mappings))
    const stimnet = stimnetIn(folder)
    const at = ['--url', peers[0]?.gatewayUrl ?? '']
    const login = await stimnet(['login', 'ada', ...at], `${PASSWORD}\n`)
    assert.equal(login.code, 0, login.err)
    const run = (...more: string[]) => stimnet(['run', 'q.sql', '--catalog', 'registry', ...more, ...at])
    const skeleton = new RegExp(
      `\\{"peer":"${mappings[2]?.peer}","variable":"people.weight","local":"","levels":\\[\\],"scale":""\\}`
    )
    const stopped = await run()
    assert.notEqual(stopped.code, 0)
    assert.match(stopped.out, /SCHEMA_MISMATCH/)
    assert.match(stopped.out, /people\.sex +levels +female, male +male, female/)
    assert.match(stopped.out, skeleton)
    const mapped = await run('--mapping', 'mapping.json')
    assert.equal(mapped.code, 0, mapped.err + mapped.out)
    assert.match(mapped.out, /female +120/)

    assert.equal((await stimnet(['key'])).code, 0)
    const signed = await run()
    assert.notEqual(signed.code, 0)
    assert.match(signed.err, /people\.sex, levels "male, female" instead of "female, male"/)
    assert.match(signed.err, skeleton)
    const again = await run('--mapping', 'mapping.json')
    assert.equal(again.code, 0, again.err + again.out)
    assert.match(again.err, /Signing as 12D3Koo\w+ for 3 peers/)
    assert.match(again.out, /female +120/)
  })

  test('each institution checks its own catalog against the contract, also where nobody compared', async () => {
    const [, second = ''] = peers.map(({ peerId }) => peerId)
    const contract = [{ variable: 'people.sex', type: 'category', levels: ['female', 'male'] }]
    const answer = await ask({ ...BY_SEX, targets: [second], contract })
    assert.equal(answer.parts[0]?.code, 'SCHEMA_MISMATCH')
    assert.match(answer.parts[0]?.reason ?? '', /people.sex, levels/)
  })

  test('a mapping that names what is not there is refused by the institution it is for', async () => {
    const [, , third = ''] = peers.map(({ peerId }) => peerId)
    const contract = [{ variable: 'people.weight', type: 'number', unit: 'kg' }]
    const mapping = { peer: third, variable: 'people.weight', local: 'people.stones', scale: '6.35' }
    const answer = await ask({ ...BY_SEX, targets: [third], contract, mappings: [mapping] })
    assert.equal(answer.parts[0]?.code, 'VARIABLE_UNKNOWN')
  })

  test('an institution whose catalog changed after it was compared refuses', async () => {
    const [first, second] = [peers[0], peers[1]]
    const site = sites[1]
    assert.ok(first && second && site)
    const config = parse(await readFile(site.configFile, 'utf8'))
    config.catalogs[0].tables[0].variables[2].unit = 'g'
    await second.stop()
    await writeFile(site.configFile, stringify(config))
    peers[1] = await startSite(site, { sandbox: fakeSandbox({ answer: meanOfThirdColumn }) })
    const contract = [{ variable: 'people.weight', type: 'number', unit: 'kg' }]
    const direct = await clientOf(peers[1])
    assert.equal(
      (await answerOf(direct, { ...BY_SEX, targets: [second.peerId], contract })).parts[0]?.code,
      'SCHEMA_MISMATCH'
    )
  })
})
