/** The people of a trial as an attacker sees them: every covariate is known, every outcome is not. */
import type { Row, Study } from '../../usefulness/study.ts'

/** What the attacker wants of each person. */
export const TARGETS = ['responder', 'adverse', 'change'] as const
/** One of TARGETS. */
export type Target = (typeof TARGETS)[number]

/** A person by what the attacker knows. */
export interface Known {
  readonly id: string
  readonly age: number
  readonly sex: string
  readonly arm: string
  readonly diagnosis: string
  readonly centre: string
}

/**
 * The trial, known and true. `truth` is 1 or 0 of a category, a number of the change, null where it was not measured; that
 * it was not measured is known to the attacker as well, which makes him stronger than one who knows the covariates alone.
 */
export interface Population {
  readonly people: readonly Known[]
  readonly truth: Readonly<Record<Target, readonly (number | null)[]>>
}

/** The visit whose outcomes are attacked. */
export const VISIT = 'month_12'

/** Reads a trial. */
export function populationOf(study: Study): Population {
  const { subjects = [], visits = [] } = study.tables
  const last = new Map(visits.filter(({ visit }) => visit === VISIT).map((row) => [row.subject_id, row]))
  const yes = (value: Row[string] | undefined, level: string) => (value == null ? null : value === level ? 1 : 0)
  return {
    people: subjects.map((row) => ({
      id: String(row.subject_id),
      age: Number(row.age),
      sex: String(row.sex),
      arm: String(row.arm),
      diagnosis: String(row.diagnosis),
      centre: String(row.centre)
    })),
    truth: {
      responder: subjects.map((row) => yes(last.get(row.subject_id ?? '')?.response, 'responder')),
      adverse: subjects.map((row) => yes(row.adverse_event, 'yes')),
      change: subjects.map((row) => {
        const change = last.get(row.subject_id ?? '')?.change
        return typeof change === 'number' ? change : null
      })
    }
  }
}

/** Values that a change can take, as the catalog declares them; far fewer occur. */
export const CHANGE_RANGE = { low: -80, high: 60 } as const
