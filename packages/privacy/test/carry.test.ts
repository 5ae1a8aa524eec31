import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Partition, type Passage } from '@stimnet/privacy'
import { randomUnit, SubjectSet, seededRandom } from '@stimnet/protocol'

const K = 3

/** An item that lasts: a subject, or a row with its content; `owner` is whose it is, by a name that lasts too. */
interface Item {
  readonly id: number
  readonly owner: number
}

/** One epoch's items in the order of its places, and, after them, those that only earlier epochs had. */
interface Epoch {
  readonly here: readonly Item[]
  readonly gone: readonly Item[]
  /** Places of owners: those of the epoch, then others. */
  readonly placeOf: ReadonlyMap<number, number>
}

function epochOf(here: readonly Item[], known: readonly Item[]): Epoch {
  const owners = [...new Set(here.map(({ owner }) => owner))].sort((a, b) => ((a * 7) % 31) - ((b * 7) % 31) || a - b)
  const gone = known.filter((item) => !here.includes(item))
  const others = [...new Set(gone.map(({ owner }) => owner))].filter((owner) => !owners.includes(owner))
  const placeOf = new Map([...owners, ...others].map((owner, place) => [owner, place]))
  const sorted = (items: readonly Item[]) =>
    [...items].sort((a, b) => (placeOf.get(a.owner) ?? 0) - (placeOf.get(b.owner) ?? 0) || a.id - b.id)
  return { here: sorted(here), gone: sorted(gone), placeOf }
}

const ownersOf = ({ placeOf }: Epoch, items: readonly Item[]) =>
  Uint32Array.from(items, ({ owner }) => placeOf.get(owner) ?? 0)

function passage(from: Epoch, to: Epoch, isOfRows: boolean): Passage {
  const places = [...to.here, ...to.gone]
  return {
    universe: to.here.length,
    gone: { items: to.gone.length, ...(isOfRows ? { owners: ownersOf(to, to.gone) } : {}) },
    to: Uint32Array.from([...from.here, ...from.gone], (item) => places.indexOf(item)),
    ...(isOfRows ? { owners: ownersOf(to, to.here) } : {})
  }
}

/** What was released: items of whatever epoch. */
type Released = readonly Item[][]

/** Fewest owners behind a combination that is not zero, over all coefficients from -2 to 2. */
function smallestSupport(released: Released): number {
  let least = Number.POSITIVE_INFINITY
  for (let code = 1; code < 5 ** released.length; code++) {
    const weights = new Map<Item, number>()
    let rest = code
    for (const items of released) {
      const coefficient = (rest % 5) - 2
      rest = Math.floor(rest / 5)
      for (const item of items) weights.set(item, (weights.get(item) ?? 0) + coefficient)
    }
    const owners = new Set([...weights].filter(([, weight]) => weight !== 0).map(([{ owner }]) => owner))
    if (owners.size > 0) least = Math.min(least, owners.size)
  }
  return least
}

interface World {
  readonly released: Released
  readonly refused: number
  readonly answeredLater: number
}

/** Three epochs with arrivals, departures and returns; ten questions in each, some of them for the same as before. */
function live(seed: number, isOfRows: boolean, carries: boolean): World {
  const random = seededRandom(seed)
  const below = (n: number) => Math.floor(randomUnit(random) * n)
  const all: Item[] = []
  for (let id = 0; id < (isOfRows ? 40 : 24); id++) all.push({ id, owner: isOfRows ? below(16) : id })
  const present = all.filter(() => below(4) > 0)
  let epoch = epochOf(present, [])
  let partition = Partition.start(
    epoch.here.length,
    [],
    isOfRows ? { owners: ownersOf(epoch, epoch.here), k: K } : undefined
  )
  const released: Item[][] = []
  let [refused, answeredLater] = [0, 0]
  for (let at = 0; at < 3; at++) {
    if (at > 0) {
      const moved = below(3) === 0 ? 12 : 5
      const here = all.filter((item) => (below(moved) === 0 ? !epoch.here.includes(item) : epoch.here.includes(item)))
      const next = epochOf(here, [...epoch.here, ...epoch.gone])
      partition = carries
        ? partition.carry(passage(epoch, next, isOfRows))
        : Partition.start(here.length, [], isOfRows ? { owners: ownersOf(next, next.here), k: K } : undefined)
      epoch = next
    }
    for (let question = 0; question < 10 && released.length < 5; question++) {
      const chosen =
        question === 0 ? epoch.here : epoch.here.filter(({ owner }) => (owner * 5 + seed) % (2 + below(3)) === 0)
      const places = chosen.map((item) => epoch.here.indexOf(item))
      const admission = partition.admit([SubjectSet.of(epoch.here.length, places)], K)
      if (!admission.ok || chosen.length === 0) {
        refused += 1
        continue
      }
      partition = admission.next
      if (at > 0) answeredLater += 1
      if (!released.some((items) => items.length === chosen.length && items.every((item, i) => item === chosen[i]))) {
        released.push([...chosen])
      }
    }
  }
  return { released, refused, answeredLater }
}

