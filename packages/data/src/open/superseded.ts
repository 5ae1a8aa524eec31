/** The epochs of a catalog on disk, and the deletion of an epoch that is no longer in use. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type IndexLevel, SubjectIndex } from '../index/subject-index.ts'

const EPOCH = /^[0-9a-f]{64}$/

/** The location of a catalog's epochs. */
export interface EpochPlace {
  readonly catalog: string
  /** The folder of the snapshots of all catalogs. */
  readonly dataDir: string
}

/** The epochs of a catalog that have a snapshot on disk, in no particular order. */
export async function storedEpochs({ catalog, dataDir }: EpochPlace): Promise<string[]> {
  const names = await readdir(join(dataDir, catalog)).catch(() => [])
  return names.filter((name) => EPOCH.test(name))
}

/**
 * Deletes the rows and the index of an epoch. The secret that determines the positions of its subjects stays: a new snapshot of the same
 * files then has the same positions, to which a ledger may refer. With `hasLedger`, the items that had left before that epoch also stay,
 * since the ledger counts them.
 */
export async function deleteEpoch(
  { catalog, dataDir }: EpochPlace,
  { epoch, index, hasLedger }: { readonly epoch: string; readonly index: IndexLevel; readonly hasLedger: boolean }
): Promise<void> {
  if (!EPOCH.test(epoch)) throw new TypeError('not the name of an epoch')
  // The index is deleted first: without its manifest an epoch is incomplete, whatever is in its folder.
  await new SubjectIndex(index, catalog).deleteEpoch(epoch, { withGone: !hasLedger })
  await rm(join(dataDir, catalog, epoch), { recursive: true, force: true })
  if (!hasLedger) await rm(join(dataDir, catalog, `gone-${epoch}`), { recursive: true, force: true })
}
