/** Per subject first, then over subjects: rows, sums and squares of each group, as exact integers. */
import type { ReducedColumn, ReducedPair, SubjectSet } from '@stimnet/protocol'
import { bitsOf, setOfBits } from '../bits.ts'
import { decimalsOf } from '../catalog-config.ts'
import { isNumeric } from '../columns.ts'
import type { Row, Session } from '../engine.ts'
import type { Base, PlanVariable } from './base.ts'

/** A group's sums; `cells` are the cells of its keys, null for missing. */
export interface GroupSums {
  readonly cells: readonly (number | null)[]
  readonly support: SubjectSet
  readonly rows: number
  readonly columns: readonly ReducedColumn[]
  readonly pairs: readonly ReducedPair[]
}

/** A pair of measured variables, by position. */
export type PairAt = readonly [x: number, y: number]

const SUBJECT_PARTS = { value: ['n', 's', 'q', 'm'], pair: ['n', 'sx', 'sy', 'sxx', 'syy', 'sxy'] } as const

export async function sumGroups(options: {
  base: Base
  pairs: readonly PairAt[]
  subjects: number
  session: Session
  signal: AbortSignal | undefined
}): Promise<readonly GroupSums[]> {
  const { base, pairs, subjects, session, signal } = options
  const keys = base.keys.map((_, i) => `k${i}`)
  const perSubject = [
    ...keys,
    's',
    'count(*) AS n',
    ...base.values.flatMap(subjectParts),
    ...pairs.flatMap(pairSubjectParts)
  ]
  const by = [...keys, 's'].join(', ')
  await session.rows(`CREATE TEMP TABLE per AS SELECT ${perSubject.join(', ')} FROM base GROUP BY ${by}`, [], signal)
  const whole = [
    ...keys,
    support(subjects),
    'sum(n)',
    ...base.values.flatMap((_, i) => groupParts(i, subjects)),
    ...pairs.flatMap((_, i) => pairGroupParts(i, subjects))
  ]
  const grouped = keys.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${keys.join(', ')}`
  const order = keys.length === 0 ? '' : `ORDER BY ${keys.map((key) => `${key} NULLS LAST`).join(', ')}`
  const rows = await session.rows(`SELECT ${whole.join(', ')} FROM per ${grouped} ${order}`, [], signal)
  return rows.map((row) => readGroup(row, base, pairs, subjects))
}

/** The aggregate that gathers subjects; the snapshot's universe is its fixed width. */
export function support(subjects: number, condition = ''): string {
  const only = condition === '' ? '' : ` FILTER (WHERE ${condition})`
  return `bitstring_agg(CAST(s AS INTEGER), 0, ${bitsOf(subjects) - 1})${only}`
}

function subjectParts({ variable }: PlanVariable, i: number): string[] {
  if (!isNumeric(variable)) return [`count(x${i}) AS n_${i}`]
  return [
    `count(x${i}) AS n_${i}`,
    `sum(CAST(x${i} AS HUGEINT)) AS s_${i}`,
    `sum(CAST(x${i} AS HUGEINT) * x${i}) AS q_${i}`,
    `min(x${i}) AS m_${i}`
  ]
}

function groupParts(i: number, subjects: number): string[] {
  return [`sum(n_${i})`, support(subjects, `n_${i} > 0`)].concat([`sum(s_${i})`, `sum(q_${i})`, `min(m_${i})`, `max(s_${i}, 2)`])
}
