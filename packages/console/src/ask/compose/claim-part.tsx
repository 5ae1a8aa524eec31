/** The privacy level: exact numbers under disclosure control, or numbers with noise at a price that is shown first. */
import { useState } from 'react'
import { Field } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Segments } from '../../parts/segments.tsx'
import { WholeField } from '../../parts/whole-field.tsx'
import { digitsInWords } from '../../words/digits.ts'
import type { About } from '../draft/about.ts'
import { Cost } from '../price/cost.tsx'
import type { Change, Draft } from '../draft/draft.ts'
import { readEpsilon } from '../draft/epsilon.ts'
import type { Price } from '../price/price.ts'

const LEVELS = [
  { value: 'P1', label: 'Checked, without noise (P1)' },
  { value: 'P2', label: 'With noise (P2)' }
] as const

/** Maximum number of rows per subject; a higher bound would add too much noise. */
const CONTRIBUTIONS_MAX = 1_000

const HINTS = {
  P1: 'Every number rests on at least as many people as the smallest group of its institution, and so does every sum or difference of numbers of the same kind from all answers.',
  P2: 'Differential privacy: noise hides each single person, even in small groups. It spends a budget that is never refunded.'
} as const

/** A script has no choice of level: its level depends on who has reviewed it. */
export function ClaimPart(props: { draft: Draft; change: Change; price: Price; about: About }) {
  const { draft, change, price, about } = props
  if (draft.kind === 'script') {
    return (
      <Panel title="How exact">
        <p className="prose">
          A script that nobody has read carries no claim (<em>unreviewed</em>) and runs without approval only on
          synthetic data. If its outputs are declared and two stewards have read and approved it, its level is P0: only
          a few bits leave, and people have read the code.
        </p>
      </Panel>
    )
  }
  const digits = draft.level === 'P1' ? digitsInWords(about.asked) : ''
  const hint = digits === '' ? HINTS[draft.level] : `${HINTS[draft.level]} ${digits}`
  return (
    <Panel title="How exact" hint={hint}>
      <Segments legend="Claim" options={LEVELS} value={draft.level} choose={(level) => change({ level })} />
      {draft.level === 'P2' && (
        <div className="row">
          <EpsilonField epsilon={draft.epsilon} change={change} />
          <WholeField
            label="Groups per person"
            most={CONTRIBUTIONS_MAX}
            value={draft.groupsPerSubject}
            set={(groupsPerSubject) => change({ groupsPerSubject })}
          />
          <WholeField
            label="Rows per person in a group"
            most={CONTRIBUTIONS_MAX}
            value={draft.rowsPerSubject}
            set={(rowsPerSubject) => change({ rowsPerSubject })}
          />
        </div>
      )}
      <Cost price={price} draft={draft} />
    </Panel>
  )
}

/** An invalid ε is reported when the field loses the focus. */
function EpsilonField({ epsilon, change }: { epsilon: string; change: Change }) {
  const [typing, setTyping] = useState(false)
  const read = readEpsilon(epsilon)
  return (
    <Field
      label="Charge ε"
      hint="Smaller means more privacy and more noise."
      wrong={read.ok || typing ? undefined : read.why}
    >
      {(field) => (
        <input
          {...field}
          inputMode="decimal"
          value={epsilon}
          onChange={(event) => {
            setTyping(true)
            change({ epsilon: event.target.value })
          }}
          onBlur={() => setTyping(false)}
        />
      )}
    </Field>
  )
}
