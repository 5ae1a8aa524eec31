/** The attack that uses a known column: moments of age among people with a level can identify these people. */
import { categoryOf } from './counts.ts'
import { cells, type Group, groupOf } from './groups.ts'
import type { Near } from './multisets.ts'
import { numberOf, type Oracle, type ToldRow } from './oracle.ts'
import type { Reconstruction, Scene } from './scene.ts'
import { MOMENT_COLUMNS, powerSum } from './sums.ts'
import { SUBSET_PEOPLE_MAX, subsetsOf } from './subsets.ts'

const AGE_MOMENTS = 'COUNT(age) AS n, AVG(age) AS mean, VARIANCE(age) AS v, SKEWNESS(age) AS s, KURTOSIS(age) AS q'

/** Cells that are small enough for a search, the largest first, since small ones are withheld. */
function groupsOf({ population, target, questionsMax, study }: Scene): readonly Group[] {
  const columns = study.size >= 500 ? (['arm', 'sex', 'centre'] as const) : (['arm', 'sex'] as const)
  const finer = cells(population, [...columns, 'diagnosis'])
  const all = [...cells(population, columns), ...finer].map((each) => groupOf(population, target, each))
  const fitting = all.filter(({ members }) => members.length >= 10 && members.length <= SUBSET_PEOPLE_MAX)
  return fitting.sort((a, b) => b.members.length - a.members.length).slice(0, questionsMax)
}

/** Asks for the moments and lists all sets of people that fit them. */
export const KNOWN_COLUMN_ATTACK: Reconstruction = {
  id: 'N08',
  attack: 'Moments of age among those with a level: which of the people they are',
  targets: ['responder', 'adverse'],
  run: async (scene) => {
    const { oracle, target, population } = scene
    const { variable, level, from } = categoryOf(target)
    const certain = new Map<number, number>()
    const likely = new Map<number, number>()
    const told: (readonly number[])[] = []
    for (const { where, members } of groupsOf(scene)) {
      if (oracle.exhausted) break
      const rows = await oracle.sql(`SELECT ${variable}, ${AGE_MOMENTS} ${from} AND ${where} GROUP BY ${variable}`)
      const sums = sumsOf(
        oracle,
        rows?.find((row) => row[variable] === level)
      )
      if (sums.length === 0) continue
      told.push(members)
      const known = members.map((i) => sums.map((_, power) => (population.people[i]?.age ?? 0) ** power))
      const fitting = subsetsOf({ known, sums })
      if (fitting === null || fitting.found === 0) continue
      members.forEach((person, at) => {
        const share = (fitting.having[at] ?? 0) / fitting.found
        if (share === 0 || share === 1) certain.set(person, share)
        likely.set(person, share > 0.5 ? 1 : 0)
      })
    }
    return { target, told, certain, exact: [], likely, fitted: new Map() }
  }
}

/** The number of people with the level, and the power sums of their ages, as far as they were disclosed. */
function sumsOf(oracle: Oracle, row: ToldRow | undefined): readonly Near[] {
  const n = numberOf(row, 'n')
  if (n === null || oracle.countTolerance > 0) return []
  const moments = MOMENT_COLUMNS.map((column) => numberOf(row, column))
  const depth = moments.indexOf(null)
  const told = moments.slice(0, depth < 0 ? moments.length : depth).map((value) => value ?? 0)
  const [, variance = 100] = told
  const errors = [Math.sqrt(variance / n), variance * Math.sqrt(2 / n), Math.sqrt(6 / n), Math.sqrt(24 / n)]
  const halves = told.map((value, i) =>
    oracle.halfStep({ column: MOMENT_COLUMNS[i] ?? '', value, standardError: errors[i] ?? 0 })
  )
  const sums = told.map((_, i) => {
    const value = powerSum(told, n, i + 1)
    const tolerance = told.reduce((sum, each, j) => {
      const moved = told.map((other, at) => (at === j ? each + (halves[j] ?? 0) : other))
      return sum + Math.abs(powerSum(moved, n, i + 1) - value)
    }, 0)
    return { value, tolerance }
  })
  return [{ value: n, tolerance: 0 }, ...sums]
}
