/** The noisy sums of a model in the form in which they are released. It computes only with numbers that may already be released. */
import type { GramMeasure, GramPart, NoisyModel } from '@stimnet/protocol'
import { namesIn, ratioToNumber } from '@stimnet/statistics'
import { gramPartOf } from '../model/part.ts'
import { halvesOf, spreadOf } from './error.ts'
import type { DpNumber } from './numbers.ts'
import type { DpPlan } from './plan.ts'

/** The part of a model. `drawn`: the noisy values of a number of the plan. */
export function noisyPartOf(
  plan: DpPlan,
  measure: GramMeasure,
  drawn: (number: DpNumber) => readonly bigint[]
): GramPart {
  const name = namesIn(measure)
  const numbers = plan.numbers.filter((one) => one.kind === 'cells')
  const unitOf = (decimals: number) => 2n * 10n ** BigInt(decimals)
  const decimalsOf = new Map(plan.bounds.map(({ variable, decimals }) => [variable, decimals]))
  const sums = numbers.map((number): NoisyModel['sums'][number] => {
    const unit = number.numbers.reduce((all, { variable }) => all * unitOf(decimalsOf.get(variable) ?? 0), 1n)
    return {
      numbers: number.numbers.map(({ variable }) => name(variable)),
      by: number.by.map(({ variable }) => name(variable)),
      sd: spreadOf(plan, number) / Number(unit),
      values: drawn(number).map((value) => ratioToNumber(value, unit))
    }
  })
  const variables = plan.bounds.map((bounds) => ({
    name: name(bounds.variable),
    centre: ratioToNumber(bounds.lower + bounds.upper, unitOf(bounds.decimals)),
    ...halvesOf(bounds)
  }))
  const isPeople = ({ numbers: of, by }: NoisyModel['sums'][number]) => of.length === 0 && by.length === 0
  const people = (sums.find(isPeople) ?? sums[0])?.values.reduce((sum, value) => sum + value, 0) ?? 0
  return gramPartOf(measure, { released: { noisy: { mechanism: plan.mechanism, variables, sums } }, people })
}
