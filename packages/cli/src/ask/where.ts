/** The option `--where`: a comparison such as `sex=female`, `age>=65`, `visit=baseline,month_6` or `ledd is not null`. */
import { type Comparison, type ComparisonOp, type Filter, type FilterValue, StimnetError } from '@stimnet/protocol'

const OPS: readonly ComparisonOp[] = ['>=', '<=', '!=', '=', '>', '<']

/** The filter that requires all comparisons. Throws FILTER_INVALID. */
export function whereOf(texts: readonly string[]): Filter | undefined {
  const comparisons = texts.map((text) => presenceOf(text) ?? comparisonOf(text))
  return comparisons.length > 1 ? { all: comparisons } : comparisons[0]
}

/** The filter of "ledd is null" or "ledd is not null"; undefined for any other text. */
function presenceOf(text: string): Filter | undefined {
  const [, column, not] = /^\s*([A-Za-z][\w.-]*)\s+is\s+(?:(not)\s+)?null\s*$/i.exec(text) ?? []
  if (column === undefined) return undefined
  const isMissing: Comparison = { column, op: 'is null', values: [] }
  return not === undefined ? isMissing : { not: isMissing }
}

function comparisonOf(text: string): Comparison {
  const match = /^\s*([A-Za-z][\w.-]*)\s*(>=|<=|!=|=|>|<)\s*(.+?)\s*$/.exec(text)
  const op = OPS.find((known) => known === match?.[2])
  if (!match?.[1] || !match[3] || !op) {
    const reason = `--where must be a comparison such as sex=female, age>=65 or "age is not null", not ${JSON.stringify(text)}`
    throw StimnetError.told('FILTER_INVALID', reason)
  }
  const values = match[3].split(',').map((value) => filterValueOf(value.trim()))
  return { column: match[1], op: op === '=' && values.length > 1 ? 'in' : op, values }
}

function filterValueOf(text: string): FilterValue {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text.replace(/^(["'])(.*)\1$/, '$2')
}
