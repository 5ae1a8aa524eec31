import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { JobSubmission } from '@stimnet/sdk'
import { type Asked, askOnce, type StudyPeer, startStudyPeer } from '../study-peer.ts'
import type { Row } from '../usefulness/study.ts'
import { trial } from '../usefulness/trial.ts'

/**
 * Attacks by questions that differ from an earlier one by one known person, so that the answer (the same, another number, or a
 * refusal) would disclose that person's value. All of them once worked. The answer must not depend on the person's value.
 */

const STUDY = trial({ size: 300, seed: 7 })
const CUTS = [40, 50, 55, 60, 65, 70, 75, 80]
const PEOPLE = STUDY.tables.subjects ?? []
const LAST = new Map(
  (STUDY.tables.visits ?? []).flatMap((row) => (row.visit === 'month_12' ? [[row.subject_id, row] as const] : []))
)
const SUBJECTS = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects WHERE'
const JOINED = "FROM subjects JOIN visits USING (subject_id) WHERE visits.visit = 'month_12'"

interface Person {
  readonly row: Row
  /** A condition that only this person fits. */
  readonly where: string
}

/** People with a unique combination of sex, arm, centre and age group. */
function aloneIn(): Person[] {
  const cells = Map.groupBy(PEOPLE, (row) => whereOf(row))
  return [...cells].flatMap(([where, [row, other]]) =>
    row !== undefined && other === undefined ? [{ row, where }] : []
  )
}

function whereOf({ sex, arm, centre, age }: Row): string {
  const from = CUTS.findLast((cut) => Number(age) >= cut)
  const to = CUTS.find((cut) => cut > Number(age))
  const range = [...(from === undefined ? [] : [`age >= ${from}`]), ...(to === undefined ? [] : [`age < ${to}`])]
  return `(${[`sex = '${sex}'`, `arm = '${arm}'`, `centre = '${centre}'`, ...range].join(' AND ')})`
}

interface Attack {
  readonly name: string
  readonly before: string
  readonly ask: (person: Person) => string
  readonly has: (row: Row) => boolean
  /** People on whom it can be tried. Default: all people with a unique combination. */
  readonly fits?: (row: Row) => boolean
  readonly more?: (peer: string) => Partial<JobSubmission>
}

const IS_RIGID = "diagnosis = 'rigid'"
const isRigid = ({ diagnosis }: Row) => diagnosis === 'rigid'

