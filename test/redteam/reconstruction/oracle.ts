/** An attacker's access to one catalog: counts the questions, and reads the numbers and the precision of the answers. */
import type { Client } from '@stimnet/sdk'
import { askOnce } from '../../study-peer.ts'
import { VISIT } from './population.ts'

/** A row of an answer. */
export type ToldRow = Readonly<Record<string, string | number | null>>

/** Further fields of a question. */
export type More = Readonly<Record<string, unknown>>

/** A function that sends a question. */
export type Send = (sql: string, more: More) => Promise<SentAnswer>

/** An answer, with the rounding that its card states. `rows` is null if there were no numbers. */
export interface SentAnswer {
  readonly rows: readonly ToldRow[] | null
  readonly code: string | null
  readonly roundBase: number
  /** Whether it states that people were left out. */
  readonly leftOut?: boolean
  /** The digits that it says are withheld: 0 for none, 1 for half of a standard error, 2 for a whole one. */
  readonly digits?: number
}

/** A number of an answer, with its column. */
export interface ToldNumber {
  readonly column: string
  readonly value: number
  /** Its standard error. */
  readonly standardError: number
  /** The digits that are withheld from it; see `SentAnswer`. */
  readonly digits?: number
}

/** A number with at least this many significant digits is considered exact. */
const DIGITS_EXACT = 13

/** The attacker's record of one catalog. */
export class Oracle {
  asked = 0
  answered = 0
  /** Largest rounding base of counts in a card so far. */
  roundBase = 1
  /** Whether people were left out of the latest answer, so that it is about fewer people than the question. */
  leftOut = false
  /** The digits that are withheld from the latest answer; see `SentAnswer`. */
  digits = 0
  /** Number of refusals per code. */
  readonly codes = new Map<string, number>()
  /** For each observed mean: 1 if it is on the grid of its standard error, 0 if also on a coarser grid, −1 if on neither. */
  readonly #onGrid: number[] = []
  /** Columns with all digits. In these, a number with few digits is exact too. */
  readonly #exact = new Set<string>()
  #exhausted = false
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Whether the refusals are exhausted, so that further questions are useless. */
  get exhausted(): boolean {
    return this.#exhausted
  }

  /** The following questions go to a ledger with its own refusals. */
  newLedger(): void {
    this.#exhausted = false
  }

  /** Asks a question in SQL. Null if there were no numbers. */
  async sql(text: string, more: More = {}): Promise<readonly ToldRow[] | null> {
    this.asked += 1
    const { rows, code, roundBase, leftOut = false, digits = 0 } = await this.#send(text, more)
    this.leftOut = leftOut
    this.digits = digits
    const numbers = (rows ?? []).flatMap((row) => Object.values(row)).filter((value) => typeof value === 'number')
    if (rows === null || numbers.length === 0) {
      const said = code ?? 'all withheld'
      if (said === 'REFUSALS_EXHAUSTED') this.#exhausted = true
      this.codes.set(said, (this.codes.get(said) ?? 0) + 1)
      return null
    }
    this.answered += 1
    this.roundBase = Math.max(this.roundBase, roundBase)
    for (const [column, value] of rows.flatMap(Object.entries<ToldRow[string]>)) {
      if (typeof value === 'number' && digitsOf(value) >= DIGITS_EXACT) this.#exact.add(column)
    }
    return rows
  }

  /** Records whether a disclosed mean is on the grid of its standard error, in order to infer the rounding rule. */
  observe(mean: number, standardError: number): void {
    const step = gridStep(standardError / 10)
    this.#onGrid.push(
      isMultiple(mean, step) ? (isMultiple(mean, 2 * step) || isMultiple(mean, 2.5 * step) ? 0 : 1) : -1
    )
  }

  /**
   * Largest error of a disclosed number. If all observed means are on a grid of a tenth of their standard error, and make use of
   * it, the rounding step is that grid's; otherwise it may be the largest step that divides the number.
   */
  halfStep({ column, value, standardError, digits = 0 }: ToldNumber): number {
    if (digits > 0) return (gridStep(standardError / (digits > 1 ? 1 : 2)) + gridStep(standardError / 10)) / 2
    if (this.#exact.has(column)) return Math.max(1, Math.abs(value)) * 1e-12
    const used = this.#onGrid.filter((each) => each === 1).length
    const isGrid = !this.#onGrid.includes(-1) && used >= GRID_SHARE * this.#onGrid.length && used > 0
    return (isGrid ? gridStep(standardError / 10) : largestStep(value)) / 2
  }

  /** Largest error of the latest counts. */
  get countTolerance(): number {
    return Math.max(this.roundBase > 1 ? this.roundBase / 2 : 0, this.leftOut ? LEFT_OUT_MAX : 0)
  }
}

function digitsOf(value: number): number {
  return String(value).replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length
}

/** Most people who may be missing from an answer that states that people were left out, according to the documentation. */
export const LEFT_OUT_MAX = 10

/** On a grid with steps of 1, 2 and 5, at least this share of the numbers is on no coarser grid. */
const GRID_SHARE = 0.2

/** The largest step of 1, 2 or 5 times a power of ten that is at most `most`. */
function gridStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)))
  return power * ([5, 2, 1].find((times) => times * power <= most * (1 + 1e-9)) ?? 1)
}

function isMultiple(value: number, step: number): boolean {
  const ratio = value / step
  return Math.abs(ratio - Math.round(ratio)) < 1e-6
}

/** The largest step of 1, 2 or 5 times a power of ten of which the number is a multiple. */
function largestStep(value: number): number {
  const decimals = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0
  const units = String(Math.round(Math.abs(value) * 10 ** decimals))
  if (units === '0') return Number.POSITIVE_INFINITY
  const zeros = /0*$/.exec(units)?.[0].length ?? 0
  const last = Number(units[units.length - zeros - 1])
  return 10 ** (zeros - decimals) * (last === 5 ? 5 : last % 2 === 0 ? 2 : 1)
}

/** Sends questions to one catalog with the gateway's account. */
export function sendTo(client: Client, catalog: string): Send {
  return async (sql, more) => {
    const { job, code } = await askOnce(client, {
      data_catalog_name: catalog,
      script_type: 'sql',
      script_content: sql,
      ...more
    })
    const { rows, disclosure, left_out: said, withheld } = job?.result_data ?? {}
    const done = job?.status === 'completed'
    return {
      rows: done ? (rows ?? []) : null,
      code,
      roundBase: disclosure?.round_base ?? 1,
      leftOut: said !== undefined,
      digits: (withheld as { digits?: number } | undefined)?.digits ?? 0
    }
  }
}

/** The FROM and WHERE clause for outcomes at the attacked visit. */
export const FROM = `FROM subjects JOIN visits USING (subject_id) WHERE visits.visit = '${VISIT}'`

/** A number of a row; null if it is withheld. */
export function numberOf(row: ToldRow | undefined, name: string): number | null {
  const value = row?.[name]
  return typeof value === 'number' ? value : null
}
