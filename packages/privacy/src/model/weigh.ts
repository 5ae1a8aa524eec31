/**
 * The part of a model's judgement that reads every person. It depends on the rows alone and not on earlier releases. So it can be computed
 * in advance, in steps between which a node does other work, whereas the judgement itself delays all other releases.
 */
import { canonicalJson, type GramMeasure, type ReducedRows } from '@stimnet/protocol'
import type { IntegerMatrix, Steps } from '@stimnet/statistics'
import { isOfRows, leverageAbove, type TooStrong } from './influence.ts'

/** The sums of a model, and its rows. */
export interface ToWeigh {
  readonly measure: GramMeasure
  readonly rows: ReducedRows
  readonly matrix: IntegerMatrix
  readonly k: number
}

/** The findings about the rows of a model and its sums. */
export interface Weighed {
  /** Whether the sums are the sums of these rows. */
  readonly isOfRows: boolean
  /**
   * The column at which somebody weighs too much in the fit; undefined if nobody does. Computed only if the sums are the sums of these
   * rows.
   */
  readonly strong: TooStrong | undefined
}

/** Weighs the rows of a model, or returns the findings that were computed before for the same sums. */
export function weigh(asked: ToWeigh): Steps<Weighed> {
  const { measure, rows, matrix, k } = asked
  const { outcome, terms, factors } = measure
  const of = canonicalJson([outcome, terms, factors, k, matrix.map((row) => row.join())])
  return once(rows, `weighed ${of}`, () => weighed(asked))
}

function* weighed({ measure, rows, matrix, k }: ToWeigh): Steps<Weighed> {
  if (!(yield* isOfRows(measure, matrix, rows))) return { isOfRows: false, strong: undefined }
  // An answer discloses that nobody's leverage with the outcome is above 1/k. This bounds a residual closely if the leverage
  // without the outcome, which others may know, is close to 1/k. So the leverage without the outcome may be at most half of
  // 1/k.
  const strong =
    (yield* leverageAbove(measure, { matrix, rows, k: 2 * k, without: 'outcome' })) ??
    (yield* leverageAbove(measure, { matrix, rows, k }))
  return { isOfRows: true, strong }
}

const KNOWN = new WeakMap<ReducedRows, Map<string, unknown>>()

/** A result about rows, cached under a name that contains everything else on which the result depends. */
export function* once<T>(rows: ReducedRows, name: string, make: () => Steps<T>): Steps<T> {
  const known = KNOWN.get(rows) ?? new Map<string, unknown>()
  KNOWN.set(rows, known)
  if (known.has(name)) return known.get(name) as T
  const found = yield* make()
  known.set(name, found)
  return found
}
