/**
 * The sums over people of the products of their totals, asked as ordinary questions: the total of a variable over the rows
 * of a person is a value of that person, and its means, variances and covariances are judged like those of any other numeric
 * variable.
 */
import {
  canonicalJson,
  type Deviations,
  type GramMeasure,
  LIMITS,
  type Measure,
  type Plan,
  pairKey,
  type ReducedColumn,
  type ReducedGroup,
  type ReducedPair,
  type ReducedPart,
  type ReducedRows,
  type Reduction,
  SubjectSet,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import type { DesignColumn, IntegerMatrix } from '@stimnet/statistics'
import type { Defining } from '../judge/defining.ts'
import type { FactsOf, VariableFacts } from '../judge/facts.ts'
import type { Possible } from '../judge/possible.ts'
import type { Unsaid } from '../judge/unsaid.ts'
import { valuesOf } from './influence.ts'
import type { JudgedPart } from './judged.ts'
import { keysOfPeople } from './questions.ts'
import { placeInRows } from './times.ts'

/** The people with one number of rows, with their rows and the answers to `peopleQuestions` about them. */
export interface PeopleOfModel {
  readonly measure: GramMeasure
  readonly plan: Plan
  readonly rows: ReducedRows
  readonly size: number
  readonly facts: FactsOf
  readonly answers: readonly JudgedPart[]
  /** Number of decimals in which a variable's values are stored, by variable. */
  readonly decimals: ReadonlyMap<VariableRef, number>
  /** The columns of which totals are summed, and the sums of their products over rows. */
  readonly columns: readonly DesignColumn[]
  readonly within: IntegerMatrix
}

/** The questions about totals, and the matrix of sums that their answers give. */
export interface PersonSums {
  readonly parts: readonly JudgedPart[]
  readonly totals: IntegerMatrix
}

/** The reason why the totals of people cannot be judged; for the local audit log only. */
export interface NoPersonSums {
  readonly why: string
}

/** One column of the design, by person. */
interface ByPerson {
  readonly column: DesignColumn
  /** The people who have a row in which the levels of the table of rows are those of the column. */
  readonly people: SubjectSet
  /** The number of such rows of each of these people. */
  readonly rowsEach: number
  /** For a numeric column: the total over these rows, as a variable. */
  readonly variable?: VariableRef
  /** The totals, by subject. */
  readonly totals: ReadonlyMap<number, bigint>
  /** The conditions on rows, as text. */
  readonly conditions: readonly string[]
}

/** The sums to be asked about some people of a group. */
interface Asked {
  readonly by: readonly VariableRef[]
  readonly people: SubjectSet
  readonly measures: Map<string, Measure>
}

/** Asks for the products of totals as questions. */
export function personSums(of: PeopleOfModel, k: number): PersonSums | NoPersonSums {
  const { measure, facts } = of
  const columns: ByPerson[] = []
  for (const column of of.columns) {
    const own = byPerson(column, of)
    if (own === undefined) return { why: `a person has rows with a level of ${column.name} more often than another` }
    columns.push(own)
  }
  const few = fewApart(columns, of.rows.support, k)
  if (few !== undefined) return { why: `few people have rows with the levels of ${few}, or few of the others` }
  const asked = new Map<string, Asked>()
  for (const [i, one] of columns.entries())
    for (const other of columns.slice(i))
      if (placeInRows(measure, of.columns, [one.column, other.column]) === undefined) addPair(asked, [one, other], of)
  const variables = new Map(
    columns.flatMap((one) => (one.variable === undefined ? [] : [[one.variable, factsOf(one, facts)]]))
  )
  const parts = new Map<string, JudgedPart>()
  for (const [key, one] of asked) {
    const part = partOf(one, { ...of, ofPeople: columns, variables })
    if (part === undefined) return { why: 'the answers lack a group of people' }
    parts.set(key, part)
  }
  const totals = columns.map((one) =>
    columns.map((other) => {
      const place = placeInRows(measure, of.columns, [one.column, other.column])
      return place === undefined ? sumIn([one, other], parts, measure) : of.within[place[0]]?.[place[1]]
    })
  )
  return totals.some((row) => row.includes(undefined))
    ? { why: 'the answers lack a sum of totals' }
    : { parts: [...parts.values()], totals: totals as IntegerMatrix }
}

/** Undefined if people have different numbers of rows with the levels of the column. */
function byPerson(column: DesignColumn, { measure, rows, plan }: PeopleOfModel): ByPerson | undefined {
  const isOfRows = ([variable]: readonly [VariableRef, string]) => variable.startsWith(`${measure.random?.table}.`)
  const levels = [...column.levels].filter(isOfRows).sort(([a], [b]) => (a < b ? -1 : 1))
  const has = valuesOf({ name: '', levels: new Map(levels) }, measure, rows)
  const values = column.number === undefined ? has : valuesOf({ ...column, levels: new Map(levels) }, measure, rows)
  const totals = new Map<number, bigint>()
  const counts = new Map<number, number>()
  for (let row = 0; row < rows.rows; row++) {
    if (has[row] === 0) continue
    const owner = rows.owners[row] ?? 0
    counts.set(owner, (counts.get(owner) ?? 0) + 1)
    totals.set(owner, (totals.get(owner) ?? 0n) + BigInt(values[row] ?? 0))
  }
  const each = new Set(counts.values())
  if (each.size > 1) return undefined
  const conditions = levels.map(([variable, level]) => JSON.stringify([variable, level]))
  return {
    column,
    people: SubjectSet.of(rows.support.universe, totals.keys()),
    rowsEach: [...each][0] ?? 0,
    totals,
    conditions,
    ...(column.number === undefined ? {} : { variable: totalOf(column.number, { measure, plan, conditions }) })
  }
}

/**
 * The name of a total. Totals over other rows are different variables. Whether such rows differ only for few people is
 * judged by the rows themselves.
 */
function totalOf(
  number: VariableRef,
  { measure, plan, conditions }: Pick<PeopleOfModel, 'measure' | 'plan'> & { readonly conditions: readonly string[] }
): VariableRef {
  const over = canonicalJson({ where: plan.where ?? null, of: variablesOf(measure), tables: plan.tables, conditions })
  // An asterisk would join two names; see `productOf`.
  return `${number} in total over ${encodeURIComponent(over).replaceAll('*', '%2A')}`
}

/** The facts about a total are those of its variable, to which everything disclosed about the total is charged. */
function factsOf({ column, rowsEach, variable = 'a.b' }: ByPerson, facts: FactsOf): VariableFacts {
  const own = facts(column.number ?? 'a.b')
  const { values, cells: _, isInteger: __, ...rest } = own
  return {
    ...rest,
    ...(values === undefined ? {} : { values: (values - 1) * rowsEach + 1 }),
    own: variable,
    charged: own
  }
}

/** The name of a column whose people are few, or all but few, of the people of another column; undefined if there is none. */
function fewApart(columns: readonly ByPerson[], everybody: SubjectSet, k: number): string | undefined {
  const isFew = (set: SubjectSet) => set.size > 0 && set.size < k
  for (const { column, people } of columns) {
    if (isFew(people) || isFew(everybody.without(people))) return column.name
    for (const other of columns) {
      if (isFew(people.and(other.people)) || isFew(people.without(other.people)))
        return `${column.name} and ${other.column.name}`
    }
  }
  return undefined
}

function addPair(
  asked: Map<string, Asked>,
  [one, other]: readonly [ByPerson, ByPerson],
  { measure }: PeopleOfModel
): void {
  const [first, second] = inOrder(one, other)
  const by = keysOfPeople(measure, [one.column, other.column])
  const key = keyOf([one, other], by)
  const people = one.people.and(other.people)
  // Nobody has rows of both columns, so the sum is zero.
  if (people.size === 0) return
  const found = asked.get(key) ?? { by, people, measures: new Map<string, Measure>() }
  asked.set(key, found)
  const add = (measureOf: (name: string) => Measure, what: string) => {
    if (!found.measures.has(what)) found.measures.set(what, measureOf(`m_${found.measures.size}`))
  }
  add((name) => ({ kind: 'subjects', name }), 'people')
  const [x, y] = [first.variable, second.variable]
  if (x === undefined) return
  if (y === undefined) add((name) => ({ kind: 'mean', name, variable: x }), x)
  else if (x === y) add((name) => ({ kind: 'variance', name, variable: x }), `${x} ^2`)
  else add((name) => ({ kind: 'covariance', name, variables: [x, y] }), pairKey(x, y))
}

/** The column of a numeric variable comes second. Two such columns are ordered by the names of their totals. */
function inOrder(one: ByPerson, other: ByPerson): readonly [ByPerson, ByPerson] {
  if (one.variable === undefined) return [other, one]
  if (other.variable === undefined) return [one, other]
  return one.variable <= other.variable ? [one, other] : [other, one]
}

function keyOf([one, other]: readonly [ByPerson, ByPerson], by: readonly VariableRef[]): string {
  return JSON.stringify([by, [...new Set([...one.conditions, ...other.conditions])].sort()])
}

interface Making extends PeopleOfModel {
  readonly ofPeople: readonly ByPerson[]
  readonly variables: ReadonlyMap<VariableRef, VariableFacts>
}

/** The question with its answer. Its groups are those of the same people without totals, to which the totals are added. */
function partOf({ by, people, measures }: Asked, making: Making): JudgedPart | undefined {
  const answer = making.answers.find(({ plan }) => plan.groupBy.map(({ variable }) => variable).join() === by.join())
  if (answer === undefined) return undefined
  const all = [...measures.values()]
  const plan: Plan = { ...answer.plan, measures: all }
  const filled = (reduction: Reduction): Reduction => ({
    groups: reduction.groups.flatMap((group) => groupOf(group, people, all, making))
  })
  const reduction = filled(answer.reduction)
  if (reduction.groups.reduce((sum, { support }) => sum + support.size, 0) !== people.size) return undefined
  const { rare, known } = answer
  return {
    plan,
    reduction,
    ...unsaidWithin(answer, people, all),
    variables: making.variables,
    complete: new Set(making.variables.keys()),
    ...(rare === undefined ? {} : { rare: { ...rare, ...unsaidWithin(rare, people, all) } }),
    ...(known === undefined ? {} : { known })
  }
}

/** The people who could be in a group are judged without regard to the totals. */
function unsaidWithin({ defining, possible }: Unsaid, people: SubjectSet, measures: readonly Measure[]): Unsaid {
  const of = (reduction: Reduction) => placed(reduction, people, measures)
  return {
    defining: defining.map(
      ({ without, always, valued, byCell, ...rest }): Defining => ({
        ...rest,
        ...(without === undefined ? {} : { without: of(without) }),
        ...(always === undefined ? {} : { always: of(always) }),
        ...(valued === undefined ? {} : { valued: of(valued) }),
        ...(byCell === undefined
          ? {}
          : {
              byCell: byCell.map(({ cells, reduction }) =>
                reduction === undefined ? { cells } : { cells, reduction: of(reduction) }
              )
            })
      })
    ),
    ...(possible === undefined ? {} : { possible: within(possible, people) })
  }
}

function within(possible: Possible, people: SubjectSet): Possible {
  const inPeople = <T extends { readonly people: SubjectSet }>(all: readonly T[]): T[] =>
    all.map((one) => ({ ...one, people: one.people.and(people) }))
  return { ...possible, sets: inPeople(possible.sets), groups: inPeople(possible.groups) }
}

/** Groups of which each part holds all people of the group. */
function placed(reduction: Reduction, people: SubjectSet, measures: readonly Measure[]): Reduction {
  return {
    groups: reduction.groups.flatMap((group) => {
      const support = group.support.and(people)
      if (support.size === 0) return []
      const columns = measures
        .flatMap(variablesOf)
        .map((ref): [VariableRef, ReducedColumn] => [ref, emptyOver(support)])
      const pairs = measures.flatMap((one): [string, ReducedPair][] =>
        one.kind === 'covariance' ? [[pairKey(...one.variables), { ...PAIR, support, rows: support.size }]] : []
      )
      return [{ key: group.key, support, rows: support.size, columns: new Map(columns), pairs: new Map(pairs) }]
    })
  }
}

const PAIR = { decimals: [0, 0], sumX: 0n, sumY: 0n, sumXX: 0n, sumYY: 0n, sumXY: 0n } as const

function emptyOver(support: SubjectSet): ReducedColumn {
  return {
    decimals: 0,
    support,
    rows: support.size,
    sum: 0n,
    sumSquares: 0n,
    nonNegative: true,
    largest: [0n, 0n]
  }
}

function groupOf(
  group: ReducedGroup,
  people: SubjectSet,
  measures: readonly Measure[],
  making: Making
): ReducedGroup[] {
  const support = group.support.and(people)
  if (support.size === 0) return []
  const of = (variable: VariableRef) => making.ofPeople.find((one) => one.variable === variable)
  const columns = new Map<VariableRef, ReducedColumn>()
  for (const variable of measures.flatMap(variablesOf)) {
    const column = of(variable)
    if (column !== undefined) columns.set(variable, columnOver(column, support, making))
  }
  const pairs = new Map<string, ReducedPair>()
  for (const one of measures) {
    if (one.kind !== 'covariance') continue
    const [x, y] = one.variables.map(of)
    if (x !== undefined && y !== undefined) pairs.set(pairKey(...one.variables), pairOver([x, y], support, making))
  }
  return [{ key: group.key, support, rows: support.size, columns, pairs }]
}

/** The column that `Catalog.reduce` would compute for a variable with one value per person. */
function columnOver(one: ByPerson, support: SubjectSet, { decimals }: PeopleOfModel): ReducedColumn {
  const members = [...one.totals].filter(([person]) => support.has(person))
  const values = members.map(([, value]) => value)
  const sorted = [...values].sort((a, b) => (a < b ? 1 : -1))
  const nonNegative = (sorted.at(-1) ?? 0n) >= 0n
  const places = decimals.get(one.column.number ?? 'a.b') ?? 0
  return {
    decimals: places,
    support,
    rows: support.size,
    sum: sumOf(values),
    sumSquares: sumOf(values.map(square)),
    nonNegative,
    largest: nonNegative ? [sorted[0] ?? 0n, sorted[1] ?? 0n] : [0n, 0n],
    deviations: [deviationsOf(values)],
    ...levelsOf(members, places, support.universe),
    ...endsOf(one, support)
  }
}

function pairOver(
  [x, y]: readonly [ByPerson, ByPerson],
  support: SubjectSet,
  { decimals }: PeopleOfModel
): ReducedPair {
  const both = [...x.totals].flatMap(([person, value]): (readonly [bigint, bigint])[] => {
    const other = y.totals.get(person)
    return other === undefined || !support.has(person) ? [] : [[value, other]]
  })
  const [ofX, ofY] = [both.map(([value]) => value), both.map(([, value]) => value)]
  return {
    support,
    rows: support.size,
    decimals: [decimals.get(x.column.number ?? 'a.b') ?? 0, decimals.get(y.column.number ?? 'a.b') ?? 0],
    sumX: sumOf(ofX),
    sumY: sumOf(ofY),
    sumXX: sumOf(ofX.map(square)),
    sumYY: sumOf(ofY.map(square)),
    sumXY: sumOf(both.map(([a, b]) => a * b)),
    deviations: [deviationsOf(ofX), deviationsOf(ofY)]
  }
}

/** Maximum number of different values for which the people of each value are listed. */
const LEVELS_MAX = 10

function levelsOf(
  members: readonly (readonly [number, bigint])[],
  places: number,
  universe: number
): Pick<ReducedColumn, 'levels'> {
  const by = Map.groupBy(members, ([, value]) => value)
  if (by.size > LEVELS_MAX) return {}
  const named = [...by].map(([value, own]): [string, SubjectSet] => [
    String(Number(value) / 10 ** places),
    SubjectSet.of(
      universe,
      own.map(([person]) => person)
    )
  ])
  return { levels: new Map(named) }
}

type Ends = Pick<ReducedColumn, 'aboveLeast' | 'belowMost' | 'aboveSecond' | 'belowLastButOne'>

/**
 * The people of a group without those whose total is at an end of all totals. The end is the outermost total that more than
 * few people have, and the next one.
 */
function endsOf({ totals }: ByPerson, support: SubjectSet): Ends {
  const counts = new Map<bigint, number>()
  for (const value of totals.values()) counts.set(value, (counts.get(value) ?? 0) + 1)
  const ascending = [...counts.keys()].sort((a, b) => (a < b ? -1 : 1))
  const shared = (values: readonly bigint[]) => {
    const few = values.findIndex((value) => (counts.get(value) ?? 0) < LIMITS.cohortSizeFloor)
    const most = ascending.length < 3 ? 1 : 2
    return values.slice(0, few < 0 ? most : Math.min(few, most))
  }
  const having = (isIt: (value: bigint) => boolean): ReducedPart => {
    const members = [...totals].filter(([person, value]) => support.has(person) && isIt(value))
    const people = SubjectSet.of(
      support.universe,
      members.map(([person]) => person)
    )
    return { support: people, rows: people.size }
  }
  const [least, second] = shared(ascending)
  const [most, lastButOne] = shared([...ascending].reverse())
  return {
    ...(least === undefined ? {} : { aboveLeast: having((value) => value > least) }),
    ...(second === undefined ? {} : { aboveSecond: having((value) => value > second) }),
    ...(most === undefined ? {} : { belowMost: having((value) => value < most) }),
    ...(lastButOne === undefined ? {} : { belowLastButOne: having((value) => value < lastButOne) })
  }
}

/** Scale factor between doubles and whole numbers, as in a reduction. */
const UNIT = 2 ** 20

function deviationsOf(values: readonly bigint[]): Deviations {
  const mean = Number(sumOf(values)) / Math.max(1, values.length)
  const own = values.map((value) => (Number(value) - mean) ** 2).sort((a, b) => b - a)
  const scaled = (value: number) => BigInt(Math.round(value * UNIT))
  return {
    power: 2,
    total: scaled(own.reduce((sum, value) => sum + value, 0)),
    largest: [scaled(own[0] ?? 0), scaled(own[1] ?? 0)]
  }
}

/** The sum of the products of two columns' totals, from the answers alone; undefined if the answers lack it. */
function sumIn(
  [one, other]: readonly [ByPerson, ByPerson],
  parts: ReadonlyMap<string, JudgedPart>,
  measure: GramMeasure
): bigint | undefined {
  const [first, second] = inOrder(one, other)
  const by = keysOfPeople(measure, [one.column, other.column])
  const wanted = by.map((variable) => {
    const [a, b] = [one.column.levels.get(variable), other.column.levels.get(variable)]
    return a !== undefined && b !== undefined && a !== b ? undefined : (a ?? b)
  })
  if (wanted.includes(undefined) || one.people.and(other.people).size === 0) return 0n
  const part = parts.get(keyOf([one, other], by))
  if (part === undefined) return undefined
  const group = part.reduction.groups.find(({ key }) => wanted.every((level, i) => key[i] === level))
  return ofGroup(group, [first, second], part.plan)
}

function ofGroup(
  group: ReducedGroup | undefined,
  [first, second]: readonly [ByPerson, ByPerson],
  { measures }: Plan
): bigint | undefined {
  const [x, y] = [first.variable, second.variable]
  const isAsked = measures.some((one) => {
    if (x === undefined) return one.kind === 'subjects'
    if (y === undefined) return one.kind === 'mean' && one.variable === x
    if (x === y) return one.kind === 'variance' && one.variable === x
    return one.kind === 'covariance' && one.variables[0] === x && one.variables[1] === y
  })
  if (!isAsked) return undefined
  if (group === undefined) return 0n
  const [m, l] = [BigInt(first.rowsEach), BigInt(second.rowsEach)]
  if (x === undefined) return m * l * BigInt(group.support.size)
  if (y === undefined) return l * (group.columns.get(x)?.sum ?? 0n)
  return x === y ? group.columns.get(x)?.sumSquares : group.pairs.get(pairKey(x, y))?.sumXY
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n)
}

function square(value: bigint): bigint {
  return value * value
}