const ATTACKS: readonly Attack[] = [
  {
    name: 'those with a level but for one person',
    before: `${SUBJECTS} ${IS_RIGID}`,
    ask: ({ where }) => `${SUBJECTS} ${IS_RIGID} AND NOT ${where}`,
    has: isRigid
  },
  {
    name: 'those with a level or that person',
    before: `${SUBJECTS} ${IS_RIGID}`,
    ask: ({ where }) => `${SUBJECTS} ${IS_RIGID} OR ${where}`,
    has: isRigid
  },
  {
    name: 'those with levels of two variables but for one person',
    before: `${SUBJECTS} ${IS_RIGID} AND duration >= 10`,
    ask: ({ where }) => `${SUBJECTS} ${IS_RIGID} AND duration >= 10 AND NOT ${where}`,
    has: (row) => isRigid(row) || Number(row.duration) >= 10
  },
  {
    name: 'a group that is there only if the person has the level',
    before: `${SUBJECTS} ${IS_RIGID} AND centre IN ('A', 'B')`,
    ask: ({ where }) =>
      `SELECT centre, COUNT(DISTINCT subject_id) AS n FROM subjects WHERE ${IS_RIGID} AND (centre IN ('A', 'B') OR ${where}) GROUP BY centre`,
    has: isRigid,
    fits: ({ centre }) => centre !== 'A' && centre !== 'B'
  },
  {
    name: 'the same of a mean: what is shown beside it, and how many groups are withheld',
    before: `${SUBJECTS} ${IS_RIGID}`,
    ask: ({ where }) =>
      `SELECT centre, AVG(age) AS m FROM subjects WHERE ${IS_RIGID} AND (centre = 'A' OR ${where}) GROUP BY centre`,
    has: isRigid,
    fits: ({ centre }) => centre !== 'A'
  },
  {
    name: 'a visit that is there only if the person responded at it',
    before: `SELECT AVG(age) AS m ${JOINED} AND response = 'responder'`,
    ask: ({ where }) =>
      `SELECT visit, AVG(age) AS m FROM subjects JOIN visits USING (subject_id) WHERE response = 'responder' AND (visits.visit = 'month_3' OR (visits.visit = 'month_12' AND ${where})) GROUP BY visit`,
    has: ({ subject_id }) => LAST.get(subject_id)?.response === 'responder'
  },
  {
    name: 'a level of one variable under two names that divide its levels in two ways',
    before: `${SUBJECTS} one = 'in' AND other = 'in'`,
    ask: ({ where }) => `${SUBJECTS} one = 'in' AND other = 'in' AND NOT ${where}`,
    has: ({ diagnosis }) => diagnosis !== 'tremor',
    more: (peer) => {
      const levels = ['tremor', 'rigid', 'mixed', 'atypical']
      const names = [
        ['one', ['rigid', 'mixed']],
        ['other', ['rigid', 'atypical']]
      ] as const
      const plain = (name: string, own: readonly string[]) => ({
        ...{ variable: `subjects.${name}`, type: 'category', unit: '', levels: own }
      })
      const contract = [
        ...names.map(([name]) => plain(name, ['in', 'out'])),
        ...[plain('sex', ['female', 'male']), plain('arm', ['stimulation', 'control'])],
        plain('centre', ['A', 'B', 'C', 'D', 'E']),
        { variable: 'subjects.age', type: 'integer', unit: 'a', breakpoints: CUTS }
      ]
      const mappings = names.map(([name, inside]) => ({
        ...{ peer, variable: `subjects.${name}`, local: 'subjects.diagnosis', scale: '1' },
        levels: levels.map((local) => ({ local, level: (inside as readonly string[]).includes(local) ? 'in' : 'out' }))
      }))
      return { contract, mappings } as unknown as Partial<JobSubmission>
    }
  },
  {
    name: 'rows of a visit, but for one person who may not have come',
    before: `SELECT COUNT(*) AS n ${JOINED} AND response = 'responder'`,
    ask: ({ where }) => `SELECT COUNT(*) AS n ${JOINED} AND response = 'responder' AND NOT ${where}`,
    has: ({ subject_id }) => LAST.get(subject_id)?.response === 'responder'
  },
  {
    name: 'the mean age of those with a level, but for one person',
    before: `SELECT AVG(age) AS n ${JOINED} AND response = 'responder'`,
    ask: ({ where }) => `SELECT AVG(age) AS n ${JOINED} AND response = 'responder' AND NOT ${where}`,
    has: ({ subject_id }) => LAST.get(subject_id)?.response === 'responder'
  }
]

/** Number of people with the level, and of people without it, on whom each attack is tried. */
const TARGETS = 7

