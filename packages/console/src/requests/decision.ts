/** The state of the form for a steward's decision. */
import type { AnalysisDecision, AnalysisRequest } from '@stimnet/sdk'

/** The fields of the form. */
export interface DecisionForm {
  readonly notes: string
  readonly stands: boolean
  readonly runs: number
  readonly days: number
  readonly anyCohort: boolean
  readonly anyRequester: boolean
}

/** The initial form. It contains the terms that another steward granted, but not ticked: each steward must grant them. */
export function formFor({ standing }: Pick<AnalysisRequest, 'standing'>): DecisionForm {
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
  return {
    notes: '',
    stands: false,
    runs: number(standing?.runs, 10),
    days: number(standing?.days, 90),
    anyCohort: standing?.cohort === 'any',
    anyRequester: standing?.requester === 'any'
  }
}

/** The body of `PUT /api/v1/analysis-requests/{id}`. */
export function decisionOf(
  form: DecisionForm,
  options: { status: AnalysisDecision['status']; request: Pick<AnalysisRequest, 'parameters' | 'standing'> }
): AnalysisDecision {
  const { status, request } = options
  const notes = form.notes.trim()
  return {
    status,
    ...(notes === '' ? {} : { approval_notes: notes }),
    ...(status === 'approved' && form.stands ? { standing: termsOf(form, request) } : {})
  }
}

function termsOf(form: DecisionForm, { parameters, standing }: Pick<AnalysisRequest, 'parameters' | 'standing'>) {
  const { runs, days, anyCohort, anyRequester } = form
  // The second steward confirms the ranges of parameters that the first steward granted; without ranges, every parameter stays fixed.
  const granted = standing?.parameters as NonNullable<AnalysisDecision['standing']>['parameters']
  return {
    runs,
    days,
    cohort: anyCohort ? ('any' as const) : ('same' as const),
    requester: anyRequester ? ('any' as const) : ('same' as const),
    parameters: granted ?? asTheyAre(parameters)
  }
}

function asTheyAre(
  parameters: AnalysisRequest['parameters']
): Record<string, { one_of: (string | number | boolean)[] }> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, { one_of: [value] }]]
        : []
    )
  )
}
