/** The price of a question at each institution, and the expected error of an answer with noise. */
import { Notice } from '../../parts/notice.tsx'
import { Problem } from '../../parts/problem.tsx'
import { CostTable } from './cost-table.tsx'
import { InformationTable } from './information-table.tsx'
import type { Draft } from '../draft/draft.ts'
import { readEpsilon } from '../draft/epsilon.ts'
import { budgetSentence, coarseIn } from './noise.ts'
import type { Price } from './price.ts'

/** Screen readers announce the price when it arrives. */
export function Cost({ price, draft }: { price: Price; draft: Draft }) {
  if (price.state === 'failed') return <Problem error={price.error} doing="Reading the cost" again={price.again} />
  if (price.state === 'asking') return <p className="loading">Reading the cost …</p>
  if (price.state !== 'told') return <p className="hint">The cost is shown when the question is complete.</p>
  const { cost } = price
  if (draft.level !== 'P2') return <InformationTable cost={cost} />
  const read = readEpsilon(draft.epsilon)
  const budget = read.ok ? budgetSentence(cost, read.epsilon) : undefined
  return (
    <div role="status" className="stack">
      <CostTable cost={cost} />
      {budget !== undefined && <p className="prose">{budget}</p>}
      {coarseIn(cost).map((sentence) => (
        <Notice key={sentence} tone="warn">
          {sentence}
        </Notice>
      ))}
    </div>
  )
}
