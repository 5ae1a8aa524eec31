/** How exact the answer is: checked numbers, or numbers with noise at a price that is told first. */
import type { OwnKeyState } from '../key/own-key.ts'
import { Field } from '../parts/field.tsx'
import { Panel } from '../parts/panel.tsx'
import { Segments } from '../parts/segments.tsx'
import type { About } from './about.ts'
import type { Change } from './change.ts'
import { Cost } from './cost.tsx'
import { type Draft, signingKey } from './draft.ts'

const LEVELS = [
  { value: 'P1', label: 'Exact, checked (P1)' },
  { value: 'P2', label: 'With noise (P2)' }
] as const

const HINTS = {
  P1: 'Every number rests on at least the smallest group of each institution; no differences of released counts and sums rest on fewer. Costs nothing.',
  P2: 'Differential privacy: noise hides each single person, also in small groups. It spends from a budget that never comes back.'
} as const

/** For scripts there is no choice: their claim depends on who has read them. */
export function ClaimPart(props: { draft: Draft; change: Change; about: About; own: OwnKeyState }) {
  const { draft, change, about, own } = props
  if (draft.kind === 'script') {
    return (
      <Panel title="How exact">
        <p className="prose">
          A script nobody has read carries no claim (<em>unreviewed</em>) and runs by itself only on synthetic data.
          With its outputs promised, and read and approved by two stewards, it carries P0: few bits leave, and people
          have looked.
        </p>
      </Panel>
    )
  }
  return (
    <Panel title="How exact" hint={HINTS[draft.level]}>
      <Segments legend="Claim" options={LEVELS} value={draft.level} choose={(level) => change({ level })} />
      {draft.level === 'P2' && (
        <>
          <div className="row">
            <Field label="Charge ε" hint="Smaller means more privacy and more noise.">
              {(field) => (
                <input
                  {...field}
                  inputMode="decimal"
                  value={draft.epsilon}
                  onChange={(e) => change({ epsilon: e.target.value })}
                />
              )}
            </Field>
            <Whole
              label="Groups a person counts in"
              value={draft.groupsPerSubject}
              set={(groupsPerSubject) => change({ groupsPerSubject })}
            />
            <Whole
              label="Rows of a person in a group"
              value={draft.rowsPerSubject}
              set={(rowsPerSubject) => change({ rowsPerSubject })}
            />
          </div>
          <Cost draft={draft} about={about} own={signingKey(draft, own)} />
        </>
      )}
    </Panel>
  )
}

function Whole({ label, value, set }: { label: string; value: number; set: (value: number) => void }) {
  return (
    <Field label={label}>
      {(field) => (
        <input
          {...field}
          type="number"
          min={1}
          max={1000}
          value={value}
          onChange={(e) => set(Math.max(1, Math.round(e.target.valueAsNumber) || 1))}
        />
      )}
    </Field>
  )
}
