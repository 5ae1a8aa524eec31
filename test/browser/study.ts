/** Made-up people for models in rounds, slopes of each person and hazards: doses, falls with their days, and scores at three visits. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Number of people per institution. */
const PEOPLE = 360
const MONTHS = [0, 6, 12]

/** The configuration of the catalog `fall_study`. */
export function fallStudy(): object {
  return {
    name: 'fall_study',
    title: 'Falls by dose, and scores over a year',
    subject_key: 'id',
    synthetic: true,
    access_level: 'public',
    tables: [
      {
        name: 'people',
        file: 'fall-people.csv',
        one_row_per_subject: true,
        variables: [
          { name: 'arm', type: 'category', levels: ['usual', 'training'] },
          { name: 'dose', type: 'number', unit: 'mg', decimals: 1, minimum: 0, maximum: 60 },
          { name: 'fell', type: 'category', levels: ['no', 'yes'] }
        ]
      },
      {
        name: 'visits',
        file: 'fall-visits.csv',
        variables: [
          { name: 'month', type: 'category', levels: MONTHS.map(String), unit: 'months' },
          {
            name: 'month_about_6',
            type: 'category',
            levels: MONTHS.map((month) => String(month - 6)),
            derive: {
              rule: 'recode',
              of: 'month',
              into: Object.fromEntries(MONTHS.map((month) => [String(month), String(month - 6)]))
            }
          },
          { name: 'score', type: 'integer', minimum: 0, maximum: 150 }
        ]
      }
    ]
  }
}

/** The configuration of the catalog `fall_times`, of the same people. */
export function fallTimes(): object {
  return {
    name: 'fall_times',
    title: 'Days to a first fall',
    subject_key: 'id',
    synthetic: true,
    access_level: 'public',
    tables: [
      {
        name: 'times',
        file: 'fall-times.csv',
        one_row_per_subject: true,
        variables: [
          { name: 'arm', type: 'category', levels: ['usual', 'training'] },
          { name: 'sex', type: 'category', levels: ['female', 'male'] },
          { name: 'days', type: 'integer', unit: 'd', breakpoints: [90, 180, 270], minimum: 0, maximum: 365 },
          { name: 'fell', type: 'category', levels: ['no', 'yes'] }
        ]
      }
    ]
  }
}

/** Writes the data files of an institution, for both catalogs. */
export async function writeFallStudy(folder: string, site: number): Promise<void> {
  const next = uniform(site + 1)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const people = ['id,arm,dose,fell']
  const times = ['id,arm,sex,days,fell']
  const visits = ['id,month,score']
  for (let i = 0; i < PEOPLE; i++) {
    const arm = next() < 0.5 ? 'usual' : 'training'
    const dose = Math.min(60, Math.max(0, Math.round(10 * (30 + 2 * site + 8 * normal())) / 10))
    const risk = 1 / (1 + Math.exp(2.4 - dose / 12 + (arm === 'training' ? 0.5 : 0)))
    people.push(`p${i},${arm},${dose},${next() < risk ? 'yes' : 'no'}`)
    times.push(
      `p${i},${i % 3 === 0 ? 'usual' : 'training'},${i % 2 === 0 ? 'female' : 'male'},${(i * 7 + site) % 360},${i % 5 < 2 ? 'yes' : 'no'}`
    )
    const [own, slope] = [60 + 6 * normal(), -0.3 + 0.4 * normal()]
    for (const month of MONTHS)
      visits.push(`p${i},${month},${Math.max(0, Math.round(own + slope * month + 4 * normal()))}`)
  }
  await writeFile(join(folder, 'fall-people.csv'), `${people.join('\n')}\n`)
  await writeFile(join(folder, 'fall-times.csv'), `${times.join('\n')}\n`)
  await writeFile(join(folder, 'fall-visits.csv'), `${visits.join('\n')}\n`)
}

/** Numbers from 0 to 1 that are the same in every run. */
function uniform(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
