/** The lock of a folder: LevelDB's own lock, which the operating system releases when the process ends, however it ends. */
import { StimnetError } from '@stimnet/protocol'
import { Level } from 'level'

/**
 * Locks a folder that holds nothing but the lock. Returns a function that releases it. Throws STORE_UNAVAILABLE with
 * `reason` if another process has it locked.
 */
export async function lockFolder(path: string, reason: string): Promise<() => Promise<void>> {
  const level = new Level(path)
  try {
    await level.open()
  } catch (cause) {
    if (isInUse(cause)) throw StimnetError.told('STORE_UNAVAILABLE', reason, cause)
    throw new StimnetError('STORE_UNAVAILABLE', `locking ${path}`, { cause })
  }
  return () => level.close()
}

/** Whether another process has the database open: LevelDB states this in the last of several causes. */
export function isInUse(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === 'LEVEL_LOCKED') return true
  }
  return false
}
