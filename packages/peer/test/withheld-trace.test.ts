/**
 * Attack by one more known person. First a question over a known set whose number is withheld, because four of its people
 * have an event. Then the same question over the set and this person, worded differently each time. It would be answered
 * exactly if the person has the event. Everything is asked twice, of data that differ only by this person's event: the
 * visible outcome must be the same.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Aggregate,
  disclose,
  effectiveSettings,
  type Ledgers,
  type Precision,
  startLedger,
  variableFacts
} from '@stimnet/privacy'
import type { Filter, SubjectSet } from '@stimnet/protocol'
import { parseSql } from '@stimnet/data'
import { planOfStatistic } from '@stimnet/statistics'
import type { JobPlan } from '../src/jobs/admit/validate.ts'
import type { CatalogPrivacy } from '../src/jobs/release/privacy.ts'
import { refusedNow } from '../src/jobs/run/execute.ts'
import { possibleOf } from '../src/jobs/run/table.ts'
import { ModelStudy, type StudyRow } from './model-study.ts'

const [PEOPLE, SITES] = [200, 40]
const SITE = Array.from({ length: SITES }, (_, at) => `G${at}`)
/** The known person, and the bed by which everybody knows this person. */
const [MORE, MORE_BED] = [PEOPLE - 1, 'B1']
const REFUSED = 'COHORT_NOT_RELEASABLE'

const category = (name: string, levels: readonly string[], identifying: boolean) => ({
  ...{ name, type: 'category', levels, identifying }
})
const integer = (name: string, maximum: number) => ({ name, type: 'integer', minimum: 0, maximum, identifying: false })
const TABLE = {
  ...{ name: 'people', one_row_per_subject: true },
  variables: [
    ...[category('site', SITE, true), category('bed', ['B0', MORE_BED], true), category('arm', ['A', 'B'], true)],
    ...[category('half', ['left', 'right'], true), category('ward', ['left', 'right'], true)],
    { name: 'age', type: 'integer', minimum: 18, maximum: 99, breakpoints: [50, 60, 70], identifying: true },
    ...[category('event', ['yes', 'no'], false), category('r0', ['y', 'n'], false), category('r1', ['y', 'n'], false)],
    ...[integer('crp', 1_000), integer('lab', 4_000)]
  ]
}
const VISITS = {
  ...{ name: 'visits', one_row_per_subject: false },
  variables: [
    category('visit', ['v1', 'v2'], true),
    { name: 'day', type: 'integer', minimum: 0, maximum: 99, breakpoints: [30, 60], identifying: true }
  ]
}

type Person = Record<string, string | number | null>

/** Person `i` belongs to site `i % SITES`. `of` returns the properties of a person that a test needs. */
async function opened(of: (i: number) => Person, precision: Precision) {
  const people = Array.from({ length: PEOPLE }, (_, i): StudyRow => {
    const half = i % 2 === 0 ? 'left' : 'right'
    return {
      ...{
        id: `P${i}`,
        site: SITE[i % SITES] ?? '',
        bed: i === MORE ? MORE_BED : 'B0',
        arm: siteOf(i) < 30 || i === MORE ? 'A' : 'B'
      },
      ...{ half, ward: half, age: 40, event: 'no', r0: i % 3 === 0 ? 'y' : 'n', r1: i % 7 < 3 ? 'y' : 'n' },
      ...{ crp: 100 + ((i * 37) % 211), lab: 800 + ((i * 53) % 389) },
      ...of(i)
    }
  })
  // The known person came later than all others.
  const visits = people.flatMap(({ id = null }, i) => [
    { id, visit: 'v1', day: i === MORE ? 40 : 10 },
    { id, visit: 'v2', day: 80 }
  ])
  return ModelStudy.open([TABLE, VISITS], { people, visits }, { synthetic: false, precision })
}

const siteOf = (i: number) => i % SITES
const list = (sites: number) =>
  `site IN (${SITE.slice(0, sites)
    .map((site) => `'${site}'`)
    .join(', ')})`
