/** Fills the subject index from a snapshot's tables. */
import { SubjectSet } from '@stimnet/protocol'
import { bitsOf, setOfBits } from './bits.ts'
import { type CatalogConfig, offeredTable, type TableConfig } from '../catalog/catalog-config.ts'
import { cellSql, SUBJECT } from '../columns.ts'
import { describeVariable } from '../catalog/descriptor.ts'
import { domainOf } from './domain.ts'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import type { SetName, SubjectIndex } from './subject-index.ts'

/** Writes the subject sets of each variable of a table, read from the relation `table_<position of the table>`. */
export async function indexTable(options: {
  session: Session
  config: CatalogConfig
  table: TableConfig
  index: SubjectIndex
  epoch: string
  subjects: number
}): Promise<void> {
  const { session, config, table, index, epoch, subjects } = options
  const from = `table_${config.tables.indexOf(table)}`
  const someone = `bitstring_agg(CAST(${quoteName(SUBJECT)} AS INTEGER), 0, ${bitsOf(subjects) - 1})`
  for (const variable of offeredTable(table).variables) {
    if (variable.type === 'text') continue
    const described = describeVariable(variable, { config, table })
    const domain = domainOf(described)
    const column = quoteName(variable.name)
    const cell = domain ? cellSql(column, described, variable) : `CASE WHEN ${column} IS NOT NULL THEN 0 END`
    const rows = await session.rows(`SELECT ${cell} AS cell, ${someone} FROM ${from} GROUP BY 1`)
    const found = new Map(rows.map(([at, bits]) => [at === null ? 'missing' : Number(at), setOfBits(subjects, bits)]))
    const names: SetName[] = [...Array.from({ length: domain?.cells ?? 0 }, (_, i) => i), 'missing']
    const sets = new Map(names.map((name) => [name, found.get(name) ?? SubjectSet.none(subjects)]))
    await index.writeSets(epoch, `${table.name}.${variable.name}`, sets)
  }
}
