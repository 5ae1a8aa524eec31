/**
 * The rule that a catalog keeps its mode: exact and noisy releases about the same people cannot both be covered by one
 * promise.
 */
import { StimnetError } from '@stimnet/protocol'
import type { LedgerStore } from '../../store/released/ledgers.ts'
import type { PrivacyLedger } from '../../store/released/privacy-ledger.ts'

/**
 * Throws CONFIG_INVALID for a catalog with `mode: dp` after exact numbers were released from it in any epoch, and for a
 * catalog without `mode: dp` after it was answered from under that promise.
 */
export async function assertModeKept(
  { name, mode }: { name: string; mode: 'sdc' | 'dp' },
  { ledgers, ledger }: { ledgers: Pick<LedgerStore, 'hasEverReleased'>; ledger: Pick<PrivacyLedger, 'hasPromised'> }
): Promise<void> {
  if (mode === 'dp' && (await ledgers.hasEverReleased(name))) {
    refuse(
      `${name}: mode: dp, but exact numbers of it were released before. No budget counts their disclosures, so ` +
        'the promise cannot be made any more; keep mode: sdc, in which P2 holds for each release alone'
    )
  }
  if (mode === 'sdc' && ledger.hasPromised(name)) {
    refuse(
      `${name}: mode: sdc, but it has answered with mode: dp, which promises that it never releases exact numbers; ` +
        'keep mode: dp'
    )
  }
}

function refuse(why: string): never {
  throw new StimnetError('CONFIG_INVALID', `catalogs: ${why}`)
}