const MORE_SQL = `bed = '${MORE_BED}'`
const inSites = (sites: number): Filter => ({ column: 'site', op: 'in', values: SITE.slice(0, sites) })
const MORE_FILTER: Filter = { column: 'bed', op: '=', values: [MORE_BED] }
const andMore = (filter: Filter): Filter => ({ any: [filter, MORE_FILTER] })

const codeOf = (told: { readonly ok: boolean; readonly code?: string }) => (told.ok ? 'told' : told.code)

/**
 * Asserts that the visible outcome of two questions is `expected` whether or not the known person has the event. `of`
 * returns the properties of a person.
 */
async function alike(
  of: (has: boolean) => (i: number) => Person,
  ask: (study: ModelStudy) => Promise<readonly (string | undefined)[]>,
  { expected = [REFUSED, REFUSED], precision = 'statistical' }: { expected?: string[]; precision?: Precision } = {}
) {
  for (const has of [true, false]) {
    const study = await opened(of(has), precision)
    const seen = await ask(study)
    await study.close()
    assert.deepEqual(seen, expected, `the person has ${has ? 'the event' : 'none'}`)
  }
}

/** For the people of some sites: their index in their half. */
function placesIn(sites: number): Map<number, number> {
  const inside = Array.from({ length: PEOPLE }, (_, i) => i).filter((i) => siteOf(i) < sites)
  const halves = Map.groupBy(inside, (i) => i % 2)
  return new Map([...halves.values()].flatMap((half) => half.map((i, at): [number, number] => [i, at])))
}

