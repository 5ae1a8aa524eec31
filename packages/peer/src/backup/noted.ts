/** Audit records of backups. `stimnet backup` writes a note, and the peer, which alone may write to the log, records it. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrivate } from '@stimnet/machine'
import { z } from 'zod'
import type { Database } from '../store/database.ts'
import { BACKUPS_MADE } from '../store/folders.ts'

const noteSchema = z.strictObject({
  made_at_ms: z.int().min(0),
  log_size: z.int().min(0),
  log_root: z.string().regex(/^[0-9a-f]{64}$/),
  with_keys: z.boolean()
})

/** The facts that are recorded about a backup. */
export type BackupNote = z.infer<typeof noteSchema>

/** Writes a note into a peer's folder. */
export function noteBackup(dataDir: string, note: BackupNote): Promise<void> {
  const file = join(dataDir, BACKUPS_MADE, `${randomBytes(8).toString('hex')}.json`)
  return writePrivate(file, `${JSON.stringify(note)}\n`)
}

/** Records all notes. If power is lost between record and removal, a backup is recorded twice. */
export async function recordBackups(dataDir: string, database: Database): Promise<void> {
  const folder = join(dataDir, BACKUPS_MADE)
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  for (const name of names) {
    const note = noteSchema.safeParse(jsonOf(await readFile(join(folder, name), 'utf8')))
    if (note.success) {
      await database.commit((draft) => draft.audit({ kind: 'backup', actor: 'node', detail: note.data }))
    }
    await rm(join(folder, name), { force: true })
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
