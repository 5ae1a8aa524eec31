/** What the mesh holds: searched by words, variables and purpose. */
import { type FormEvent, useState } from 'react'
import { HoldingCard } from '../catalogs/holding-card.tsx'
import { holdingsOf, narrowed } from '../catalogs/holdings.ts'
import { useLoaded } from '../load.ts'
import { Empty } from '../parts/empty.tsx'
import { Field } from '../parts/field.tsx'
import { Title } from '../parts/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { goTo, type Place } from '../route.ts'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { plural } from '../words/number.ts'
import { PURPOSES } from '../words/purpose.ts'

/** What is looked for stands in the address, so that it can be kept and passed on. */
export function CatalogsPage({ place }: { place: Place }) {
  const { client } = useSession()
  const asks = holds(useAccount(), 'researcher')
  const words = place.query.get('q') ?? ''
  const wanted = { variable: place.query.get('variable') ?? '', purpose: place.query.get('purpose') ?? '' }
  const found = useLoaded((signal) => client.meshCatalogs(words, { signal }), [client, words])
  return (
    <>
      <Title lead="Every catalog that connected institutions offer. Descriptions and rounded sizes; never rows.">
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
              {holdings.length === 0 && (
                <Empty title="No catalog matches">
                  All words must match. Try fewer, or look at{' '}
                  <a href="#/catalogs">everything that institutions offer</a>.
                </Empty>
              )}
            </>
          )
        }}
      </Waiting>
    </>
  )
}

function Search(given: { words: string; variable: string; purpose: string }) {
  const [words, setWords] = useState(given.words)
  const [variable, setVariable] = useState(given.variable)
  const [purpose, setPurpose] = useState(given.purpose)
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
              value={words}
              onChange={(e) => setWords(e.target.value)}
            />
          )}
        </Field>
        <Field label="With a variable">
          {(field) => (
            <input {...field} placeholder="updrs" value={variable} onChange={(e) => setVariable(e.target.value)} />
          )}
        </Field>
        <Field label="Usable for">
          {(field) => (
            <select {...field} value={purpose} onChange={(e) => setPurpose(e.target.value)}>
              <option value="">any purpose</option>
              {PURPOSES.map(({ term, words: meaning }) => (
                <option key={term} value={term}>
                  {meaning}
                </option>
              ))}
            </select>
          )}
        </Field>
        <button className="primary" type="submit">
          Search
        </button>
      </form>
    </search>
  )
}
