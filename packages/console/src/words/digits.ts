/** The number of digits in an answer without noise, by the rules of the catalogs that are asked. */
import type { FoundCatalog } from '@stimnet/sdk'

const TENTH = 'to a tenth of their standard error'
const ALL = 'with every digit that their rules admit'

/** Empty if no catalog states its precision. */
export function digitsInWords(asked: readonly Pick<FoundCatalog, 'precision' | 'institution' | 'node_id'>[]): string {
  const of = (precision: string) => asked.filter((catalog) => catalog.precision === precision)
  const [exact, rounded] = [of('exact'), of('statistical')]
  if (exact.length === 0) return rounded.length === 0 ? '' : `Numbers are given ${TENTH}.`
  if (rounded.length === 0) return `Numbers are given ${ALL}.`
  const names = rounded.map(({ institution, node_id }) => institution || node_id)
  return `Numbers are given ${TENTH} by ${names.join(', ')}, and by the others ${ALL}.`
}
