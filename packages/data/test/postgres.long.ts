/** A catalog of a million rows in PostgreSQL, read and counted. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { SimulatedClock, seededRandom } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { catalogConfigSchema, type IndexLevel, openCatalog } from '../src/index.ts'
import { countsOf, manyRows } from './many-rows.ts'
import { PASSWORDS, startPostgres, withoutPostgres } from './postgres-server.ts'

test('a million rows of a database are read exactly', { skip: withoutPostgres }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'stimnet-pg-data-'))
  const server = await startPostgres()
  try {
    const config = catalogConfigSchema.parse({
      ...{ name: 'registry', subject_key: 'id', postgres: { url: server.url(), password_env: 'READER' } },
      tables: [{ name: 'people', ...(await manyRows(server, 1_000_000)) }]
    })
    const catalog = await openCatalog(config, {
      ...{ baseDir: dataDir, environment: { READER: PASSWORDS.reader }, dataDir, cohortSizeMin: 5, programs: ['sql'] },
      ...{ index: new MemoryLevel() as unknown as IndexLevel, clock: new SimulatedClock(), random: seededRandom(1) }
    })
    assert.deepEqual(await countsOf(catalog), { people: 250_000, rows: 1_000_000, below: 125_000 })
    await catalog.close()
  } finally {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  }
})
