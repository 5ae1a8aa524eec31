import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createEvents, loadConfig, type Peer, startPeer } from '@stimnet/peer'
import { cryptographicRandom, signerFromSeed } from '@stimnet/protocol'
import { type Client, type Job, signRequest } from '@stimnet/sdk'
import { stringify } from 'yaml'
import { CHEAP_PASSWORDS, clientOf, PASSWORD, scratchFolder, stimnetIn } from '../mesh.ts'

/**
 * A hundred and fifty people, not marked as synthetic. The dose is missing for sixty people, of whom two are women; the height
 * for twelve, and the weight for two people. Sex and age are known for everybody.
 */
const PEOPLE = Array.from({ length: 150 }, (_, i) => ({
  id: `p${i}`,
  age: 30 + ((i * 7) % 55),
  sex: i < 75 ? 'F' : 'M',
  centre: [10, 50, 91].includes(i) ? 'B' : 'A',
  dose: i < 2 || i >= 92 ? '' : String(100 + i),
  height: i % 12 === 5 ? '' : String(150 + (i % 40)),
  weight: i === 40 || i === 90 ? '' : String(50 + (i % 40))
}))
/** Three visits per person. For fifty people, the score of the third visit is missing. */
const VISITS = PEOPLE.flatMap(({ id }, i) =>
  ['first', 'second', 'third'].map((visit, v) => ({ id, visit, score: v === 2 && i % 3 === 0 ? '' : String(10 + v) }))
)

const CATALOG = {
  name: 'trial',
  subject_key: 'id',
  access_level: 'public',
  lattice: 'none',
  missingness: 'told',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', breakpoints: [40, 50, 60, 70], minimum: 18, maximum: 100 },
        { name: 'sex', type: 'category', levels: ['F', 'M'] },
        { name: 'centre', type: 'category', levels: ['A', 'B'] },
        { name: 'dose', type: 'integer' },
        { name: 'height', type: 'integer' },
        { name: 'weight', type: 'integer' }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [
        { name: 'visit', type: 'category', levels: ['first', 'second', 'third'] },
        { name: 'score', type: 'integer', minimum: 0, maximum: 100 }
      ]
    }
  ]
}

interface House {
  readonly configFile: string
  peer: Peer
  client: Client
  restart(config: object): Promise<void>
}

async function houseOf(t: TestContext, catalog: object, requesters: readonly string[] = []): Promise<House> {
  const folder = join(await scratchFolder(t), 'house')
  await mkdir(folder)
  await writeFile(join(folder, 'people.csv'), csv(PEOPLE))
  await writeFile(join(folder, 'visits.csv'), csv(VISITS))
  const configFile = join(folder, 'stimnet.yaml')
  const start = async (changes: object) => {
    const config = {
      node_id: 'house',
      institution: 'Hospital',
      mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      requesters: ['gateway:self', ...requesters],
      gateway: { port: 0 },
      sandbox: { engine: 'none' },
      log: { level: 'silent' },
      catalogs: [{ ...CATALOG, ...changes }]
    }
    await writeFile(configFile, stringify(config))
    const events = createEvents({ level: 'silent', nodeId: 'house' })
    const peer = await startPeer(await loadConfig(configFile, {}), { events, passwordCost: CHEAP_PASSWORDS })
    if (!peer.accounts.get('ada'))
      await peer.accounts.put({ name: 'ada', roles: ['researcher', 'auditor'], password: PASSWORD })
    return peer
  }
  const peer = await start(catalog)
  const house: House = {
    ...{ configFile, peer, client: await clientOf(peer) },
    restart: async (changes) => {
      await house.peer.stop()
      house.peer = await start(changes)
      house.client = await clientOf(house.peer)
    }
  }
  t.after(() => house.peer.stop())
  return house
}

function csv(rows: readonly Readonly<Record<string, string | number>>[]): string {
  return [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)].map((row) => row.join(',')).join('\n')
}

async function sharesIn({ client }: House): Promise<Record<string, number | null>> {
  const [found] = await client.meshCatalogs('')
  const tables = found?.schema_definition?.tables ?? []
  return Object.fromEntries(
    tables.flatMap(({ name, variables }) => variables.map((v) => [`${name}.${v.name}`, v.missing_share]))
  )
}

async function ask({ client }: House, sql: string): Promise<Job> {
  const submission = {
    ...({ target_node_id: 'house', data_catalog_name: 'trial', script_type: 'sql' } as const),
    script_content: sql
  }
  return client.waitForJob((await client.submitJob(submission)).job_id)
}

