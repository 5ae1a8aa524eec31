import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { messages, outputSchema, type QuestionInput, questionToMessage } from '@stimnet/protocol'
import { setsText } from '../src/catalogs/sets-text.ts'
import { validate } from '../src/jobs/admit/validate.ts'
import {
  assertRefused,
  type ModelStudy,
  open,
  people,
  type StudyOptions,
  type StudyRow,
  type Told,
  uniform,
  VARIABLES
} from './model-study.ts'

const K = 5
const COLUMNS = ['age', 'sex', 'centre', 'grade', 'marker', 'dose', 'score']
const SETS = { main: { complete_on: COLUMNS } }
const TWO_CENTRES = VARIABLES.map((one) => (one.name === 'centre' ? { ...one, levels: ['A', 'B'] } : one))

/** Limits values, so that no model is refused because one person's leverage is too high. */
const within = (value: unknown, low: number, high: number) => Math.min(high, Math.max(low, Number(value)))

/** People of two centres, of whom a share lacks each value, independently for each column. */
function lacking(size: number, share: number, seed: number): StudyRow[] {
  const next = uniform(seed * 77 + 5)
  const moderate = people(size, seed).map((row) => ({
    ...row,
    ...{ age: within(row.age, 44, 76), marker: within(row.marker, 38, 82), dose: within(row.dose, -10, 10) },
    score: within(row.score, 22, 58)
  }))
  return moderate.map((row: StudyRow) => ({
    ...row,
    ...Object.fromEntries(COLUMNS.map((column) => [column, next() < share ? null : (row[column] ?? null)]))
  }))
}

