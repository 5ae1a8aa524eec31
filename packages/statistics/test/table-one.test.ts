import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type OutputColumn, randomUnit, seededRandom } from '@stimnet/protocol'
import { tableOneOf } from '@stimnet/statistics'
import { near } from './fixtures.ts'

const column = (name: string, kind: string, variable?: string, more: Partial<OutputColumn> = {}): OutputColumn => ({
  ...{
    name,
    kind,
    role: kind === 'category' ? 'key' : 'measure',
    variables: variable === undefined ? [] : [variable],
    ...more
  }
})
const COLUMNS = [
  column('arm', 'category', 's.arm'),
  column('subjects', 'subjects'),
  column('count_age', 'count', 's.age', { unit: 'a' }),
  column('mean_age', 'mean', 's.age', { unit: 'a' }),
  column('sd_age', 'sd', 's.age', { unit: 'a' }),
  ...['I', 'II', 'III'].map((level) => column(`share_stage_${level}`, 'share', 's.stage', { argument: level }))
]
const rows = (...all: (string | number | null)[][]) => all.map((values) => ({ values }))

describe('a baseline table', () => {
  test('has variables as rows and groups as columns, with standardised differences of two groups', () => {
    const { groups, rows: found } = tableOneOf({
      columns: COLUMNS,
      rows: rows(['dbs', 100, 98, 64, 8, 0.5, 0.3, 0.2], ['control', 50, 50, 60, 10, 0.3, 0.3, 0.4])
    })
    assert.deepEqual(groups, [
      { name: 'dbs', subjects: 100 },
      { name: 'control', subjects: 50 }
    ])
    assert.deepEqual(
      found.map(({ variable, level, cells }) => [variable, level, cells[0]]),
      [
        ['s.age', null, { n: 98, mean: 64, sd: 8 }],
        ['s.stage', 'I', { share: 0.5 }],
        ['s.stage', 'II', { share: 0.3 }],
        ['s.stage', 'III', { share: 0.2 }]
      ]
    )
    // (64 − 60) / sqrt((64 + 100) / 2); for the stage R: S <- (diag(p)-p%o%p + diag(q)-q%o%q)/2; sqrt(t(d) %*% solve(S) %*% d)
    assert.ok(near(found[0]?.difference ?? 0, 4 / Math.sqrt(82)))
    assert.ok(near(found[1]?.difference ?? 0, 0.497782694174345))
    assert.deepEqual([found[2]?.difference, found[3]?.difference], [null, null])
  })

  test('says where fewer institutions than the others are behind a number, and compares the same institutions alone', () => {
    const [dbs, control] = rows(['dbs', 100, 98, 64, 8, 0.5, 0.3, 0.2], ['control', 50, 50, 60, 10, 0.3, 0.3, 0.4])
    const column_sites = COLUMNS.map((_, at) => (at === 0 ? null : at < 5 ? ['p', 'q'] : ['q']))
    const both = { sites: ['p', 'q'] }
    const { rows: found } = tableOneOf({
      columns: COLUMNS,
      rows: [
        { values: dbs?.values ?? [], ...both, column_sites },
        { values: control?.values ?? [], ...both }
      ]
    })
    assert.deepEqual(found[1]?.cells, [{ share: 0.5, behind: { sites: 1, of: 2 } }, { share: 0.3 }])
    assert.deepEqual([found[0]?.difference !== null, found[1]?.difference], [true, null])
  })

  test('has with each number how far rounding can put it off, where that is known', () => {
    const values = ['dbs', 100, 98, 64, 8, 0.5, 0.3, 0.2]
    const within = [null, 5, null, 0.2, 0.1, 0.03, null, 0.02]
    const { groups, rows: found } = tableOneOf({ columns: COLUMNS, rows: [{ values, within }] })
    assert.deepEqual(groups, [{ name: 'dbs', subjects: 100, within: 5 }])
    assert.deepEqual(
      found.map(({ cells }) => cells[0]),
      [
        { n: 98, mean: 64, sd: 8, within: 0.2, sd_within: 0.1 },
        { share: 0.5, within: 0.03 },
        { share: 0.3 },
        { share: 0.2, within: 0.02 }
      ]
    )
  })

  test('says of which numbers people were left out, and gives how far those can be off about who remains', () => {
    const columns = COLUMNS.map((one) =>
      ['mean', 'share'].includes(one.kind) ? { ...one, left_out: true as const } : one
    )
    const values = (name: string) => [name, 100, 98, 64, 8, 0.5, 0.3, 0.2]
    const row = (name: string) => ({
      values: values(name),
      within: [null, null, null, null, 0.1, null, null, null],
      within_remaining: [null, null, null, 0.2, null, 0.03, null, null]
    })
    const { groups, rows: found } = tableOneOf({ columns, rows: [row('dbs'), row('control')] })
    assert.deepEqual(groups[0], { name: 'dbs', subjects: 100 })
    assert.deepEqual(found[0]?.cells[0], { n: 98, mean: 64, sd: 8, within: 0.2, sd_within: 0.1, isLeftOut: true })
    assert.deepEqual(found[1]?.cells[0], { share: 0.5, within: 0.03, isLeftOut: true })
    assert.deepEqual(
      found.map(({ isDifferenceLeftOut }) => isDifferenceLeftOut),
      [true, true, undefined, undefined]
    )
  })

  test('has differences with how far rounding can put them off', () => {
    const random = seededRandom(5)
    const between = (low: number, high: number) => low + (high - low) * randomUnit(random)
    const sharesOf = () => {
      const raw = [1, 1, 1].map(() => between(0.1, 1))
      return raw.map((one) => one / raw.reduce((sum, each) => sum + each, 0))
    }
    for (let round = 0; round < 500; round += 1) {
      const exact = ['a', 'b'].map((arm) => [arm, 100, 98, between(55, 65), between(5, 10), ...sharesOf()])
      const offs = [0, 0, 0, 0.5, 0.4, ...[1, 1, 1].map(() => between(0, round % 2 === 0 ? 0.02 : 0.08))]
      const told = exact.map((row) =>
        row.map((one, at) => (typeof one === 'number' ? one + between(-1, 1) * (offs[at] ?? 0) : one))
      )
      const rounded = tableOneOf({
        columns: COLUMNS,
        rows: told.map((values) => ({ values, within: offs.map((off) => off || null) }))
      })
      const truth = tableOneOf({ columns: COLUMNS, rows: rows(...exact) })
      for (const [at, row] of rounded.rows.slice(0, 2).entries()) {
        const [mine, theirs] = [row.difference ?? Number.NaN, truth.rows[at]?.difference ?? Number.NaN]
        const { difference_within: within = 0 } = row
        assert.ok(Math.abs(mine - theirs) <= within, `${row.variable}: ${mine} ± ${within} for ${theirs}`)
      }
    }
    const columns = [...COLUMNS.slice(0, 2), ...COLUMNS.slice(5, 7)]
    const within = [null, null, 0.077, 0.077]
    const { rows: two } = tableOneOf({
      columns,
      rows: [
        { values: ['a', 10, 0.47, 0.53], within },
        { values: ['b', 10, 0.44, 0.56], within }
      ]
    })
    assert.ok((two[0]?.difference_within ?? 0) > 0.3)
  })

  test('of a category with two levels the difference is that of one share', () => {
    const columns = [...COLUMNS.slice(0, 2), ...COLUMNS.slice(5, 7)]
    const { rows: found } = tableOneOf({ columns, rows: rows(['a', 10, 0.6, 0.4], ['b', 10, 0.5, 0.5]) })
    assert.ok(near(found[0]?.difference ?? 0, 0.1 / Math.sqrt((0.24 + 0.25) / 2)))
  })

  test('of one group, of three, and with numbers withheld has no differences', () => {
    const one = tableOneOf({ columns: COLUMNS.slice(1), rows: rows([100, 98, 64, 8, 0.5, 0.3, 0.2]) })
    assert.deepEqual(one.groups, [{ name: 'All', subjects: 100 }])
    assert.ok(one.rows.every(({ difference }) => difference === null))
    const line = ['x', 100, 98, 64, 8, 0.5, 0.3, 0.2]
    assert.ok(
      tableOneOf({ columns: COLUMNS, rows: rows(line, line, line) }).rows.every((row) => row.difference === null)
    )
    const withheld = tableOneOf({ columns: COLUMNS, rows: rows(line, ['y', null, null, null, null, null, 0.3, null]) })
    assert.ok(withheld.rows.every(({ difference }) => difference === null))
    assert.deepEqual(withheld.rows[0]?.cells[1], null)
    assert.equal(withheld.groups[1]?.subjects, null)
  })
})