/** A requester with a project, and a function that asks a question for it and returns its end. */
async function projectOf() {
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const privacy = { scope: 'project', projects: [{ name: 'one', requesters: [signer.id] }] }
  const stateOf = async ({ client, peer }: House, sql: string) => {
    const request = { signer, project: 'one', catalog: 'trial', program: { kind: 'sql', sql } } as const
    const { id } = await client.submitBroadcast(await signRequest({ ...request, targets: [peer.peerId] }))
    for await (const { parts } of client.watchBroadcast(id)) {
      if (parts[0] && ['completed', 'blocked', 'failed'].includes(parts[0].state)) return parts[0]
    }
    throw new Error('no end')
  }
  return { privacy, requesters: [signer.id], stateOf }
}

const toldIn = async ({ client }: House) =>
  (await client.audit({ limit: 100 })).filter(({ kind }) => kind === 'missingness')

/** People with a dose, except three of another centre. */
const ALL_BUT_THREE = "SELECT COUNT(DISTINCT id) AS n FROM people WHERE dose IS NOT NULL AND centre = 'A'"
const TOLD = {
  ...{
    'people.age': 0,
    'people.sex': 0,
    'people.centre': 0,
    'people.dose': 0.4,
    'people.height': null,
    'people.weight': null
  },
  ...{ 'visits.visit': 0, 'visits.score': 0.11 }
}
const UNTOLD = Object.fromEntries(Object.keys(TOLD).map((name) => [name, null]))

