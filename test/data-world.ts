/** Catalogs over small CSV files, each in a folder of its own, for the tests of one file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type Catalog, catalogConfigSchema, type IndexLevel, openCatalog } from '@stimnet/data'
import { type RandomSource, SimulatedClock, seededRandom } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'

export interface World {
  readonly folder: string
  readonly index: IndexLevel
  write(file: string, text: string | Uint8Array): Promise<void>
  open(config?: object, random?: RandomSource, pinned?: string): Promise<Catalog>
  close(): Promise<void>
}

const worlds = new Set<World>()
after(async () => {
  for (const world of worlds) await world.close()
})

/**
 * Makes a world with a configuration and files. Closing it closes every catalog that was opened in it, and removes the folder. A
 * world that its test does not close is closed after all tests of the file.
 */
export async function makeWorld(config: object, files: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-data-'))
  const index = new MemoryLevel() as unknown as IndexLevel
  const opened: Catalog[] = []
  const world: World = {
    folder,
    index,
    write: (file, content) => writeFile(join(folder, file), content),
    async open(other = config, random = seededRandom(1), pinned) {
      const catalog = await openCatalog(catalogConfigSchema.parse(other), {
        baseDir: folder,
        dataDir: join(folder, 'data'),
        index,
        clock: new SimulatedClock(),
        random,
        cohortSizeMin: 5,
        programs: ['statistic', 'sql', 'python'],
        ...(pinned === undefined ? {} : { pinned })
      })
      opened.push(catalog)
      return catalog
    },
    async close() {
      worlds.delete(world)
      for (const catalog of opened) await catalog.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
  worlds.add(world)
  for (const [file, text] of Object.entries(files)) await world.write(file, text)
  return world
}
