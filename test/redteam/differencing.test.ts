import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import type { Client, Job } from '@stimnet/sdk'
import { parse, stringify } from 'yaml'
import { clientOf, type Site, scratchFolder, startSite, writeSite } from '../mesh.ts'

/** Tests of differencing attacks through the REST API of a real peer. All of them once worked. */

interface Target {
  readonly site: Site
  peer: Peer
  client: Client
  restart(): Promise<void>
}

async function target(
  t: TestContext,
  edit: (config: Record<string, unknown>) => void = () => undefined
): Promise<Target> {
  const parent = await scratchFolder(t)
  const site = await writeSite(parent, 0)
  const config = parse(await readFile(site.configFile, 'utf8'))
  edit(config)
  await writeFile(site.configFile, stringify(config))
  const peer = await startSite(site)
  const opened: Target = {
    site,
    peer,
    client: await clientOf(peer),
    restart: async () => {
      await opened.peer.stop()
      opened.peer = await startSite(site)
      opened.client = await clientOf(opened.peer)
    }
  }
  t.after(() => opened.peer.stop())
  return opened
}

async function ask({ client }: Target, sql: string, more: object = {}): Promise<Job> {
  const submission = {
    target_node_id: 'node-1',
    data_catalog_name: 'clinical_trial_data',
    script_type: 'sql',
    script_content: sql,
    ...more
  }
  return client.waitForJob((await client.submitJob(submission as never)).job_id)
}

/** The values of a column, null for withheld ones; empty if the whole answer was refused. */
function column(job: Job, name: string): (number | null)[] {
  const { rows } = (job.result_data ?? {}) as { rows?: Record<string, number | null>[] }
  return job.status === 'completed' ? (rows ?? []).map((row) => row[name] ?? null) : []
}

describe('two answers whose difference would be one person', () => {
  test('are not both given when only the rows differ, not the people', async (t) => {
    const site = await target(t)
    const from = 'FROM outcomes JOIN subjects USING (subject_id)'
    const cell = "sex = 'female' AND diagnosis = 'mixed'"
    const everything = await ask(site, `SELECT COUNT(*) AS n, SUM(UPDRS_total) AS s ${from} WHERE ${cell}`)
    const all = column(everything, 'n')[0]
    for (const response of ['responder', 'partial', 'none']) {
      for (const visit of ['baseline', 'month_6', 'month_12']) {
        const but = `NOT (outcomes.visit = '${visit}' AND treatment_response = '${response}')`
        const job = await ask(site, `SELECT COUNT(*) AS n, SUM(UPDRS_total) AS s ${from} WHERE ${cell} AND ${but}`)
        const [n] = column(job, 'n')
        if (typeof all !== 'number' || typeof n !== 'number') continue
        const apart = all - n
        assert.ok(apart === 0 || apart >= 5, `${visit}, ${response}: ${apart} rows stand apart`)
      }
    }
  })

  test('are not both given when one counts people and the other their rows', async (t) => {
    const site = await target(t)
    await site.peer.stop()
    await appendFile(join(site.site.folder, 'data', 'outcomes.csv'), 'node-1-S001,month_12,20,-8,70,partial\n')
    site.peer = await startSite(site.site)
    site.client = await clientOf(site.peer)
    const people = await ask(site, 'SELECT COUNT(DISTINCT subject_id) AS n, SUM(age) AS s FROM subjects')
    assert.equal(people.status, 'completed')
    const rows = await ask(site, 'SELECT SUM(age) AS s FROM subjects JOIN outcomes USING (subject_id)')
    assert.ok(
      column(rows, 's').every((value) => value === null),
      JSON.stringify(rows.result_data)
    )
  })

  test('are not both given when a patient was added between them', async (t) => {
    const site = await target(t)
    const sql =
      "SELECT COUNT(DISTINCT subject_id) AS n, SUM(age) AS s FROM subjects WHERE sex = 'female' AND diagnosis = 'mixed'"
    const before = await ask(site, sql)
    assert.equal(before.status, 'completed')
    await appendFile(join(site.site.folder, 'data', 'subjects.csv'), 'node-1-S999,73,female,mixed,baseline\n')
    await site.restart()
    const after = await ask(site, sql)
    assert.deepEqual(column(after, 's'), column(before, 's'))
  })

  test('are not both given when the lattice was changed between them', async (t) => {
    const lattice = (variable: string) => (config: Record<string, unknown>) => {
      const [catalog] = config.catalogs as { lattice: unknown }[]
      if (catalog) catalog.lattice = [{ variable }]
    }
    const site = await target(t, lattice('subjects.diagnosis'))
    const first = await ask(
      site,
      "SELECT COUNT(DISTINCT subject_id) AS n, SUM(age) AS s FROM subjects WHERE diagnosis = 'mixed'"
    )
    assert.equal(first.status, 'completed')
    const config = parse(await readFile(site.site.configFile, 'utf8'))
    lattice('subjects.sex')(config)
    await writeFile(site.site.configFile, stringify(config))
    // The lattice changes between the two questions. The ledger must still contain the first release after the restart.
    await site.restart()
    const atoms = await site.peer.database.root.sublevel('atoms', { valueEncoding: 'view' }).keys().all()
    assert.ok(
      atoms.some((key) => key.endsWith('!subjects')),
      'the first release left no trace'
    )
    const second = await ask(site, "SELECT COUNT(DISTINCT subject_id) AS n FROM subjects WHERE sex = 'female'")
    // The answer may be released, because every part still has five people, or refused; but the ledger must not be reset.
    assert.match(second.status, /completed|blocked/)
  })

  test('are refused at the start when two catalogs would read one file', async (t) => {
    await assert.rejects(
      target(t, (config) => {
        const catalogs = config.catalogs as { name: string }[]
        catalogs.push({ ...(catalogs[0] as { name: string }), name: 'the_same_again' })
      }),
      { code: 'CONFIG_INVALID' }
    )
  })
})

