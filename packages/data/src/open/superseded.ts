/** The epochs of a catalog that are on disk, and the deletion of one that answers no more. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type IndexLevel, SubjectIndex } from '../index/subject-index.ts'

const EPOCH = /^[0-9a-f]{64}$/

/** Where the epochs of a catalog are. */
export interface EpochPlace {
  readonly catalog: string
  /** The folder of the snapshots of all catalogs. */
  readonly dataDir: string
}

/** The epochs of a catalog of which a snapshot is there, in no order. */
export async function storedEpochs({ catalog, dataDir }: EpochPlace): Promise<string[]> {
  const names = await readdir(join(dataDir, catalog)).catch(() => [])
  return names.filter((name) => EPOCH.test(name))
}

/**
 * Deletes the rows of an epoch and the index of them. The secret that places its subjects stays: made again from the same files, it has
 * the same places, of which a ledger may know. `hasLedger`: also who had left before that epoch stays, since that ledger counts them.
 */
export async function deleteEpoch(
  { catalog, dataDir }: EpochPlace,
  { epoch, index, hasLedger }: { readonly epoch: string; readonly index: IndexLevel; readonly hasLedger: boolean }
): Promise<void> {
  if (!EPOCH.test(epoch)) throw new TypeError('not the name of an epoch')
  // The index first: without its manifest an epoch is incomplete, whatever is in its folder.
  await new SubjectIndex(index, catalog).deleteEpoch(epoch, { withGone: !hasLedger })
  await rm(join(dataDir, catalog, epoch), { recursive: true, force: true })
  if (!hasLedger) await rm(join(dataDir, catalog, `gone-${epoch}`), { recursive: true, force: true })
}
