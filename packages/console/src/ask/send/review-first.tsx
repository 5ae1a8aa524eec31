/** Asks the stewards of one institution to decide first, with a description for them. */
import type { FoundCatalog } from '@stimnet/sdk'
import { Field } from '../../parts/field.tsx'
import { LENGTHS } from '../draft/lengths.ts'
import type { Change, Draft, Person } from '../draft/draft.ts'

const FIELDS = [
  { key: 'name', label: 'Your name', type: 'text', autoComplete: 'name' },
  { key: 'institution', label: 'Your institution', type: 'text', autoComplete: 'organization' },
  { key: 'email', label: 'Your e-mail', type: 'email', autoComplete: 'email' }
] as const

/** `only`: the institution asked; undefined if there are several, since a review is requested from one institution. */
export function ReviewFirst({ draft, change, only }: { draft: Draft; change: Change; only: FoundCatalog | undefined }) {
  if (only === undefined) {
    return (
      <p className="hint">
        To have stewards decide first, choose a single institution above. Its stewards then see the question, who asks,
        and why.
      </p>
    )
  }
  const set = (more: Partial<Person>) => change({ person: { ...draft.person, ...more } })
  return (
    <>
      <label className="choice">
        <input type="checkbox" checked={draft.review} onChange={(e) => change({ review: e.target.checked })} />
        <span>Have the stewards of {only.institution || only.node_id} decide first</span>
      </label>
      {draft.review && (
        <>
          <div className="row">
            {FIELDS.map(({ key, label, type, autoComplete }) => (
              <Field key={key} label={label}>
                {(field) => (
                  <input
                    {...field}
                    type={type}
                    autoComplete={autoComplete}
                    maxLength={LENGTHS.person}
                    value={draft.person[key]}
                    onChange={(event) => set({ [key]: event.target.value })}
                  />
                )}
              </Field>
            ))}
          </div>
          <Field label="Why you ask">
            {(field) => (
              <textarea
                {...field}
                rows={4}
                maxLength={LENGTHS.why}
                value={draft.person.why}
                onChange={(event) => set({ why: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
    </>
  )
}
