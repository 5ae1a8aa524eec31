/** A price and what it buys, in a terminal. */
import type { PrivacyCost } from '@stimnet/sdk'
import { printable, tableOf } from './table.ts'

/** Charge and expected error at each institution, then what pooling makes of the noise. */
export function costText(cost: PrivacyCost): string {
  if (cost.peers.length === 0) return `No peer that can be reached offers ${printable(cost.data_catalog_name)}.\n`
  const lines = [
    tableOf(
      ['institution', 'epsilon', 'rho', 'epsilon at delta', 'rho left here'],
      cost.peers.map((peer) => [
        nameOf(peer),
        peer.cost?.epsilon ?? null,
        peer.cost === null ? printable(peer.code ?? '') : digits(peer.cost.rho),
        peer.cost === null ? '' : `${digits(peer.cost.epsilon_at_delta)} at ${digits(peer.cost.delta)}`,
        peer.left === null ? '' : `${peer.left.project_rho} (life ${peer.left.lifetime_rho})`
      ])
    )
  ]
  const reasons = new Set(cost.peers.flatMap(({ reason }) => (reason === null ? [] : [reason])))
  for (const reason of reasons) lines.push(`${printable(reason)}\n`)
  const [first] = cost.peers.flatMap((peer) => (peer.cost ? [peer.cost] : []))
  if (first) lines.push(...errorLines(cost, first))
  return lines.join('')
}

type Price = NonNullable<PrivacyCost['peers'][number]['cost']>

function errorLines(cost: PrivacyCost, price: Price): string[] {
  const bounds = `each person counts in at most ${price.groups_per_subject} groups, with ${price.rows_per_subject} rows in each`
  const sites = price.sites_per_person > 1 ? `; somebody may be at ${price.sites_per_person} institutions` : ''
  return [
    `\nExpected error at one institution: ${price.numbers} numbers for each of ${price.groups} groups; ${bounds}${sites}\n`,
    tableOf(
      ['column', 'sd', '19 of 20 within', 'rank within (rows)', 'in a group of', 'sd when pooled'],
      price.columns.map((column) => [
        printable(column.name),
        orNone(column.sd),
        orNone(column.error_95),
        orNone(column.rank_error_95),
        column.assumes_rows === null ? 'any' : `${column.assumes_rows} rows`,
        orNone(cost.pooled.find(({ name }) => name === column.name)?.sd ?? null)
      ])
    )
  ]
}

function orNone(value: number | null): string {
  return value === null ? '' : digits(value)
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function nameOf({ institution, node_id, peer_id }: PrivacyCost['peers'][number]): string {
  return printable(institution || node_id || peer_id)
}