describe('one question that would single somebody out', () => {
  test('gets nothing when one patient has most of the rows', async (t) => {
    // A release of missingness would bind the catalog to the rows of its first start.
    const site = await target(t, (config) => {
      for (const catalog of config.catalogs as { missingness?: string }[]) delete catalog.missingness
    })
    await site.peer.stop()
    const rows = Array.from({ length: 900 }, () => 'node-1-S001,month_12,20,-8,70,partial').join('\n')
    await appendFile(join(site.site.folder, 'data', 'outcomes.csv'), `${rows}\n`)
    site.peer = await startSite(site.site)
    site.client = await clientOf(site.peer)
    const job = await ask(
      site,
      "SELECT COUNT(*) AS n, AVG(UPDRS_total) AS a FROM outcomes WHERE outcomes.visit = 'month_12'"
    )
    for (const name of ['n', 'a'])
      assert.ok(
        column(job, name).every((value) => value === null),
        JSON.stringify(job.result_data)
      )
  })

  test('ordinary questions are answered all the same, and again', async (t) => {
    const site = await target(t)
    const questions = [
      'SELECT outcomes.visit, COUNT(*) AS n, AVG(UPDRS_total) AS a, STDDEV(UPDRS_total) AS s FROM outcomes GROUP BY outcomes.visit',
      "SELECT sex, AVG(UPDRS_change) AS a FROM subjects JOIN outcomes USING (subject_id) WHERE outcomes.visit = 'month_12' GROUP BY sex",
      "SELECT CORR(age, UPDRS_change) AS a FROM subjects JOIN outcomes USING (subject_id) WHERE outcomes.visit = 'month_12'",
      'SELECT diagnosis, COUNT(DISTINCT subject_id) AS n, AVG(age) AS a FROM subjects GROUP BY diagnosis'
    ]
    for (const sql of [...questions, ...questions]) {
      const job = await ask(site, sql)
      assert.equal(job.status, 'completed', `${sql}: ${JSON.stringify(job.result_data)}`)
      assert.ok(
        column(job, 'a').every((value) => typeof value === 'number'),
        `${sql}: ${JSON.stringify(job.result_data)}`
      )
    }
  })

  test('nor when a share of everybody comes first, and then the count of those with the level but for one person', async (t) => {
    const cuts = [50, 55, 60, 65, 70, 75, 80]
    const site = await target(t, (config) => {
      const [trial] = config.catalogs as { tables: { variables: { name: string; breakpoints?: number[] }[] }[] }[]
      const age = trial?.tables[0]?.variables.find(({ name }) => name === 'age')
      if (age) age.breakpoints = cuts
    })
    const linesOf = async (name: string) =>
      (await readFile(join(site.site.folder, 'data', name), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split(','))
    const came = new Set((await linesOf('outcomes.csv')).flatMap(([id, visit]) => (visit === 'month_12' ? [id] : [])))
    const cells = new Map<string, number>()
    for (const [id, age, sex, diagnosis] of await linesOf('subjects.csv')) {
      const from = cuts.findLast((cut) => Number(age) >= cut)
      if (!came.has(id) || from === undefined) continue
      const to = cuts.find((cut) => cut > from)
      const range = `age >= ${from}${to === undefined ? '' : ` AND age < ${to}`}`
      const cell = `sex = '${sex}' AND diagnosis = '${diagnosis}' AND ${range}`
      cells.set(cell, (cells.get(cell) ?? 0) + 1)
    }
    const [alone] = [...cells].find(([, people]) => people === 1) ?? []
    assert.ok(alone, 'somebody is alone in a cell')
    const month = "FROM subjects JOIN outcomes USING (subject_id) WHERE outcomes.visit = 'month_12'"
    const share = await ask(site, `SELECT SHARE(treatment_response, 'responder') AS s ${month}`)
    assert.equal(share.status, 'completed')
    for (const levels of ["= 'responder'", "IN ('partial', 'none')", "!= 'responder'"]) {
      const count = `SELECT COUNT(DISTINCT subject_id) AS n ${month} AND treatment_response ${levels} AND NOT (${alone})`
      const job = await ask(site, count)
      const leftOut = (job.result_data as { left_out?: string[] } | null)?.left_out ?? []
      // An answer about all people would disclose that the person who is alone does not have the level.
      assert.ok(
        job.code === 'COHORT_NOT_RELEASABLE' || leftOut.length > 0,
        `${levels}: ${JSON.stringify(job.result_data)}`
      )
    }
  })
})
