import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Catalog } from '@stimnet/data'
import { withMissingness } from '../src/catalogs/missingness.ts'
import { Database } from '../src/store/database.ts'
import { LedgerStore } from '../src/store/released/ledgers.ts'

test('a catalog whose missing values cannot be counted serves without them, and its operator is told', async (t) => {
  const database = await Database.open({ memory: true }, () => 0)
  t.after(() => database.close())
  const cannot = async () => {
    throw new RangeError('no such universe')
  }
  const catalog = {
    config: { missingness: 'told' },
    descriptor: { name: 'large', tables: [] },
    epoch: 'e',
    cohort: cannot
  }
  const told: string[] = []
  const events = { missingnessUntold: () => {}, unexpected: (_: unknown, incident: string) => void told.push(incident) }
  const privacy = { of: () => ({ settings: { k: 5, scope: 'global' } }) as never }
  const catalogs = new Map([['large', catalog as unknown as Catalog]])
  const served = await withMissingness(catalogs, { database, ledgers: new LedgerStore(database), privacy, events })
  assert.equal(served.get('large'), catalogs.get('large'))
  assert.deepEqual(told, ['missingness of large: it stays untold'])
})
