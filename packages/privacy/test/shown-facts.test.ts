import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Defining, disclose, effectiveSettings, type ShownFact } from '@stimnet/privacy'
import { type Measure, SubjectSet, type VariableRef } from '@stimnet/protocol'
import { contextOf, factsOf, measure, people, planOf, type Row, reduce, ref, SUBJECTS } from './fixtures.ts'

const settings = effectiveSettings({ preset: 'default' })
const variables = new Map([factsOf('age', { identifying: true })])

/**
 * The facts that an answer about real people shows beside its numbers. `complete` holds the variables that have a value for
 * everybody in the catalog.
 */
function shown(
  rows: readonly Row[],
  {
    by = [],
    complete = [],
    defining = [],
    synthetic = false
  }: { by?: string[]; complete?: string[]; defining?: readonly Defining[]; synthetic?: boolean },
  ...measures: Measure[]
): readonly ShownFact[] {
  const plan = planOf(measures, ...by)
  const universe = Math.max(100, rows.length)
  const all = new Set<VariableRef>(complete.map(ref))
  const aggregate = {
    kind: 'table',
    plan,
    reduction: reduce(plan, universe, rows),
    defining,
    complete: all
  } as const
  const told = disclose(aggregate, contextOf(universe, { settings, synthetic, variables }))
  assert.ok(told.ok, told.ok ? '' : told.why)
  return told.shown
}

const names = (found: readonly ShownFact[]) => found.map(({ what }) => what)

/** A hundred people. The first `lackingX` lack x, and others lack an arm. */
const study = (lackingX: number, lackingArm = 0) =>
  people(100, (i) => ({
    x: i < lackingX ? null : 5 + ((i * 37) % 90),
    age: i < lackingX ? null : 20 + ((i * 7) % 60),
    arm: i >= 100 - lackingArm ? null : i % 2 === 0 ? 'drug' : 'placebo'
  }))

describe('what an answer shows of data beside its numbers', () => {
  test('a number of values that is not exact, whether or not somebody lacks one, and no exact one', () => {
    for (const lacking of [0, 1, 4])
      assert.deepEqual(names(shown(study(lacking), {}, measure('mean', 'x'))), ['lacking t.x'])
    assert.deepEqual(names(shown(study(9), {}, measure('mean', 'x'))), [], 'an exact number is a release')
    assert.deepEqual(
      names(shown(study(0), { complete: ['x'] }, measure('mean', 'x'))),
      [],
      'nobody in the catalog lacks one'
    )
    assert.deepEqual(names(shown(study(1), {}, measure('mean', 'age'))), [], 'others know who lacks an age')
    assert.deepEqual(names(shown(study(1), { synthetic: true }, measure('mean', 'x'))), [], 'nobody is real')
  })

  test('is one fact in whatever number it shows, and another one of other people', () => {
    const rows = study(1)
    const of = (all: readonly Row[]) => shown(all, {}, measure('mean', 'x'), measure('sd', 'x'), measure('count', 'x'))
    const [fact, ...others] = of(rows)
    assert.deepEqual(others, [])
    const [again] = shown(rows, {}, measure('variance', 'x'))
    assert.ok(fact && again && fact.what === again.what && fact.of.equals(again.of))
  })

  test('is one fact of all groups of an answer without an exact number, and one of each group that differs from most', () => {
    const inArms = (lacking: Readonly<Record<string, number>>) => {
      const left = new Map(Object.entries(lacking))
      const rows = people(120, (i) => {
        const arm = ['a', 'b', 'c'][i % 3] ?? 'a'
        const lacks = left.get(arm) ?? 0
        left.set(arm, lacks - 1)
        return { arm, x: lacks > 0 ? null : 5 + ((i * 37) % 90) }
      })
      return shown(rows, { by: ['arm'], complete: ['arm'] }, measure('mean', 'x')).map(({ what, of }) => [
        what,
        of.size
      ])
    }
    assert.deepEqual(inArms({ a: 1 }), [['lacking t.x', 120]])
    assert.deepEqual(inArms({ a: 9, b: 8 }), [['lacking t.x', 40]])
    assert.deepEqual(inArms({ a: 9 }), [
      ['lacking t.x', 80],
      ['not lacking t.x', 40]
    ])
    assert.deepEqual(inArms({ a: 9, b: 8, c: 7 }), [])
  })

  test('that somebody, or nobody, is in none of the groups by a variable that some in the catalog lack', () => {
    for (const lacking of [0, 1, 9]) {
      const found = shown(study(0, lacking), { by: ['arm'], complete: ['x'] }, SUBJECTS)
      assert.deepEqual(names(found), ['in no group by t.arm'])
      assert.ok(found[0]?.of.equals(SubjectSet.everyone(100)))
    }
    assert.deepEqual(shown(study(0), { by: ['arm'], complete: ['arm'] }, SUBJECTS), [])
  })

  test('the same of those with a level and of the others: both show a part of one fact', () => {
    const rows = study(0, 9)
    const without = reduce(planOf([SUBJECTS]), 100, rows)
    const of = (arm: string, complete: string[] = []) => {
      const defining = [{ variable: ref('arm'), without, valued: without, level: arm }]
      const having = rows.filter((row) => row.arm === arm)
      return shown(having, { complete, defining }, SUBJECTS)
    }
    const [[drug], [placebo]] = [of('drug'), of('placebo')]
    assert.equal(drug?.what, 'in no group by t.arm')
    assert.ok(placebo && drug?.of.equals(placebo.of) && drug.of.size === 100 && placebo.what === drug.what)
    assert.deepEqual(of('drug', ['arm']), [])
  })

  test('each declared edge that was not kept, for whatever reason', () => {
    const bins: Measure = { kind: 'bins', name: 'count_x', variable: ref('x') }
    const tail = people(100, (i) => ({ x: i < 97 ? (i * 7) % 60 : 85 }))
    const found = names(shown(tail, { complete: ['x'] }, bins))
    assert.ok(found.length >= 3 && found.every((what) => /^joined at \d+ of t\.x$/.test(what)), found.join())
    const even = people(200, (i) => ({ x: i % 100 }))
    assert.deepEqual(names(shown(even, { complete: ['x'] }, bins)), [])
  })
  test('of a number that others know, where they do not know who is in the group', () => {
    const bins: Measure = { kind: 'bins', name: 'count_age', variable: ref('age') }
    const rows = people(100, (i) => ({ age: i < 94 ? (i * 7) % 60 : 85, arm: i % 2 === 0 ? 'drug' : 'placebo' }))
    const without = reduce(planOf([SUBJECTS]), 100, rows)
    const defining = [{ variable: ref('arm'), without, valued: without, level: 'drug' }]
    const drug = rows.filter(({ arm }) => arm === 'drug')
    const found = names(shown(drug, { complete: ['age', 'arm'], defining }, bins))
    assert.ok(found.length >= 3 && found.every((what) => /^joined at \d+ of t\.age$/.test(what)), found.join())
    assert.deepEqual(names(shown(drug, { complete: ['age'] }, bins)), [])
  })
})
