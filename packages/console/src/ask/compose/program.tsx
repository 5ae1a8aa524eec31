/** The program: a statistic by name, SQL, or a script. */
import { Editor } from '../../editor/editor.tsx'
import { Field } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Segments } from '../../parts/segments.tsx'
import type { About } from '../draft/about.ts'
import type { Change, Draft } from '../draft/draft.ts'
import { FilesPart } from './files-part.tsx'
import { OUTPUTS_EXAMPLE } from '../draft/outputs.ts'
import { StatisticPicker } from './statistic-picker.tsx'
import { starterScript, starterSql } from '../draft/starters.ts'

const KINDS = [
  { value: 'statistic', label: 'Statistic' },
  { value: 'sql', label: 'SQL' },
  { value: 'script', label: 'Script' }
] as const

const HINTS = {
  statistic:
    'The institution computes it with its own code. The answers are pooled, with the largest possible error by rounding.',
  sql: 'The institution parses the query and computes it with its own code. The text is never executed.',
  script:
    'Runs in a sandbox without a network. Its result is checked; what it prints about real data never leaves. On synthetic ' +
    'data, if a script fails, you see the end of what it printed.'
} as const

interface Part {
  draft: Draft
  change: Change
  about: About
}

/** The text of a program is kept when another kind is selected. */
export function ProgramPart({ draft, change, about }: Part) {
  const { kind } = draft
  return (
    <Panel title="What" hint={HINTS[kind]}>
      <Segments legend="Kind of question" options={KINDS} value={kind} choose={(chosen) => change({ kind: chosen })} />
      {kind === 'statistic' && <StatisticPicker picked={draft.picked} change={change} about={about} />}
      {kind === 'sql' && <Query draft={draft} change={change} about={about} />}
      {kind === 'script' && <Script draft={draft} change={change} about={about} />}
    </Panel>
  )
}

function Query({ draft, change, about }: Part) {
  return (
    <Field label="Query" hint="Select columns, counts and means; group by declared levels or bins.">
      {(field) => (
        <>
          <Editor {...field} language="sql" value={draft.sql} onChange={(sql) => change({ sql })} />
          {draft.sql.trim() === '' && (
            <button type="button" className="quiet" onClick={() => change({ sql: starterSql(about) })}>
              Start with an example
            </button>
          )}
        </>
      )}
    </Field>
  )
}

function Script({ draft, change, about }: Part) {
  const { language } = draft
  return (
    <>
      <Segments
        legend="Language"
        options={[
          { value: 'python', label: 'Python' },
          { value: 'r', label: 'R' }
        ]}
        value={language}
        choose={(chosen) => change({ language: chosen })}
      />
      <Field label="Script">
        {(field) => (
          <>
            <Editor {...field} language={language} value={draft.script} onChange={(script) => change({ script })} />
            {draft.script.trim() === '' && (
              <button
                type="button"
                className="quiet"
                onClick={() => change({ script: starterScript(language, about.variables[0]?.table ?? 'subjects') })}
              >
                Start with an example
              </button>
            )}
          </>
        )}
      </Field>
      <FilesPart draft={draft} change={change} />
      <Field
        label="Declared outputs (optional)"
        hint="As JSON: a name and a kind for each output. Declared outputs are checked by kind, and can be pooled."
      >
        {(field) => (
          <>
            <Editor
              {...field}
              language="json"
              linesMin={3}
              value={draft.outputs}
              onChange={(outputs) => change({ outputs })}
            />
            {draft.outputs.trim() === '' && (
              <button type="button" className="quiet" onClick={() => change({ outputs: OUTPUTS_EXAMPLE })}>
                Insert an example
              </button>
            )}
          </>
        )}
      </Field>
    </>
  )
}
