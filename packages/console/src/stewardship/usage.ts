/** The budgets and allowances in words, in the order in which a steward should look at them. */
import type { Usage } from '@stimnet/sdk'

/** Sorted by the share used; rows with equal shares keep the gateway's order. */
export function worstFirst(lines: readonly Usage[]): Usage[] {
  return [...lines].sort((a, b) => b.share - a.share)
}

/** The share used in whole percent, rounded down, at most 99. */
export function percent(share: number): string {
  return `${Math.min(99, Math.floor(share * 100))} %`
}

/** The scope in words: whose budget or allowance it is. */
export function scopeWords(scope: string): string {
  if (scope === '') return 'all together'
  if (scope === '*') return 'everybody together'
  return scope.startsWith('12D3Koo') ? `key …${scope.slice(-8)}` : `project ${scope}`
}
