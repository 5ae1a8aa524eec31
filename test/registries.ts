/**
 * Three institutions with one registry each, who do not mean the same by it. The second has its columns and levels in
 * another order, the third calls the weight and the subject otherwise, and keeps the weight in pounds.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Of each. */
export const PEOPLE = 60
/** In kilograms. */
export const POUND = 0.4536

interface Person {
  readonly sex: string
  readonly weight: number
  readonly height: number
}

/** In order, in the words of the first. */
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

/** The catalog `registry` of an institution, as configured; its table lies beside the configuration. */
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

/** Its table. */
export async function writeRegistry(folder: string, site: number): Promise<void> {
  const rows = people(site).map(({ sex, weight, height }, i) => {
    const kept = site === 2 ? (weight / POUND).toFixed(2) : weight
    return `p${i},${sex},${kept},${height}`
  })
  const names = site === 2 ? 'patient,sex,pounds,height' : 'id,sex,weight,height'
  await writeFile(join(folder, 'people.csv'), `${[names, ...rows].join('\n')}\n`)
}
