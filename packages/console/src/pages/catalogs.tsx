/** The catalogs of the mesh, with a search by words, variables and purpose. */
import { type FormEvent, useState } from 'react'
import { HoldingCard } from '../catalogs/holding-card.tsx'
import { holdingsOf, narrowed } from '../catalogs/holdings.ts'
import { useLoaded } from '../load.ts'
import { Empty } from '../parts/empty.tsx'
import { Field, Select } from '../parts/field.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { goTo, type Place } from '../route.ts'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { plural } from '../words/number.ts'
import { PURPOSES } from '../words/purpose.ts'

/** Maximum length of the search text in characters, as in the gateway. */
const WORDS_MAX = 256

/** The search is in the URL, so that it can be bookmarked and shared. */
export function CatalogsPage({ place }: { place: Place }) {
  const { client } = useSession()
  const asks = holds(useAccount(), 'researcher')
  const words = place.query.get('q') ?? ''
  const wanted = { variable: place.query.get('variable') ?? '', purpose: place.query.get('purpose') ?? '' }
  const found = useLoaded((signal) => client.meshCatalogs(words, { signal }), [client, words])
  return (
    <>
      <Title lead="All catalogs that connected institutions offer, with descriptions and rounded sizes, never with rows.">
        Catalogs
      </Title>
      <Search words={words} {...wanted} />
      <Waiting of={found} doing="Searching the mesh">
        {(catalogs) => {
          const holdings = holdingsOf(narrowed(catalogs, wanted))
          return (
            <>
              <p role="status" className="soft">
                {plural(holdings.length, 'catalog')}
                {found.loading && ', searching …'}
              </p>
              {holdings.map((holding) => (
                <HoldingCard key={holding.name} holding={holding} asks={asks} />
              ))}
              {holdings.length === 0 && found.error === undefined && (
                <Empty title="No catalog matches">
                  All words must match. Try fewer words, or see <a href="#/catalogs">all catalogs</a>.
                </Empty>
              )}
            </>
          )
        }}
      </Waiting>
    </>
  )
}

interface Looked {
  readonly words: string
  readonly variable: string
  readonly purpose: string
}

/** Shows the search in the URL, also after the browser's Back button. */
function Search(given: Looked) {
  const address = JSON.stringify(given)
  const [shownFor, setShownFor] = useState(address)
  const [looked, setLooked] = useState<Looked>(given)
  if (shownFor !== address) {
    setShownFor(address)
    setLooked(given)
  }
  const { words, variable, purpose } = looked
  const set = (more: Partial<Looked>) => setLooked({ ...looked, ...more })
  const search = (event: FormEvent) => {
    event.preventDefault()
    const asked = { q: words.trim(), variable: variable.trim(), purpose }
    goTo('catalogs', '', Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')))
  }
  return (
    <search>
      <form className="row search" onSubmit={search}>
        <Field label="Words">
          {(field) => (
            <input
              {...field}
              type="search"
              placeholder="parkinson, mri"
              maxLength={WORDS_MAX}
              value={words}
              onChange={(e) => set({ words: e.target.value })}
            />
          )}
        </Field>
        <Field label="With a variable">
          {(field) => (
            <input
              {...field}
              placeholder="updrs"
              maxLength={WORDS_MAX}
              value={variable}
              onChange={(e) => set({ variable: e.target.value })}
            />
          )}
        </Field>
        <Select
          label="Usable for"
          none="any purpose"
          options={PURPOSES}
          value={purpose}
          choose={(chosen) => set({ purpose: chosen })}
        />
        <button className="primary" type="submit">
          Search
        </button>
      </form>
    </search>
  )
}
