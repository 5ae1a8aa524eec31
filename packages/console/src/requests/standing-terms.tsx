/** The choice whether the same code may run again without asking, and how often. */
import type { AnalysisRequest } from '@stimnet/sdk'
import { Seen } from '../parts/seen.tsx'
import { WholeField } from '../parts/whole-field.tsx'
import { allowedInWords } from '../words/question/allowed.ts'
import type { DecisionForm } from './decision.ts'

/** A second steward can grant only the terms that the first one granted. */
export function StandingTerms(props: {
  form: DecisionForm
  setForm: (form: DecisionForm) => void
  request: Pick<AnalysisRequest, 'parameters' | 'standing'>
}) {
  const { form, setForm, request } = props
  const set = (more: Partial<DecisionForm>) => setForm({ ...form, ...more })
  return (
    <>
      <label className="choice">
        <input type="checkbox" checked={form.stands} onChange={(event) => set({ stands: event.target.checked })} />
        <span>Let exactly this code run again without a new decision</span>
      </label>
      {request.standing !== null && !form.stands && (
        <p className="hint">
          The stewards who agreed before let it run again, {form.runs} times within {form.days} days. Unless you agree
          to that too, it runs only once.
        </p>
      )}
      {form.stands && (
        <fieldset className="stack">
          <legend>Within these terms</legend>
          <div className="row">
            <WholeField label="Runs" most={10_000} value={form.runs} set={(runs) => set({ runs })} />
            <WholeField label="Days" most={365} value={form.days} set={(days) => set({ days })} />
          </div>
          <label className="choice">
            <input type="checkbox" checked={form.anyCohort} onChange={(e) => set({ anyCohort: e.target.checked })} />
            <span>For any cohort, not only for that of this request</span>
          </label>
          <label className="choice">
            <input
              type="checkbox"
              checked={form.anyRequester}
              onChange={(e) => set({ anyRequester: e.target.checked })}
            />
            <span>For any requester, not only for this one</span>
          </label>
          <Parameters request={request} />
        </fieldset>
      )}
    </>
  )
}

/** The parameter ranges that another steward granted; this steward grants the same ranges. */
function Parameters({ request }: { request: Pick<AnalysisRequest, 'parameters' | 'standing'> }) {
  const granted = Object.entries(Object(request.standing?.parameters)).map((one) => allowedInWords(...one))
  if (granted.length > 0) {
    return (
      <p className="hint">
        These parameters may vary: <Seen>{granted.join('; ')}</Seen>. All others stay exactly as in this request.
      </p>
    )
  }
  if (Object.keys(request.parameters).length === 0) return null
  return <p className="hint">Parameters stay exactly as they are in this request.</p>
}
