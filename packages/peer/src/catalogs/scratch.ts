/** A catalog opened temporarily for its steward, in a separate folder that is removed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Catalog, type CatalogConfig, openCatalog } from '@stimnet/data'
import { cryptographicRandom, LIMITS, systemClock } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { environment } from '../config/environment.ts'

/**
 * Opens a catalog from its current files and passes it to `use`. The peer's own data are neither read nor written, so the
 * peer may be running. Throws SOURCE_INVALID.
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
      environment: environment(),
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
