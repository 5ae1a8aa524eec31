/** Whether an answer with noise would be worth its price. */
import type { PrivacyPrice } from '@stimnet/api'

/** More of its range than this, and an answer says little about where in it people are. */
const RANGE_SHARE_MAX = 0.1

/** Whether nineteen answers of twenty may be off by more than a tenth of where they can lie; false where that is not told. */
export function isCoarse({ error_95: error, range }: PrivacyPrice['columns'][number]): boolean {
  return error !== null && range !== null && error > RANGE_SHARE_MAX * range
}
