/**
 * The people of an analysis set: all who have a value of each of its variables. If fewer than k people would be left out, more people are
 * left out in a secret order until k are, so that the set and its complement each contain nobody or at least k people.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type AnalysisSet,
  analysisSetFromMessage,
  type CatalogDescriptor,
  canonicalBytes,
  describedSets,
  type Filter,
  filterFromPairs,
  isInSet,
  type Plan,
  type RandomSource,
  type Reduction,
  resolveVariable,
  StimnetError,
  SubjectSet,
  sha256Hex,
  toHex
} from '@stimnet/protocol'
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import { withSession } from '../engine.ts'
import { resolveFilter, rowFilter } from '../index/filter.ts'
import type { SubjectIndex } from '../index/subject-index.ts'
import { quoteText } from '../quote.ts'
import { PEOPLE_FILE, type Snapshot } from '../snapshot.ts'

/**
 * The sets of a configuration with full variable names, for the catalog's description. Throws SOURCE_INVALID for a condition that does not
 * fit the catalog.
 */
export function describeSets(
  { name: catalog, analysis_sets: sets = {} }: CatalogConfig,
  descriptor: CatalogDescriptor
): CatalogDescriptor['sets'] {
  return describedSets(
    Object.entries(sets).map(([name, { complete_on: names, where: pairs = {} }]): AnalysisSet => {
      try {
        const asked = filterFromPairs(pairs)
        return {
          name,
          completeOn: names.map((one) => resolveVariable(descriptor, one).ref),
          ...(asked === undefined ? {} : { where: resolveFilter(asked, descriptor) })
        }
      } catch (cause) {
        if (!(cause instanceof StimnetError)) throw cause
        throw new StimnetError('SOURCE_INVALID', `catalog ${catalog}: analysis_sets.${name}: ${cause.reason}`, {
          cause
        })
      }
    })
  )
}

/** The parts from which the people of a set are computed. */
export interface SetParts {
  readonly snapshot: Pick<Snapshot, 'epoch' | 'folder'>
  readonly index: SubjectIndex
  readonly random: RandomSource
  /** The smallest non-zero number of people that may be left out. */
  readonly k: number
  readonly subjects: number
  cohort(filter: Filter | undefined): Promise<SubjectSet>
  reduce(plan: Plan, cohort: SubjectSet): Promise<Reduction>
}

/**
 * The id under which ledgers record a set: its name with a hash of its definition and of k. A set with a changed definition has a new id.
 */
async function idOfSet(set: AnalysisSet, k: number): Promise<string> {
  const hash = await sha256Hex(canonicalBytes([set.name, set.completeOn, set.where ?? null, k]))
  return `${set.name}~${hash.slice(0, 16)}`
}

/** An analysis set with its id. */
export interface KnownSet extends AnalysisSet {
  readonly id: string
}

/** The analysis sets of a description, with their ids. */
export function setsOf({ sets, cohortSizeMin }: CatalogDescriptor): Promise<readonly KnownSet[]> {
  return Promise.all(
    sets.map(async (message) => {
      const set = analysisSetFromMessage(message)
      return { ...set, id: await idOfSet(set, cohortSizeMin) }
    })
  )
}

/**
 * The people of a set. They are computed once per epoch and stored in the index; a second computation would give the same people. Throws
 * the errors of `reduce`.
 */
export async function peopleOfSet(set: KnownSet, parts: SetParts): Promise<SubjectSet> {
  const { snapshot, index, subjects } = parts
  const ref = isInSet(set.id).column
  const known = await index.storedSet(snapshot.epoch, subjects, ref)
  if (known !== undefined) return known
  const asked = await parts.cohort(set.where)
  const complete = await completeIn(asked, set, parts)
  const people = complete.without(await moreLeftOut({ asked, complete }, parts))
  await index.writeSets(snapshot.epoch, ref, new Map([[0, people]]))
  return people
}

/** The people who have rows that fit the set's conditions in each variable's table, and a value in each of these rows. */
async function completeIn(asked: SubjectSet, { completeOn, where }: AnalysisSet, { reduce }: SetParts) {
  let complete = asked
  for (const ref of completeOn) {
    const table = ref.slice(0, ref.indexOf('.'))
    const rows = rowFilter(where, [table])
    const isMissing: Filter = { column: ref, op: 'is null', values: [] }
    const having = async (value: Filter) => {
      const plan: Plan = {
        tables: [table],
        groupBy: [],
        measures: [{ kind: 'subjects', name: 'people' }],
        where: rows === undefined ? value : { all: [rows, value] }
      }
      const { groups } = await reduce(plan, asked)
      return groups[0]?.support ?? SubjectSet.none(asked.universe)
    }
    complete = complete.and(await having({ not: isMissing })).without(await having(isMissing))
  }
  return complete
}

/**
 * The complete people to leave out so that the rest contains nobody or at least k people, both among those who fit the conditions and among
 * all subjects.
 */
async function moreLeftOut(
  { asked, complete }: { readonly asked: SubjectSet; readonly complete: SubjectSet },
  parts: SetParts
): Promise<SubjectSet> {
  const { subjects, k } = parts
  const isFew = (count: number) => count > 0 && count < k
  const [rest, ofAll] = [asked.size - complete.size, subjects - complete.size]
  const out = SubjectSet.none(subjects)
  if (!isFew(rest) && !isFew(ofAll)) return out
  let left = rest
  for (const person of await secretOrder(parts)) {
    if (left >= k) break
    if (!complete.has(person)) continue
    out.add(person)
    left += 1
  }
  return out
}

/**
 * All positions, ordered by a keyed hash of the people at these positions. The site's key is secret and the same in all epochs, so that a
 * newer epoch leaves out the same people where possible. Nobody outside the site can know the order.
 */
async function secretOrder({ snapshot, index, random, subjects }: SetParts): Promise<Iterable<number>> {
  const people = join(snapshot.folder, PEOPLE_FILE)
  const isThere = await stat(people).then(
    () => true,
    () => false
  )
  // In an older snapshot, which has no people's names, the positions are in a secret order already.
  if (!isThere) return Array(subjects).keys()
  const secret = await index.salt('sets', () => toHex(random.bytes(32)))
  return withSession({ threads: 1 }, async (session) => {
    const rows = await session.rows(
      `SELECT item FROM read_parquet(${quoteText(people)}, hive_partitioning = false) ORDER BY sha256($1 || token), item`,
      [secret]
    )
    return rows.map(([item]) => Number(item))
  })
}
