/** The model of the last complete round, with its notes and files. */
import type { ModelResult } from '@stimnet/protocol'
import { modelOfRounds, roundAnswered, roundNotes } from '@stimnet/sdk'
import { Panel } from '../parts/panel.tsx'
import { saveFile } from '../parts/save.ts'
import { askedRows, csvOf, modelRows } from '../result/files/csv.ts'
import { Notes, tablesOf } from '../result/result.tsx'
import { Cards } from '../result/tables/cards.tsx'
import { ModelPart } from '../result/tables/model-part.tsx'
import { askedInWords } from '../words/question/asked.ts'
import type { FitRound } from './carry.ts'
import type { FitAsked } from './question.ts'

interface ResultProps {
  readonly fit: FitAsked
  readonly rounds: readonly FitRound[]
  readonly isEnded: boolean
  readonly nameOf: (site: string) => string
}

/** Nothing is shown before an institution has released a fit. */
export function FitResult({ fit, rounds, isEnded, nameOf }: ResultProps) {
  const model = modelOfRounds(rounds)
  if (model === undefined) return null
  const { verified } = roundAnswered(rounds)
  const named = verified.parts.map(({ peerId, output }) => ({ name: nameOf(peerId), peerId, output }))
  const names = new Map(named.map(({ peerId, name }) => [peerId, name]))
  const notes = [...verified.pooled.notes, ...(isEnded ? roundNotes(rounds, nameOf) : [])]
  return (
    <>
      <Panel
        title={isEnded ? 'Result' : 'Result so far'}
        {...(isEnded ? {} : { hint: 'It changes with each round.' })}
        aside={<Files fit={fit} rounds={rounds} model={model} nameOf={nameOf} />}
      >
        <ModelPart model={model} nameOf={nameOf} />
        <Notes notes={notes} names={names} />
      </Panel>
      <Panel
        title="What is promised"
        hint="According to the disclosure card that each institution signed with its numbers."
      >
        <Cards named={named} />
      </Panel>
    </>
  )
}

function Files({ fit, rounds, model, nameOf }: Omit<ResultProps, 'isEnded'> & { readonly model: ModelResult }) {
  const { asked, formula } = fit
  const { broadcast, verified } = roundAnswered(rounds)
  const name = `stimnet-fit-${rounds[0]?.broadcast.number ?? broadcast.number}`
  const sites = tablesOf(verified.parts.map(({ peerId, output }) => ({ name: nameOf(peerId), peerId, output })))
  const csv = () => {
    const rows = modelRows({ ...verified.pooled, models: [model] }, sites)
    saveFile(`${name}.csv`, 'text/csv;charset=utf-8', csvOf([...askedRows(askedInWords(asked)), ...rows.slice(1)]))
  }
  const json = () => {
    const all = rounds.map(({ round, change, missing, broadcast: one }) => ({ round, change, missing, broadcast: one }))
    const content = { asked, formula, model, rounds: all }
    saveFile(`${name}.json`, 'application/json', `${JSON.stringify(content, null, 2)}\n`)
  }
  return (
    <div className="actions">
      <button type="button" onClick={csv}>
        Save CSV
      </button>
      <button type="button" onClick={json}>
        Save JSON with the receipts of all rounds
      </button>
    </div>
  )
}
