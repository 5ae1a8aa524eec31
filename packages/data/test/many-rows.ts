/** A large table in a test server, with known counts. */
import type { Catalog } from '../src/index.ts'
import type { PostgresServer } from './postgres-server.ts'

/** Makes the table `many` with four rows per person, and returns its description. */
export async function manyRows(server: PostgresServer, rows: number): Promise<Readonly<Record<string, unknown>>> {
  await server.run(`CREATE TABLE many AS SELECT n / 4 AS id, (n / 4 % 1000) * 0.5 AS score, date '2020-01-01' + (n % 365) AS day,
    (ARRAY['a', 'b'])[1 + n % 2] AS arm FROM generate_series(0, ${rows - 1}) AS n; GRANT SELECT ON many TO reader`)
  return {
    relation: 'many',
    variables: [
      { name: 'score', type: 'number', decimals: 1, breakpoints: [250] },
      { name: 'day', type: 'date' },
      { name: 'arm', type: 'category', levels: ['a', 'b'] }
    ]
  }
}

/** Numbers of people, of rows, and of people with a score below 250, which are half of all people. */
export async function countsOf(catalog: Catalog): Promise<{ people: number; rows: number; below: number }> {
  const [table = ''] = catalog.config.tables.map(({ name }) => name)
  const below = await catalog.cohort({ column: 'score', op: '<', values: [250] })
  return { people: catalog.subjects, rows: (await catalog.itemsOf(table)).rows, below: below.size }
}