describe('what is missing', () => {
  test('is told of each variable as a share of its rows, but not where it is so of few people', async (t) => {
    assert.deepEqual(await sharesIn(await houseOf(t, {})), TOLD)
  })

  test('is told only where the steward wants it', async (t) => {
    assert.deepEqual(await sharesIn(await houseOf(t, { missingness: 'untold' })), UNTOLD)
  })

  test('is paid for by everybody: a count that would tell of three people whether they have a dose is refused', async (t) => {
    const [untold, told] = [await houseOf(t, { missingness: 'untold' }), await houseOf(t, {})]
    assert.equal((await ask(untold, ALL_BUT_THREE)).status, 'completed')
    assert.match((await ask(told, ALL_BUT_THREE)).error_message ?? '', /^COHORT_NOT_RELEASABLE/)
  })

  test('is paid for by each project too', async (t) => {
    const { privacy, requesters, stateOf } = await projectOf()
    const house = await houseOf(t, { privacy }, requesters)
    assert.deepEqual(await sharesIn(house), TOLD)
    assert.equal((await stateOf(house, ALL_BUT_THREE))?.code, 'COHORT_NOT_RELEASABLE')
  })

  test('is told once an epoch: a restart counts nothing again, and the log has one record of it', async (t) => {
    const house = await houseOf(t, {})
    const [record, second] = await toldIn(house)
    assert.deepEqual([record?.detail.told, second], [6, undefined])
    await house.restart({})
    assert.deepEqual(await sharesIn(house), TOLD)
    assert.equal((await toldIn(house)).length, 1)
    await house.restart({ missingness: 'untold' })
    assert.deepEqual(await sharesIn(house), UNTOLD)
    // Released shares stay charged to the ledgers.
    assert.match((await ask(house, ALL_BUT_THREE)).error_message ?? '', /^COHORT_NOT_RELEASABLE/)
  })

  test('is told later as any other question is: what was released before comes first', async (t) => {
    const house = await houseOf(t, { missingness: 'untold' })
    assert.equal((await ask(house, ALL_BUT_THREE)).status, 'completed')
    await house.restart({})
    assert.deepEqual(await sharesIn(house), { ...TOLD, 'people.dose': null })
  })

  test('is not told where projects have begun ledgers of their own, which would not know of it', async (t) => {
    const { privacy, requesters, stateOf } = await projectOf()
    const house = await houseOf(t, { privacy, missingness: 'untold' }, requesters)
    assert.equal((await stateOf(house, ALL_BUT_THREE))?.state, 'completed')
    await house.restart({ privacy })
    assert.deepEqual(await sharesIn(house), UNTOLD)
    assert.deepEqual(await toldIn(house), [])
  })

  test('counts when past questions are tried under other rules, which it makes stricter', async (t) => {
    const house = await houseOf(t, { missingness: 'untold' })
    assert.equal((await ask(house, ALL_BUT_THREE)).status, 'completed')
    await house.peer.stop()
    const outcome = async () => {
      const run = stimnetIn(dirname(house.configFile))
      const { out, err } = await run([
        'policy',
        'dry-run',
        '--preset',
        'default',
        '--json',
        '--config',
        house.configFile
      ])
      return JSON.parse(out || err).jobs[0].now.outcome
    }
    assert.equal(await outcome(), 'released')
    const config = await readFile(house.configFile, 'utf8')
    await writeFile(house.configFile, config.replace('missingness: untold', 'missingness: told'))
    assert.equal(await outcome(), 'COHORT_NOT_RELEASABLE')
  })

  test('leaves what can be asked: what it tells apart stays large, however much is missing of how many variables', async (t) => {
    const house = await houseOf(t, { missingness: 'untold' })
    await house.peer.stop()
    const missing = Array.from({ length: 12 }, (_, v) => `v${v}`)
    const people = Array.from({ length: 3_000 }, (_, i) => ({
      ...{ id: `q${i}`, sex: i % 2 ? 'F' : 'M', arm: ['drug', 'placebo', 'none'][i % 3] ?? '' },
      // Each variable is missing for a different share of the people, as if at random.
      ...Object.fromEntries(missing.map((name, v) => [name, (i * (2 * v + 7) + v * 31) % 10 <= v % 9 ? '' : '1']))
    }))
    await writeFile(join(dirname(house.configFile), 'many.csv'), csv(people))
    const variables = [
      { name: 'sex', type: 'category', levels: ['F', 'M'] },
      { name: 'arm', type: 'category', levels: ['drug', 'placebo', 'none'] },
      ...missing.map((name) => ({ name, type: 'integer' }))
    ]
    const tables = [{ name: 'many', file: 'many.csv', one_row_per_subject: true, variables }]
    await house.restart({ tables })
    const shares = Object.values(await sharesIn(house)).filter((share) => share !== null && share > 0 && share < 1)
    assert.ok(shares.length > 0)
    for (const by of ['sex', 'arm', 'sex, arm']) {
      const job = await ask(house, `SELECT ${by}, COUNT(*) AS n FROM many GROUP BY ${by}`)
      assert.deepEqual([job.status, job.result_data?.withheld], ['completed', { groups: 0, cells: 0 }], by)
    }
  })

  test('is paid for only where it is told', async (t) => {
    const house = await houseOf(t, { missingness: 'untold' })
    await house.peer.stop()
    // Three people have no row, so the number of rows is not disclosed; sixty have no value.
    const labs = PEOPLE.slice(3).map(({ id }, i) => ({ id, value: i < 60 ? '' : '1' }))
    await writeFile(join(dirname(house.configFile), 'labs.csv'), csv(labs))
    const table = { file: 'labs.csv', one_row_per_subject: true, variables: [{ name: 'value', type: 'integer' }] }
    const [people] = CATALOG.tables
    await house.restart({ tables: [people, { name: 'labs', ...table }] })
    assert.equal((await sharesIn(house))['labs.value'], null)
    assert.equal((await ask(house, ALL_BUT_THREE)).code, 'COHORT_NOT_RELEASABLE', 'of people all is told')
  })

  test('is told no more of an epoch whose ledger is gone, nor by itself of the next one', async (t) => {
    const house = await houseOf(t, {})
    const [folder, run] = [dirname(house.configFile), stimnetIn(dirname(house.configFile))]
    const accept = async (people: readonly Readonly<Record<string, string | number>>[], ...flags: string[]) => {
      await house.peer.stop()
      await writeFile(join(folder, 'people.csv'), csv(people))
      const { code, err, out } = await run(['epoch', 'accept', 'trial', ...flags, '--config', house.configFile])
      assert.equal(code, 0, err)
      await house.restart({})
      return out
    }
    const arrived = Array.from({ length: 60 }, (_, i) => ({ ...PEOPLE[i + 4], id: `n${i}` }))
    await accept([...PEOPLE, ...arrived])
    assert.equal((await sharesIn(house))['people.age'], 0)
    // Back to the files of the first epoch with empty ledgers, although the shares of the second epoch were published.
    assert.match(await accept(PEOPLE, '--forget'), /stay undisclosed: see --tell-missing/)
    assert.deepEqual(await sharesIn(house), UNTOLD)
    assert.match(await accept(PEOPLE, '--forget'), /stay undisclosed/)
    assert.doesNotMatch(await accept(PEOPLE, '--forget', '--tell-missing'), /stay undisclosed/)
    assert.deepEqual(await sharesIn(house), TOLD)
    await house.peer.stop()
    const alone = await run(['epoch', 'accept', 'trial', '--tell-missing', '--config', house.configFile])
    assert.deepEqual([alone.code, /needs --forget/.test(alone.err)], [2, true])
  })

  test('is not for a catalog whose numbers a committee grants one by one', async (t) => {
    const controlled_access = ['https://example.org/datasets/one']
    const granted = { controlled_access, missingness: 'told' }
    await assert.rejects(houseOf(t, granted), {
      code: 'CONFIG_INVALID',
      message: /missingness: it is disclosed to everybody/
    })
  })

  test('is nothing that a catalog with noise alone may count', async (t) => {
    await assert.rejects(houseOf(t, { mode: 'dp' }), { code: 'CONFIG_INVALID', message: /missingness.*untold/ })
  })
})
