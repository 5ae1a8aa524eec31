/** Ten thousand synthetic subjects with common columns, and the questions of the benchmark. */
import { writeFile } from 'node:fs/promises'
import { randomUnit, seededRandom } from '@stimnet/protocol'

export const SUBJECTS = 10_000
export const TABLE = 'trial'

const SEXES = ['female', 'male']
const ARMS = ['control', 'stimulation']
const SITES = ['north', 'east', 'south', 'west']

/** Questions that are asked in turn, so that no answer can come from the previous run. */
export const QUESTIONS: readonly string[] = [
  `SELECT sex, COUNT(DISTINCT subject_id) AS n, AVG(score) AS score FROM ${TABLE} GROUP BY sex`,
  `SELECT arm, COUNT(DISTINCT subject_id) AS n, AVG(change) AS change FROM ${TABLE} GROUP BY arm`,
  `SELECT site, COUNT(DISTINCT subject_id) AS n, AVG(age) AS age FROM ${TABLE} GROUP BY site`
]

/** Writes the table, which has the same rows each time. */
export async function writeTrial(file: string): Promise<void> {
  const source = seededRandom(7)
  const chance = () => randomUnit(source)
  const pick = (from: readonly string[]) => from[Math.floor(chance() * from.length)] ?? ''
  const lines = ['subject_id,age,sex,arm,site,score,change']
  for (let i = 1; i <= SUBJECTS; i++) {
    const score = Math.round(20 + chance() * 60)
    const row = [`S${i}`, Math.round(18 + chance() * 70), pick(SEXES), pick(ARMS), pick(SITES), score]
    lines.push([...row, Math.round(chance() * 40 - 20)].join(','))
  }
  await writeFile(file, `${lines.join('\n')}\n`)
}

/** The catalog's configuration. `prompt` shows ends at once, `padded` at the next boundary of the release grid. */
export function trialCatalog(name: string, file: string, timing: 'prompt' | 'padded'): object {
  const integer = (column: string, minimum: number, maximum: number) => ({
    ...{ name: column, type: 'integer', minimum, maximum }
  })
  const category = (column: string, levels: readonly string[]) => ({ name: column, type: 'category', levels })
  return {
    name,
    access_level: 'public',
    subject_key: 'subject_id',
    synthetic: true,
    timing,
    tables: [
      {
        name: TABLE,
        file,
        one_row_per_subject: true,
        variables: [
          integer('age', 18, 100),
          category('sex', SEXES),
          category('arm', ARMS),
          category('site', SITES),
          integer('score', 0, 100),
          integer('change', -100, 100)
        ]
      }
    ]
  }
}
