/** Upgrade of a database of an older format to the format of this program, when it is opened. */
import type { Root, Sublevel } from '../level/level.ts'
import { assertKnown, FORMAT, FORMAT_MARKER, type FolderFormat, formatIn, formatText } from '../level/marker.ts'
import { STEPS, type Written } from './steps.ts'

/** Number of records changed in one batch. */
const AT_ONCE = 250

/**
 * Upgrades a database. Returns its earlier format; undefined if nothing was to be done. The marker states the target format
 * from the beginning, so that no older program opens a half-upgraded database; after an interruption all steps are applied
 * again. Throws STORE_UNAVAILABLE for a newer format; nothing is changed then.
 */
export async function bringUp(root: Root): Promise<number | undefined> {
  const text = await root.get(FORMAT_MARKER)
  const found = text === undefined ? await unmarked(root) : formatIn(text)
  assertKnown(found)
  const steps = STEPS.filter(({ to }) => to > found.format)
  if (steps.length > 0) await mark(root, { format: found.format, to: FORMAT })
  for (const { from } of steps) {
    for (const [name, change] of Object.entries(from)) await apply(root, name, change)
  }
  if (steps.length > 0 || text === undefined) await mark(root, { format: FORMAT })
  return steps.length > 0 ? found.format : undefined
}

/** An empty database gets the present format; a database with records is older than the marker. */
async function unmarked(root: Root): Promise<FolderFormat> {
  const keys = await root.keys({ gt: FORMAT_MARKER, limit: 1 }).all()
  return { format: keys.length === 0 ? FORMAT : 1 }
}

/** Writes the marker synced, together with everything that was written before. */
async function mark(root: Root, format: FolderFormat): Promise<void> {
  await root.batch([{ type: 'put', key: FORMAT_MARKER, value: formatText(format) }], { sync: true } as never)
}

async function apply(root: Root, name: string, change: (key: string, value: never) => readonly Written[]) {
  const opened = new Map<string, Sublevel<unknown>>()
  // Each sublevel is created once: the database keeps every sublevel that was ever created.
  const sublevel = (of: string) => {
    const made = opened.get(of) ?? (root.sublevel(of, { valueEncoding: 'json' }) as unknown as Sublevel<unknown>)
    opened.set(of, made)
    return made
  }
  // The iterator reads the database as it was, so records written in the meantime are not seen.
  const records = sublevel(name).iterator()
  try {
    for (;;) {
      const piece = await records.nextv(AT_ONCE)
      if (piece.length === 0) return
      const written = piece.flatMap(([key, value]) => change(key, value as never))
      const puts = written.map((one) => ({ ...one, type: 'put' as const, sublevel: sublevel(one.sublevel) }))
      await root.batch(puts as never)
    }
  } finally {
    await records.close()
  }
}