describe('a question that differs by one person from what was answered', () => {
  let house: StudyPeer
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stimnet-oracles-'))
    house = await startStudyPeer({
      folder,
      offered: [
        ...ATTACKS.map((_, i) => ({ name: `catalog_${i}`, study: STUDY })),
        ...['groups', 'ages', 'shares', 'rows'].map((name) => ({ name, study: STUDY })),
        { name: 'large', study: trial({ size: 1_000, seed: 7 }) }
      ]
    })
  })
  after(async () => {
    await house.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  for (const [i, attack] of ATTACKS.entries()) {
    test(`says nothing of that person: ${attack.name}`, async () => {
      const send = (sql: string) =>
        askOnce(house.client, {
          ...{ data_catalog_name: `catalog_${i}`, script_type: 'sql', script_content: sql },
          ...attack.more?.(house.peer.peerId)
        })
      const first = toldIn(await send(attack.before))
      assert.match(first, /^\[/, 'the ordinary question is answered')
      const targets = aloneIn().filter(({ row }) => attack.fits?.(row) ?? true)
      const chosen = [true, false].flatMap((has) =>
        targets.filter(({ row }) => attack.has(row) === has).slice(0, TARGETS)
      )
      const heard = new Map([true, false].map((has) => [has, new Set<string>()]))
      for (const person of chosen) {
        const told = toldIn(await send(attack.ask(person)))
        assert.notEqual(told, first, `the same again for ${JSON.stringify(person.row)}`)
        heard.get(attack.has(person.row))?.add(told)
      }
      assert.deepEqual(heard.get(true), heard.get(false))
    })
  }

  test('says nothing of one person of very different age: a mean or covariance of ages over people whom others do not know', async () => {
    const send = (sql: string) =>
      askOnce(house.client, { data_catalog_name: 'ages', script_type: 'sql', script_content: sql })
    const ages = PEOPLE.map(({ age }) => Number(age)).sort((a, b) => a - b)
    const middle = ages[Math.floor(ages.length / 2)] ?? 0
    const from = CUTS.findLast((cut) => middle >= cut) ?? 0
    const to = CUTS.find((cut) => cut > middle) ?? 200
    const alike = `(sex = 'male' AND age >= ${from} AND age < ${to})`
    const far = aloneIn().filter(({ row }) => Math.abs(Number(row.age) - middle) >= 15)
    assert.ok(far.length >= 4)
    for (const { where } of far.slice(0, 6)) {
      for (const sql of [
        `SELECT AVG(age) AS m FROM subjects WHERE ${IS_RIGID} AND (${alike} OR ${where})`,
        `SELECT STDDEV(age) AS s FROM subjects WHERE ${IS_RIGID} AND (${alike} OR ${where})`,
        `SELECT COVAR_SAMP(age, duration) AS c FROM subjects WHERE ${alike} OR ${where}`
      ]) {
        assert.doesNotMatch(toldIn(await send(sql)), /"[msc]":-?\d/, sql)
      }
    }
    // If ages differ among all people who could be in the group, the mean is an ordinary one.
    assert.match(toldIn(await send(`SELECT AVG(age) AS m FROM subjects WHERE ${IS_RIGID}`)), /"m":\d/)
    assert.match(toldIn(await send('SELECT COVAR_SAMP(age, duration) AS c FROM subjects')), /"c":-?\d/)
  })

  test('says nothing of a person by a share: what it counts is held over all who could be counted', async () => {
    const send = (sql: string) =>
      askOnce(house.client, { data_catalog_name: 'shares', script_type: 'sql', script_content: sql })
    const share = await send(
      `SELECT SHARE(sex, 'female') AS s FROM subjects WHERE ${IS_RIGID} AND centre IN ('A', 'B')`
    )
    assert.match(toldIn(share), /"s":0/)
    const women = aloneIn().filter(({ row }) => row.sex === 'female' && (row.centre === 'A' || row.centre === 'B'))
    assert.ok(women.some(({ row }) => isRigid(row)) && women.some(({ row }) => !isRigid(row)))
    for (const { where } of women.slice(0, 8)) {
      const sql = `${SUBJECTS} ${IS_RIGID} AND sex = 'female' AND centre IN ('A', 'B') AND NOT ${where}`
      assert.equal(toldIn(await send(sql)), 'COHORT_NOT_RELEASABLE', sql)
    }
  })

  test('says nothing of a person by asking of rows, and then of the people who have such a row', async () => {
    const send = (sql: string, filters: Record<string, unknown> = {}) =>
      askOnce(house.client, { data_catalog_name: 'rows', script_type: 'sql', script_content: sql, filters })
    const none = "response = 'none'"
    assert.match(
      toldIn(await send(`SELECT COUNT(DISTINCT subject_id) AS n ${JOINED} AND ${none} AND centre IN ('A', 'B')`)),
      /^\[/
    )
    for (const { where } of aloneIn()
      .filter(({ row }) => row.centre === 'A' || row.centre === 'B')
      .slice(0, 8)) {
      const answer = await send(`${SUBJECTS} centre IN ('A', 'B') AND NOT ${where}`, { 'visits.response': 'none' })
      assert.equal(toldIn(answer), 'COHORT_NOT_RELEASABLE', where)
    }
  })

  test('says nothing of a group: nobody, or few, of it who lack a level, by a count, a mean, or a table', async () => {
    const send = (sql: string) =>
      askOnce(house.client, { data_catalog_name: 'groups', script_type: 'sql', script_content: sql })
    const cells = Map.groupBy(PEOPLE, ({ sex, centre }) => `sex = '${sex}' AND centre = '${centre}'`)
    let few = 0
    for (const [cell, members] of cells) {
      if (members.length < 10 || members.filter(({ adverse_event }) => adverse_event !== 'no').length >= 5) continue
      few += 1
      for (const sql of [
        `${SUBJECTS} adverse_event = 'no' AND ${cell}`,
        `SELECT AVG(age) AS m FROM subjects WHERE adverse_event != 'yes' AND ${cell}`,
        `SELECT adverse_event, AVG(age) AS m FROM subjects WHERE ${cell} GROUP BY adverse_event`,
        `SELECT SHARE(adverse_event, 'yes') AS s FROM subjects WHERE ${cell}`
      ]) {
        assert.equal(toldIn(await send(sql)), 'COHORT_NOT_RELEASABLE', sql)
      }
    }
    assert.ok(few >= 5)
  })

  test('says nothing of a group: the bins of a median, then a count without people of whom nobody is in the highest', async () => {
    const send = (sql: string) =>
      askOnce(house.client, { data_catalog_name: 'large', script_type: 'sql', script_content: sql })
    assert.match(toldIn(await send('SELECT QUANTILE(stage, 0.5) AS q FROM subjects')), /^\[/)
    const groups = noneHigh(trial({ size: 1_000, seed: 7 }).tables.subjects ?? [])
    assert.ok(groups.length >= 5)
    for (const group of groups.slice(0, 8)) {
      assert.equal(toldIn(await send(`${SUBJECTS} stage >= 4 AND NOT ${group}`)), 'COHORT_NOT_RELEASABLE', group)
    }
  })
})

/** Groups of at least ten people in which all stages are known and nobody has the highest one. */
function noneHigh(rows: readonly Row[]): string[] {
  const bins = CUTS.flatMap((from, at) => CUTS.slice(at + 1).map((to) => ({ from, to })))
  const cells = Map.groupBy(
    rows,
    ({ sex, arm, centre }) => `sex = '${sex}' AND arm = '${arm}' AND centre = '${centre}'`
  )
  return [...cells].flatMap(([cell, members]) =>
    bins.flatMap(({ from, to }) => {
      const stages = members.filter(({ age }) => Number(age) >= from && Number(age) < to).map(({ stage }) => stage)
      const isOne = stages.length >= 10 && stages.every((stage) => stage !== null && Number(stage) < 4)
      return isOne ? [`(${cell} AND age >= ${from} AND age < ${to})`] : []
    })
  )
}

/** The contents of an answer, as one line. */
function toldIn({ job, code }: Asked): string {
  if (job === null || job.status !== 'completed') return code ?? job?.status ?? ''
  const { rows, left_out, withheld, disclosure } = job.result_data ?? {}
  const beside = left_out === undefined ? '' : ' left out'
  return `${JSON.stringify(rows)} ${JSON.stringify(withheld)} ${disclosure?.subjects ?? ''}${beside}`
}
