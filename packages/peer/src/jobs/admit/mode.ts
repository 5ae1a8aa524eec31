/** Exact and noisy releases about the same people do not add up to a promise: a catalog's mode is kept. */
import { StimnetError } from '@stimnet/protocol'
import type { LedgerStore } from '../../store/released/ledgers.ts'
import type { PrivacyLedger } from '../../store/released/privacy-ledger.ts'

/**
 * Throws CONFIG_INVALID for a catalog that says `mode: dp` after exact numbers left it, in any epoch, or that no longer says
 * so after somebody was promised it.
 */
export async function assertModeKept(
  { name, mode }: { name: string; mode: 'sdc' | 'dp' },
  { ledgers, ledger }: { ledgers: Pick<LedgerStore, 'hasEverReleased'>; ledger: Pick<PrivacyLedger, 'hasPromised'> }
): Promise<void> {
  if (mode === 'dp' && (await ledgers.hasEverReleased(name))) {
    refuse(
      `${name}: mode: dp, but exact numbers of it were released before. What they told is outside of any budget, so that ` +
        'the promise cannot be made any more; keep mode: sdc, where P2 holds for each release alone'
    )
  }
  if (mode === 'sdc' && ledger.hasPromised(name)) {
    refuse(
      `${name}: mode: sdc, but it was answered from with mode: dp, and readers were told that nothing exact ever leaves it; ` +
        'keep mode: dp'
    )
  }
}

function refuse(why: string): never {
  throw new StimnetError('CONFIG_INVALID', `catalogs: ${why}`)
}
