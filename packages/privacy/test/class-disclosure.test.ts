import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disclose, effectiveSettings, unknownFacts, type VariableFacts } from '@stimnet/privacy'
import type { Filter, Plan, TableOutput } from '@stimnet/protocol'
import fc from 'fast-check'
import { everyoneInOne } from '../src/judge/cells/class-disclosure.ts'
import { isDominated } from '../src/judge/cells/dominance.ts'
import {
  ask,
  contextOf,
  measure,
  people,
  planOf,
  type Row,
  reduce,
  ref,
  SETTINGS,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

test('tables of up to three keys: shown cells have k people or more, and those hidden are nobody or k together', () => {
  const cell = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1))
  fc.assert(
    fc.property(fc.array(cell, { minLength: 8, maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (cells, keys) => {
      const rows = people(cells.length, (i) => Object.fromEntries((cells[i] ?? []).map((v, j) => [`k${j}`, `v${v}`])))
      const names = ['k0', 'k1', 'k2'].slice(0, keys)
      const disclosed = ask(planOf([SUBJECTS], ...names), rows.length, rows)
      if (!disclosed.ok) return
      const count = new Map<string, number>()
      for (const row of rows) {
        const key = names.map((name) => row[name]).join()
        count.set(key, (count.get(key) ?? 0) + 1)
      }
      const table = tableOf(disclosed)
      for (const { values } of table.rows) {
        const key = values.slice(0, keys).join()
        assert.equal(values[keys], count.get(key))
        assert.ok(Number(values[keys]) >= SETTINGS.k)
        count.delete(key)
      }
      const hidden = [...count.values()].reduce((a, b) => a + b, 0)
      assert.ok(hidden === 0 || hidden >= SETTINGS.k)
      assert.equal(table.withheld.groups, count.size)
    }),
    { numRuns: 300 }
  )
})

test('R15: a table in which everyone of a group has the same diagnosis says so of each one, and withholds it', () => {
  const rows = people(80, (i) => ({ sex: i < 40 ? 'F' : 'M', hiv: i < 40 ? 'yes' : i < 60 ? 'yes' : 'no' }))
  const shown = (table: TableOutput) => table.rows.map((row) => row.values.join(' '))
  // The table must not disclose “everyone with no is M” either.
  assert.deepEqual(shown(tableOf(ask(planOf([SUBJECTS], 'sex', 'hiv'), 80, rows))), ['M yes 20'])
  const cms = effectiveSettings({ preset: 'cms' })
  const open = tableOf(ask(planOf([SUBJECTS], 'sex', 'hiv'), 80, rows, { settings: cms }))
  assert.deepEqual(shown(open), ['F yes 40', 'M no 20', 'M yes 20'])
})

test('a column with no value for some still says that all the others are alike', () => {
  const rows = people(60, (i) => ({ hiv: i < 40 ? 'yes' : null }))
  assert.deepEqual(tableOf(ask(planOf([SUBJECTS], 'hiv'), 60, rows)).rows[0]?.values, [null, 20])
})

test('what the question itself asks for is no disclosure: one arm by its filter, one bin by its bounds', () => {
  const groups = [{ key: ['a'] }]
  const by = (variable: string, where?: Filter): Plan => ({
    ...planOf([SUBJECTS], variable),
    ...(where === undefined ? {} : { where })
  })
  const found = (
    plan: Plan,
    keys: readonly { key: readonly (string | null)[] }[] = groups,
    facts?: Partial<VariableFacts>
  ) => everyoneInOne(keys, plan, () => ({ ...unknownFacts(ref('arm')), ...facts })).size
  const is = (op: '=' | 'in' | '>=' | '<' | '!=', ...values: (string | number)[]): Filter => ({
    column: ref('arm'),
    op,
    values
  })
  assert.equal(found(by('arm')), 1)
  assert.equal(found(by('arm', is('=', 'a'))), 0)
  assert.equal(found(by('arm', { all: [is('in', 'a', 'b'), is('in', 'a', 'c')] })), 0)
  assert.equal(found(by('arm'), groups, { bounded: false, cells: 1 }), 0, 'the only level there is')
  // A filter that does not clearly restrict the key to one level does not make the disclosure harmless.
  for (const vacuous of [is('in', 'a', 'b'), is('!=', 'b'), { any: [is('=', 'a')] }, { not: is('=', 'b') }]) {
    assert.equal(found(by('arm', vacuous)), 1, JSON.stringify(vacuous))
  }
  const bins = (label: string) => [{ key: [label] }]
  assert.equal(found(by('arm', { all: [is('>=', 60), is('<', 70)] }), bins('[60,70)')), 0)
  assert.equal(found(by('arm', { all: [is('>=', 60), is('<', 80)] }), bins('[60,70)')), 1)
  assert.equal(found(by('arm', is('>=', 80)), bins('>=80')), 0)
  assert.equal(found(by('arm', is('<', 20)), bins('<20')), 0)
  assert.equal(found(by('arm', is('>=', 20)), bins('>=80')), 1)
})

test('in lines of a table the rule is what walking all lines by hand finds', () => {
  const cell = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2))
  const keys = fc.uniqueArray(cell, { minLength: 1, maxLength: 14, selector: (place) => place.join() })
  fc.assert(
    fc.property(keys, (places) => {
      const groups = places.map((place) => ({ key: place.map((v) => (v === 2 ? null : `v${v}`)) }))
      const distinct = [...new Map(groups.map((group) => [JSON.stringify(group.key), group])).values()]
      const found = everyoneInOne(distinct, planOf([SUBJECTS], 'a', 'b', 'c'), unknownFacts)
      for (const group of distinct) {
        const isAlone = [0, 1, 2].some((at) => {
          if (group.key[at] === null) return false
          const same = (other: typeof group) => group.key.every((value, i) => i === at || other.key[i] === value)
          return distinct.every((other) => other === group || other.key[at] === null || !same(other))
        })
        assert.equal(found.has(group), isAlone)
      }
    })
  )
})

