/** A catalog opened for its steward to look at: in a folder of its own that is removed afterwards, beside the peer’s database. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Catalog, type CatalogConfig, openCatalog } from '@stimnet/data'
import { cryptographicRandom, LIMITS, systemClock } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'

/**
 * Reads the catalog's files as they are now and hands it to `use`; nothing of the peer's own is read or written, so that
 * the peer may run meanwhile. Throws SOURCE_INVALID.
 */
export async function withScratchCatalog<T>(
  config: CatalogConfig,
  baseDir: string,
  use: (catalog: Catalog) => Promise<T>
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-look-'))
  try {
    const catalog = await openCatalog(config, {
      baseDir,
      dataDir: folder,
      index: new MemoryLevel<string, string>() as never,
      clock: systemClock,
      random: cryptographicRandom,
      cohortSizeMin: LIMITS.cohortSizeFloor,
      programs: ['statistic', 'sql']
    })
    try {
      return await use(catalog)
    } finally {
      await catalog.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
