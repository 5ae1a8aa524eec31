/** The catalog of most tests, and its files. */
import { makeWorld } from '../../../test/data-world.ts'
import type { Catalog } from '../src/index.ts'

export { makeWorld, type World } from '../../../test/data-world.ts'

/** People, and their visits. */
export const CLINIC = {
  name: 'clinic',
  subject_key: 'subject_id',
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'age', type: 'integer', unit: 'years', breakpoints: [40, 60, 65, 66], minimum: 18, maximum: 110 },
        { name: 'sex', type: 'category', levels: ['F', 'M'] },
        { name: 'note', type: 'text' },
        { name: 'height', type: 'number', decimals: 2 }
      ]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      variables: [
        { name: 'visit', type: 'category', levels: ['baseline', 'month_12'] },
        { name: 'score', type: 'number', decimals: 1, breakpoints: [-5, 0, 10.5] },
        { name: 'day', type: 'date', breakpoints: ['2024-01-01', '2024-02-01'] },
        { name: 'Grade', type: 'integer' }
      ]
    }
  ]
} as const

export const CLINIC_FILES = {
  'people.csv': [
    'subject_id,age,sex,note,height',
    'a,39,F,"says ""hi"", twice",1.70',
    'b,40,M,,1.81',
    'c,60,F,plain,NA',
    'd,65,M,plain,1.6',
    'e,NA,,x,2',
    ''
  ].join('\n'),
  'visits.csv': [
    'subject_id,visit,score,day,Grade',
    'a,baseline,-5.5,2024-01-31,1',
    'a,month_12,3,2024-02-01,2',
    'b,baseline,0,2023-12-31,1',
    'd,month_12,10.5,,NA',
    'd,month_12,NA,2024-01-01,3',
    'f,baseline,7.3,2024-03-01,1'
  ].join('\r\n')
} as const

export const clinicWorld = (config: object = CLINIC, files: Readonly<Record<string, string>> = CLINIC_FILES) =>
  makeWorld(config, files)

/** The rows of a table as a script receives them, without the pseudonym, sorted. */
export async function rowsOf(catalog: Catalog, name?: string): Promise<string[]> {
  const tables = await catalog.tables(await catalog.cohort(undefined))
  const table = name === undefined ? tables[0] : tables.find((one) => one.name === name)
  const [, ...lines] = new TextDecoder().decode(table?.csv).trimEnd().split('\n')
  return lines.map((line) => line.slice(line.indexOf(',') + 1)).sort()
}
