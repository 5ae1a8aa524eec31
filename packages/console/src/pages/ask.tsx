/** The page to compose a question: cohort, program, purpose and precision. Its price and limits are shown before it is sent. */
import type { FoundCatalog } from '@stimnet/sdk'
import { useEffect, useState } from 'react'
import { aboutOf } from '../ask/draft/about.ts'
import { Again } from '../ask/compose/again-part.tsx'
import { BeginAnew } from '../ask/compose/begin-anew.tsx'
import { ClaimPart } from '../ask/compose/claim-part.tsx'
import { Conditions } from '../ask/compose/conditions.tsx'
import { Differing } from '../ask/compare/differing-part.tsx'
import { type Change, type Draft, EMPTY, signingKey, storeDraft, storedDraft } from '../ask/draft/draft.ts'
import { usePrice } from '../ask/price/price.ts'
import { ProgramPart } from '../ask/compose/program.tsx'
import { PurposePart } from '../ask/compose/purpose-part.tsx'
import { Send } from '../ask/send/send.tsx'
import { Whom } from '../ask/compose/whom.tsx'
import { useOwnKey } from '../key/own-key.ts'
import { useLoaded } from '../load.ts'
import { Empty } from '../parts/empty.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { Place } from '../route.ts'
import { useSession } from '../session/session.tsx'

/** `?catalog=` chooses a catalog, `?again=` opens an earlier question. The form is kept in this tab until it is cleared. */
export function AskPage({ place }: { place: Place }) {
  const { client } = useSession()
  const found = useLoaded((signal) => client.meshCatalogs('', { signal }), [client])
  const [draft, setDraft] = useState(() => withCatalog(storedDraft(), place.query.get('catalog')))
  useEffect(() => storeDraft(draft), [draft])
  const change: Change = (more) =>
    setDraft((last) => ({ ...last, ...(typeof more === 'function' ? more(last) : more) }))
  return (
    <>
      <Title
        lead="Ask many institutions one question and get one pooled answer, with the answer of each institution beside it."
        actions={<BeginAnew draft={draft} begin={() => setDraft(EMPTY)} />}
      >
        Ask
      </Title>
      <Waiting of={found} doing="Reading the catalogs">
        {(catalogs) =>
          catalogs.length === 0 ? (
            <Empty title="No institution offers a catalog yet">
              Other institutions must be connected first; see the page Mesh.
            </Empty>
          ) : (
            <>
              <Again id={place.query.get('again')} draft={draft} catalogs={catalogs} open={setDraft} />
              <Form draft={draft} change={change} catalogs={catalogs} />
            </>
          )
        }
      </Waiting>
    </>
  )
}

function Form({ draft, change, catalogs }: { draft: Draft; change: Change; catalogs: readonly FoundCatalog[] }) {
  const own = useOwnKey()
  const about = aboutOf(catalogs, draft)
  const price = usePrice({ draft, about, own: signingKey(draft, own) })
  const parts = { draft, change }
  return (
    <div className="stack wide">
      <Whom {...parts} found={catalogs} about={about} />
      {about && (
        <>
          <ProgramPart {...parts} about={about} />
          <Conditions {...parts} about={about} />
          <Differing {...parts} about={about} own={own} />
          <PurposePart {...parts} about={about} />
          <ClaimPart {...parts} price={price} about={about} />
          <Send {...parts} about={about} own={own} price={price} />
        </>
      )}
    </div>
  )
}

function withCatalog(draft: Draft, catalog: string | null): Draft {
  if (catalog === null || catalog === draft.catalog) return draft
  const { conditions, whereElse, set, mappings, picked } = EMPTY
  return {
    ...draft,
    catalog,
    targets: null,
    conditions,
    whereElse,
    set,
    mappings,
    picked: { ...picked, name: draft.picked.name }
  }
}
