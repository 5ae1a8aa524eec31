/** One catalog of the mesh: its holders, size, permitted uses and description. */
import { Badge } from '../parts/badge.tsx'
import { hrefTo } from '../route.ts'
import { plural } from '../words/number.ts'
import { Holders } from './holders.tsx'
import type { Holding } from './holdings.ts'
import { Variables } from './variables.tsx'

/** `asks`: whether the account may ask about the catalog. */
export function HoldingCard({ holding, asks }: { holding: Holding; asks: boolean }) {
  const { name, title, description, keywords, catalogs, subjects } = holding
  return (
    <article className="panel" aria-label={title}>
      <div className="panel-head">
        <div>
          <h2>{title}</h2>
          <p className="soft">
            <code>{name}</code> · at {plural(catalogs.length, 'institution')} · at least {plural(subjects, 'subject')}
          </p>
        </div>
        {asks && (
          <a className="button primary" href={hrefTo('ask', '', { catalog: name })}>
            Ask about it
          </a>
        )}
      </div>
      {description !== '' && <p className="prose">{description}</p>}
      <p className="tags">
        {catalogs.every(({ synthetic }) => synthetic) && <Badge tone="good">synthetic data</Badge>}
        {keywords.map((word) => (
          <Badge key={word}>{word}</Badge>
        ))}
      </p>
      <Holders catalogs={catalogs} />
      <details>
        <summary>Variables</summary>
        <Variables catalogs={catalogs} />
      </details>
    </article>
  )
}
