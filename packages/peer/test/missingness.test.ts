import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Catalog } from '@stimnet/data'
import { signerFromSeed } from '@stimnet/protocol'
import { withMissingness } from '../src/catalogs/missingness.ts'
import { Database } from '../src/store/database.ts'
import { LedgerStore } from '../src/store/released/ledgers.ts'
import { noteRestored } from '../src/witness/restored.ts'

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
  assert.deepEqual(told, ['missingness of large: it stays undisclosed'])
})

test('a peer that was restored states no new shares, since its ledgers may lack those that it stated', async (t) => {
  const database = await Database.open({ memory: true }, () => 0)
  t.after(() => database.close())
  await noteRestored(database, { signer: await signerFromSeed(new Uint8Array(32).fill(1)), madeAtMs: 1, atMs: 2 })
  let reads = 0
  const read = async () => {
    reads += 1
    throw new RangeError('read')
  }
  const catalogOf = (synthetic: boolean) => ({
    ...{ config: { missingness: 'told' }, epoch: 'e', cohort: read },
    descriptor: { name: 'trial', tables: [], synthetic }
  })
  const untold: string[] = []
  const events = { missingnessUntold: (name: string) => void untold.push(name), unexpected: () => {} }
  const privacy = { of: () => ({ settings: { k: 5, scope: 'global' } }) as never }
  const serve = (synthetic: boolean) =>
    withMissingness(new Map([['trial', catalogOf(synthetic) as unknown as Catalog]]), {
      ...{ database, ledgers: new LedgerStore(database), privacy, events }
    })
  await serve(false)
  assert.deepEqual([untold, reads], [['trial'], 0])
  await serve(true)
  assert.deepEqual([untold, reads], [['trial'], 1], 'synthetic data have no people to protect')
})
