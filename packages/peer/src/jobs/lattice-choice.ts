/** Whether a small catalog has a lattice, or its steward has said that it shall have none. */
import { type Catalog, latticeOf } from '@stimnet/data'
import { StimnetError } from '@stimnet/protocol'
import type { PeerConfig } from '../config.ts'

/** Below it a catalog is small: base cells are proposed for it, and where it has none its steward is told. */
export const LATTICE_SUBJECTS = 2_000

/**
 * Throws CONFIG_INVALID for a catalog of fewer than 2,000 real subjects that has neither a lattice nor `lattice: none`, naming the
 * command that proposes one. Of a pinned epoch, the lattice is its own and the word its steward's of today.
 */
export function assertLatticeChosen(catalog: Catalog, configs: PeerConfig['catalogs']): void {
  if (!needsLattice(catalog)) return
  const { name } = catalog.descriptor
  if (configs.find((config) => config.name === name)?.lattice !== undefined) return
  const why =
    `catalogs: ${name} has fewer than ${LATTICE_SUBJECTS} subjects and no lattice. See what would do: ` +
    `stimnet policy lattice --catalog ${name}; or say lattice: none`
  throw new StimnetError('CONFIG_INVALID', why)
}

/** Whether it is small, real, gives exact numbers, and is not made of base cells. */
export function needsLattice({ config, descriptor, subjects }: Catalog): boolean {
  const isExact = !descriptor.synthetic && descriptor.mode === 'sdc'
  return isExact && subjects < LATTICE_SUBJECTS && latticeOf(config).length === 0
}
