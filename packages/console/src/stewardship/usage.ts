/** Lines of what is used, in words and in the order in which somebody should look. */
import type { Usage } from '@stimnet/sdk'

/** By share; of the same share as the gateway has them. */
export function worstFirst(lines: readonly Usage[]): Usage[] {
  return [...lines].sort((a, b) => b.share - a.share)
}

/** Whole percents, never 100 before all of it is used. */
export function percent(share: number): string {
  return `${Math.min(99, Math.floor(share * 100))} %`
}

/** Whose share it is. */
export function scopeWords(scope: string): string {
  if (scope === '') return 'all together'
  if (scope === '*') return 'everybody together'
  return scope.startsWith('12D3Koo') ? `key …${scope.slice(-8)}` : `project ${scope}`
}
