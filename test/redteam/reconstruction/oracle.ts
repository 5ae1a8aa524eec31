/** One catalog as an attacker asks it: every question counted, every answer read for its numbers and its precision. */
import type { Client } from '@stimnet/sdk'
import { askOnce } from '../../study-peer.ts'
import { VISIT } from './population.ts'

/** A row of an answer. */
export type ToldRow = Readonly<Record<string, string | number | null>>

/** A question beside its text. */
export type More = Readonly<Record<string, unknown>>

/** How a question is sent: rows where numbers came back, null where none did. */
export type Send = (sql: string, more: More) => Promise<SentAnswer>

/** What came back, with what its card says of rounding. */
export interface SentAnswer {
  readonly rows: readonly ToldRow[] | null
  readonly code: string | null
  readonly roundBase: number
  /** Whether it says that people were left out of it. */
  readonly leftOut?: boolean
}

/** A number of an answer, with the column that it stands in. */
export interface ToldNumber {
  readonly column: string
  readonly value: number
  /** Its own. */
  readonly standardError: number
}

/** From this many significant digits on a number is taken for exact. */
const DIGITS_EXACT = 13

/** The attacker's notebook. */
export class Oracle {
  asked = 0
  answered = 0
  /** Largest rounding of counts that a card named. */
  roundBase = 1
  /** Whether the latest answer said that people were left out of it: then it is of others than were asked about. */
  leftOut = false
  /** Codes of what was refused, counted. */
  readonly codes = new Map<string, number>()
  /** By observed mean: 1 on the grid of its standard error, 0 on a coarser one too, −1 on neither. */
  readonly #onGrid: number[] = []
  /** Columns that come with all their digits: in these a short number is a short number. */
  readonly #exact = new Set<string>()
  #exhausted = false
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Whether refusals have run out, so that asking on is of no use. */
  get exhausted(): boolean {
    return this.#exhausted
  }

  /** What is asked next has refusals of its own. */
  newLedger(): void {
    this.#exhausted = false
  }

  /** Asks in SQL; null where nothing came back. */
  async sql(text: string, more: More = {}): Promise<readonly ToldRow[] | null> {
    this.asked += 1
    const { rows, code, roundBase, leftOut = false } = await this.#send(text, more)
    this.leftOut = leftOut
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

  /** Looks at a told mean and its standard error, for what they show of how numbers are rounded. */
  observe(mean: number, standardError: number): void {
    const step = gridStep(standardError / 10)
    this.#onGrid.push(
      isMultiple(mean, step) ? (isMultiple(mean, 2 * step) || isMultiple(mean, 2.5 * step) ? 0 : 1) : -1
    )
  }

  /**
   * By how much a told number can be off. Where all observed means lie on a grid of a tenth of their standard error, and use
   * it, that grid is the rounding; else the largest step that divides the number may have been.
   */
  halfStep({ column, value, standardError }: ToldNumber): number {
    if (this.#exact.has(column)) return Math.max(1, Math.abs(value)) * 1e-12
    const used = this.#onGrid.filter((each) => each === 1).length
    const isGrid = !this.#onGrid.includes(-1) && used >= GRID_SHARE * this.#onGrid.length && used > 0
    return (isGrid ? gridStep(standardError / 10) : largestStep(value)) / 2
  }

  /** By how much the latest counts can be off. */
  get countTolerance(): number {
    return Math.max(this.roundBase > 1 ? this.roundBase / 2 : 0, this.leftOut ? LEFT_OUT_MAX : 0)
  }
}

function digitsOf(value: number): number {
  return String(value).replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length
}

/** People who may be missing from an answer that says so, as far as the documentation promises. */
const LEFT_OUT_MAX = 10

/** On a grid of 1, 2 and 5 at least so many numbers are multiples of no coarser step. */
const GRID_SHARE = 0.2

/** The largest step of 1, 2 or 5 times a power of ten that is no larger. */
function gridStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)))
  return power * ([5, 2, 1].find((times) => times * power <= most * (1 + 1e-9)) ?? 1)
}

function isMultiple(value: number, step: number): boolean {
  const ratio = value / step
  return Math.abs(ratio - Math.round(ratio)) < 1e-6
}

/** The largest step of 1, 2 or 5 times a power of ten that a number is a multiple of. */
function largestStep(value: number): number {
  const decimals = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0
  const units = String(Math.round(Math.abs(value) * 10 ** decimals))
  if (units === '0') return Number.POSITIVE_INFINITY
  const zeros = /0*$/.exec(units)?.[0].length ?? 0
  const last = Number(units[units.length - zeros - 1])
  return 10 ** (zeros - decimals) * (last === 5 ? 5 : last % 2 === 0 ? 2 : 1)
}

/** Sends to one catalog through the gateway's account. */
export function sendTo(client: Client, catalog: string): Send {
  return async (sql, more) => {
    const { job, code } = await askOnce(client, {
      data_catalog_name: catalog,
      script_type: 'sql',
      script_content: sql,
      ...more
    })
    const { rows, disclosure, left_out: said } = job?.result_data ?? {}
    const done = job?.status === 'completed'
    return {
      rows: done ? (rows ?? []) : null,
      code,
      roundBase: disclosure?.round_base ?? 1,
      leftOut: said !== undefined
    }
  }
}

/** The tables of outcomes, at the visit that is attacked. */
export const FROM = `FROM subjects JOIN visits USING (subject_id) WHERE visits.visit = '${VISIT}'`

/** A number of a row; null where it is withheld. */
export function numberOf(row: ToldRow | undefined, name: string): number | null {
  const value = row?.[name]
  return typeof value === 'number' ? value : null
}
