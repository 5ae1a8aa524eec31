/**
 * The part of a model's judgement that reads every person. It depends on the rows alone and not on what was released before, so
 * it can be made ahead, in steps between which a node does other work: the judgement itself holds up all other releases.
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

/** What the rows say of the sums. */
export interface Weighed {
  /** Whether they are the sums of these rows. */
  readonly isOfRows: boolean
  /** Who weighs too much in the fit; undefined if nobody does. Only of sums of these rows. */
  readonly strong: TooStrong | undefined
}

/** Weighs the rows of a model; at once if that was done before for the same sums. */
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

/** A result about rows, which is remembered under a name that holds everything else on which it depends. */
export function* once<T>(rows: ReducedRows, name: string, make: () => Steps<T>): Steps<T> {
  const known = KNOWN.get(rows) ?? new Map<string, unknown>()
  KNOWN.set(rows, known)
  if (known.has(name)) return known.get(name) as T
  const found = yield* make()
  known.set(name, found)
  return found
}
