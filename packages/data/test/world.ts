/** Fixtures: a catalog in its own folder, over small CSV files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RandomSource, SimulatedClock, seededRandom } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { type Catalog, catalogConfigSchema, type IndexLevel, openCatalog } from '../src/index.ts'

export interface World {
  readonly folder: string
  readonly index: IndexLevel
  write(file: string, text: string): Promise<void>
  open(config?: object, random?: RandomSource, pinned?: string): Promise<Catalog>
  close(): Promise<void>
}

/** Makes a world with a configuration and files. Closing it closes every catalog that was opened in it, and removes the folder. */
export async function makeWorld(config: object, files: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-data-'))
  const index = new MemoryLevel() as unknown as IndexLevel
  const opened: Catalog[] = []
  const write = (file: string, text: string) => writeFile(join(folder, file), text)
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return {
    folder,
    index,
    write,
    async open(other = config, random = seededRandom(1), pinned) {
      const catalog = await openCatalog(catalogConfigSchema.parse(other), {
        baseDir: folder,
        dataDir: join(folder, 'data'),
        index,
        clock: new SimulatedClock(),
        random,
        cohortSizeMin: 5,
        programs: ['statistic', 'sql', 'python'],
        ...(pinned === undefined ? {} : { pinned })
      })
      opened.push(catalog)
      return catalog
    },
    async close() {
      for (const catalog of opened) await catalog.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** The catalog of most tests: people, and their visits. */
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
