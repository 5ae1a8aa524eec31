/** The price under differential privacy: its share of the remaining budget, and whether the error leaves the answer usable. */
import { isCoarse, type PrivacyCost } from '@stimnet/sdk'
import { count, rough } from '../../words/number.ts'

/** The price at one institution. */
export type PricedPeer = PrivacyCost['peers'][number]

/** The remaining ρ of the account at the institution; undefined if the institution does not disclose it. */
export function leftAt({ left }: PricedPeer): number | undefined {
  return left === null ? undefined : Math.min(Number(left.project_rho), Number(left.lifetime_rho))
}

/** Whether the price exceeds the remaining budget. */
export function takesTooMuch(peer: PricedPeer): boolean {
  const left = leftAt(peer)
  return peer.cost !== null && left !== undefined && peer.cost.rho > left
}

/** A sentence for each institution that will refuse because its disclosed remaining budget is too small. */
export function refusalsIn({ peers }: PrivacyCost): string[] {
  return peers.filter(takesTooMuch).map((peer) => `${nameOf(peer)} will refuse: too little of the budget is left.`)
}

/**
 * "ε = 0.5 costs ρ = 0.0104; 0.0244 is left at this institution: enough for two questions like this."; undefined if no institution
 * discloses what is left.
 */
export function budgetSentence({ peers }: PrivacyCost, epsilon: string): string | undefined {
  const here = peers.find((peer) => peer.cost !== null && leftAt(peer) !== undefined)
  const left = here && leftAt(here)
  if (!here?.cost || left === undefined) return undefined
  const { rho } = here.cost
  return `ε = ${epsilon} costs ρ = ${rough(rho)}; ${rough(left)} is left at this institution: ${timesIn(left / rho)}.`
}

const FEW = [
  '',
  'one question',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve'
]

function timesIn(times: number): string {
  const whole = Math.floor(times)
  if (whole < 1) return 'not enough'
  if (whole === 1) return 'enough for one question like this'
  return `enough for ${FEW[whole] ?? (whole > 1_000 ? 'more than 1,000' : count(whole))} questions like this`
}

/** A sentence for each column whose error exceeds a tenth of the range of possible answers. */
export function coarseIn({ peers }: PrivacyCost): string[] {
  const priced = peers.flatMap((peer) =>
    peer.cost === null ? [] : [{ name: nameOf(peer), columns: peer.cost.columns }]
  )
  return (priced[0]?.columns ?? []).flatMap(({ name }) => {
    const coarse = priced.flatMap(({ name: at, columns }) =>
      columns.filter((one) => one.name === name && isCoarse(one)).map((one) => ({ at, ...one }))
    )
    const [first] = coarse
    if (!first) return []
    const where = coarse.length === priced.length ? '' : ` at ${coarse.map(({ at }) => at).join(', ')}`
    const error = rough(Math.max(...coarse.map((one) => one.error_95 ?? 0)))
    return [
      `${name}${where}: the error is up to ±${error}, while the whole range is ${rough(first.range ?? 0)}: too coarse to use. Ask with a larger ε, or about more people.`
    ]
  })
}

function nameOf({ institution, node_id: nodeId }: PricedPeer): string {
  return institution || nodeId
}
