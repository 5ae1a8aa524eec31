/** Whether the same code may run again without asking, and how often. */
import { WholeField } from '../parts/whole-field.tsx'
import type { DecisionForm } from './decision.ts'

/** Stewards who agree must agree to the same terms. */
export function StandingTerms(props: {
  form: DecisionForm
  setForm: (form: DecisionForm) => void
  parameters: Readonly<Record<string, unknown>>
}) {
  const { form, setForm, parameters } = props
  const set = (more: Partial<DecisionForm>) => setForm({ ...form, ...more })
  const hasParameters = Object.keys(parameters).length > 0
  return (
    <>
      <label className="choice">
        <input type="checkbox" checked={form.stands} onChange={(event) => set({ stands: event.target.checked })} />
        <span>Let exactly this code run again without asking</span>
      </label>
      {form.stands && (
        <fieldset className="stack">
          <legend>Within these terms</legend>
          <div className="row">
            <WholeField label="Runs" most={10_000} value={form.runs} set={(runs) => set({ runs })} />
            <WholeField label="Days" most={365} value={form.days} set={(days) => set({ days })} />
          </div>
          <label className="choice">
            <input type="checkbox" checked={form.anyCohort} onChange={(e) => set({ anyCohort: e.target.checked })} />
            <span>About anybody in the catalog, not only about those of this request</span>
          </label>
          <label className="choice">
            <input
              type="checkbox"
              checked={form.anyRequester}
              onChange={(e) => set({ anyRequester: e.target.checked })}
            />
            <span>For whoever asks, not only for this requester</span>
          </label>
          {hasParameters && <p className="hint">Parameters stay exactly as they are in this request.</p>}
        </fieldset>
      )}
    </>
  )
}
