/** The state of the form for a steward's decision. */
import type { AnalysisDecision, AnalysisRequest } from '@stimnet/sdk'

/** The form. */
export interface DecisionForm {
  readonly notes: string
  readonly stands: boolean
  readonly runs: number
  readonly days: number
  readonly anyCohort: boolean
  readonly anyRequester: boolean
}

/** Begins with the terms that another steward granted, and not ticked: each steward grants them. */
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

/** What `PUT /api/v1/analysis-requests/{id}` takes. */
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
  // Ranges that the first steward granted are the second's to confirm; else every parameter stays as it is.
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
