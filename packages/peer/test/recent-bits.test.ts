import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import { Database } from '../src/store/database.ts'
import { RecentBits } from '../src/store/released/recent-bits.ts'

const DAY = 24 * 3_600_000
const WINDOW = 30 * DAY

async function opened(t: { after(close: () => Promise<void>): void }) {
  const database = await Database.open({ memory: true }, () => 0)
  t.after(() => database.close())
  return { database, refusals: await RecentBits.open(database, 'refusal-bits') }
}

test('of many requesters and scopes each is told what it was told in thirty days, as if all were kept', async (t) => {
  const { database, refusals } = await opened(t)
  const random = seededRandom(3)
  const below = (n: number) => Math.floor(randomUnit(random) * n)
  const [scopes, requesters] = [
    ['trial!global', 'trial!project!a', 'tri'],
    ['ada', 'ben', 'all of hospital', 'a!!da']
  ]
  const all: { scope: string; requester: string; bits: number; atMs: number }[] = []
  let atMs = WINDOW
  for (let i = 0; i < 200; i++) {
    atMs += below(DAY)
    const one = { scope: scopes[below(3)] ?? '', requester: requesters[below(4)] ?? '', bits: 1 + below(9), atMs }
    all.push(one)
    const told = await database.commit((draft) => refusals.note(draft, one))
    assert.equal(told, refusals.bits(one.scope, one.requester, atMs))
  }
  const again = await RecentBits.open(database, 'refusal-bits')
  const byHand = (scope: string, requester: string, nowMs: number) =>
    all
      .filter((one) => one.scope === scope && one.requester === requester && one.atMs > nowMs - WINDOW)
      .reduce((sum, { bits }) => sum + bits, 0)
  for (const scope of scopes) {
    for (const requester of requesters) {
      // Entries that had expired at the time of the last note are removed.
      for (const nowMs of [atMs, atMs + 10 * DAY, atMs + 29 * DAY, atMs + 31 * DAY]) {
        for (const store of [refusals, again])
          assert.equal(store.bits(scope, requester, nowMs), byHand(scope, requester, nowMs))
      }
    }
    const most = Math.max(...requesters.map((requester) => byHand(scope, requester, atMs)))
    assert.equal(Math.max(...again.told(scope, atMs).map(({ bits }) => bits)), most)
  }
})

test('what is joined with others since it is too much to keep counts until the last of them lapses, never less', async (t) => {
  const { database, refusals } = await opened(t)
  const told = (bits: number, atMs: number) =>
    database.commit((draft) => refusals.note(draft, { scope: 's', requester: 'ada', bits, atMs }))
  for (let i = 0; i < 1_500; i++) await told(1, WINDOW + i)
  assert.equal(refusals.bits('s', 'ada', WINDOW + 1_500), 1_500)
  // The first 501 entries count with the time of the 501st.
  assert.equal(refusals.bits('s', 'ada', 2 * WINDOW + 400), 1_500)
  assert.equal(refusals.bits('s', 'ada', 2 * WINDOW + 500), 999)
  assert.equal(refusals.bits('s', 'ada', 2 * WINDOW + 1_499), 0)
})
