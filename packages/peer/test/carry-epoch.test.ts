import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Catalog, catalogConfigSchema, openCatalog } from '@stimnet/data'
import { LedgerDraft, type Ledgers, tellEverything } from '@stimnet/privacy'
import { cryptographicRandom, SubjectSet, systemClock } from '@stimnet/protocol'
import { acceptEpoch } from '../src/catalogs/carry-epoch.ts'
import { ledgersOf } from '../src/jobs/release/ledgers.ts'
import { Database, epochStore } from '../src/store/database.ts'
import { LedgerStore } from '../src/store/released/ledgers.ts'

const K = 5
const CONFIG = catalogConfigSchema.parse({
  name: 'trial',
  subject_key: 'id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [{ name: 'sex', type: 'category', levels: ['F', 'M'] }]
    },
    { name: 'visits', file: 'visits.csv', variables: [{ name: 'score', type: 'integer' }] }
  ]
})

/**
 * A catalog of a stopped peer: every subject has two visits, and the subjects in `third` have one more; the subjects in
 * `lacking` have no first score.
 */
async function trial(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-carry-'))
  const database = await Database.open({ directory: join(folder, 'db') }, () => systemClock.now())
  const opened: Catalog[] = []
  t.after(async () => {
    for (const catalog of opened) await catalog.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    database,
    async write(people: number, third: readonly number[], lacking: readonly number[] = []) {
      const ids = Array.from({ length: people }, (_, i) => i)
      const rows = ids.flatMap((i) => [
        `p${i},${lacking.includes(i) ? '' : i}`,
        `p${i},${i + 100}`,
        ...(third.includes(i) ? [`p${i},${i + 200}`] : [])
      ])
      await writeFile(
        join(folder, 'people.csv'),
        `id,sex\n${ids.map((i) => `p${i},${i % 2 ? 'F' : 'M'}`).join('\n')}\n`
      )
      await writeFile(join(folder, 'visits.csv'), `id,score\n${rows.join('\n')}\n`)
    },
    async open(): Promise<Catalog> {
      const catalog = await openCatalog(CONFIG, {
        ...{ baseDir: folder, dataDir: join(folder, 'snapshots'), clock: systemClock, random: cryptographicRandom },
        index: database.root.sublevel<string, string>('index-trial', {}) as never,
        cohortSizeMin: K,
        programs: []
      })
      opened.push(catalog)
      return catalog
    },
    accept: (from: string) => acceptEpoch({ config: CONFIG, baseDir: folder, dataDir: folder, database, from })
  }
}

/** Both ledgers of one scope, read from the store. */
async function ledgers(catalog: Catalog, database: Database, ledger?: string) {
  const owners = await catalog.owners('visits')
  const store = ledgersOf(catalog, new LedgerStore(database), ledger === undefined ? {} : { ledger })
  const items = { table: 'visits', rows: owners.length, owners }
  return { store, loaded: await store.load(items), rows: owners.length }
}

/** A release about all subjects and all their rows at once. */
function all({ subjects, rows }: Ledgers): Ledgers | undefined {
  if (!rows) return undefined
  const [people, visits] = [new LedgerDraft(subjects), new LedgerDraft(rows.ledger)]
  const isRefused =
    people.tell([{ quantity: '1', set: SubjectSet.everyone(subjects.universe) }], K) ??
    visits.tell([{ quantity: 'visits.score', set: SubjectSet.everyone(rows.ledger.universe) }], K)
  return isRefused ? undefined : { subjects: people.result(), rows: { ...rows, ledger: visits.result() } }
}

for (const ledger of [undefined, 'project!alpha']) {
  const whose = ledger === undefined ? 'everybody’s ledger' : 'a project’s ledger'
  test(`${whose} of rows is carried with that of subjects: one more visit of one person is not told, of five it is`, async (t) => {
    const at = await trial(t)
    await at.write(40, [])
    const first = await at.open()
    const { store, loaded } = await ledgers(first, at.database, ledger)
    const released = all(loaded)
    assert.ok(released)
    await at.database.commit((draft) => {
      store.replace(draft, released)
      draft.put(epochStore(at.database), 'trial', first.epoch)
    })

    await at.write(40, [7])
    const one = await at.accept(first.epoch)
    assert.ok(one.ok, JSON.stringify(one))
    assert.equal(await epochStore(at.database).get('trial'), one.epoch)
    const second = await at.open()
    assert.equal(second.epoch, one.epoch)
    const carried = await ledgers(second, at.database, ledger)
    assert.equal(carried.rows, 81)
    assert.ok(new LedgerDraft(carried.loaded.subjects).isWithin('1', SubjectSet.everyone(40)), 'the same people')
    assert.equal(all(carried.loaded), undefined, 'one row of one person')

    await at.write(40, [7, 8, 9, 10, 11])
    const five = await at.accept(second.epoch)
    assert.ok(five.ok)
    const third = await ledgers(await at.open(), at.database, ledger)
    const told = all(third.loaded)
    assert.ok(told, 'a row each of five')
    assert.equal((await new LedgerStore(at.database).ledgers('trial', first.epoch)).length, 0, 'it has moved')

    await at.write(40, [7, 8, 9, 10])
    await at.database.commit((draft) => third.store.replace(draft, told))
    const gone = await at.accept(five.epoch)
    assert.ok(gone.ok)
    assert.equal(all((await ledgers(await at.open(), at.database, ledger)).loaded), undefined, 'one row less')
  })
}

test('a value that was missing is not told when it comes, until five have come; and nothing after a script', async (t) => {
  const at = await trial(t)
  const lacking = [3, 4, 5, 6, 7, 8]
  await at.write(40, [], lacking)
  const first = await at.open()
  const { store, loaded } = await ledgers(first, at.database)
  const rowsOf = async (catalog: Catalog, without: readonly number[]) => {
    const owners = await catalog.owners('visits')
    const scores = (
      await catalog.reduce(
        { tables: ['visits'], groupBy: [], measures: [{ kind: 'mean', name: 'm', variable: 'visits.score' }] },
        await catalog.cohort(undefined)
      )
    ).groups[0]?.columns.get('visits.score')
    assert.equal(scores?.rows, owners.length - without.length)
    return scores?.rowSet
  }
  const told = async (catalog: Catalog, without: readonly number[], { subjects, rows }: Ledgers) => {
    const set = await rowsOf(catalog, without)
    assert.ok(rows && set && set.universe === rows.ledger.universe)
    const draft = new LedgerDraft(rows.ledger)
    return draft.tell([{ quantity: 'visits.score', set }], K) === undefined
      ? { subjects, rows: { ...rows, ledger: draft.result() } }
      : undefined
  }
  const released = await told(first, lacking, loaded)
  assert.ok(released)
  await at.database.commit((draft) => {
    store.replace(draft, released)
    draft.put(epochStore(at.database), 'trial', first.epoch)
  })
  for (const [stillLacking, isTold] of [
    [lacking.slice(1), false],
    [lacking.slice(5), true]
  ] as const) {
    await at.write(40, [], stillLacking)
    const from = (await epochStore(at.database).get('trial')) ?? ''
    const accepted = await at.accept(from)
    assert.ok(accepted.ok, JSON.stringify(accepted))
    assert.equal(accepted.filled, isTold ? 4 : 1)
    const next = await at.open()
    assert.equal((await told(next, stillLacking, (await ledgers(next, at.database)).loaded)) !== undefined, isTold)
  }
  const last = await at.open()
  const now = await ledgers(last, at.database)
  const after = tellEverything({ cohort: SubjectSet.everyone(40), possible: undefined }, now.loaded, K)
  assert.ok(after)
  await at.database.commit((draft) => now.store.replace(draft, after))
  await at.write(40, [], [])
  const refused = await at.accept(last.epoch)
  assert.match(refused.ok ? 'accepted' : refused.why, /a script was answered before/)
  await at.write(41, [], lacking.slice(5))
  assert.ok((await at.accept(last.epoch)).ok, 'arrivals do not matter')
})

test('files that did not change are no newer epoch, and nothing is lost', async (t) => {
  const at = await trial(t)
  await at.write(40, [])
  const { epoch } = await at.open()
  const accepted = await at.accept(epoch)
  assert.match(accepted.ok ? '' : accepted.why, /epoch that it answers from/)
})
