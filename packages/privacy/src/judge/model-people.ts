/**
 * Primary judgement of the people of a model: their number, and the number of people of the group who are not in the model.
 * The people of a model with a random intercept are judged separately for each number of rows per person, because results
 * are released by number of rows.
 */
import { type GramMeasure, type ReducedGroup, type ReducedRows, SubjectSet, variablesOf } from '@stimnet/protocol'
import { columnsOfModel, timeIn } from '@stimnet/statistics'
import { type CellFinding, type CellRules, judged, rowsBehind, withheld } from './cells/basis.ts'
import { countOf } from './numbers.ts'
import { rowsOfSubjects } from './row-sets.ts'

/**
 * Judges the people who have a value of every variable. The numbers of the model are those of its questions; see
 * questions.ts.
 */
export function judgeModelCell(group: ReducedGroup, measure: GramMeasure, rules: CellRules): CellFinding {
  const rows = group.grams?.get(measure.name)
  if (rows === undefined) return withheld('the reduction lacks the people of the model')
  if (measure.random !== undefined) return judgePeopleWithRows(group, measure, { rows, rules })
  const behind = rowsBehind(rows, rules, variablesOf(measure))
  if (!behind.ok) return withheld(behind.why)
  const { support } = rows
  if (group.rows !== group.support.size || rows.rows !== support.size)
    return withheld('several rows of a person: filter to one, such as one visit')
  const { k } = rules.settings
  const columns = columnsOfModel(measure).length - 1
  if (support.size < fewestFor(columns, k))
    return withheld(`fewer than ${fewestFor(columns, k)} people for ${columns} columns`)
  const missing = group.support.size - support.size
  if (missing > 0 && missing < k) return withheld('few people lack a value')
  return judged({ support, numbers: [countOf(behind.set)], counted: behind.set }, behind.weights, rules)
}

/**
 * Judges the people of a model with a random intercept, in which each person can have several rows. The model contains the
 * people whose number of rows is common enough. The people outside the model, including those with a row that lacks a value,
 * must be nobody or at least k people.
 */
function judgePeopleWithRows(
  group: ReducedGroup,
  measure: GramMeasure,
  { rows, rules }: { readonly rows: ReducedRows; readonly rules: CellRules }
): CellFinding {
  const { rowSets, settings } = rules
  if (rowSets === undefined || rows.rowSet === undefined || group.rowSet === undefined)
    return withheld('the reduction lacks the rows')
  const { k } = settings
  const { people } = sizesOf(rows, { measure, k })
  const set = rowSets.solved(rows.rowSet.and(rowsOfSubjects(rowSets.items, people)))
  const behind = rowsBehind(
    { support: people, rows: set.rows?.size ?? 0, ...(set.rows ? { rowSet: set.rows } : {}) },
    rules
  )
  if (!behind.ok) return withheld(behind.why)
  const lacking = rowSets.of(group.rowSet.without(rows.rowSet)).subjects.or(group.support.without(people))
  if (lacking.size > 0 && lacking.size < k)
    return withheld('few people lack a value, or are left out for their number of rows')
  return judged({ support: people, numbers: [countOf(behind.set)], counted: behind.set }, behind.weights, rules)
}

/**
 * The minimum number of people of a model with `columns` columns beside its outcome: three for each column, and ten more
 * than columns.
 */
export function fewestFor(columns: number, k: number): number {
  return Math.max(k, 3 * columns, columns + 10)
}

/** The people who have one number of rows; of a model with a random slope those who have one set of visits. */
export interface PeopleOfSize {
  readonly size: number
  /** The indices of these people's visits among the levels of the time variable, ascending. */
  readonly visits?: readonly number[]
  readonly people: SubjectSet
}

/** The numbers of rows, or sets of visits, that are in a model, ascending, and how many were left out. */
export interface Sizes {
  readonly kept: readonly PeopleOfSize[]
  readonly leftOut: number
  /** All people of `kept`. */
  readonly people: SubjectSet
}

/** Maximum number of different numbers of rows, or sets of visits, in a model. Each of them adds a separate set of sums. */
const SIZES_MAX = 64

