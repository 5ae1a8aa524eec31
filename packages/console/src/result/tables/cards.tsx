/** The disclosure cards of an answer in plain words, with one card for all institutions that have the same one. */
import type { Output } from '@stimnet/protocol'
import { Badge } from '../../parts/badge.tsx'
import { cardSentences, LEVELS } from '../../words/card.ts'

interface Named {
  readonly name: string
  readonly output: Output | null
}

/** Institutions with equal cards are shown together. */
export function Cards({ named }: { named: readonly Named[] }) {
  const told = named.flatMap(({ name, output }) => {
    if (!output) return []
    const { disclosure: card } = output
    return [{ name, card, sentences: cardSentences(card) }]
  })
  const alike = Map.groupBy(told, ({ sentences }) => sentences.join('\n'))
  return (
    <div className="cards">
      {[...alike].map(([key, group]) => {
        const [first] = group
        if (!first) return null
        return (
          <article key={key} className="card">
            <header>
              <Badge tone={first.card.level === 'unreviewed' ? 'warn' : 'good'}>{LEVELS[first.card.level]}</Badge>
              <p className="soft">{group.map(({ name }) => name).join(', ')}</p>
            </header>
            <ul>
              {first.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <p className="hint">
              Rules <code>{first.card.preset}</code>, snapshot <code>{first.card.epoch.slice(0, 12)}</code>.
            </p>
          </article>
        )
      })}
    </div>
  )
}
