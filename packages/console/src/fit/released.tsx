/** The numbers that each institution released in one round of a model. */
import type { GramPart, ModelRoundPart } from '@stimnet/protocol'
import type { VerifiedBroadcast } from '@stimnet/sdk'
import { Scroll } from '../parts/scroll.tsx'
import { count, measured, plural } from '../words/number.ts'

/** The numbers that one institution signed in a round. */
export interface Released {
  readonly site: string
  readonly n: number
  readonly terms: readonly string[]
  readonly isOfEvents: boolean
  readonly round: ModelRoundPart
}

/** The numbers of a round, from the verified answers only. */
export function releasedIn({ parts }: Pick<VerifiedBroadcast, 'parts'>): Released[] {
  return parts.flatMap(({ peerId, output }) =>
    gramsIn(output).flatMap((gram): Released[] =>
      gram.round === undefined
        ? []
        : [
            {
              site: peerId,
              n: gram.n,
              // The last column is the outcome.
              terms: gram.columns.slice(0, -1).map(({ name }) => name),
              isOfEvents: gram.fit?.family === 'binomial' || gram.fit?.family === 'cox',
              round: gram.round
            }
          ]
    )
  )
}

function gramsIn(output: VerifiedBroadcast['parts'][number]['output']): GramPart[] {
  if (output?.kind !== 'table') return []
  return output.rows.flatMap(({ parts }) => Object.values(parts).flatMap((part) => ('gram' in part ? [part.gram] : [])))
}

/** The number of numbers in a round, as a sentence. */
export function amountInWords({ terms, round }: Released): string {
  const p = terms.length
  const each = p + (p * (p + 1)) / 2 + 1
  const first = round.round === 0 ? `${plural(p, 'estimate')} of its own people` : `${plural(p, 'gradient')}`
  return `Each institution released ${each} numbers: ${first}, the ${(p * (p + 1)) / 2} of the information matrix and the deviance; also the numbers of people and of events.`
}

/** Four digits of each number; all digits are in the saved file. */
export function ReleasedNumbers({ all, nameOf }: { all: readonly Released[]; nameOf: (site: string) => string }) {
  return all.map((one) => <OfInstitution key={one.site} released={one} name={nameOf(one.site)} />)
}

function OfInstitution({ released, name }: { released: Released; name: string }) {
  const { terms, round, n, isOfEvents } = released
  const isFirst = round.round === 0
  const head = [isFirst ? 'Own estimate' : 'Evaluated at', ...(isFirst ? [] : ['Gradient']), ...terms]
  const whom = `${plural(n, 'person', 'people')}, ${isOfEvents ? `${count(Number(round.total))} with the event` : `${count(Number(round.total))} events`}`
  return (
    <Scroll label={`${name}, round ${round.round}`}>
      <table className="result">
        <caption>
          {name}, round {round.round}: {whom}, deviance {measured(Number(round.deviance))}
        </caption>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Term
            </th>
            {head.slice(0, head.length - terms.length).map((title) => (
              <th key={title} scope="col" rowSpan={2} className="number">
                {title}
              </th>
            ))}
            <th scope="colgroup" colSpan={terms.length} className="number">
              Information matrix
            </th>
          </tr>
          <tr>
            {terms.map((term) => (
              <th key={term} scope="col" className="number">
                {term}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {terms.map((term, i) => (
            <tr key={term}>
              <th scope="row">{term}</th>
              <td className="number">{shown(round.estimates[i])}</td>
              {!isFirst && <td className="number">{shown(round.score[i])}</td>}
              {terms.map((other, j) => (
                <td key={other} className="number">
                  {j < i ? '' : shown(round.information[placeOf(terms.length, i, j)])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** The index of an entry in the upper triangle of a matrix, row by row. */
function placeOf(size: number, row: number, column: number): number {
  return row * size - (row * (row - 1)) / 2 + (column - row)
}

function shown(text: string | undefined): string {
  return text === undefined ? '' : measured(Number(text))
}
