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
}

/** From this many significant digits on a number is taken for exact. */
const DIGITS_EXACT = 13

/** The attacker's notebook. */
export class Oracle {
  asked = 0
  answered = 0
  /** Largest rounding of counts that a card named. */
  roundBase = 1
  /** Codes of what was refused, counted. */
  readonly codes = new Map<string, number>()
  #exact = false
  #exhausted = false
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Whether numbers come with all their digits: then a short one is a short number. */
  get exact(): boolean {
    return this.#exact
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
    const { rows, code, roundBase } = await this.#send(text, more)
    const numbers = (rows ?? []).flatMap((row) => Object.values(row)).filter((value) => typeof value === 'number')
    if (rows === null || numbers.length === 0) {
      const said = code ?? 'all withheld'
      if (said === 'REFUSALS_EXHAUSTED') this.#exhausted = true
      this.codes.set(said, (this.codes.get(said) ?? 0) + 1)
      return null
    }
    this.answered += 1
    this.roundBase = Math.max(this.roundBase, roundBase)
    if (numbers.some((value) => digitsOf(value) >= DIGITS_EXACT)) this.#exact = true
    return rows
  }

  /**
   * By how much a told number can be off. Where digits are few it was rounded, to a tenth of its standard error unless its
   * digits say otherwise: its last digit bounds the step from below, the largest step that divides it from above.
   */
  halfStep(value: number, standardError: number): number {
    if (this.#exact) return Math.max(1, Math.abs(value)) * 1e-12
    const { least, most } = stepsOf(value)
    return Math.min(most, Math.max(least, standardError / 10)) / 2
  }

  /** By how much a told count can be off. */
  get countHalfStep(): number {
    return this.roundBase > 1 ? this.roundBase / 2 : 0
  }
}

function digitsOf(value: number): number {
  return String(value).replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length
}

/** The smallest and the largest step of 1, 2 or 5 times a power of ten that a number can have been rounded to. */
function stepsOf(value: number): { least: number; most: number } {
  const decimals = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0
  const least = 10 ** -decimals
  const units = Math.round(Math.abs(value) / least)
  if (units === 0) return { least, most: Number.POSITIVE_INFINITY }
  const zeros = 10 ** (/0*$/.exec(String(units))?.[0].length ?? 0)
  const last = (units / zeros) % 10
  return { least, most: least * zeros * (last === 5 ? 5 : last % 2 === 0 ? 2 : 1) }
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
    const { rows, disclosure } = job?.result_data ?? {}
    const done = job?.status === 'completed'
    return { rows: done ? (rows ?? []) : null, code, roundBase: disclosure?.round_base ?? 1 }
  }
}

/** The tables of outcomes, at the visit that is attacked. */
export const FROM = `FROM subjects JOIN visits USING (subject_id) WHERE visits.visit = '${VISIT}'`

/** A number of a row; null where it is withheld. */
export function numberOf(row: ToldRow | undefined, name: string): number | null {
  const value = row?.[name]
  return typeof value === 'number' ? value : null
}
