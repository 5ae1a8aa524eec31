/** The choice of the catalog and of the institutions that are asked. */
import type { FoundCatalog } from '@stimnet/sdk'
import { catalogTitle, holdingsOf } from '../../catalogs/holdings.ts'
import { Select } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { count, plural } from '../../words/number.ts'
import type { About } from '../draft/about.ts'
import type { Change, Draft } from '../draft/draft.ts'

/** Choosing another catalog clears the form except for the programs. */
export function Whom(props: {
  draft: Draft
  change: Change
  found: readonly FoundCatalog[]
  about: About | undefined
}) {
  const { draft, change, found, about } = props
  const choose = (catalog: string) =>
    change({
      catalog,
      targets: null,
      conditions: [],
      whereElse: null,
      set: '',
      mappings: [],
      picked: { ...draft.picked, variables: [], by: [], level: '' }
    })
  const toggle = (peerId: string, isAsked: boolean) => {
    const now = about?.asked.map(({ peer_id }) => peer_id) ?? []
    const next = isAsked ? [...now, peerId] : now.filter((other) => other !== peerId)
    change({ targets: next.length === about?.holders.length ? null : next })
  }
  return (
    <Panel title="About whom">
      <Select
        label="Catalog"
        none="Choose a catalog …"
        options={holdingsOf(found).map(({ name, title, catalogs }) => ({
          value: name,
          text: `${catalogTitle({ name, title })} (${plural(catalogs.length, 'institution')})`
        }))}
        value={draft.catalog}
        choose={choose}
      />
      {about && (
        <fieldset className="choices">
          <legend>Institutions</legend>
          <p className="hint">Numbers of subjects are rounded down to tens.</p>
          {about.holders.map(({ peer_id, institution, node_id, total_records }) => (
            <label key={peer_id} className="choice">
              <input
                type="checkbox"
                checked={about.asked.some((one) => one.peer_id === peer_id)}
                onChange={(event) => toggle(peer_id, event.target.checked)}
              />
              <span>
                {institution || node_id} <span className="soft">{count(total_records)}+ subjects</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </Panel>
  )
}