describe('a ledger that was carried through three epochs', () => {
  for (const isOfRows of [false, true]) {
    const what = isOfRows ? 'rows' : 'subjects'
    test(`of ${what}: no combination of what was released in any of them rests on fewer than k people`, () => {
      let [refused, later] = [0, 0]
      for (let seed = 1; seed <= 150; seed++) {
        const world = live(seed, isOfRows, true)
        const least = smallestSupport(world.released)
        assert.ok(least >= K, `seed ${seed}: ${least}`)
        refused += world.refused
        later += world.answeredLater
      }
      assert.ok(refused > 100 && later > 20, `${refused} refused, ${later} answered later: the test is about something`)
    })

    test(`of ${what}: begun anew in each epoch it would let somebody be told apart`, () => {
      const found = Array.from({ length: 40 }, (_, seed) => smallestSupport(live(seed + 1, isOfRows, false).released))
      assert.ok(found.some((least) => least < K))
    })
  }
})

describe('carrying', () => {
  const items = (from: number, to: number): Item[] =>
    Array.from({ length: to - from }, (_, i) => ({ id: from + i, owner: from + i }))
  const world = items(0, 40)
  const epoch = (...ranges: (readonly [number, number])[]) => ranges.flatMap(([from, to]) => world.slice(from, to))
  const everyone = (partition: Partition) => SubjectSet.everyone(partition.universe)
  const start = (here: readonly Item[]) => {
    const first = epochOf(here, [])
    const admission = Partition.start(first.here.length).admit([SubjectSet.everyone(first.here.length)], K)
    assert.ok(admission.ok)
    return { first, asked: admission.next }
  }
  const carried = (partition: Partition, from: Epoch, here: readonly Item[]) => {
    const to = epochOf(here, [...from.here, ...from.gone])
    return { to, partition: partition.carry(passage(from, to, false)) }
  }

  test('one new patient among those asked about before is one too few; three are answered for', () => {
    const { first, asked } = start(epoch([0, 20]))
    for (const [arrived, ok] of [
      [1, false],
      [2, false],
      [3, true]
    ] as const) {
      const { partition } = carried(asked, first, epoch([0, 20 + arrived]))
      assert.equal(partition.admit([everyone(partition)], K).ok, ok, `${arrived} arrived`)
    }
  })

  test('one patient who left is one too few, three are enough; nobody is told of by who is still there', () => {
    const { first, asked } = start(epoch([0, 20]))
    for (const [left, ok] of [
      [1, false],
      [2, false],
      [3, true]
    ] as const) {
      const { partition } = carried(asked, first, epoch([left, 20]))
      assert.equal(partition.admit([everyone(partition)], K).ok, ok, `${left} left`)
    }
  })

  test('those who arrive one after the other wait together until they are enough', () => {
    const { first, asked } = start(epoch([0, 20]))
    const one = carried(asked, first, epoch([0, 22]))
    assert.equal(one.partition.admit([everyone(one.partition)], K).ok, false)
    const two = carried(one.partition, one.to, epoch([0, 23]))
    const admission = two.partition.admit([everyone(two.partition)], K)
    assert.ok(admission.ok)
    // Now they were asked about: the next to come is alone again.
    const three = carried(admission.next, two.to, epoch([0, 24]))
    assert.equal(three.partition.admit([everyone(three.partition)], K).ok, false)
  })

  test('whoever comes back is who they were', () => {
    const { first, asked } = start(epoch([0, 20]))
    const away = carried(asked, first, epoch([1, 20]))
    const back = carried(away.partition, away.to, epoch([0, 20]))
    assert.ok(back.partition.admit([everyone(back.partition)], K).ok)
    assert.equal(back.partition.atoms, 1)
  })

  test('survives being stored, and is refused without what is gone, or for other items', () => {
    const { first, asked } = start(epoch([0, 20]))
    const { to, partition } = carried(asked, first, epoch([2, 24]))
    const bytes = partition.toBytes()
    const gone = { items: to.gone.length }
    const again = Partition.fromBytes(bytes, to.here.length, undefined, gone)
    assert.ok(again.equals(partition) && Partition.isCarried(bytes) && !Partition.isCarried(asked.toBytes()))
    const next = carried(again, to, epoch([2, 25]))
    assert.ok(next.partition.equals(carried(partition, to, epoch([2, 25])).partition), 'who waits is remembered')
    const broken = { code: 'NODE_ERROR' }
    assert.throws(() => Partition.fromBytes(bytes, to.here.length), broken)
    assert.throws(() => Partition.fromBytes(bytes, to.here.length, undefined, { items: 3 }), broken)
    assert.throws(() => Partition.fromBytes(asked.toBytes(), 20, undefined, gone), broken)
    const damaged = bytes.slice()
    damaged[20] = 250
    assert.throws(() => Partition.fromBytes(damaged, to.here.length, undefined, gone), broken)
  })

  test('two items never become one, and none gets lost', () => {
    const { asked } = start(epoch([0, 5]))
    const gone = { items: 0 }
    assert.throws(() => asked.carry({ universe: 5, gone, to: Uint32Array.of(0, 1, 2, 3, 3) }), RangeError)
    assert.throws(() => asked.carry({ universe: 5, gone, to: Uint32Array.of(0, 1, 2, 3, 9) }), RangeError)
    assert.throws(() => asked.carry({ universe: 5, gone, to: Uint32Array.of(0, 1, 2, 3) }), RangeError)
  })

  test('a ledger that was begun after somebody left goes on as well, and does not count who it never knew as told', () => {
    const { first } = start(epoch([0, 20]))
    const second = epochOf(epoch([3, 20]), first.here)
    const begun = Partition.start(17).admit([SubjectSet.everyone(17)], K)
    assert.ok(begun.ok)
    const third = epochOf(epoch([3, 23]), [...second.here, ...second.gone])
    const partition = begun.next.carry(passage(second, third, false))
    assert.equal(partition.universe, 20)
    assert.ok(partition.admit([everyone(partition)], K).ok, 'three came, three never known are not among them')
    const fourth = epochOf(epoch([3, 22]), [...second.here, ...second.gone])
    const fewer = begun.next.carry(passage(second, fourth, false))
    assert.equal(fewer.admit([everyone(fewer)], K).ok, false, 'two are too few, also beside those who are gone')
  })

  test('the size of a cohort is not known by atoms that gone subjects are in', () => {
    const { first, asked } = start(epoch([0, 20]))
    const { partition } = carried(asked, first, epoch([4, 20]))
    assert.equal(partition.isUnionOfAtoms(everyone(partition)), false)
  })

  test('rows that are gone and rows that stayed of one subject are of one subject', () => {
    // Two rows each of three subjects; one row of each is gone, and four rows of one of them have come.
    const rows = [0, 0, 1, 1, 2, 2].map((owner, id) => ({ id, owner }))
    const first = epochOf(rows, [])
    const start = Partition.start(6, [], { owners: ownersOf(first, first.here), k: K })
    const next = epochOf(
      rows.filter(({ id }) => id % 2 === 0),
      rows
    )
    const partition = start.carry(passage(first, next, true))
    assert.equal(partition.smallestAtom, 3, 'three people, not six')
  })
})