/**
 * The minimum number of people who have the same number of rows. On average a person's weight in the fit is `columns`
 * divided by the number of people, and nobody may weigh more than 1/2k: with fewer than twice as many people as this
 * requires, somebody nearly always does.
 */
export function fewestOfSize(measure: GramMeasure, k: number): number {
  const columns = columnsOfModel(measure).length - 1
  return Math.max(k, 3 * columns, columns + 10, 4 * k * columns)
}

/**
 * Leaves out the numbers of rows, or sets of visits, that too few people have, and people with two rows at one visit. If fewer than k
 * people of the catalog are then outside the model, including those without such a row, the number of rows that the fewest people have is
 * left out as well, until nobody or at least k people are outside.
 */
export function sizesOf(
  rows: Pick<ReducedRows, 'support' | 'owners' | 'values'>,
  { measure, k }: { readonly measure: GramMeasure; readonly k: number }
): Sizes {
  const { support } = rows
  const all = kindsIn(rows, measure).sort((a, b) => b.people.length - a.people.length || inOrder(a, b))
  const fewest = fewestOfSize(measure, k)
  let kept = all.filter(({ people, isOnce }) => isOnce && people.length >= fewest).slice(0, SIZES_MAX)
  const outside = () => support.universe - kept.reduce((sum, { people }) => sum + people.length, 0)
  while (kept.length > 0 && outside() > 0 && outside() < k) kept = kept.slice(0, -1)
  return {
    kept: kept
      .sort(inOrder)
      .map(({ isOnce: _, people, ...kind }) => ({ ...kind, people: SubjectSet.of(support.universe, people) })),
    leftOut: all.length - kept.length,
    people: SubjectSet.of(
      support.universe,
      kept.flatMap(({ people }) => people)
    )
  }
}

/** People with the same number of rows, or with the same visits. */
interface Kind extends Pick<PeopleOfSize, 'size' | 'visits'> {
  readonly people: readonly number[]
  /** Whether none of these people has two rows at one visit. A random slope has no place for a second row at a visit. */
  readonly isOnce: boolean
}

function kindsIn({ owners, values }: Pick<ReducedRows, 'owners' | 'values'>, measure: GramMeasure): Kind[] {
  const time = timeIn(measure)
  const visit = time === undefined ? undefined : values.get(time)
  const ofPeople = new Map<number, number[]>()
  for (const [row, owner] of owners.entries()) {
    const own = ofPeople.get(owner)
    if (own === undefined) ofPeople.set(owner, [visit?.[row] ?? 0])
    else own.push(visit?.[row] ?? 0)
  }
  if (time === undefined)
    return [...Map.groupBy(ofPeople.keys(), (owner) => ofPeople.get(owner)?.length ?? 0)].map(([size, people]) => ({
      size,
      people,
      isOnce: true
    }))
  for (const own of ofPeople.values()) own.sort((a, b) => a - b)
  const all = Map.groupBy(ofPeople.keys(), (owner) => ofPeople.get(owner)?.join() ?? '')
  return [...all.values()].map((people) => {
    const visits = ofPeople.get(people[0] ?? 0) ?? []
    return { size: visits.length, visits, people, isOnce: new Set(visits).size === visits.length }
  })
}

function inOrder(a: Pick<Kind, 'size' | 'visits'>, b: Pick<Kind, 'size' | 'visits'>): number {
  const [one, other] = [a.visits?.join() ?? '', b.visits?.join() ?? '']
  return a.size - b.size || (one < other ? -1 : one > other ? 1 : 0)
}

/** The rows of some people. */
export function rowsOf({ rows, values, owners, ...rest }: ReducedRows, people: SubjectSet): ReducedRows {
  const places: number[] = []
  for (let row = 0; row < rows; row++) if (people.has(owners[row] ?? 0)) places.push(row)
  return {
    ...rest,
    support: rest.support.and(people),
    rows: places.length,
    values: new Map([...values].map(([ref, own]) => [ref, Float64Array.from(places, (row) => own[row] ?? 0)])),
    owners: Uint32Array.from(places, (row) => owners[row] ?? 0)
  }
}
