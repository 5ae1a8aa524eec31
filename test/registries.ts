/**
 * Three institutions with one registry each, whose schemas differ. The second one has its columns and levels in another order.
 * The third one has other names for the weight and the subject key, and stores the weight in pounds.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Number of people per institution. */
export const PEOPLE = 60
/** One pound in kilograms. */
export const POUND = 0.4536

interface Person {
  readonly sex: string
  readonly weight: number
  readonly height: number
}

/** The people of an institution, in order, with the units and levels of the first institution. */
export const people = (site: number): Person[] =>
  Array.from({ length: PEOPLE }, (_, i) => ({
    sex: i % 3 === 0 ? 'male' : 'female',
    weight: 60 + site * 5 + (i % 20),
    height: 160 + (i % 25)
  }))

const WEIGHT = { name: 'weight', type: 'number', unit: 'kg', decimals: 2, minimum: 0, maximum: 400 }
const HEIGHT = { name: 'height', type: 'number', unit: 'cm', decimals: 2, minimum: 0, maximum: 300 }
const SEX = { name: 'sex', type: 'category', levels: ['female', 'male'] }

const VARIABLES = [
  [SEX, WEIGHT, HEIGHT],
  [{ ...SEX, levels: ['male', 'female'] }, HEIGHT, WEIGHT],
  [SEX, { ...WEIGHT, name: 'pounds', unit: 'lb', maximum: 800 }, HEIGHT]
]

/** The configuration of an institution's catalog `registry`. Its data file is beside the configuration file. */
export function registryOf(site: number) {
  const table = { name: 'people', file: 'people.csv', one_row_per_subject: true, variables: VARIABLES[site] }
  const lattice = [{ variable: 'people.sex' }]
  return {
    name: 'registry',
    subject_key: site === 2 ? 'patient' : 'id',
    synthetic: true,
    access_level: 'public',
    lattice,
    tables: [table]
  }
}

/** Writes the data file of an institution. */
export async function writeRegistry(folder: string, site: number): Promise<void> {
  const rows = people(site).map(({ sex, weight, height }, i) => {
    const kept = site === 2 ? (weight / POUND).toFixed(2) : weight
    return `p${i},${sex},${kept},${height}`
  })
  const names = site === 2 ? 'patient,sex,pounds,height' : 'id,sex,weight,height'
  await writeFile(join(folder, 'people.csv'), `${[names, ...rows].join('\n')}\n`)
}
