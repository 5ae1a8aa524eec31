/** The values of one variable by subject, for disclosure rules about variables that others are assumed to know. */
import {
  type CatalogDescriptor,
  type Plan,
  resolveVariable,
  StimnetError,
  SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import type { CatalogView } from '../catalog/mapped.ts'
import type { Engine } from '../engine.ts'
import { openBase } from './base.ts'

/** A view of a catalog, and the engine with its rows. */
export interface ValuesFrom {
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  readonly columnSql?: CatalogView['columnSql']
  readonly engine: Engine
  readonly subjects: number
}

const KNOWN = new WeakMap<Engine, Map<string, Float64Array>>()
/** Maximum number of variables remembered per snapshot; mappings may read a variable in many units. */
const KNOWN_MAX = 64

/**
 * The stored value of each subject, for a table with one row per subject: a number in units of its last decimal, a category as the position
 * of its level; NaN if missing. Throws NODE_ERROR for any other table; throws the errors of `resolveVariable`.
 */
export async function knownValues(ref: VariableRef, from: ValuesFrom): Promise<Float64Array> {
  const { descriptor, config, columnSql, engine, subjects } = from
  const { table } = resolveVariable(descriptor, ref)
  if (!table.oneRowPerSubject) throw new StimnetError('NODE_ERROR', `${ref} has several values per subject`)
  const plan: Plan = { tables: [table.name], groupBy: [], measures: [{ kind: 'count', name: 'n', variable: ref }] }
  const session = await engine.session()
  try {
    const cohort = SubjectSet.everyone(subjects)
    const options = { plan, cohort, descriptor, config, engine, session, signal: undefined, reads: 1 }
    const base = await openBase(columnSql === undefined ? options : { ...options, columnSql })
    const kept = KNOWN.get(engine) ?? new Map<string, Float64Array>()
    KNOWN.set(engine, kept)
    const before = kept.get(base.from)
    if (before !== undefined) return before
    const values = new Float64Array(subjects).fill(Number.NaN)
    for await (const rows of session.chunks(`SELECT s, x0 FROM ${base.from}`, base.parameters, undefined)) {
      for (const [subject, value] of rows) if (value !== null) values[Number(subject)] = Number(value)
    }
    if (kept.size < KNOWN_MAX) kept.set(base.from, values)
    return values
  } finally {
    session.close()
  }
}
