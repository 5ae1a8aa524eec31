/** The ages after which a peer deletes records, as configured, and the amounts to delete. */
import { LIMITS } from '@stimnet/protocol'
import type { PeerConfig } from '../config/config.ts'

const DAY_MS = 24 * 3_600_000

/** The kinds of things that are deleted, in the order of the reports. */
export const KINDS = ['results', 'jobs', 'requests', 'uploads', 'epochs', 'accounts'] as const
/** One kind of thing that is deleted. */
export type Kind = (typeof KINDS)[number]

/** Amounts by kind. */
export type Counts = Readonly<Record<Kind, number>>

/** Zero of every kind. */
export const NONE: Counts = { results: 0, jobs: 0, requests: 0, uploads: 0, epochs: 0, accounts: 0 }

/** Days by kind; undefined if the kind is kept for ever. */
export type Ages = Readonly<Record<Kind, number | undefined>>

/** The ages of a configuration. */
export function agesOf({ retention }: Pick<PeerConfig, 'retention'>): Ages {
  return {
    results: retention.results_days,
    jobs: retention.jobs_days,
    requests: retention.requests_days,
    uploads: retention.uploads_days ?? LIMITS.uploadLifetimeMs / DAY_MS,
    epochs: retention.epochs_days,
    accounts: retention.locked_accounts_days
  }
}

/** The time before which something is due at that age, Unix ms. */
export function dueBefore(days: number, nowMs: number): number {
  return nowMs - days * DAY_MS
}

/** The sum of two amounts. */
export function added(a: Counts, b: Partial<Counts>): Counts {
  const sums = KINDS.map((kind) => [kind, a[kind] + (b[kind] ?? 0)] as const)
  return Object.fromEntries(sums) as Record<Kind, number>
}

/** Whether any amount is above zero. */
export function isAny(counts: Counts): boolean {
  return KINDS.some((kind) => counts[kind] > 0)
}