/** Ten models of one to three of the other variables, in the order in which they are fitted. */
function tenModels(seed: number): string[] {
  const next = uniform(seed)
  return Array.from({ length: 10 }, () => {
    const terms = COLUMNS.slice(0, -1)
      .map((name) => ({ name, at: next() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, 1 + Math.floor(next() * 3))
    return `score ~ ${terms.map(({ name }) => name).join(' + ')}`
  })
}

const openWith = (t: Parameters<typeof open>[0], rows: readonly StudyRow[], more: StudyOptions = {}) =>
  open(t, rows, { sets: SETS, variables: TWO_CENTRES, ...more })

async function admitted(study: ModelStudy, formulas: readonly string[], set?: string) {
  const where = set === undefined ? undefined : study.catalog.setFilter(set)
  const told: Told[] = []
  for (const formula of formulas) told.push(await study.model(formula, where))
  return { count: told.filter(({ ok }) => ok).length, whys: told.flatMap((one) => (one.ok ? [] : [one.why])) }
}

/** The exact sum and number of values that an answer discloses about its groups; null if it does not disclose them exactly. */
function exactIn(told: Told, isGrouped: boolean) {
  const found = new Map<string, { n: number; sum: number; isWithout: boolean }>()
  if (!told.ok) return found
  for (const { values, parts } of told.output.rows) {
    const part = Object.values(parts).find((one) => 'moments' in one)
    if (part === undefined || !('moments' in part) || part.moments.accuracy !== undefined) continue
    const { n, sum } = part.moments
    found.set(isGrouped ? String(values[0]) : '', { n, sum, isWithout: (told.output.left_out ?? []).length > 0 })
  }
  return found
}

describe('Models over an analysis set', () => {
  test('are of the same people, so that ten of them can be answered at 150 people; without one few can', async (t) => {
    for (const [share, seed] of [
      [0.01, 21],
      [0.02, 22],
      [0.03, 21]
    ] as const) {
      const rows = lacking(150, share, seed)
      const formulas = tenModels(seed)
      const without = await admitted(await openWith(t, rows), formulas)
      const study = await openWith(t, rows)
      const inSet = await admitted(study, formulas, 'main')
      t.diagnostic(`${share * 100} % missing: ${inSet.count} of 10 with the set, ${without.count} without`)
      assert.ok(without.count <= 4, `${without.count} without a set`)
      assert.ok(inSet.count >= 8, `${inSet.count} with a set: ${inSet.whys.join('; ')}`)
      // Remaining refusals depend on the model itself, not on earlier questions.
      for (const why of inSet.whys) assert.match(why, /leverage: |width: /)
      // A model over the set has the people of the set.
      const told = await study.statistic('count', [], [], study.catalog.setFilter('main'))
      assert.ok(told.ok)
      assert.equal(
        told.output.rows[0]?.values[0],
        rows.filter((row) => COLUMNS.every((one) => row[one] !== null)).length
      )
    }
  })

  test('and the card says which set, how it is defined, and nothing about who is not in it', async (t) => {
    const study = await openWith(t, lacking(150, 0.02, 22))
    const told = await study.statistic('mean', ['score'], [], study.catalog.setFilter('main'))
    assert.ok(told.ok)
    assert.deepEqual(told.output.disclosure.analysis_set, {
      name: 'main',
      complete_on: COLUMNS.map((name) => `people.${name}`)
    })
    const read = outputSchema.parse(told.output)
    assert.equal(read.kind === 'table' && read.disclosure.analysis_set?.name, 'main')
    assert.ok(!told.output.disclosure.information?.some(({ variable }) => variable.startsWith(':')))
    assert.equal(told.output.left_out, undefined)
  })

  test('a group of which some but few are outside of the set is withheld, a model of such a cohort refused', async (t) => {
    // Four of the women and twenty of the men lack a value.
    const rows = people(300, 5)
    const first = (sex: string, count: number) => rows.filter((row) => row.sex === sex).slice(0, count)
    const out = new Set([...first('female', 4), ...first('male', 20)])
    const study = await openWith(
      t,
      rows.map((row) => (out.has(row) ? { ...row, marker: null } : row))
    )
    const set = study.catalog.setFilter('main')
    const told = await study.statistic('mean', ['score'], ['sex'], set)
    assert.ok(told.ok)
    assert.deepEqual(
      told.output.rows.map(({ values }) => values[0]),
      ['male']
    )
    assert.equal(told.output.withheld.groups, 1)
    const women = { column: 'sex', op: '=', values: ['female'] } as const
    assertRefused(
      await study.model('score ~ dose', { all: [women, set] }),
      /few of a group are outside of the analysis set/
    )
    assert.ok((await study.model('score ~ dose', { all: [{ ...women, values: ['male'] }, set] })).ok)
  })
})

describe('Over real people', () => {
  test('models over a set are answered, and the set is what everybody in it has values of', async (t) => {
    for (const [size, share, fewest] of [
      [150, 0.02, 3],
      [500, 0.03, 5]
    ] as const) {
      const rows = lacking(size, share, 21)
      const study = await openWith(t, rows, { synthetic: false, precision: 'exact' })
      const formulas = ['sex', 'centre', 'sex + centre', 'grade', 'dose', 'sex + dose'].map(
        (terms) => `score ~ ${terms}`
      )
      const { count, whys } = await admitted(study, formulas, 'main')
      t.diagnostic(`${size} people: ${count} of ${formulas.length}; ${whys.join('; ')}`)
      assert.ok(count >= fewest, whys.join('; '))
      for (const why of whys) assert.doesNotMatch(why, /groups that nobody is in/)
    }
  })

  test('a group of which nobody is outside of the set is withheld where others are: it would show who has values', async (t) => {
    const rows = people(300, 5)
    const out = new Set(rows.filter(({ sex }) => sex === 'male').slice(0, 20))
    const lackingMen = rows.map((row) => (out.has(row) ? { ...row, marker: null } : row))
    const sexesIn = async (own: readonly StudyRow[], synthetic: boolean) => {
      const study = await openWith(t, own, { synthetic })
      const told = await study.statistic('mean', ['score'], ['sex'], study.catalog.setFilter('main'))
      return told.ok ? told.output.rows.map(({ values }) => values[0]) : []
    }
    assert.deepEqual(await sexesIn(lackingMen, false), ['male'])
    assert.deepEqual(await sexesIn(lackingMen, true), ['female', 'male'])
    assert.deepEqual(await sexesIn(rows, false), ['female', 'male'], 'nobody is outside at all')
  })
})

describe('Attacks by a set', () => {
  const groups = ['sex', 'centre', 'grade']

  test('differences between questions with the set and without it name nobody, in either order', async (t) => {
    let compared = 0
    // If few people lack a value, some of the people left out were chosen by the peer.
    for (const [missing, order] of [
      [2, 'set first'],
      [2, 'set last'],
      [9, 'set first'],
      [9, 'set last']
    ] as const) {
      const rows = people(200, 40 + missing).map((row, i) => (i < missing ? { ...row, marker: null } : row))
      const study = await openWith(t, rows)
      const set = study.catalog.setFilter('main')
      const asked = async (where: typeof set | undefined) => {
        const found: [string, ReturnType<typeof exactIn>][] = []
        found.push(['', exactIn(await study.statistic('mean', ['score'], [], where), false)])
        for (const by of groups) found.push([by, exactIn(await study.statistic('mean', ['score'], [by], where), true)])
        return new Map(found)
      }
      const first = await asked(order === 'set first' ? set : undefined)
      const second = await asked(order === 'set first' ? undefined : set)
      for (const [by, one] of first) {
        for (const [level, { n, sum, isWithout }] of one) {
          const other = second.get(by)?.get(level)
          if (other === undefined) continue
          compared += 1
          const people = Math.abs(n - other.n)
          assert.ok(people === 0 || people >= K, `${order}: ${by} ${level} differs by ${people} people`)
          // Sums over equally many people are equal, unless others were left out of one of them: at least k of each.
          if (people === 0 && !isWithout && !other.isWithout) assert.equal(sum, other.sum)
        }
      }
    }
    // If nine people lack a value, the whole cohort is disclosed both with the set and without it.
    assert.ok(compared > 0)
  })

  test('a count of a group is never told both with the set and without it where these differ by few people', async (t) => {
    // One person lacks a value, so four of the five people left out were chosen by the peer.
    for (const isSetFirst of [true, false]) {
      const rows = people(200, 44).map((row, i) => (i < 1 ? { ...row, marker: null } : row))
      const study = await openWith(t, rows)
      const set = study.catalog.setFilter('main')
      const [all, inSet] = [await study.statistic('count', []), await study.statistic('count', [], [], set)]
      assert.ok(all.ok && inSet.ok)
      assert.equal(Number(all.output.rows[0]?.values[0]) - Number(inSet.output.rows[0]?.values[0]), K)
      let few = 0
      for (const { name, levels = [] } of TWO_CENTRES) {
        for (const level of levels) {
          const of = { column: name, op: '=', values: [level] } as const
          const [whole, within] = [await study.catalog.cohort(of), await study.catalog.cohort({ all: [of, set] })]
          const apart = whole.size - within.size
          const told: boolean[] = []
          for (const where of isSetFirst ? [{ all: [of, set] }, of] : [of, { all: [of, set] }])
            told.push((await study.statistic('count', [], [], where)).ok)
          if (apart > 0 && apart < K) {
            few += 1
            assert.ok(told.includes(false), `${name} ${level}: ${apart} people`)
          }
        }
      }
      assert.ok(few > 0)
    }
  })

  test('a cohort without one person is another question, whether or not that person is in the set', async (t) => {
    // Only one woman of centre A is over 90; in one world she lacks a value, in the other she does not.
    for (const isLacking of [true, false]) {
      const rows = people(300, 9).map((row, i) => ({
        ...row,
        age: i === 0 ? 95 : Math.min(Number(row.age), 85),
        marker: i < 12 && (i > 0 || isLacking) ? null : (row.marker ?? null)
      }))
      const variables = TWO_CENTRES.map((one) => (one.name === 'age' ? { ...one, breakpoints: [50, 60, 70, 90] } : one))
      const study = await openWith(t, rows, { variables } as StudyOptions)
      const set = study.catalog.setFilter('main')
      assert.ok((await study.model('score ~ dose', set)).ok)
      const young = { column: 'age', op: '<', values: [90] } as const
      assertRefused(
        await study.model('score ~ dose', { all: [young, set] }),
        /single out few people/,
        `lacking ${isLacking}`
      )
    }
  })
})

describe('A question with a set', () => {
  const SQL = { kind: 'sql', sql: 'SELECT AVG(score) AS m FROM people' } as const

  test('is admitted with the condition in its cohort; without the set, with another one or with noise it is refused', async (t) => {
    const study = await openWith(t, lacking(150, 0.02, 22))
    const admit = (more: Partial<QuestionInput>, completeOn: string[] = []) => {
      const message = { ...questionToMessage({ catalog: 'study', program: SQL, ...more }) }
      if (message.set && completeOn.length > 0) message.set = { ...message.set, completeOn }
      const request = messages.JobRequest.decode(messages.JobRequest.encode(message))
      const catalogs = new Map([['study', study.catalog]])
      return validate(request, { self: 'peer', catalogs, sandbox: undefined, wallTimeMsMax: 1000 })
    }
    const women = { column: 'sex', op: '=', values: ['female'] } as const
    const { cohort } = await admit({ set: 'main', where: women })
    const condition = study.catalog.setFilter('main')
    assert.deepEqual(cohort, { all: [{ ...women, column: 'people.sex' }, condition] })
    assert.equal((await admit({})).cohort, undefined)
    assert.ok(
      (
        await admit(
          { set: 'main' },
          COLUMNS.map((name) => `people.${name}`)
        )
      ).cohort
    )
    await assert.rejects(admit({ set: 'other' }), { code: 'PARAMETER_INVALID', reason: /no analysis set "other"/ })
    await assert.rejects(admit({ set: 'main', privacy: { level: 'P2', epsilon: '1' } }), {
      ...{ code: 'PARAMETER_INVALID', reason: /for exact numbers/ }
    })
    await assert.rejects(admit({ set: 'main' }, ['people.age']), { code: 'SCHEMA_MISMATCH', reason: /analysis set/ })
    await assert.rejects(admit({ where: condition as never }), { code: 'FILTER_INVALID' })
  })

  test('is proposed to stewards in words that name no small number', async (t) => {
    const study = await openWith(t, lacking(150, 0.02, 22))
    const text = await setsText(study.catalog, K)
    assert.match(text, /It keeps at least 8 in 10 people/)
    assert.match(text, /complete_on: \[people\.age, people\.sex, .*people\.score\]$/)
    assert.doesNotMatch(text.replace(/fewer than 5 would be left out, 5 are/, ''), /\b(?!8\b|10\b)\d+\b/)
  })
})
