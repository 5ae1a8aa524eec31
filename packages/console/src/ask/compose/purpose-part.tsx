/** The purpose of the question, which institutions compare with the permitted uses of their data. */
import { Field, Select } from '../../parts/field.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Panel } from '../../parts/panel.tsx'
import { fits, PURPOSES } from '../../words/purpose.ts'
import type { About } from '../draft/about.ts'
import { LENGTHS } from '../draft/lengths.ts'
import type { Change, Draft } from '../draft/draft.ts'

/** Shows at once which institutions would refuse the purpose, or have stewards decide about it. */
export function PurposePart({ draft, change, about }: { draft: Draft; change: Change; about: About }) {
  const doubts = doubtsOf(draft, about)
  return (
    <Panel title="What for">
      <div className="row">
        <Select
          label="Purpose"
          none="not stated"
          options={PURPOSES}
          value={draft.purpose}
          choose={(purpose) => change({ purpose })}
        />
        <Field label="Disease (optional)">
          {(field) => (
            <input
              {...field}
              placeholder="MONDO:0005180"
              value={draft.disease}
              onChange={(e) => change({ disease: e.target.value })}
            />
          )}
        </Field>
        <Field label="Project (optional)" hint="If an institution has listed your key with a project.">
          {(field) => (
            <input
              {...field}
              maxLength={LENGTHS.project}
              value={draft.project}
              onChange={(e) => change({ project: e.target.value })}
            />
          )}
        </Field>
        <Field label="Data permit (optional)" hint="The number from its authority; each institution checks its terms.">
          {(field) => (
            <input
              {...field}
              maxLength={LENGTHS.permit}
              value={draft.permit}
              onChange={(e) => change({ permit: e.target.value })}
            />
          )}
        </Field>
      </div>
      {doubts.map(({ name, reason }) => (
        <Notice key={`${name} ${reason}`} tone="warn">
          <strong>{name}:</strong> {reason}
        </Notice>
      ))}
    </Panel>
  )
}

/** The institutions that would refuse the purpose, or have stewards decide, each with the reason. */
function doubtsOf(draft: Draft, about: About): readonly { readonly name: string; readonly reason: string }[] {
  const purpose = [draft.purpose, draft.disease.trim()].filter((term) => term !== '')
  return about.asked.flatMap((one) => {
    const { verdict, reason } = fits(one.data_use, purpose)
    const name = one.institution || one.node_id
    const needsPermit = one.permit_required === true && draft.permit.trim() === ''
    return [
      ...(verdict === 'permitted' ? [] : [{ name, reason }]),
      ...(needsPermit ? [{ name, reason: 'answers only under a data permit that names you.' }] : [])
    ]
  })
}
