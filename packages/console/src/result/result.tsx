/** An answer: its proof, tables, plots, disclosure cards and files. */
import type { Output, PooledOutput } from '@stimnet/protocol'
import type { AskedQuestion, Broadcast } from '@stimnet/sdk'
import { Panel } from '../parts/panel.tsx'
import { Cards } from './tables/cards.tsx'
import { askedInWords } from '../words/question/asked.ts'
import { askedRows, csvOf, modelRows, tableRows } from './files/csv.ts'
import { ModelPart } from './tables/model-part.tsx'
import { EstimatesTable } from './tables/estimates-table.tsx'
import { Plots } from './tables/plots.tsx'
import { BaselineTable } from './tables/baseline-table.tsx'
import { PooledTable } from './tables/pooled-table.tsx'
import { Proof } from './trust/proof.tsx'
import { saveFile } from '../parts/save.ts'
import { SaveCrate } from './files/save-crate.tsx'
import type { SiteTable } from './tables/sites.ts'
import { TestsTable } from './tables/tests-table.tsx'
import { TypedTables } from './tables/typed-table.tsx'
import { ValuesTable } from './tables/values-table.tsx'
import type { Verification } from './trust/verified.ts'

interface Shown {
  readonly pooled: PooledOutput
  readonly named: readonly { readonly name: string; readonly output: Output | null; readonly peerId: string }[]
}

/** Shows the answer that this browser verified; until it is verified, the answer that the gateway reports. */
export function Result(props: {
  broadcast: Broadcast
  verification: Verification
  /** The question, which each saved file begins with. */
  asked: AskedQuestion | undefined
}) {
  const { broadcast, verification, asked } = props
  const { pooled, named } = shownOf(broadcast, verification)
  const sites = tablesOf(named)
  const hasAnswer = pooled.rows.length > 0 || pooled.sites.length > 0
  return (
    <>
      <Panel title="Proof">
        <Proof verification={verification} given={broadcast.parts.filter(({ receipt }) => receipt !== null).length} />
      </Panel>
      {hasAnswer && (
        <Panel title="Result" aside={<Files broadcast={broadcast} pooled={pooled} sites={sites} asked={asked} />}>
          <Answer pooled={pooled} named={named} asked={broadcast.parts.length} statistic={broadcast.statistic?.name} />
        </Panel>
      )}
      <Plots pooled={pooled} sites={sites} named={named} />
      {hasAnswer && (
        <Panel
          title="What is promised"
          hint="According to the disclosure card that each institution signed with its numbers."
        >
          <Cards named={named} />
        </Panel>
      )}
    </>
  )
}

/** Tables, tests, outputs and notes. `asked`: the number of institutions that were asked, of which some may have refused. */
export function Answer(props: Shown & { readonly asked: number; readonly statistic?: string | undefined }) {
  const { pooled, named, asked, statistic } = props
  const sites = tablesOf(named)
  const names = new Map(named.map(({ peerId, name }) => [peerId, name]))
  return (
    <>
      {statistic === 'table_one' && pooled.rows.length > 0 && <BaselineTable pooled={pooled} sites={sites} />}
      {pooled.rows.length > 0 && <PooledTable pooled={pooled} sites={sites} asked={asked} />}
      {pooled.tests && pooled.tests.length > 0 && (
        <TestsTable tests={pooled.tests} reader={(note) => withNames(note, names)} />
      )}
      {pooled.tests?.map((test) => (
        <EstimatesTable key={`${test.kind} ${test.of}`} test={test} />
      ))}
      {pooled.models?.map((model) => (
        <ModelPart key={model.formula} model={model} nameOf={(site) => names.get(site) ?? site} />
      ))}
      {pooled.outputs && <TypedTables outputs={pooled.outputs} named={named} />}
      <ValuesTable named={named} />
      <Notes notes={pooled.notes} names={names} />
    </>
  )
}

/** The tables of the institutions that released one. */
export function tablesOf(named: Shown['named']): SiteTable[] {
  return named.flatMap(({ name, peerId, output }): SiteTable[] =>
    output?.kind === 'table' ? [{ name, peerId, table: output }] : []
  )
}

function shownOf({ parts, pooled }: Broadcast, verification: Verification): Shown {
  if (verification.state === 'done') {
    const { verified } = verification
    const named = verified.parts.map(({ institution, peerId, output }) => ({
      name: institution || peerId,
      peerId,
      output
    }))
    return { pooled: verified.pooled, named }
  }
  const named = parts.map((part) => ({
    name: part.institution || part.node_id,
    peerId: part.peer_id,
    output: part.output
  }))
  return { pooled: pooled ?? { columns: [], rows: [], sites: [], missing: [], notes: [] }, named }
}

/** A note with institutions' names instead of their PeerIds. */
function withNames(note: string, names: ReadonlyMap<string, string>): string {
  return note.replaceAll(/12D3Koo\w+/g, (peerId) => names.get(peerId) ?? peerId)
}

/** Notes on an answer, with the names of institutions. */
export function Notes({ notes, names }: { notes: readonly string[]; names: ReadonlyMap<string, string> }) {
  if (notes.length === 0) return null
  const named = notes.map((note) => withNames(note, names))
  return (
    <ul className="notes" aria-label="Notes on the result">
      {named.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  )
}

/** The answer without the question, which is written first in the file. */
function withoutAsked({ asked: _, ...rest }: Broadcast): Omit<Broadcast, 'asked'> {
  return rest
}

function Files(props: {
  broadcast: Broadcast
  pooled: PooledOutput
  sites: readonly SiteTable[]
  asked: AskedQuestion | undefined
}) {
  const { broadcast, pooled, sites, asked } = props
  const lead = asked ? askedInWords(asked) : []
  const name = `stimnet-${broadcast.number}`
  const csv = () =>
    saveFile(
      `${name}.csv`,
      'text/csv;charset=utf-8',
      csvOf([...askedRows(lead), ...tableRows(pooled, sites, broadcast.parts.length), ...modelRows(pooled, sites)])
    )
  const json = () =>
    saveFile(
      `${name}.json`,
      'application/json',
      `${JSON.stringify({ asked: asked ?? null, ...withoutAsked(broadcast), pooled }, null, 2)}\n`
    )
  return (
    <div className="actions">
      {pooled.rows.length > 0 && (
        <button type="button" onClick={csv}>
          Save CSV
        </button>
      )}
      <button type="button" onClick={json}>
        Save JSON with receipts
      </button>
      <SaveCrate id={broadcast.id} name={name} />
    </div>
  )
}
