/** The types of a made-up study: its tables, its description, and the questions of a clinician. */
import { type RandomSource, randomUnit } from '@stimnet/protocol'

/** A value in a file; null is an empty field. */
export type Value = string | number | null
/** A row: values by column. */
export type Row = Readonly<Record<string, Value>>
/** Rows by the name of their table. */
export type Tables = Readonly<Record<string, readonly Row[]>>

/** A question, and the number of rows in a complete answer. */
export interface Question {
  readonly says: string
  readonly type: 'sql' | 'statistic'
  readonly content: string
  readonly filters?: Readonly<Record<string, string>>
  readonly rows: number
  /** The true numbers, by column `n`, `mean` and `sd`, of each group; of the one group without a name if there is no key. */
  readonly truth?: ReadonlyMap<string, Readonly<Record<'n' | 'mean' | 'sd', number>>>
}

/** Variables for random questions. */
export interface Choices {
  /** Measured numbers, with their tables. */
  readonly measured: readonly { readonly table: string; readonly name: string }[]
  /** Categories of the table with one row per subject. */
  readonly categories: readonly string[]
  /** Numbers of that table, with their breakpoints. */
  readonly cuts: Readonly<Record<string, readonly number[]>>
  /** Visits at which the long table was measured. */
  readonly visits: readonly string[]
}

/** A made-up study. */
export interface Study {
  readonly name: string
  readonly size: number
  readonly tables: Tables
  /** Name of the table with one row per subject. */
  readonly subjects: string
  readonly subjectKey: string
  /** An ordinary steward's description of a catalog over these files, which are given by table. */
  describe(name: string, files: Readonly<Record<string, string>>): Record<string, unknown>
  /** The questions of a clinician's first hour, in order. */
  readonly hour: readonly Question[]
  readonly choices: Choices
}

/** A function that generates a study. The same size and seed always give the same rows. */
export type MakeStudy = (options: { readonly size: number; readonly seed: number }) => Study

/** Random values for made-up people. */
export interface Dice {
  /** A whole number from `from` (included) to `to` (excluded). */
  integer(from: number, to: number): number
  /** A normally distributed number with mean 0 and standard deviation 1. */
  normal(): number
  /** True with that probability. */
  chance(probability: number): boolean
  /** One of the names, with a probability proportional to its weight. */
  weighted(weights: Readonly<Record<string, number>>): string
  pick<T>(items: readonly T[]): T
}

/** Dice that use a source of random bytes. */
export function diceOf(source: RandomSource): Dice {
  const unit = () => randomUnit(source)
  const integer = (from: number, to: number) => from + Math.floor(unit() * (to - from))
  return {
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    chance: (probability) => unit() < probability,
    weighted: (weights) => {
      const entries = Object.entries(weights)
      let left = unit() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of entries) {
        left -= weight
        if (left < 0) return name
      }
      return entries.at(-1)?.[0] ?? ''
    },
    pick: <T>(items: readonly T[]): T => {
      const item = items[integer(0, items.length)]
      if (item === undefined) throw new TypeError('there is nothing to pick from')
      return item
    }
  }
}

/** The value, clamped to the bounds and rounded to so many decimals. */
export function within(value: number, low: number, high: number, decimals = 0): number {
  return Number(Math.min(high, Math.max(low, value)).toFixed(decimals))
}

/** A table as a CSV file. */
export function csvOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(','))
  return `${[columns.join(','), ...lines].join('\n')}\n`
}

/** A question in SQL. */
export const sql = (says: string, rows: number, content: string): Question => ({ says, type: 'sql', content, rows })

/** A question with a named statistic. */
export function statistic(
  says: string,
  rows: number,
  call: object,
  filters: Readonly<Record<string, string>> = {}
): Question {
  return { says, type: 'statistic', content: JSON.stringify(call), filters, rows }
}