describe('a question with one known person more is refused, whether or not the person has the event', () => {
  test('beside another part of the question each time', async () => {
    await alike(
      (has) => (i) => ({ event: i < 4 || (i === MORE && has) ? 'yes' : 'no' }),
      async (study) => {
        const ask = async (who: Filter, other: string) => {
          const where = `(event = 'yes' AND arm = 'A') OR (${other} = 'y' AND arm = 'B')`
          return codeOf(await study.sql(`SELECT COUNT(DISTINCT id) AS n FROM people WHERE ${where}`, who))
        }
        const beside: Filter = { any: [inSites(4), { column: 'arm', op: '=', values: ['B'] }] }
        return [await ask(beside, 'r0'), await ask(andMore(beside), 'r1')]
      }
    )
  })

  test('beside another part each time, of a visit', async () => {
    await alike(
      (has) => (i) => ({ event: i < 4 || (i === MORE && has) ? 'yes' : 'no' }),
      async (study) => {
        const ask = async (who: Filter, other: string) => {
          const where = `visit = 'v1' AND ((event = 'yes' AND arm = 'A') OR (${other} = 'y' AND arm = 'B'))`
          const sql = `SELECT COUNT(DISTINCT id) AS n FROM people JOIN visits USING (id) WHERE ${where}`
          return codeOf(await study.sql(sql, who))
        }
        const beside: Filter = { any: [inSites(4), { column: 'arm', op: '=', values: ['B'] }] }
        return [await ask(beside, 'r0'), await ask(andMore(beside), 'r1')]
      }
    )
  })

  test('nor does the trace of two variables together show who has the one', async () => {
    // Five of eight sites, with the known person, lack the level of r0.
    await alike(
      (has) => (i) => ({
        event: i % 3 === 0 ? 'yes' : 'no',
        r0: i < 4 || i === (has ? MORE : 4) ? 'n' : 'y'
      }),
      async (study) => {
        const ask = async (where: string) =>
          codeOf(await study.sql(`SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' AND ${where}`))
        return [await ask(`r0 = 'y' AND (${list(8)} OR ${MORE_SQL})`), await ask(list(8))]
      }
    )
  })

  test('of later rows, which the person alone has', async () => {
    await alike(
      (has) => (i) => ({ event: i < 4 || (i === MORE && has) ? 'yes' : 'no' }),
      async (study) => {
        const ask = async (day: number) => {
          const where = `event = 'yes' AND (${list(4)} OR ${MORE_SQL}) AND day < ${day}`
          return codeOf(
            await study.sql(`SELECT COUNT(DISTINCT id) AS n FROM people JOIN visits USING (id) WHERE ${where}`)
          )
        }
        return [await ask(30), await ask(60)]
      }
    )
  })

  test('as a share of another category, in which one person has another level', async () => {
    // In ten sites, four people on the left and six on the right have the event. The known person is on the right, but by
    // ward on the left.
    const places = placesIn(10)
    await alike(
      (has) => (i) => {
        const [left, place = PEOPLE] = [i % 2 === 0, places.get(i)]
        const event = i === MORE ? has : place < (left ? 4 : 6)
        return { event: event ? 'yes' : 'no', ...(i === MORE ? { half: 'right', ward: 'left' } : {}) }
      },
      async (study) => {
        const shareOf = async (category: string) => {
          const { where } = parseSql(
            `SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' AND (${list(10)} OR ${MORE_SQL})`,
            study.catalog.descriptor
          )
          const call = { name: 'share', variables: [category], by: [], arguments: { level: 'left' } }
          const plan = planOfStatistic(call, study.catalog.descriptor)
          return codeOf(await study.ask({ ...plan, ...(where === undefined ? {} : { where }) }))
        }
        return [await shareOf('half'), await shareOf('ward')]
      }
    )
  })

  test('after a median that shows that few are above one of its edges', async () => {
    // In twelve sites, ten people are seventy, and four of them have the event.
    const places = placesIn(12)
    await alike(
      (has) => (i) => {
        const [left, place = PEOPLE] = [i % 2 === 0, places.get(i)]
        const age = left && place < 10 ? 75 : place < 20 ? 45 : 55
        const event = i === MORE ? has : age === 75 ? place < 4 : place % 3 > 0
        return { event: event ? 'yes' : 'no', age }
      },
      async (study) => {
        const first = await study.sql(`SELECT MEDIAN(age) AS m FROM people WHERE event = 'yes' AND ${list(12)}`)
        const who = `(${list(12)} AND age >= 70) OR ${MORE_SQL}`
        const second = await study.sql(`SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' AND (${who})`)
        return [codeOf(first), codeOf(second)]
      },
      { expected: ['told', REFUSED] }
    )
  })

  const fit = async (study: ModelStudy, call: Record<string, string>, where: Filter) => {
    const { descriptor } = study.catalog
    const plan = planOfStatistic({ name: 'regression', variables: [], by: [], arguments: call }, descriptor)
    return codeOf(await study.ask(plan, where))
  }

  test('after a refused model of counts', async () => {
    const places = placesIn(10)
    const [formula, family, event] = ['event ~ half', 'binomial', 'yes']
    await alike(
      (has) => (i) => {
        const isOne = i === MORE ? has : (places.get(i) ?? PEOPLE) < (i % 2 === 0 ? 4 : 10)
        return { event: isOne ? 'yes' : 'no', ...(i === MORE ? { half: 'left' } : {}) }
      },
      async (study) => {
        const call = { formula, family, event }
        return [await fit(study, call, inSites(10)), await fit(study, call, andMore(inSites(10)))]
      },
      { precision: 'exact' }
    )
  })

  test('after a refused model, of whose people few lack a value', async () => {
    await alike(
      (has) => (i) => ((i === MORE ? has : i < 4) ? { crp: null } : {}),
      async (study) => {
        const call = { formula: 'crp ~ lab' }
        return [await fit(study, call, inSites(20)), await fit(study, call, andMore(inSites(20)))]
      },
      { precision: 'exact' }
    )
  })

  test('in one cell of a table that is answered otherwise', async () => {
    const places = placesIn(10)
    await alike(
      (has) => (i) => {
        const isOne = i === MORE ? has : (places.get(i) ?? PEOPLE) < (i % 2 === 0 ? 4 : 10)
        return { event: isOne ? 'yes' : 'no', ...(i === MORE ? { half: 'left' } : {}) }
      },
      async (study) => {
        const sql = (other: string) =>
          `SELECT half, COUNT(DISTINCT id) AS n FROM people WHERE (event = 'yes' AND arm = 'A') OR (${other} = 'y' AND arm = 'B') GROUP BY half`
        const beside: Filter = { any: [inSites(10), { column: 'arm', op: '=', values: ['B'] }] }
        const halves = async (who: Filter, other: string) => {
          const told = await study.sql(sql(other), who)
          return told.ok ? told.output.rows.map(({ values: [half] }) => half).join(' ') : told.code
        }
        return [await halves(beside, 'r0'), await halves(andMore(beside), 'r1')]
      },
      { expected: ['right', 'right'] }
    )
  })

  test('in a table of one of its cells, after a refused model of counts', async () => {
    const places = placesIn(10)
    await alike(
      (has) => (i) => {
        const isOne = i === MORE ? has : (places.get(i) ?? PEOPLE) < (i % 2 === 0 ? 4 : 10)
        return { event: isOne ? 'yes' : 'no' }
      },
      async (study) => {
        const who = `((half = 'left' AND ${list(10)}) OR ${MORE_SQL})`
        const cell = `SELECT COUNT(DISTINCT id) AS n FROM people WHERE event = 'yes' AND ${who}`
        const model = await fit(study, { formula: 'event ~ half', family: 'binomial', event: 'yes' }, inSites(10))
        return [model, codeOf(await study.sql(cell))]
      },
      { precision: 'exact' }
    )
  })

  /** Runs scripts, and asks questions after them, like a node. */
  function node({ catalog, aggregate }: Pick<ModelStudy, 'catalog' | 'aggregate'>) {
    let ledgers: Ledgers = { subjects: startLedger(catalog.subjects, []) }
    const judged = (aggregate: Aggregate, cohort: SubjectSet) => {
      const told = disclose(aggregate, {
        ...{ settings, policyHash: '', epoch: 'e', cohortHash: '', codeHash: '', image: '', synthetic: false },
        ...{ cohort, ledgers, variables: variableFacts(catalog.descriptor, catalog.sourceOf) }
      })
      ledgers = told.ledgers ?? ledgers
      return codeOf(told)
    }
    return {
      async script(where: Filter) {
        const cohort = catalog.resolveFilter(where)
        const plan = { catalog, cohort, project: 'p', privacy: { level: 'P1' } } as unknown as JobPlan
        const privacy = { settings, admits: async () => true } as unknown as CatalogPrivacy
        const refused = await refusedNow(plan, privacy)
        if (refused !== undefined) return judged(refused.aggregate, refused.cohort)
        const possible = await possibleOf(catalog, { cohort })
        const script = { kind: 'script', result: '{"n": 1}', literals: new Set(['n']) } as const
        return judged({ ...script, ...(possible ? { possible } : {}) }, await catalog.cohort(cohort))
      },
      async count(where: Filter) {
        const plan = parseSql('SELECT COUNT(DISTINCT id) AS n FROM people', catalog.descriptor)
        return judged(await aggregate(plan, where), await catalog.cohort(catalog.resolveFilter(where)))
      }
    }
  }

  const isYes: Filter = { column: 'event', op: '=', values: ['yes'] }
  const fourHave = (has: boolean) => (i: number) => ({ event: i < 4 || (i === MORE && has) ? 'yes' : 'no' })

  test('as the cohort of a script', async () => {
    await alike(fourHave, async (study) => {
      const { script } = node({ catalog: study.catalog, aggregate: study.aggregate.bind(study) })
      return [await script({ all: [isYes, inSites(4)] }), await script({ all: [isYes, andMore(inSites(4))] })]
    })
  })

  test('in a table after a refused script, beside another part', async () => {
    const arm = (value: string): Filter => ({ column: 'arm', op: '=', values: [value] })
    const beside = (other: string): Filter => ({ all: [{ column: other, op: '=', values: ['y'] }, arm('B')] })
    // Nobody in the other part has its level, so the cohort has four people.
    const of = (has: boolean) => (i: number) => ({
      ...fourHave(has)(i),
      r0: 'n',
      ...(siteOf(i) === 0 ? { r0: 'y' } : {})
    })
    await alike(of, async (study) => {
      const { script, count } = node({ catalog: study.catalog, aggregate: study.aggregate.bind(study) })
      const asked = (who: Filter, other: string): Filter => ({ any: [{ all: [isYes, arm('A'), who] }, beside(other)] })
      return [await script(asked(inSites(4), 'r0')), await count(asked(andMore(inSites(4)), 'r1'))]
    })
  })
})

const settings = effectiveSettings({ preset: 'default', precision: 'statistical' })
