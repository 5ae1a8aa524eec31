/** The rows behind a model: the rows with a value of every variable, and these values, for rules that consider each person. */
import { type GramMeasure, type ReducedRows, StimnetError, variablesOf } from '@stimnet/protocol'
import { setOfBits } from '../index/bits.ts'
import type { Base } from './base.ts'
import { byGroup, type ReduceSession, rowSupport, support } from './groups.ts'

/** Reads the rows of a model, whose plan has no groups. Throws NODE_ERROR for a value that a double cannot represent; throws CANCELLED. */
export async function modelRows(measure: GramMeasure, base: Base, reading: ReduceSession): Promise<ReducedRows> {
  const { session, subjects, items, signal } = reading
  const places = variablesOf(measure).map((ref) => ({ ref, at: base.values.findIndex((value) => value.ref === ref) }))
  const complete = places.map(({ at }) => `x${at} IS NOT NULL`).join(' AND ')
  const rowPart = items === undefined ? 'NULL' : rowSupport(items, complete)
  const parts = [support(subjects, complete), `count(*) FILTER (WHERE ${complete})`, rowPart]
  const [found] = await byGroup(parts, base, reading)
  const [people, count, rowBits] = found?.values ?? []
  const rows = Number(count ?? 0)
  const values = places.map(({ ref }) => [ref, new Float64Array(rows)] as const)
  // Doubles hold every whole number that is not refused below.
  const columns = places.map(({ at }) => `CAST(x${at} AS DOUBLE)`).join(', ')
  const owners = new Uint32Array(rows)
  let place = 0
  const sql = `SELECT ${columns}, CAST(s AS DOUBLE) FROM ${base.from} WHERE ${complete}`
  for await (const chunk of session.numbers(sql, base.parameters, signal)) {
    const people = chunk[places.length] ?? new Float64Array()
    // More rows than were counted are reported below.
    if (place + people.length <= rows) {
      for (const [i, [ref, column]] of values.entries()) {
        const own = chunk[i] ?? new Float64Array()
        if (!own.every(Number.isSafeInteger))
          throw new StimnetError('NODE_ERROR', `a value of ${ref} is too large for a model`)
        column.set(own, place)
      }
      owners.set(people, place)
    }
    place += people.length
  }
  if (place !== rows) throw new StimnetError('NODE_ERROR', 'the rows of a model changed while they were read')
  return {
    support: setOfBits(subjects, people),
    rows,
    ...(items === undefined ? {} : { rowSet: setOfBits(items, rowBits) }),
    values: new Map(values),
    owners
  }
}