test('one person far from all others is most of a spread, and is withheld with it though the sum may stand', () => {
  const rows = people(100, (i) => ({ cost: i === 0 ? 5_000 : 90 + (i % 21) }))
  const plan = planOf([measure('mean', 'cost'), measure('sd', 'cost'), measure('skewness', 'cost')])
  assert.deepEqual(
    tableOf(ask(plan, 100, rows)).rows[0]?.values.map((value) => value !== null),
    [true, false, false],
    'n, mean and sd give 5000 to within two per cent'
  )
  const spread = people(100, (i) => ({ cost: 90 + ((i * 7) % 61) }))
  assert.ok(tableOf(ask(plan, 100, spread)).rows[0]?.values.every((value) => typeof value === 'number'))
})

test('of powers of a distance it is the distance that must not be known to within p', () => {
  const of = (first: number, rest: number, power: number) =>
    isDominated(
      { power, total: BigInt(first + rest), largest: [BigInt(first), 0n] },
      { ...SETTINGS, dominanceShareMax: 1 }
    )
  // 1.1² - 1 = 0.21 and 1.1³ - 1 = 0.331
  assert.deepEqual([of(1000, 209, 2), of(1000, 210, 2)], [true, false])
  assert.deepEqual([of(1000, 330, 3), of(1000, 331, 3)], [true, false])
  assert.deepEqual([of(1000, 99, 1), of(1000, 100, 1)], [true, false])
})

test('a shape needs a hundred people, publishable values where those are few, and its reduction', () => {
  const plan = planOf([SUBJECTS, measure('skewness', 'x'), measure('kurtosis', 'x')])
  const shown = (rows: readonly Row[], count: number) =>
    tableOf(ask(plan, count, rows)).rows[0]?.values.map((value) => value !== null)
  const spread = (count: number) => people(count, (i) => ({ x: 20 + ((i * 13) % 37) }))
  assert.deepEqual(shown(spread(99), 99), [true, false, false])
  assert.deepEqual(shown(spread(100), 100), [true, true, true])
  const scores = (rare: number) => people(120, (i) => ({ x: i < rare ? 2 : i % 2 }))
  assert.deepEqual(shown(scores(4), 120), [true, false, false], 'a rare value of four')
  assert.deepEqual(shown(scores(6), 120), [true, true, true])
  const reduction = reduce(plan, 100, spread(100))
  const without = reduction.groups.map((group) => ({
    ...group,
    columns: new Map([...group.columns].map(([variable, { deviations: _, ...column }]) => [variable, column]))
  }))
  const judged = disclose({ kind: 'table', plan, reduction: { groups: without }, defining: [] }, contextOf(100))
  assert.deepEqual(tableOf(judged).rows[0]?.values, [100, null, null], 'what cannot be judged is withheld')
})

test('a correlation of one tells each one’s value to whoever knows the other, and is withheld', () => {
  const plan = planOf([SUBJECTS, { kind: 'correlation', name: 'r', variables: [ref('a'), ref('b')] }])
  const line = people(40, (i) => ({ a: 20 + i, b: 200 - 3 * i }))
  assert.deepEqual(tableOf(ask(plan, 40, line)).rows[0]?.values, [40, null])
  const almost = people(40, (i) => ({ a: 20 + i, b: 200 - 3 * i + (i === 20 ? 1 : 0) }))
  assert.equal(typeof tableOf(ask(plan, 40, almost)).rows[0]?.values[1], 'number')
})
