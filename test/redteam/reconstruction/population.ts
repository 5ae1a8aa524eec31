/** The people of a trial from an attacker's point of view: all covariates are known, the outcomes are not. */
import type { Row, Study } from '../../usefulness/study.ts'

/** The outcomes that the attacker wants to learn about each person. */
export const TARGETS = ['responder', 'adverse', 'change'] as const
/** One of TARGETS. */
export type Target = (typeof TARGETS)[number]

/** The attacker's knowledge of a person. */
export interface Known {
  readonly id: string
  readonly age: number
  readonly sex: string
  readonly arm: string
  readonly diagnosis: string
  readonly centre: string
}

/**
 * The known covariates and the true outcomes of a trial. An outcome is 1 or 0 for a category, a number for the change, and null
 * if it was not measured. The attacker also knows which outcomes were not measured, so it is stronger than one who knows only
 * the covariates.
 */
export interface Population {
  readonly people: readonly Known[]
  readonly truth: Readonly<Record<Target, readonly (number | null)[]>>
}

/** The visit whose outcomes are attacked. */
export const VISIT = 'month_12'

/** The population of a trial. */
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

/** Declared bounds of the change. The values that occur are in a much smaller range. */
export const CHANGE_RANGE = { low: -80, high: 60 } as const
